import type { Stretch } from '../../shared/bridge.ts';
import { indexAt, type PlayedTrail, silenceFrom } from './played-trail.ts';

/** The fastest speed within each of `width` equal parts of the period, km/h; NaN: no fix. */
export function peaks(trail: PlayedTrail, { from, to }: Stretch, width: number): Float32Array {
  const { times, speeds } = trail;
  const columns = new Float32Array(width).fill(Number.NaN);
  for (let i = 0; i < times.length; i++) {
    const column = Math.min(width - 1, Math.floor((((times[i] ?? 0) - from) / (to - from)) * width));
    const speed = speeds[i] || 0;
    if (!((columns[column] ?? 0) >= speed)) columns[column] = speed;
  }
  // In a short period fixes are farther apart than columns: between two of them it was as fast as at the later one.
  for (let column = 0; column < width; column++) {
    if (!Number.isNaN(columns[column] ?? 0)) continue;
    const before = indexAt(trail, from + (column / width) * (to - from));
    if (before < 0 || before + 1 >= times.length || silenceFrom(trail, before) !== undefined) continue;
    columns[column] = speeds[before + 1] || 0;
  }
  return columns;
}

/** A round limit for the axis of speed, km/h: nothing goes beyond it. */
export function speedLimit(trails: readonly PlayedTrail[]): number {
  let fastest = 0;
  for (const { speeds } of trails) for (const speed of speeds) if (speed > fastest) fastest = speed;
  return Math.max(40, Math.ceil(fastest / 20) * 20);
}

const minute = 60_000;
const steps = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200].map((minutes) => minutes * minute);

/** Where the axis of time gets a mark: at most `most`, at round times of clocks that are `offset` ms ahead of UTC. */
export function ticks({ from, to }: Stretch, most: number, offset: number): { time: number; isDay: boolean }[] {
  const step = steps.find((each) => (to - from) / each <= most) ?? 10 * 1440 * minute;
  const first = Math.ceil((from + offset) / step) * step - offset;
  const found: { time: number; isDay: boolean }[] = [];
  for (let time = first; time <= to; time += step) {
    found.push({ time, isDay: (time + offset) % (1440 * minute) === 0 });
  }
  return found;
}

/** Where a word on a place of the strip (0-1) goes: beside the ends it would hang out. */
export const sideOf = (part: number): 'start' | 'middle' | 'end' =>
  part < 0.05 ? 'start' : part > 0.95 ? 'end' : 'middle';
