import { distance } from '../../protocol/geo.ts';
import type { MotionSettings } from '../../protocol/motion-settings.ts';
import type { Fix, FoldStep } from './fold.ts';
import type { MotionState, OpenStop, OpenTrip, Spot, Stand } from './motion.ts';
import {
  accuracyOf,
  endedStop,
  engineOn,
  gapBetween,
  moveTo,
  placeOf,
  spotOf,
  standAt,
  stay,
  staysAt,
  stopOf,
  strayOf,
  takeIgnition,
} from './motion-stand.ts';
import { copyOf, count, endedTrip, newTrip } from './motion-trip.ts';
import type { MotionFact } from './trips.ts';

/** A wait this long on a trip shows as standing, and is no driving time, ms. */
const shortestWait = 30_000;
/** Who says that he stands (or has his engine off) has left only so many radii away. */
const doubt = 3;
/** Unseen, nobody pulls out slower, km/h: how long before the first fix on the way it left at most. */
const pullingOut = 15;

type Emit = (fact: MotionFact) => void;

/**
 * Motion, as a step of the fold. It has left where two fixes in a row lie beyond the radius of where it stood, so that a
 * spike is nothing; it has stopped where it stayed within the radius for `stopAfter`. Between the two lies the
 * hysteresis: a departure counts from the last fix at the stop, and only once it has gone farther than the shortest
 * trip; until then it may come to stand again as if nothing had been.
 */
export function motionStep(
  settingsAt: (agency: string, time: number) => MotionSettings,
): FoldStep<MotionState, MotionFact> {
  return {
    name: 'motion',
    initial: () => ({
      doing: 'stopped',
      since: 0,
      last: null,
      ignition: null,
      stop: null,
      trip: null,
      stand: null,
      stray: null,
    }),
    next(state, fix, context, emit) {
      context.motion = state;
      const settings = settingsAt(context.agency, fix.fixTime);
      if (fix.marked === true || accuracyOf(fix) > settings.worstAccuracy) return state;
      takeIgnition(state, fix, settings);
      const { last, stop, trip } = state;
      if (last === null) state.stop = stopOf(standAt(fix));
      else if (trip !== null) drives(state, trip, last, fix, settings, emit);
      else if (stop !== null) stands(state, stop, last, fix, settings, emit);
      if (last === null) state.last = spotOf(fix);
      else moveTo(last, fix);
      look(state, fix, settings);
      return state;
    },
    copy: (state) => ({
      ...state,
      last: state.last && { ...state.last },
      ignition: state.ignition && { ...state.ignition },
      stop: state.stop && { ...state.stop },
      trip: state.trip && copyOf(state.trip),
      stand: state.stand && { ...state.stand },
    }),
  };
}

function stands(state: MotionState, stop: OpenStop, last: Spot, fix: Fix, settings: MotionSettings, emit: Emit): void {
  const slow = isSlow(fix, settings);
  const doubtful = fix.ignition === false || (slow && fix.speed !== undefined);
  const far = distance(stop, fix);
  if (far <= settings.standstillRadius * (doubtful ? doubt : 1) + accuracyOf(fix)) {
    state.stray = null;
    // Still seen there, but moving: it is about to leave.
    if (slow) stay(state, stop, fix, far <= settings.standstillRadius, settings);
    return;
  }
  const { stray } = state;
  state.stray = null;
  if (stray === null) {
    state.stray = strayOf(fix, last);
  } else if (stray.fixTime - stray.after >= settings.silentAfter * 1000) {
    // It left unseen.
    stop.until = stray.after;
    giveUp(state, stop, emit, settings);
    emit(gapBetween({ ...placeOf(stop), fixTime: stop.until }, stray));
    const next = stopOf(standAt(stray));
    state.stop = next;
    stands(state, next, stray, fix, settings, emit);
  } else {
    // Without a speed its first metres look like standing.
    const known = stray.speed === null ? stop.from : stop.until;
    stop.until = Math.max(known, Math.round(stray.fixTime - (distance(stop, stray) * 3600) / pullingOut));
    const trip = newTrip(stop.until, stop);
    state.trip = trip;
    takeIn(state, trip, stray, stray.speed, stray.accuracy, settings, emit);
    drives(state, trip, stray, fix, settings, emit);
  }
}

