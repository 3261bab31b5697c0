import type { StopState } from '../../protocol/arrival.ts';
import { distance, type LatLon } from '../../protocol/geo.ts';
import type { DoorStop, Visit, Visits } from './arrival-visits.ts';
import { isOpen } from './order.ts';

/** A stop with what has become of it, and what comes next. */
export interface StopNow {
  stop: DoorStop;
  state: StopState;
  visit?: Visit;
}

export interface Progress {
  stops: StopNow[];
  /** the stops still to be made, in the order in which they will probably be */
  ahead: StopNow[];
  /** of those: left out at first, made up for who knows when */
  skipped: number;
  /** the first visit of the run, UTC ms */
  firstVisit?: number;
}

/** Whose door is this near to the van may still be about to be served, m: it is looking for a place to stop. */
const stillNear = 400;

/**
 * How far a run has come. `stops`: its stops in the planned order; `at`: where the van was last.
 *
 * A stop that is open while a later one was made is skipped; it counts only against later stops that were made after it
 * came on the run, so what is put in front in mid-run is not. Who has left out stops either goes back to the nearer end
 * of them or drives on as planned, whichever is nearer to where he is.
 */
export function progressOf(stops: readonly DoorStop[], visits: Visits, at: LatLon | undefined): Progress {
  const now = stops.map((stop) => stopNow(stop, visits.of.get(stop.order.id), at));
  let firstVisit: number | undefined;
  // Of the stops made further on in the plan, the latest visit: that is after when they came on the run.
  let madeLater = Number.NEGATIVE_INFINITY;
  let lastMade = -1;
  let lastTime = Number.NEGATIVE_INFINITY;
  for (let i = now.length - 1; i >= 0; i--) {
    const one = now[i] as StopNow;
    const { visit } = one;
    if (one.state === 'waiting' && madeLater > (one.stop.order.assignedAt ?? 0)) one.state = 'skipped';
    if (visit === undefined) continue;
    const time = visit.arrivedAt;
    if (firstVisit === undefined || time < firstVisit) firstVisit = time;
    if (time > madeLater) madeLater = time;
    if (time > lastTime) {
      lastTime = time;
      lastMade = i;
    }
  }
  const skipped = now.filter(({ state }) => state === 'skipped');
  const here = now.filter(({ state }) => state === 'here');
  const rest = now.filter(({ state }) => state === 'waiting');
  // What he drove past to the last stop he made comes after it in the plan as well as before.
  const onwards = rest.filter((one) => now.indexOf(one) > lastMade);
  const before = rest.filter((one) => now.indexOf(one) < lastMade);
  const ahead = [...here, ...arranged([...before, ...onwards], skipped, at)];
  const first = ahead.find(({ state }) => state !== 'here');
  if (first !== undefined && first.state === 'waiting') first.state = 'next';
  return {
    stops: now,
    ahead,
    skipped: skipped.length,
    ...(firstVisit === undefined ? {} : { firstVisit }),
  };
}

function stopNow(stop: DoorStop, visit: Visit | undefined, at: LatLon | undefined): StopNow {
  const { state } = stop.order;
  const seen = visit === undefined ? {} : { visit };
  if (state === 'delivered' || state === 'failed' || state === 'cancelled') return { stop, state, ...seen };
  if (!isOpen(stop.order) || visit === undefined) return { stop, state: 'waiting' };
  if (visit.leftAt === undefined) return { stop, state: 'here', ...seen };
  const near = at !== undefined && stop.door !== undefined && distance(at, stop.door) < stillNear;
  return near ? { stop, state: 'waiting' } : { stop, state: 'visited', ...seen };
}

function arranged(onwards: StopNow[], skipped: StopNow[], at: LatLon | undefined): StopNow[] {
  const first = skipped[0];
  const last = skipped.at(-1);
  if (first === undefined || last === undefined) return onwards;
  const metres = (one: StopNow | undefined) =>
    at === undefined || one?.stop.door === undefined ? Number.POSITIVE_INFINITY : distance(at, one.stop.door);
  const back = metres(last) < metres(first) ? skipped.toReversed() : skipped;
  return Math.min(metres(first), metres(last)) < metres(onwards[0]) || onwards.length === 0
    ? [...back, ...onwards]
    : [...onwards, ...back];
}
