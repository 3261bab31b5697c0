import { dayAt } from './order-day.ts';

/** A day of an agency: `from` ≤ time < `to`, UTC ms. */
export interface Day {
  /** as 2026-11-21 */
  day: string;
  from: number;
  to: number;
}

/** Clocks are set by whole quarters of an hour everywhere, so that days begin at them. */
const quarter = 900_000;
/** The longest day, when clocks are put back, in quarters. */
const longest = 4 * 27;

/** The days that touch `from` ≤ time < `to` (UTC ms) in an IANA time zone, oldest first. */
export function daysOf(from: number, to: number, timeZone: string): Day[] {
  const days: Day[] = [];
  for (let time = from; time < to; ) {
    const day = dayAt(time, timeZone);
    const begin = days.at(-1)?.to ?? boundary(Math.floor(time / quarter) - longest, time, (text) => text >= day);
    const end = boundary(
      Math.floor(time / quarter),
      (Math.floor(time / quarter) + longest) * quarter,
      (text) => text > day,
    );
    days.push({ day, from: begin, to: end });
    time = end;
  }
  return days;

  /** The first quarter of an hour whose day passes, from the quarter `first` to the time `last`. */
  function boundary(first: number, last: number, passes: (day: string) => boolean): number {
    let [low, high] = [first, Math.ceil(last / quarter)];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (passes(dayAt(middle * quarter, timeZone))) high = middle;
      else low = middle + 1;
    }
    return low * quarter;
  }
}
