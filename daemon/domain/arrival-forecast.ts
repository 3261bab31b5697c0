import type { Arrival } from '../../protocol/arrival.ts';
import { distance, type LatLon } from '../../protocol/geo.ts';
import { type Ahead, type Common, plus, type Range, rangeOf, residual, total } from './estimate.ts';
import type { StopNow } from './progress.ts';
import { type Pace, speedAt } from './speeds.ts';
import type { Span, StopTimes } from './stop-times.ts';

/** How far it is from one place to another, at once: by road where that is known, else from the straight line. */
export type Legs = (from: LatLon, to: LatLon) => { metres: number; seconds?: number; by: 'road' | 'straight' };

/** Where a van is and what still keeps it there. */
export interface VanNow {
  /** UTC ms; when this was so */
  time: number;
  /** undefined: nobody knows */
  at: LatLon | undefined;
  /** ms before it drives on, of what it does since `time`; nothing while it drives */
  stays: Span;
}

export interface ForecastInput {
  /** the stops still to be made, as `progressOf` puts them */
  ahead: readonly StopNow[];
  /** of them, those that were left out at first */
  skipped: number;
  /** open stops the van has been at and left, and nobody said what became of them */
  visited: readonly StopNow[];
  van: VanNow;
  legs: Legs;
  /** m/s by hour of the day */
  speeds: readonly number[];
  pace: Pace;
  stopTimes: StopTimes;
  /** halts on the way, see `Common` */
  pauses: Pick<Common, 'pauses' | 'pausesSpread'>;
  timeZone: string;
}

type By = Arrival['by'];
interface Leg extends Span {
  by: By;
}
interface Later extends Ahead {
  stop: StopNow;
  by: By;
}

/** Deviations of one leg's time, as parts of it; straight lines do not know the river. */
const spread: Record<By, number> = { road: 0.25, straight: 0.38, none: 1 };
/** A turn, a gate, a place to stop: the deviation of even the shortest leg, ms. */
const leastSpread = 30_000;
/** The first and the last metres of a leg belong to the stands at its ends, m. */
const inPlaces = 80;
/** Where a place is not known a leg is taken for this long, m. */
const unknownMetres = 1300;
/** The deviation of the factor on all stops of a day alike. */
const standingSpread = 0.1;
/** Road metres per metre as the crow flies: assumed where two places are too near for it to be measured; bounds. */
const nearMetres = 200;
const usualDetour = 1.3;
const mostDetour = 3;
/** Fresher news than this is taken for present, ms. */
const fresh = 15_000;

/**
 * When a van will be at each of its stops. What stays the same while it drives to the next one is worked out once;
 * `arrivals` then costs a few exponentials a stop, so it can be asked at every fix.
 */
export class Forecast {
  readonly #input: ForecastInput;
  readonly #common: Common;
  /** the stops it is not at yet; sums count from the arrival at the first */
  readonly #later: Later[] = [];
  /** ids, in the order of the answers of `arrivals` */
  readonly orders: readonly string[];
  /** the stops it is at */
  readonly #here: StopNow[];
  readonly #detour: number;
  readonly #by: By = 'none';

