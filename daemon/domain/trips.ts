import type { LatLon } from '../../protocol/geo.ts';
import type { TimedFact } from './fold.ts';

/*
 * What motion leaves behind. Trips, stops and gaps follow one another without overlapping; between a stop and the next
 * trip there is nothing, between two trips there is a stop or a gap. Times are UTC ms of fix time, lengths of time ms,
 * distances m, speeds km/h. Whatever lasts still has no `until`.
 */

/** From where it stood to where it stood next. Waits shorter than a stop are parts of it. */
export interface Trip extends TimedFact {
  kind: 'trip';
  start: LatLon;
  end: LatLon;
  distance: number;
  /** without waits */
  driving: number;
  topSpeed: number;
  /** absent while it lasts; silence: its tracker said nothing more, so it ended at the last fix */
  endedBy?: 'stop' | 'silence';
  /** at the quarters of an hour (UTC) it went through: [time, distance and driving until then, …], to divide it by days */
  quarters?: readonly number[];
}

export interface Stop extends TimedFact, LatLon {
  kind: 'stop';
  /** ms of it with the engine on */
  idling: number;
}

/** It went somewhere else while its tracker was silent; the distance is that of the straight line. */
export interface Gap extends TimedFact {
  kind: 'gap';
  until: number;
  start: LatLon;
  end: LatLon;
  distance: number;
}

export type MotionFact = Trip | Stop | Gap;

/** What a van did in a period, for one day as a rule. */
export interface MotionTotals {
  /** m, with that over gaps */
  distance: number;
  /** m of it over gaps: straight lines */
  gapDistance: number;
  /** ms */
  driving: number;
  trips: number;
  stops: number;
  /** ms within the period */
  longestStop: number;
  idling: number;
  /** ms of gaps */
  silence: number;
  topSpeed: number;
}

/**
 * Sums up what of the facts lies in `from` ≤ time < `to`. A trip over a border is divided at it, by what it had done at
 * the quarters of an hour; it counts as one where it began. `now` ends what still lasts.
 */
export function totals(facts: Iterable<MotionFact>, from: number, to: number, now: number): MotionTotals {
  const sum: MotionTotals = {
    distance: 0,
    gapDistance: 0,
    driving: 0,
    trips: 0,
    stops: 0,
    longestStop: 0,
    idling: 0,
    silence: 0,
    topSpeed: 0,
  };
  for (const fact of facts) {
    const until = fact.until ?? Math.max(now, fact.from);
    const [first, last] = [Math.max(fact.from, from), Math.min(until, to)];
    if (first > last || (first === last && until > fact.from)) continue;
    const share = until > fact.from ? (last - first) / (until - fact.from) : 1;
    switch (fact.kind) {
      case 'trip': {
        const [a, b] = [tripAt(fact, first, until), tripAt(fact, last, until)];
        sum.distance += b.distance - a.distance;
        sum.driving += b.driving - a.driving;
        sum.topSpeed = Math.max(sum.topSpeed, fact.topSpeed);
        if (fact.from >= from) sum.trips++;
        break;
      }
      case 'stop':
        sum.stops++;
        sum.longestStop = Math.max(sum.longestStop, last - first);
        sum.idling += Math.round(fact.idling * share);
        break;
      case 'gap': {
        const metres = Math.round(fact.distance * share);
        sum.distance += metres;
        sum.gapDistance += metres;
        sum.silence += last - first;
      }
    }
  }
  return sum;
}

/** What a trip had done at a time within it: straight on between the quarters that are known. */
function tripAt(trip: Trip, time: number, until: number): { distance: number; driving: number } {
  const { quarters = [] } = trip;
  let before = { time: trip.from, distance: 0, driving: 0 };
  for (let i = 0; i <= quarters.length; i += 3) {
    const after =
      i < quarters.length
        ? { time: quarters[i] ?? 0, distance: quarters[i + 1] ?? 0, driving: quarters[i + 2] ?? 0 }
        : { time: until, distance: trip.distance, driving: trip.driving };
    if (time <= after.time) {
      const share = after.time > before.time ? (time - before.time) / (after.time - before.time) : 1;
      return {
        distance: Math.round(before.distance + share * (after.distance - before.distance)),
        driving: Math.round(before.driving + share * (after.driving - before.driving)),
      };
    }
    before = after;
  }
  return before;
}
