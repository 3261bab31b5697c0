import type { Arrival } from './arrival.ts';

/** A range as a screen shows it, UTC ms. */
export interface ShownRange {
  from: number;
  until: number;
}

/** Ranges on screen begin and end at whole five minutes, ms. */
const step = 5 * 60_000;
/** A shown range that is so many times wider than what is known now says too little. */
const tooWide = 2.5;

/**
 * The range to show: the one that is shown already for as long as it is true. It moves when it must: the likely time has
 * left it, it is over, or far more is known by now.
 */
export function steadyRange(shown: ShownRange | undefined, arrival: Arrival, now: number): ShownRange {
  const next = { from: Math.floor(arrival.from / step) * step, until: Math.ceil(arrival.until / step) * step };
  if (shown === undefined) return next;
  const holds = shown.from <= arrival.likely && arrival.likely <= shown.until && now <= shown.until;
  const wide = shown.until - shown.from > tooWide * Math.max(step, next.until - next.from);
  return holds && !wide ? shown : next;
}