  constructor(input: ForecastInput) {
    this.#input = input;
    const { ahead, van, pace, stopTimes, legs } = input;
    this.#common = { driving: pace.deviation / pace.factor, standing: standingSpread, ...input.pauses };
    const stops = ahead.filter(({ state }) => state !== 'here');
    this.#here = ahead.filter(({ state }) => state === 'here');
    this.orders = [...this.#here, ...stops, ...input.visited].map(({ stop }) => stop.order.id);
    const door = stops[0]?.stop.door;
    this.#detour = usualDetour;
    if (van.at !== undefined && door !== undefined) {
      const straight = distance(van.at, door);
      const { metres, by } = legs(van.at, door);
      if (straight >= nearMetres) this.#detour = Math.min(mostDetour, Math.max(1, metres / straight));
      this.#by = by;
    }
    let time = van.time + van.stays.mean + this.#firstLeg(van).mean;
    let sums: Ahead = { driving: 0, standing: 0, variance: 0 };
    let by = this.#by;
    for (const [i, stop] of stops.entries()) {
      const before = stops[i - 1];
      if (before !== undefined) {
        const stood = stopTimes.at(before.stop.order.consumerId);
        const leg = this.#leg(before.stop.door, stop.stop.door, time + stood.mean);
        sums = {
          driving: sums.driving + leg.mean,
          standing: sums.standing + stood.mean,
          variance: sums.variance + stood.variance + leg.variance,
        };
        time += stood.mean + leg.mean;
        by = worse(by, leg.by);
      }
      this.#later.push({ stop, by, ...sums });
    }
  }

  /** When it will be where, as seen at `now` (UTC ms), in the order of `orders`. */
  arrivals(van: VanNow, now: number): Arrival[] {
    const arrivals: Arrival[] = [];
    const { skipped, visited } = this.#input;
    for (const { visit } of this.#here) {
      const at = visit?.arrivedAt ?? van.time;
      arrivals.push({ from: at, until: at, likely: at, by: 'road', stopsBefore: arrivals.length });
    }
    const first = this.#firstLeg(van);
    const head = plus(van.stays, total({ driving: first.mean, standing: 0, variance: first.variance }, this.#common));
    const age = Math.max(0, now - van.time);
    const headRest = age < fresh ? undefined : residual(head, age);
    const { mean: stays, variance: staysVariance } = van.stays;
    const variance = first.variance + (skipped === 0 ? 0 : this.#restless(skipped));
    let before: Range = { from: 0, until: 0, likely: 0 };
    for (const one of this.#later) {
      const ahead = { driving: one.driving + first.mean, standing: one.standing, variance: one.variance + variance };
      const span = total(ahead, this.#common);
      span.mean += stays;
      span.variance += staysVariance;
      const rest = headRest === undefined ? undefined : exchanged(span, head, headRest);
      const { from, until, likely } = rangeOf(span, van.time, rest, now);
      // A later stop is not reached before an earlier one.
      const arrival: Arrival = {
        from: Math.max(from, before.from),
        until: Math.max(until, before.until),
        likely: Math.max(likely, before.likely),
        by: one.by,
        stopsBefore: arrivals.length,
      };
      arrivals.push(arrival);
      before = arrival;
    }
    if (skipped > 0 || visited.length > 0) this.#whenever(van, now, before, arrivals);
    return arrivals;
  }

  /**
   * When the van is likely to be at the first stop it is not at yet, UTC ms: all that moves from fix to fix. Undefined:
   * this is not all that can have changed, ask `arrivals`.
   */
  head(van: VanNow, now: number): number | undefined {
    if (this.#later.length === 0 || this.#input.skipped > 0 || this.#input.visited.length > 0) return undefined;
    if (now - van.time >= fresh) return undefined;
    const { mean, variance } = this.#firstLeg(van);
    return van.time + van.stays.mean + total({ driving: mean, standing: 0, variance }, this.#common).mean;
  }

  /** What was left out, or seems done and is not said to be, comes whenever he likes: from now until the end. */
  #whenever(van: VanNow, now: number, last: Range, arrivals: Arrival[]): void {
    for (const [i, { stop, by }] of this.#later.entries()) {
      const place = this.#here.length + i;
      const planned = arrivals[place];
      if (stop.state !== 'skipped' || planned === undefined) continue;
      const direct = this.#direct(van, stop, now);
      const from = Math.min(direct.from, planned.from);
      arrivals[place] = { ...planned, from, until: Math.max(direct.until, last.until), by };
    }
    const stopsBefore = arrivals.length;
    for (const stop of this.#input.visited) {
      const { from, until, likely } = this.#direct(van, stop, now);
      const range = { from, until: Math.max(until, last.until), likely: Math.max(likely, last.likely) };
      arrivals.push({ ...range, by: worse(this.#by, 'straight'), stopsBefore });
    }
  }

  /** Who leaves stops out may do so again: all that follows is less sure, ms². */
  #restless(skipped: number): number {
    const last = this.#later.at(-1);
    if (last === undefined || this.#later.length < 2) return 0;
    return (((last.driving + last.standing) / this.#later.length) * Math.min(3, skipped) * 0.5) ** 2;
  }

  /** As if it were the next one. */
  #direct(van: VanNow, { stop }: StopNow, now: number): Range {
    const leg = this.#leg(van.at, stop.door, van.time);
    const way = total({ driving: leg.mean, standing: 0, variance: leg.variance }, this.#common);
    const span = plus(van.stays, way);
    const age = Math.max(0, now - van.time);
    return rangeOf(span, van.time, age < fresh ? undefined : residual(span, age), now);
  }

  #firstLeg({ at, time, stays }: VanNow): Leg {
    const door = this.#later[0]?.stop.stop.door ?? this.#input.ahead.find(({ state }) => state !== 'here')?.stop.door;
    if (at === undefined || door === undefined) return this.#leg(at, door, time + stays.mean);
    return this.#timed(distance(at, door) * this.#detour, undefined, this.#by, time + stays.mean);
  }

  #leg(from: LatLon | undefined, to: LatLon | undefined, time: number): Leg {
    if (from === undefined || to === undefined) return this.#timed(unknownMetres, undefined, 'none', time);
    const { metres, seconds, by } = this.#input.legs(from, to);
    return this.#timed(metres, seconds, by, time);
  }

  #timed(metres: number, seconds: number | undefined, by: By, time: number): Leg {
    const { speeds, pace, timeZone } = this.#input;
    const usual = (Math.max(0, metres - inPlaces) / speedAt(speeds, time, timeZone)) * pace.factor;
    // Nobody drives faster than the road allows.
    const mean = 1000 * Math.max(usual, seconds ?? 0);
    return { mean, variance: (spread[by] * mean) ** 2 + leastSpread ** 2, by };
  }
}

function worse(a: By, b: By): By {
  if (a === 'none' || b === 'none') return 'none';
  return a === 'straight' || b === 'straight' ? 'straight' : 'road';
}

/** What is left of a span of which the head is not over yet, although it might be. */
function exchanged(span: Span, head: Span, headRest: Span): Span {
  return {
    mean: Math.max(1, span.mean - head.mean + headRest.mean),
    variance: Math.max(0, span.variance - head.variance) + headRest.variance,
  };
}
