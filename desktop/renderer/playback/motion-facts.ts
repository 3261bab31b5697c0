import { distance, type LatLon } from '../../../protocol/geo.ts';
import type { Stretch } from '../../shared/bridge.ts';
import { joined } from './clock.ts';
import { fixAt, type PlayedTrail } from './played-trail.ts';

interface PlayedTrip {
  kind: 'trip';
  /** UTC ms */
  from: number;
  to: number;
  /** m */
  distance: number;
  /** ms without waits */
  driving: number;
  /** km/h */
  topSpeed: number;
}
export interface PlayedStop extends LatLon {
  kind: 'stop';
  from: number;
  to: number;
}
/** It went somewhere else while nothing was heard of it. */
interface PlayedGap {
  kind: 'gap';
  from: number;
  to: number;
  /** m in a straight line */
  distance: number;
}
/** What a van did, oldest first. */
export type PlayedFact = PlayedTrip | PlayedStop | PlayedGap;

/** All of a period summed up. */
export interface PlayedTotals {
  /** m, with the straight lines over gaps */
  distance: number;
  /** m of it over gaps */
  gapDistance: number;
  /** ms */
  driving: number;
  trips: number;
  stops: number;
  /** km/h */
  topSpeed: number;
  /** ms */
  silence: number;
}

/** What a daemon tells trips and stops by unless its agency says otherwise (protocol/motion-settings.ts): ms, m, m. */
const stopAfter = 120_000;
const standstillRadius = 50;
const shortestTrip = 150;

/** Reads what `/api/vans/{id}/trips` lists; what lasts still ends with the period. Throws when it is something else. */
export function readFacts(items: readonly unknown[], period: Stretch): PlayedFact[] {
  return (items as Record<string, unknown>[]).map((item) => {
    const number = (name: string): number => {
      const value = item[name];
      if (typeof value !== 'number') throw new TypeError(`a ${item.kind} has no ${name}`);
      return value;
    };
    const from = number('from');
    const to = item.until === undefined ? Math.max(from, period.to) : number('until');
    switch (item.kind) {
      case 'trip':
        return {
          ...{ kind: 'trip', from, to, distance: number('distance') },
          ...{ driving: number('driving'), topSpeed: number('topSpeed') },
        };
      case 'stop':
        return { kind: 'stop', from, to, latitude: number('latitude'), longitude: number('longitude') };
      case 'gap':
        return { kind: 'gap', from, to, distance: number('distance') };
      default:
        throw new TypeError('neither a trip nor a stop nor a gap');
    }
  });
}

/** Reads what `/api/vans/{id}/days` lists, summed up. Throws when it is something else. */
export function readTotals(items: readonly unknown[]): PlayedTotals {
  const sum = noTotals();
  for (const item of items as Record<string, unknown>[]) {
    for (const name of ['distance', 'gapDistance', 'driving', 'trips', 'stops', 'silence'] as const) {
      const value = item[name];
      if (typeof value !== 'number') throw new TypeError(`a day has no ${name}`);
      sum[name] += value;
    }
    sum.topSpeed = Math.max(sum.topSpeed, Number(item.topSpeed));
  }
  return sum;
}

const noTotals = (): PlayedTotals => ({
  ...{ distance: 0, gapDistance: 0, driving: 0, trips: 0, stops: 0, topSpeed: 0, silence: 0 },
});

/** The sum of facts; where no daemon says it. */
export function totalsOf(facts: readonly PlayedFact[]): PlayedTotals {
  const sum = noTotals();
  for (const fact of facts) {
    if (fact.kind === 'stop') {
      sum.stops++;
      continue;
    }
    sum.distance += fact.distance;
    if (fact.kind === 'gap') {
      sum.gapDistance += fact.distance;
      sum.silence += fact.to - fact.from;
    } else {
      sum.trips++;
      sum.driving += fact.driving;
      sum.topSpeed = Math.max(sum.topSpeed, fact.topSpeed);
    }
  }
  return sum;
}

/**
 * Trips, stops and gaps by the fixes alone, for a desk without a daemon. A stop: within the standstill radius of where it
 * began for as long as the daemon's settings say. Two stops with less than the shortest trip between are one.
 */
export function factsOf(trail: PlayedTrail): PlayedFact[] {
  const facts: PlayedFact[] = [];
  const last = trail.times.length - 1;
  let done = 0;
  for (const { first, until } of standsOf(trail)) {
    if (first > done) facts.push(...tripsBetween(trail, done, first));
    const [from, to] = [trail.times[first] ?? 0, trail.times[until] ?? 0];
    facts.push({ kind: 'stop', from, to, ...fixAt(trail, first) });
    done = until;
  }
  if (last > done) facts.push(...tripsBetween(trail, done, last));
  return facts;
}

/** Runs of fixes at one place, by index. */
function standsOf(trail: PlayedTrail): { first: number; until: number }[] {
  const { times } = trail;
  const stands: { first: number; until: number }[] = [];
  for (let first = 0; first < times.length; ) {
    const origin = fixAt(trail, first);
    let until = first;
    while (until + 1 < times.length && distance(origin, fixAt(trail, until + 1)) <= standstillRadius) until++;
    if ((times[until] ?? 0) - (times[first] ?? 0) < stopAfter) {
      first++;
      continue;
    }
    const before = stands.at(-1);
    const between = before === undefined ? Number.POSITIVE_INFINITY : lengthOf(trail, before.until, first);
    if (before !== undefined && between < shortestTrip) before.until = until;
    else stands.push({ first, until });
    first = until + 1;
  }
  return stands;
}

function lengthOf(trail: PlayedTrail, first: number, last: number): number {
  let metres = 0;
  for (let i = first; i < last; i++) metres += distance(fixAt(trail, i), fixAt(trail, i + 1));
  return metres;
}

/** The trips from one fix to another, with the gaps between them. */
function tripsBetween(trail: PlayedTrail, first: number, last: number): PlayedFact[] {
  const facts: PlayedFact[] = [];
  const { times, speeds } = trail;
  const trip = (a: number, b: number) => {
    if (a === b) return;
    const [from, to] = [times[a] ?? 0, times[b] ?? 0];
    let topSpeed = 0;
    for (let i = a; i <= b; i++) topSpeed = Math.max(topSpeed, speeds[i] || 0);
    facts.push({ kind: 'trip', from, to, distance: Math.round(lengthOf(trail, a, b)), driving: to - from, topSpeed });
  };
  let begin = first;
  for (const { index, hasMoved, from, to } of trail.silences) {
    if (index < first || index >= last || !hasMoved) continue;
    trip(begin, index);
    const metres = distance(fixAt(trail, index), fixAt(trail, index + 1));
    facts.push({ kind: 'gap', from, to, distance: Math.round(metres) });
    begin = index + 1;
  }
  trip(begin, last);
  return facts;
}

/** When a van does nothing that is worth looking at: it stands, or nothing is known of it yet or any more. */
export function idleStretches(trail: PlayedTrail, facts: readonly PlayedFact[], period: Stretch): Stretch[] {
  const { times, silences } = trail;
  const first = times[0] ?? period.to;
  const last = times.at(-1) ?? period.from;
  return joined([
    { from: period.from, to: first },
    ...facts.filter(({ kind }) => kind === 'stop').map(({ from, to }) => ({ from, to })),
    ...silences.filter(({ hasMoved }) => !hasMoved).map(({ from, to }) => ({ from, to })),
    { from: last, to: period.to },
  ]);
}