function drives(state: MotionState, trip: OpenTrip, last: Spot, fix: Fix, settings: MotionSettings, emit: Emit): void {
  const { stop, stand, stray } = state;
  const accuracy = accuracyOf(fix);
  const slow = isSlow(fix, settings);
  if (stop !== null && slow && distance(stop, fix) <= settings.standstillRadius + accuracy) {
    standStill(state, stop);
    stay(state, stop, fix, true, settings);
    return;
  }
  if (stand !== null) {
    if (slow && staysAt(stand, fix, settings)) {
      state.stray = null;
      stay(state, stand, fix, true, settings);
      arrive(state, trip, stand, settings, emit);
      return;
    }
    if (stand.fixes > 1 && stray === null && fix.fixTime - stand.until < settings.silentAfter * 1000) {
      state.stray = strayOf(fix, last);
      return;
    }
    if (waits(stand)) {
      trip.waited += stand.until - stand.from;
      trip.resumed = stand.until;
    }
    state.stand = null;
  }
  state.stray = null;
  if (stray !== null) takeIn(state, trip, stray, stray.speed, stray.accuracy, settings, emit);
  const from = stray ?? last;
  if (fix.fixTime - from.fixTime >= settings.silentAfter * 1000) {
    lose(state, trip, from, fix, settings, emit);
    return;
  }
  takeIn(state, trip, fix, fix.speed ?? null, accuracy, settings, emit);
  state.stand = slow ? standAt(fix) : null;
}

/** It was silent for so long that nobody knows where it has been. */
function lose(state: MotionState, trip: OpenTrip, from: Spot, fix: Fix, settings: MotionSettings, emit: Emit): void {
  const { stop } = state;
  if (distance(from, fix) <= settings.shortestTrip) {
    // About where it was last seen: it has stood there, and its tracker slept.
    const stand = { ...standAt(fix), from: from.fixTime };
    state.stand = stand;
    arrive(state, trip, stand, settings, emit);
    return;
  }
  if (stop !== null) giveUp(state, stop, emit, settings);
  if (stop !== null && trip.beyond === 0) {
    emit(gapBetween({ ...placeOf(stop), fixTime: stop.until }, fix));
  } else {
    emit(endedTrip(trip, from.fixTime, from, 'silence'));
    emit(gapBetween(from, fix));
  }
  standStill(state, stopOf(standAt(fix)));
}

/** Once it has stayed long enough the trip is over, or has been none. */
function arrive(state: MotionState, trip: OpenTrip, stand: Stand, settings: MotionSettings, emit: Emit): void {
  if (stand.until - stand.from < settings.stopAfter * 1000) return;
  const { stop } = state;
  if (stop === null) {
    emit(endedTrip(trip, stand.from, stand, 'stop'));
    standStill(state, stopOf(stand));
  } else {
    stop.until = stand.until;
    stop.latitude = stand.latitude;
    stop.longitude = stand.longitude;
    stop.fixes = stand.fixes;
    stop.idling += stand.idling;
    standStill(state, stop);
  }
}

function standStill(state: MotionState, stop: OpenStop): void {
  state.stop = stop;
  state.trip = null;
  state.stand = null;
  state.stray = null;
}

/** Takes a place it has come by into the trip, which is one once it is far enough from where it stood. */
function takeIn(
  state: MotionState,
  trip: OpenTrip,
  at: Spot,
  speed: number | null,
  accuracy: number,
  settings: MotionSettings,
  emit: Emit,
): void {
  count(trip, at, speed, accuracy);
  const { stop } = state;
  if (stop === null) return;
  trip.beyond = distance(stop.origin, at) > settings.shortestTrip ? trip.beyond + 1 : 0;
  if (trip.beyond >= 2) giveUp(state, stop, emit, settings);
}

/** The stop is over. */
function giveUp(state: MotionState, stop: OpenStop, emit: Emit, settings: MotionSettings): void {
  const ended = endedStop(stop, settings);
  if (ended !== undefined) emit(ended);
  state.stop = null;
}

function look(state: MotionState, fix: Fix, settings: MotionSettings): void {
  const { trip, stop, stand } = state;
  const slow = isSlow(fix, settings);
  if (trip !== null && (stop === null || trip.beyond > 0 || !slow)) {
    const standing = stand !== null && waits(stand);
    state.doing = standing ? 'stopped' : 'moving';
    state.since = standing ? stand.from : trip.resumed;
    return;
  }
  if (stop === null) return;
  const stood = fix.fixTime - stop.from;
  state.since = stop.from;
  if (!slow && stood < shortestWait) state.doing = 'moving';
  else if (engineOn(state, fix.fixTime)) {
    state.doing = 'idling';
    state.since = Math.max(stop.from, state.ignition?.since ?? 0);
  } else state.doing = stood >= settings.parkedAfter * 1000 ? 'parked' : 'stopped';
}

function waits(stand: Stand): boolean {
  return stand.until - stand.from >= shortestWait;
}

/** Without a speed it may be. */
function isSlow(fix: Fix, settings: MotionSettings): boolean {
  return fix.speed === undefined || fix.speed < settings.movingSpeed;
}
