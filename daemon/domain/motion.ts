import type { LatLon } from '../../protocol/geo.ts';
import type { MotionSettings } from '../../protocol/motion-settings.ts';
import { placeOf } from './motion-stand.ts';
import type { MotionFact } from './trips.ts';

/** What a van is doing. `silent` comes from the time alone; `idling`: it stands with its engine on. */
type Doing = 'moving' | 'stopped' | 'parked' | 'idling' | 'silent';

/** A fix, as far as motion remembers it. */
export interface Spot extends LatLon {
  fixTime: number;
}

/** One fix beside where it stands; `after`: the fixTime of the fix before it. */
export interface Stray extends Spot {
  speed: number | null;
  accuracy: number;
  after: number;
}

/** A place which it has not left. */
export interface Stand extends LatLon {
  /** fixTime of the first and of the last fix there, UTC ms */
  from: number;
  until: number;
  /** fixes its place is the mean of, at most 50 */
  fixes: number;
  /** ms of it with the engine on */
  idling: number;
}

/** A stand that is, or may become, a stop of its own. */
export interface OpenStop extends Stand {
  /** where it began: a van that creeps along is to leave some time */
  origin: LatLon;
}

export interface OpenTrip {
  /** UTC ms */
  from: number;
  start: LatLon;
  /** m up to `counted` */
  distance: number;
  counted: Spot;
  /** the one counted before it */
  before: Spot;
  /** ms of waits so far, and when the last one ended, UTC ms */
  waited: number;
  resumed: number;
  /** km/h */
  topSpeed: number;
  /** fixes in a row that were farther from the stop than the shortest trip */
  beyond: number;
  /** as in Trip */
  quarters: number[];
}

/**
 * What a van is doing after a fix. It stands (a stop, no trip), drives (a trip, no stop), or may have left (both: a stop
 * until it has gone farther than the shortest trip).
 */
export interface MotionState {
  doing: Exclude<Doing, 'silent'>;
  /** UTC ms */
  since: number;
  /** the last fix that was good enough; null: there was none */
  last: Spot | null;
  /** as last told, and since when and until when it was told */
  ignition: { on: boolean; since: number; until: number } | null;
  stop: OpenStop | null;
  trip: OpenTrip | null;
  /** on a trip: where it may have stopped */
  stand: Stand | null;
  /** it may be a spike: the next fix decides */
  stray: Stray | null;
}

/** How a van moves now, as answers show it. */
export interface VanMotion {
  state: Doing;
  /** UTC ms */
  since: number;
  /** UTC ms of the last fix that counted */
  fixTime: number;
  /** the trip or the stop it is on */
  current?: MotionFact;
}

/** What a van is doing at `now` (UTC ms); undefined where nothing was heard of it yet. */
export function motionAt(state: MotionState, settings: MotionSettings, now: number): VanMotion | undefined {
  const { last, stop, trip, doing, since } = state;
  if (last === null) return undefined;
  const current = openFact(state, settings, now);
  const shown = { fixTime: last.fixTime, ...(current === undefined ? {} : { current }) };
  if (isSilent(state, settings, now)) return { state: 'silent', since: last.fixTime, ...shown };
  const parked =
    doing === 'stopped' && stop !== null && trip === null && now - stop.from >= settings.parkedAfter * 1000;
  return { state: parked ? 'parked' : doing, since, ...shown };
}

/** Whether it should have spoken by now; a van that stands has a tracker that sleeps. */
function isSilent({ last, stop, doing }: MotionState, settings: MotionSettings, now: number): boolean {
  const driving = stop === null || doing === 'moving';
  const limit = (driving ? settings.silentAfter : settings.asleepAfter) * 1000;
  return last !== null && now - last.fixTime >= limit;
}

/** The trip or the stop that is not over; one whose tracker fell silent ended at its last fix. */
export function openFact(state: MotionState, settings: MotionSettings, now: number): MotionFact | undefined {
  const { stop, trip, last } = state;
  if (last === null) return undefined;
  // On a trip that may turn out to be none it is still at its stop.
  if (stop !== null) {
    if (stop.until - stop.from < settings.stopAfter * 1000) return undefined;
    return { kind: 'stop', from: stop.from, ...placeOf(stop), idling: stop.idling };
  }
  if (trip === null) return undefined;
  return {
    kind: 'trip',
    from: trip.from,
    start: trip.start,
    end: placeOf(last),
    distance: Math.round(trip.distance),
    driving: last.fixTime - trip.from - trip.waited,
    topSpeed: trip.topSpeed,
    ...(isSilent(state, settings, now) ? { until: last.fixTime, endedBy: 'silence' } : {}),
    ...(trip.quarters.length === 0 ? {} : { quarters: trip.quarters }),
  };
}
