import type { ZoneSchedule } from '../../protocol/zone.ts';
import { ZoneHours } from './zone-schedule.ts';

/** When an agency works that has set no hours: every day from eight to eight. */
const usualHours: ZoneSchedule = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '20:00' }];

/** A stretch of work, `from` ≤ time < `to`, UTC ms. */
interface Stretch {
  from: number;
  to: number;
}

/** The working hours of an agency around a time, laid out for reckoning in hours of work. */
export class WorkingTime {
  readonly #stretches: Stretch[] = [];

  /** `schedule`: absent: usual hours; empty: it never works. Knows what lies in `from` ≤ time < `to` (UTC ms). */
  constructor(schedule: ZoneSchedule | undefined, timeZone: string, from: number, to: number) {
    const hours = new ZoneHours(schedule ?? usualHours, timeZone);
    for (let time = from; time < to; ) {
      const { open, until } = hours.at(time);
      const last = this.#stretches.at(-1);
      const end = Math.min(until, to);
      if (open && last !== undefined && last.to === time) last.to = end;
      else if (open) this.#stretches.push({ from: time, to: end });
      time = until;
    }
  }

  /** ms of work in `from` ≤ time < `to`. */
  between(from: number, to: number): number {
    let sum = 0;
    for (const stretch of this.#stretches) {
      sum += Math.max(0, Math.min(stretch.to, to) - Math.max(stretch.from, from));
    }
    return sum;
  }

  /** The time (UTC ms) at which so much (ms) was worked from `from` on; undefined: not as far as is known. */
  after(from: number, work: number): number | undefined {
    let left = work;
    for (const stretch of this.#stretches) {
      const begin = Math.max(stretch.from, from);
      if (begin >= stretch.to) continue;
      if (left <= stretch.to - begin) return begin + left;
      left -= stretch.to - begin;
    }
    return undefined;
  }

  /** The latest time (UTC ms) from which so much (ms) can still be worked before `to`; undefined: none that is known. */
  before(to: number, work: number): number | undefined {
    let left = work;
    for (let i = this.#stretches.length - 1; i >= 0; i--) {
      const stretch = this.#stretches[i] as Stretch;
      const end = Math.min(stretch.to, to);
      if (end <= stretch.from) continue;
      if (left <= end - stretch.from) return end - left;
      left -= end - stretch.from;
    }
    return undefined;
  }
}
