import { fixAt, type PlayedTrail, silenceFrom } from '../playback/played-trail.ts';
import { bandOf } from '../trail/trail-shapes.ts';

/** A column of data as deck.gl takes it. The same object again means: nothing to send to the graphics card. */
interface Column {
  value: Float64Array | Uint8Array;
  size: number;
}

/** The way of a van as pieces from fix to fix, without the silences. Made once; how many are drawn tells the time. */
export interface PlayedColumns {
  /** all of them */
  length: number;
  attributes: { getSourcePosition: Column; getTargetPosition: Column; getColor: Column };
  /** the ends of the pieces, for round joints */
  joints: { getPosition: Column; getFillColor: Column };
}

type Rgb = readonly [number, number, number];

/** `colourOf`: of a band of speed. */
export function playedColumns(trail: PlayedTrail, colourOf: (band: number) => Rgb): PlayedColumns {
  const { times, longitudes, latitudes, speeds } = trail;
  const most = Math.max(0, times.length - 1);
  const from = new Float64Array(most * 2);
  const to = new Float64Array(most * 2);
  const colour = new Uint8Array(most * 4);
  let length = 0;
  for (let i = 0; i < most; i++) {
    if (silenceFrom(trail, i)?.hasMoved) continue;
    from[length * 2] = longitudes[i] ?? 0;
    from[length * 2 + 1] = latitudes[i] ?? 0;
    to[length * 2] = longitudes[i + 1] ?? 0;
    to[length * 2 + 1] = latitudes[i + 1] ?? 0;
    const [red, green, blue] = colourOf(bandOf(speeds[i + 1] || 0));
    colour.set([red, green, blue, 255], length * 4);
    length++;
  }
  const getTargetPosition = { value: to, size: 2 };
  const getColor = { value: colour, size: 4 };
  return {
    length,
    attributes: { getSourcePosition: { value: from, size: 2 }, getTargetPosition, getColor },
    joints: { getPosition: getTargetPosition, getFillColor: getColor },
  };
}

/** How many pieces are driven when the fix with this index is the newest. */
export function drivenPieces({ silences }: PlayedTrail, index: number): number {
  let missing = 0;
  for (const silence of silences) {
    if (silence.index >= index) break;
    if (silence.hasMoved) missing++;
  }
  return Math.max(0, index - missing);
}

/** Fixes that answer to the mouse: of too many every n-th. */
export function askedFixes(trail: PlayedTrail, most: number): { index: number; at: [number, number] }[] {
  const step = Math.max(1, Math.ceil(trail.times.length / most));
  return Array.from({ length: Math.ceil(trail.times.length / step) }, (_, i) => {
    const { longitude, latitude } = fixAt(trail, i * step);
    return { index: i * step, at: [longitude, latitude] };
  });
}
