import type { Stretch } from '../../shared/bridge.ts';
import type { PlayedTrail } from './played-trail.ts';
import { indexAt } from './played-trail.ts';

/** How many times faster than it was. */
export const playbackSpeeds = [1, 2, 5, 10, 30, 60] as const;
export type PlaybackSpeed = (typeof playbackSpeeds)[number];

/**
 * The played time after `by` ms of it, not beyond `end`. Stretches to be skipped (in order, apart from one another) take
 * no time at all.
 */
export function advanced(time: number, by: number, end: number, skipped: readonly Stretch[]): number {
  let at = time;
  let left = by;
  for (const { from, to } of skipped) {
    if (to <= at) continue;
    if (from > at) {
      if (from - at >= left) break;
      left -= from - at;
    }
    at = to;
  }
  return Math.min(end, at + left);
}

/** The nearest time after (`by` 1) or before (-1) `time` at which one of the vans has a fix; undefined: there is none. */
export function steppedFix(
  trails: readonly Pick<PlayedTrail, 'times'>[],
  time: number,
  by: 1 | -1,
): number | undefined {
  let nearest: number | undefined;
  for (const trail of trails) {
    const index = indexAt(trail, time);
    const here = trail.times[index];
    const found = by > 0 ? trail.times[index + 1] : here !== undefined && here < time ? here : trail.times[index - 1];
    if (found === undefined) continue;
    if (nearest === undefined || (by > 0 ? found < nearest : found > nearest)) nearest = found;
  }
  return nearest;
}

/** The times that lie in a stretch of every list; each list is in order and its stretches lie apart. */
export function common(lists: readonly (readonly Stretch[])[]): Stretch[] {
  const [first, ...others] = lists;
  return others.reduce<Stretch[]>(shared, [...(first ?? [])]);
}

function shared(some: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  const both: Stretch[] = [];
  for (let i = 0, j = 0; i < some.length && j < others.length; ) {
    const [a, b] = [some[i], others[j]];
    if (a === undefined || b === undefined) break;
    const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
    if (from < to) both.push({ from, to });
    if (a.to < b.to) i++;
    else j++;
  }
  return both;
}

/** Stretches in order, those that touch made one. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const made: Stretch[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = made.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else if (from < to) made.push({ from, to });
  }
  return made;
}
