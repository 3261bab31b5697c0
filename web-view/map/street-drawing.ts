import type { VectorTile, VectorTileFeature } from '@mapbox/vector-tile';
import { type Scheme, schemes, zoomWidth } from '../../protocol/street-style.ts';

/**
 * Draws a vector tile of the OpenMapTiles schema (https://openmaptiles.org/schema/): ground, water, buildings, streets.
 * No borders: on a street map they say nothing, and in India public data has them wrong.
 */
export interface TileView {
  scheme: Scheme;
  /** zoom of the map */
  zoom: number;
  /** pixels from tile coordinates: `p / extent * size - x`, for a part of a tile that is drawn larger than it is */
  size: number;
  x: number;
  y: number;
}

type Draw = Pick<
  CanvasRenderingContext2D,
  'beginPath' | 'moveTo' | 'lineTo' | 'closePath' | 'fill' | 'stroke' | 'fillRect'
> & {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineJoin: string;
  lineCap: string;
};

const greens: ReadonlySet<unknown> = new Set(['wood', 'grass', 'park', 'cemetery', 'pitch', 'garden', 'forest']);
const kinds: Record<string, 'main' | 'secondary' | 'lane'> = {
  motorway: 'main',
  trunk: 'main',
  primary: 'main',
  secondary: 'secondary',
  tertiary: 'secondary',
  minor: 'lane',
  service: 'lane',
  residential: 'lane',
};
/** From this zoom on houses are told apart. */
const buildingsFrom = 14;

export function drawStreets(context: Draw, tile: VectorTile, view: TileView, canvasSize: number): void {
  const colours = schemes[view.scheme];
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.fillStyle = colours.land;
  context.fillRect(0, 0, canvasSize, canvasSize);
  const fill = (layer: string, colour: string, wanted: (feature: VectorTileFeature) => boolean = () => true) => {
    context.fillStyle = colour;
    for (const feature of features(tile, layer)) {
      if (feature.type !== 3 || !wanted(feature)) continue;
      trace(context, feature, view, true);
      context.fill();
    }
  };
  fill('landcover', colours.park, ({ properties }) => greens.has(properties.class));
  fill('landuse', colours.park, ({ properties }) => greens.has(properties.class));
  fill('park', colours.park);
  fill('water', colours.water);
  lines(context, tile, 'waterway', view, colours.water, () => (view.zoom < 13 ? 1 : 2));
  if (view.zoom >= buildingsFrom) fill('building', colours.building);
  lines(context, tile, 'transportation', view, colours.rail, ({ properties }) =>
    properties.class === 'rail' ? 1.5 : 0,
  );
  const zoom = Math.min(18, view.zoom);
  const widthOf = ({ properties }: VectorTileFeature, kind?: string) => {
    const own = kinds[String(properties.class)];
    return own === undefined || (kind !== undefined && own !== kind) ? 0 : zoomWidth(own, zoom);
  };
  // All rims first, so that no street cuts through another at a crossing.
  lines(context, tile, 'transportation', view, colours.casing, (feature) => {
    const width = widthOf(feature);
    return width > 2 ? width + 2 : 0;
  });
  for (const kind of ['lane', 'secondary', 'main'] as const) {
    lines(context, tile, 'transportation', view, colours[kind], (feature) => widthOf(feature, kind));
  }
}

/** Draws the lines of a layer, each as wide as `width` says; 0: not at all. */
function lines(
  context: Draw,
  tile: VectorTile,
  layer: string,
  view: TileView,
  colour: string,
  width: (feature: VectorTileFeature) => number,
): void {
  context.strokeStyle = colour;
  for (const feature of features(tile, layer)) {
    const wide = feature.type === 2 ? width(feature) : 0;
    if (wide === 0) continue;
    context.lineWidth = wide;
    trace(context, feature, view, false);
    context.stroke();
  }
}

function trace(context: Draw, feature: VectorTileFeature, { size, x, y }: TileView, isClosed: boolean): void {
  const scale = size / feature.extent;
  context.beginPath();
  for (const ring of feature.loadGeometry()) {
    ring.forEach((point, i) => {
      const [left, top] = [point.x * scale - x, point.y * scale - y];
      if (i === 0) context.moveTo(left, top);
      else context.lineTo(left, top);
    });
    if (isClosed) context.closePath();
  }
}

export function* features(tile: VectorTile, name: string): Generator<VectorTileFeature> {
  const layer = tile.layers[name];
  for (let i = 0; i < (layer?.length ?? 0); i++) {
    const feature = layer?.feature(i);
    if (feature !== undefined) yield feature;
  }
}
