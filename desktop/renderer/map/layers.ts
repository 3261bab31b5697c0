import type { Color, Layer } from '@deck.gl/core';
import { LineLayer, PathLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import { dashes, type LonLat, type Run, type TrailShapes } from '../trail/trail-shapes.ts';
import type { Colours } from './surface.ts';
import { casing, trailColours } from './trail-colours.ts';

/** Names of the layers that answer to the mouse. */
export const layerIds = {
  vans: 'vans',
  clusters: 'clusters',
  consumers: 'consumers',
  marks: 'consumer-marks',
  trailPoints: 'trail-points',
  stops: 'stops',
} as const;

/** A column of data for deck.gl: it reads the arrays as they are. */
interface Columns {
  length: number;
  attributes: Record<string, { value: Float64Array | Float32Array | Uint8Array; size: number }>;
}

const consumerColours: Record<Colours, Color> = { light: [112, 98, 88, 120], dark: [150, 163, 180, 105] };
export type Rgba = [number, number, number, number];
const accent: Record<Colours, Rgba> = { light: [224, 82, 10, 255], dark: [255, 146, 72, 255] };
const accentVeil: Record<Colours, Rgba> = { light: [224, 82, 10, 36], dark: [255, 146, 72, 40] };

/** Quiet dots that grow a little as one comes closer; `part` of them shows, the rest is told by their density. */
export function consumerLayer(positions: Columns, all: number, zoom: number, colours: Colours, part: number): Layer {
  // 60,000 dots of one town would paint it over when seen from afar: the more there are, the smaller and paler.
  const crowd = Math.min(1, Math.sqrt(3000 / Math.max(1, all)));
  const near = Math.min(1, Math.max(0, (zoom - 13) / 2.5));
  const size = crowd + (1 - crowd) * near;
  return new ScatterplotLayer({
    id: layerIds.consumers,
    data: positions,
    radiusUnits: 'pixels',
    getRadius: 1,
    radiusScale: Math.min(5, Math.max(1.1, 1.1 + (zoom - 11) * 0.48)) * (0.35 + 0.65 * size),
    opacity: (0.4 + 0.6 * size) * part,
    getFillColor: consumerColours[colours],
    updateTriggers: { getFillColor: colours },
    pickable: true,
    autoHighlight: true,
    highlightColor: accent[colours],
  });
}

/** The ring around what is selected. */
export function ringLayer(id: string, at: LonLat, radius: number, colours: Colours): Layer {
  return new ScatterplotLayer({
    id,
    data: [at],
    getPosition: (each: LonLat) => each,
    radiusUnits: 'pixels',
    getRadius: radius,
    radiusMinPixels: radius,
    filled: true,
    stroked: true,
    lineWidthUnits: 'pixels',
    getLineWidth: 3,
    getFillColor: accentVeil[colours],
    getLineColor: accent[colours],
    updateTriggers: { getFillColor: colours, getLineColor: colours },
  });
}

export interface Label {
  text: string;
  at: LonLat;
  /** px below the marker's middle */
  offset: number;
  selected: boolean;
  stale: boolean;
}

interface LabelLook {
  id: string;
  labels: Label[];
  colours: Colours;
  /** tells that the places have changed while the list is the same */
  moment: number;
  /** smaller and without a card: there may be many of them */
  quiet?: boolean;
}

export const labelFamily = "'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";
/** The card of a name: free on both sides of it, above and below it, and how round it is, px. */
export const cardRoom = { side: 7, down: 3, radius: 6 } as const;

/** What the card of a name is drawn with. */
export function cardColours(colours: Colours, selected: boolean) {
  const dark = colours === 'dark';
  const quiet: Rgba = dark ? [70, 80, 95, 255] : [214, 218, 226, 255];
  return {
    ink: (dark ? [235, 239, 245, 255] : [28, 33, 42, 255]) as Rgba,
    /** of what is no longer sure */
    pale: (dark ? [160, 170, 184, 255] : [92, 100, 113, 255]) as Rgba,
    paper: (dark ? [23, 27, 34, 225] : [255, 255, 255, 232]) as Rgba,
    line: selected ? accent[colours] : quiet,
    /** px */
    lineWidth: selected ? 1.6 : 1,
  };
}

/** Names on small cards, or quiet ones in a halo. */
export function labelLayer({ id, labels, colours, moment, quiet = false }: LabelLook): Layer {
  const { ink, pale, paper } = cardColours(colours, false);
  return new TextLayer<Label>({
    id,
    data: labels,
    getText: (label) => label.text,
    getPosition: (label) => label.at,
    getPixelOffset: (label) => [0, label.offset],
    getSize: quiet ? 11 : 12,
    getColor: (label) => (label.stale || (quiet && !label.selected) ? pale : ink),
    fontFamily: labelFamily,
    fontWeight: 600,
    fontSettings: quiet ? { fontSize: 48, buffer: 8, sdf: true, radius: 12 } : { fontSize: 48, buffer: 6 },
    outlineWidth: quiet ? 0.22 : 0,
    outlineColor: colours === 'dark' ? [20, 24, 31, 235] : [255, 255, 255, 235],
    characterSet: 'auto',
    background: !quiet,
    backgroundPadding: [cardRoom.side, cardRoom.down],
    backgroundBorderRadius: cardRoom.radius,
    getBackgroundColor: paper,
    getBorderColor: (label) => cardColours(colours, label.selected).line,
    getBorderWidth: (label) => cardColours(colours, label.selected).lineWidth,
    updateTriggers: {
      getPosition: moment,
      getColor: colours,
      getBackgroundColor: colours,
      getBorderColor: colours,
    },
  });
}

interface TrailLook {
  id: string;
  shapes: TrailShapes;
  colours: Colours;
}

/** One trail: a casing that lifts it off the map, the runs in the colour of their speed, silences as dashes. */
export function trailLayers({ id, shapes, colours }: TrailLook): Layer[] {
  const line = {
    data: shapes.runs,
    getPath: (run: Run) => run.path,
    widthUnits: 'pixels',
    jointRounded: true,
    capRounded: true,
  } as const;
  return [
    new LineLayer({
      id: `${id}-gaps`,
      data: shapes.gaps.flatMap(dashes),
      getSourcePosition: (dash) => dash.from,
      getTargetPosition: (dash) => dash.to,
      getColor: colours === 'dark' ? [190, 198, 210, 230] : [84, 92, 105, 230],
      getWidth: 2,
      widthUnits: 'pixels',
      updateTriggers: { getColor: colours },
    }),
    new PathLayer<Run>({
      ...line,
      id: `${id}-casing`,
      getWidth: 8,
      getColor: casing[colours],
      updateTriggers: { getColor: colours },
    }),
    new PathLayer<Run>({
      ...line,
      id: `${id}-line`,
      getWidth: 4.5,
      getColor: (run) => trailColours[colours][run.band] ?? [0, 0, 0, 255],
      updateTriggers: { getColor: colours },
    }),
  ];
}

/** The last stretch, from the newest point behind the marker to the marker itself. */
export function tipLayers(from: LonLat, to: LonLat, band: number, colours: Colours): Layer[] {
  const shapes: TrailShapes = { runs: [{ band, path: [from, to] }], gaps: [], points: [], length: 0 };
  return trailLayers({ id: 'trail-tip', shapes, colours });
}

/** Unseen dots on the points of a trail, so that the mouse can ask for time and speed. */
export function trailPointLayer(positions: Columns): Layer {
  return new ScatterplotLayer({
    id: layerIds.trailPoints,
    data: positions,
    radiusUnits: 'pixels',
    getRadius: 6,
    getFillColor: [0, 0, 0, 0],
    pickable: true,
    autoHighlight: true,
    highlightColor: [255, 255, 255, 255],
  });
}
