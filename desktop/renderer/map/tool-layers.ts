import type { Color, Layer } from '@deck.gl/core';
import { PathLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import { distance } from '../../../protocol/geo.ts';
import type { LonLat } from '../trail/trail-shapes.ts';
import { shortLength } from './canvas-text.ts';
import type { Colours } from './surface.ts';
import type { MapToolState } from './tools.ts';

const lineColour: Record<Colours, Color> = { light: [28, 33, 42, 255], dark: [240, 243, 248, 255] };
const paper: Record<Colours, Color> = { light: [255, 255, 255, 245], dark: [20, 24, 31, 245] };
const pin: Color = [217, 72, 15, 255];
const font = "'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";

/** The length of a line over all its points, m. */
export function measuredLength(points: readonly LonLat[]): number {
  return points.reduce((sum, point, i) => {
    const before = points[i - 1];
    return before === undefined ? 0 : sum + distance(place(before), place(point));
  }, 0);
}

const place = ([longitude, latitude]: LonLat) => ({ longitude, latitude });

/** What the map's tools draw: the line that is measured, and a pin on the address that was found. */
export function toolLayers({ measured, found }: MapToolState, colours: Colours): Layer[] {
  const layers: Layer[] = [];
  if (measured.length > 0) {
    const corners = measured.map((at, i) => ({
      at,
      text: i === 0 ? '' : shortLength(measuredLength(measured.slice(0, i + 1))),
    }));
    const line = {
      data: [measured],
      getPath: (path: readonly LonLat[]) => path as LonLat[],
      widthUnits: 'pixels',
    } as const;
    layers.push(
      new PathLayer({
        ...line,
        id: 'measure-casing',
        getWidth: 6,
        getColor: paper[colours],
        updateTriggers: { getColor: colours },
      }),
      new PathLayer({
        ...line,
        id: 'measure',
        getWidth: 2.5,
        getColor: lineColour[colours],
        updateTriggers: { getColor: colours },
      }),
      new ScatterplotLayer<(typeof corners)[number]>({
        id: 'measure-points',
        data: corners,
        getPosition: ({ at }) => at,
        radiusUnits: 'pixels',
        getRadius: 4.5,
        stroked: true,
        lineWidthUnits: 'pixels',
        getLineWidth: 2,
        getFillColor: paper[colours],
        getLineColor: lineColour[colours],
        updateTriggers: { getFillColor: colours, getLineColor: colours },
      }),
      new TextLayer<(typeof corners)[number]>({
        id: 'measure-lengths',
        data: corners.filter(({ text }) => text !== ''),
        getPosition: ({ at }) => at,
        getText: ({ text }) => text,
        getPixelOffset: [0, -18],
        getSize: 12,
        fontFamily: font,
        fontWeight: 700,
        fontSettings: { fontSize: 48, buffer: 6 },
        characterSet: 'auto',
        getColor: lineColour[colours],
        background: true,
        backgroundPadding: [6, 2],
        backgroundBorderRadius: 5,
        getBackgroundColor: paper[colours],
        updateTriggers: { getColor: colours, getBackgroundColor: colours },
      }),
    );
  }
  if (found !== undefined) {
    const at: LonLat = [found.longitude, found.latitude];
    layers.push(
      new ScatterplotLayer<LonLat>({
        id: 'found',
        data: [at],
        getPosition: (each) => each,
        radiusUnits: 'pixels',
        getRadius: 9,
        stroked: true,
        lineWidthUnits: 'pixels',
        getLineWidth: 4,
        getFillColor: [255, 255, 255, 255],
        getLineColor: pin,
      }),
      new TextLayer<LonLat>({
        id: 'found-text',
        data: [at],
        getPosition: (each) => each,
        getText: () => found.text,
        getPixelOffset: [0, -26],
        getSize: 12,
        fontFamily: font,
        fontWeight: 600,
        fontSettings: { fontSize: 48, buffer: 6 },
        characterSet: 'auto',
        maxWidth: 26,
        getTextAnchor: 'middle',
        getColor: lineColour[colours],
        background: true,
        backgroundPadding: [7, 3],
        backgroundBorderRadius: 6,
        getBackgroundColor: paper[colours],
        updateTriggers: { getText: found.text, getColor: colours, getBackgroundColor: colours },
      }),
    );
  }
  return layers;
}
