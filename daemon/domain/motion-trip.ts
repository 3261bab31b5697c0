import { distance, type LatLon } from '../../protocol/geo.ts';
import type { OpenTrip, Spot } from './motion.ts';
import { moveTo, placeOf, spotOf } from './motion-stand.ts';
import type { Trip } from './trips.ts';

/** Shorter steps are not counted, m: the noise of a fix a second would add up. */
const shortestStep = 15;
const quarter = 900_000;

/** A trip that began at a time (UTC ms) and place. */
export function newTrip(from: number, start: LatLon): OpenTrip {
  return {
    from,
    start: placeOf(start),
    distance: 0,
    counted: spotOf({ ...start, fixTime: from }),
    before: spotOf({ ...start, fixTime: from }),
    waited: 0,
    resumed: from,
    topSpeed: 0,
    beyond: 0,
    quarters: [],
  };
}

export function copyOf(trip: OpenTrip): OpenTrip {
  const { counted, before, quarters } = trip;
  return { ...trip, counted: { ...counted }, before: { ...before }, quarters: [...quarters] };
}

/** Takes a fix into a trip: `accuracy` in m, `speed` in km/h, null where the tracker does not say. */
export function count(trip: OpenTrip, fix: Spot, speed: number | null, accuracy: number): void {
  const { counted } = trip;
  const step = distance(counted, fix);
  const counts = step >= Math.max(shortestStep, accuracy);
  const boundary = Math.floor(fix.fixTime / quarter) * quarter;
  // Where a fix of the same quarter has counted, its boundary was taken down.
  if (boundary > trip.from && boundary > counted.fixTime && boundary > (trip.quarters.at(-3) ?? 0)) {
    const share = (boundary - counted.fixTime) / (fix.fixTime - counted.fixTime);
    const metres = trip.distance + (counts ? share * step : 0);
    trip.quarters.push(boundary, Math.round(metres), Math.max(0, boundary - trip.from - trip.waited));
  }
  if (!counts) return;
  trip.distance += step;
  // Over two steps: a fix beside the road makes one step too long, and the next one too.
  const seconds = (fix.fixTime - trip.before.fixTime) / 1000;
  const driven = Math.round((distance(trip.before, fix) / seconds) * 36) / 10;
  // What a tracker says of its speed is believed where its way bears it out.
  const top = speed !== null && speed < 2 * driven + 30 ? speed : driven;
  if (top > trip.topSpeed) trip.topSpeed = top;
  moveTo(trip.before, counted);
  moveTo(counted, fix);
}

/** The trip as it is over, at a time and place. */
export function endedTrip(trip: OpenTrip, until: number, end: LatLon, endedBy: 'stop' | 'silence'): Trip {
  const rest = distance(trip.counted, end);
  const metres = trip.distance + (rest < shortestStep ? 0 : rest);
  const quarters = trip.quarters.filter((_, i) => (trip.quarters[i - (i % 3)] ?? 0) < until);
  return {
    kind: 'trip',
    from: trip.from,
    until,
    start: trip.start,
    end: placeOf(end),
    distance: Math.round(metres),
    driving: Math.max(0, until - trip.from - trip.waited),
    topSpeed: trip.topSpeed,
    endedBy,
    ...(quarters.length === 0 ? {} : { quarters }),
  };
}
