import type { Color, Layer } from '@deck.gl/core';
import { PathLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import { dashedLine } from '../trail/dashed-line.ts';
import type { PlannedWay, SelectionLines, StopDot } from '../trail/selection-lines.ts';
import { type DrawnPoint, type LonLat, type Run, type TrailShapes, trailShapes } from '../trail/trail-shapes.ts';
import { shortTime } from './canvas-text.ts';
import { KeptLayers } from './kept-layers.ts';
import { layerIds } from './layers.ts';
import { worldSize } from './mercator.ts';
import type { Colours } from './surface.ts';
import { trailColours } from './trail-colours.ts';
import type { View } from './view.ts';

/** Each kind of line in a style of its own: planned is dashed, the consumer's own path dotted, driven is a line. */
const plannedColour: Record<Colours, Color> = { light: [109, 40, 217, 235], dark: [183, 148, 255, 235] };
const ownColour: Record<Colours, Color> = { light: [11, 114, 133, 255], dark: [77, 208, 225, 255] };
const paper: Record<Colours, Color> = { light: [255, 255, 255, 240], dark: [20, 24, 31, 240] };
const ink: Record<Colours, Color> = { light: [28, 33, 42, 255], dark: [235, 239, 245, 255] };
const stopColour: Record<Colours, Color> = { light: [20, 135, 90, 255], dark: [47, 179, 124, 255] };
const font = "'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";
/** px */
const planDash = { on: 11, off: 7 };
const ownDash = { on: 1, off: 7 };
/** From this zoom on stops tell their minutes. */
const minutesFrom = 13;

/** What lies on the map of the selection beside its trail, and the trails of the others. */
export class DrawnLines {
  readonly #kept = new KeptLayers();
  #planned: { of: PlannedWay; step: number; dashes: LonLat[][] } | undefined;
  #own: { of: readonly DrawnPoint[]; step: number; dots: LonLat[][] } | undefined;
  readonly #shapes = new WeakMap<readonly DrawnPoint[], TrailShapes>();
  #all: { of: string; runs: Run[] } | undefined;
  #stops: readonly StopDot[] = [];

  stop(row: number): StopDot | undefined {
    return this.#stops[row];
  }

  layers(lines: SelectionLines, view: View): Layer[] {
    const { colours, zoom } = view;
    // Dashes keep their length on the screen: every half step of zoom they are made anew.
    const step = Math.round(zoom * 2) / 2;
    this.#stops = lines.stops;
    // Of stops that last, the minutes go on.
    const minute = Math.floor(view.now / 60_000);
    return this.#kept.of([lines, step, colours, zoom >= minutesFrom, minute], () => {
      const layers: Layer[] = [];
      if (lines.planned !== undefined) layers.push(...this.#plannedLayers(lines.planned, step, colours));
      if (lines.ownPath.length > 1) layers.push(this.#ownLayer(lines.ownPath, step, colours));
      if (lines.stops.length > 0) layers.push(...stopLayers(lines.stops, view));
      return layers;
    });
  }

  /** The trails of all vans, thin, so that the selected one's stands out. */
  allLayers(trails: ReadonlyMap<string, readonly DrawnPoint[]>, selected: string | undefined, view: View): Layer[] {
    if (trails.size === 0) return [];
    const of = `${selected} ${[...trails].map(([id, points]) => `${id}:${points.length}`).join(' ')}`;
    if (this.#all?.of !== of) {
      const runs = [...trails].flatMap(([id, points]) => (id === selected ? [] : this.#shapesOf(points).runs));
      this.#all = { of, runs };
    }
    const { colours } = view;
    return [
      new PathLayer<Run>({
        id: 'all-trails',
        data: this.#all.runs,
        getPath: (run) => run.path,
        widthUnits: 'pixels',
        jointRounded: true,
        capRounded: true,
        getWidth: 2.4,
        opacity: 0.75,
        getColor: (run) => trailColours[colours][run.band] ?? [0, 0, 0, 255],
        updateTriggers: { getColor: colours },
      }),
    ];
  }

  #shapesOf(points: readonly DrawnPoint[]): TrailShapes {
    let shapes = this.#shapes.get(points);
    if (shapes === undefined) {
      shapes = trailShapes(points);
      this.#shapes.set(points, shapes);
    }
    return shapes;
  }

  #plannedLayers(planned: PlannedWay, step: number, colours: Colours): Layer[] {
    if (this.#planned?.of !== planned || this.#planned.step !== step) {
      const side = worldSize(step);
      this.#planned = { of: planned, step, dashes: dashedLine(planned.line, planDash.on / side, planDash.off / side) };
    }
    const { dashes } = this.#planned;
    const stops = planned.stops.map((stop, i) => ({ ...stop, number: String(i + 1) }));
    return [
      dashLayer({ id: 'planned-casing', pieces: dashes, width: 7, colour: paper[colours] }),
      dashLayer({ id: 'planned', pieces: dashes, width: 3.5, colour: plannedColour[colours] }),
      new ScatterplotLayer<(typeof stops)[number]>({
        id: 'planned-stops',
        data: stops,
        getPosition: (stop) => stop.at,
        radiusUnits: 'pixels',
        getRadius: 9.5,
        stroked: true,
        lineWidthUnits: 'pixels',
        getLineWidth: 2,
        getFillColor: plannedColour[colours],
        getLineColor: paper[colours],
        updateTriggers: { getFillColor: colours, getLineColor: colours },
      }),
      new TextLayer<(typeof stops)[number]>({
        id: 'planned-numbers',
        data: stops,
        getPosition: (stop) => stop.at,
        getText: (stop) => stop.number,
        getSize: 11,
        fontFamily: font,
        fontWeight: 700,
        fontSettings: { fontSize: 48, buffer: 6 },
        characterSet: '0123456789',
        getColor: colours === 'dark' ? [20, 24, 31, 255] : [255, 255, 255, 255],
        updateTriggers: { getColor: colours },
      }),
    ];
  }

  #ownLayer(points: readonly DrawnPoint[], step: number, colours: Colours): Layer {
    if (this.#own?.of !== points || this.#own.step !== step) {
      const side = worldSize(step);
      const line = points.map(({ longitude, latitude }): LonLat => [longitude, latitude]);
      this.#own = { of: points, step, dots: dashedLine(line, ownDash.on / side, ownDash.off / side) };
    }
    return dashLayer({ id: 'own-path', pieces: this.#own.dots, width: 5, colour: ownColour[colours] });
  }
}

interface DashLook {
  id: string;
  pieces: LonLat[][];
  width: number;
  colour: Color;
}

function dashLayer({ id, pieces, width, colour }: DashLook): Layer {
  return new PathLayer<LonLat[]>({
    id,
    data: pieces,
    getPath: (piece) => piece,
    widthUnits: 'pixels',
    getWidth: width,
    jointRounded: true,
    capRounded: true,
    getColor: colour,
    updateTriggers: { getColor: colour },
  });
}

/** Where the van stood: a dot that grows with the time, and from near the minutes. */
function stopLayers(stops: readonly StopDot[], { colours, zoom, now }: View): Layer[] {
  const minutes = (stop: StopDot) => Math.max(1, Math.round(((stop.until ?? now) - stop.from) / 60_000));
  const dots = new ScatterplotLayer<StopDot>({
    id: layerIds.stops,
    data: stops,
    getPosition: (stop) => stop.at,
    radiusUnits: 'pixels',
    getRadius: (stop) => Math.min(11, 4.5 + Math.sqrt(minutes(stop)) * 0.7),
    stroked: true,
    lineWidthUnits: 'pixels',
    getLineWidth: 2.5,
    getFillColor: paper[colours],
    getLineColor: stopColour[colours],
    pickable: true,
    updateTriggers: { getFillColor: colours, getLineColor: colours },
  });
  if (zoom < minutesFrom) return [dots];
  return [
    dots,
    new TextLayer<StopDot>({
      id: 'stop-minutes',
      data: stops,
      getPosition: (stop) => stop.at,
      getText: (stop) => shortTime(minutes(stop) * 60_000),
      getPixelOffset: [0, -17],
      getSize: 11,
      fontFamily: font,
      fontWeight: 600,
      fontSettings: { fontSize: 48, buffer: 6 },
      characterSet: 'auto',
      getColor: ink[colours],
      background: true,
      backgroundPadding: [4, 1],
      backgroundBorderRadius: 4,
      getBackgroundColor: paper[colours],
      updateTriggers: { getText: Math.floor(now / 30_000), getColor: colours, getBackgroundColor: colours },
    }),
  ];
}
