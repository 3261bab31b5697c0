import type { Color, LayersList } from '@deck.gl/core';
import { PathLayer, PolygonLayer, ScatterplotLayer } from '@deck.gl/layers';
import { destination } from '../../../../protocol/geo.ts';
import type { ZoneShape } from '../../../../protocol/zone.ts';

type Point = [longitude: number, latitude: number];

const blue: Color = [31, 111, 235];
const grey: Color = [107, 116, 130];
const withAlpha = ([r, g, b]: Color, alpha: number): Color => [r ?? 0, g ?? 0, b ?? 0, alpha];

/** The outline of a shape, as far as it is one yet. */
export function outlineOf(shape: ZoneShape): Point[] {
  const point = ({ latitude, longitude }: { latitude: number; longitude: number }): Point => [longitude, latitude];
  const isPlace = (at: Point) => Number.isFinite(at[0]) && Number.isFinite(at[1]) && Math.abs(at[1]) <= 90;
  if (shape.type === 'polygon') return shape.corners.map(point).filter(isPlace);
  if (shape.type === 'corridor') return shape.line.map(point).filter(isPlace);
  if (!isPlace(point(shape)) || !(shape.radius > 0)) return [];
  return Array.from({ length: 64 }, (_, n) => point(destination(shape, (n * 360) / 64, shape.radius)));
}

/** The zone that is being drawn, above those that are there. */
export function zoneLayers(draft: ZoneShape, others: readonly ZoneShape[]): LayersList {
  const areas = others.filter(({ type }) => type !== 'corridor').map(outlineOf);
  const lines = others.flatMap((shape) =>
    shape.type === 'corridor' ? [{ path: outlineOf(shape), width: shape.width }] : [],
  );
  const own = outlineOf(draft);
  return [
    new PolygonLayer<Point[]>({
      id: 'other-zones',
      data: areas,
      getPolygon: (outline) => outline,
      getFillColor: withAlpha(grey, 36),
      getLineColor: withAlpha(grey, 190),
      lineWidthMinPixels: 1.5,
    }),
    new PathLayer({
      id: 'other-corridors',
      data: lines,
      getPath: ({ path }) => path,
      getWidth: ({ width }) => width,
      getColor: withAlpha(grey, 70),
      widthMinPixels: 2,
    }),
    draft.type === 'corridor'
      ? new PathLayer({
          id: 'draft-corridor',
          data: [{ path: own, width: draft.width }],
          getPath: ({ path }) => path,
          getWidth: ({ width }) => (Number.isFinite(width) ? width : 10),
          getColor: withAlpha(blue, 120),
          widthMinPixels: 3,
          capRounded: true,
          jointRounded: true,
        })
      : new PolygonLayer<Point[]>({
          id: 'draft-area',
          data: own.length > 2 ? [own] : [],
          getPolygon: (outline) => outline,
          getFillColor: withAlpha(blue, 60),
          getLineColor: withAlpha(blue, 255),
          lineWidthMinPixels: 2.5,
        }),
    new ScatterplotLayer<Point>({
      id: 'draft-corners',
      data:
        draft.type === 'circle'
          ? ([[draft.longitude, draft.latitude]].filter((at) => at.every(Number.isFinite)) as Point[])
          : own,
      getPosition: (at) => at,
      getRadius: 5,
      radiusUnits: 'pixels',
      getFillColor: [255, 255, 255],
      getLineColor: withAlpha(blue, 255),
      stroked: true,
      lineWidthMinPixels: 2,
    }),
  ];
}
