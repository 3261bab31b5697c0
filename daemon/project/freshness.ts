/**
 * How long a van goes on showing its first device before its spare takes over. A function of the fixTimes alone, so
 * that live state and trail agree whatever the order things came in.
 */

/** A device is fresh at least this long, ms. */
const least = 60_000;
/** Fixes that tell a device's usual interval, and the fewest that tell anything. */
export const tellingFixes = 9;
const fewest = 4;

/** The newest accurate fixTimes of a device, oldest first; at most nine. */
export class Rhythm {
  readonly times: number[];

  constructor(times: readonly number[] = []) {
    this.times = times.slice(-tellingFixes);
  }

  /** A fix newer than all before it. */
  add(fixTime: number): void {
    this.times.push(fixTime);
    if (this.times.length > tellingFixes) this.times.shift();
  }

  /** A fix before this time does not change it. */
  get since(): number {
    return this.times.length === tellingFixes ? (this.times[0] ?? 0) : Number.NEGATIVE_INFINITY;
  }

  /** Usual ms between fixes: the median; undefined while there are too few to tell. */
  interval(): number | undefined {
    if (this.times.length < fewest) return undefined;
    const gaps = this.times.slice(1).map((time, i) => time - (this.times[i] ?? time));
    return gaps.sort((a, b) => a - b)[gaps.length >> 1];
  }

  /** How long after its last fix the device counts as fresh, ms. */
  freshFor(): number {
    return Math.max(least, 2 * (this.interval() ?? 0));
  }
}

/**
 * Of the newest fixes of a van's devices, first device first, the one the van shows: a later device's only when it is
 * newer than the chosen one by more than that one's device stays fresh.
 */
export function shown<T extends { fixTime: number; freshFor: () => number }>(candidates: Iterable<T>): T | undefined {
  let chosen: T | undefined;
  for (const candidate of candidates) {
    if (chosen === undefined || candidate.fixTime - chosen.fixTime > chosen.freshFor()) chosen = candidate;
  }
  return chosen;
}
