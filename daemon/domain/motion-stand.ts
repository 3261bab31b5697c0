import { distance, type LatLon } from '../../protocol/geo.ts';
import type { MotionSettings } from '../../protocol/motion-settings.ts';
import type { Fix } from './fold.ts';
import type { MotionState, OpenStop, Spot, Stand, Stray } from './motion.ts';
import type { Gap, Stop } from './trips.ts';

/** Fixes that make up the place of a stand at most: it follows a slow drift. */
const mostFixes = 50;

export function accuracyOf(fix: Fix): number {
  return fix.accuracy ?? 0;
}

export function spotOf({ fixTime, latitude, longitude }: Spot): Spot {
  return { fixTime, latitude, longitude };
}

/** In place: thousands of vans would leave an object each behind, old enough to be costly to find. */
export function moveTo(spot: Spot, { fixTime, latitude, longitude }: Spot): void {
  spot.fixTime = fixTime;
  spot.latitude = latitude;
  spot.longitude = longitude;
}

export function strayOf(fix: Fix, last: Spot): Stray {
  return { ...spotOf(fix), speed: fix.speed ?? null, accuracy: accuracyOf(fix), after: last.fixTime };
}

export function standAt({ fixTime, latitude, longitude }: Spot): Stand {
  return { from: fixTime, until: fixTime, latitude, longitude, fixes: 1, idling: 0 };
}

export function stopOf({ from, until, latitude, longitude, fixes, idling }: Stand): OpenStop {
  return { from, until, latitude, longitude, fixes, idling, origin: { latitude, longitude } };
}

/** Another fix at the same place; `near`: its place is to follow it. */
export function stay(state: MotionState, stand: Stand, fix: Fix, near: boolean, settings: MotionSettings): void {
  const since = fix.fixTime - Math.max(state.last?.fixTime ?? 0, stand.from);
  if (engineOn(state, fix.fixTime) && since < settings.silentAfter * 1000) stand.idling += since;
  stand.until = fix.fixTime;
  if (!near) return;
  if (stand.fixes < mostFixes) stand.fixes++;
  stand.latitude += (fix.latitude - stand.latitude) / stand.fixes;
  stand.longitude += (fix.longitude - stand.longitude) / stand.fixes;
}

/** Near enough; without a speed also too slow on the whole to be driving by. */
export function staysAt(stand: Stand, fix: Fix, settings: MotionSettings): boolean {
  const far = distance(stand, fix) - accuracyOf(fix);
  if (far > settings.standstillRadius) return false;
  const seconds = (fix.fixTime - stand.from) / 1000;
  return fix.speed !== undefined || far * 3.6 < settings.movingSpeed * seconds;
}

/** The stop, if it was long enough for one. */
export function endedStop(stop: OpenStop, settings: MotionSettings): Stop | undefined {
  const { from, until, idling } = stop;
  if (until - from < settings.stopAfter * 1000) return undefined;
  return { kind: 'stop', from, until, ...placeOf(stop), idling };
}

/** At the resolution of a fix (1e-6 degrees), whatever it is the mean of. */
export function placeOf({ latitude, longitude }: LatLon): LatLon {
  return { latitude: Math.round(latitude * 1e6) / 1e6 + 0, longitude: Math.round(longitude * 1e6) / 1e6 + 0 };
}

export function gapBetween(from: Spot, to: Spot): Gap {
  const metres = Math.round(distance(from, to));
  return {
    kind: 'gap',
    from: from.fixTime,
    until: to.fixTime,
    start: placeOf(from),
    end: placeOf(to),
    distance: metres,
  };
}

export function takeIgnition(state: MotionState, { ignition: on, fixTime }: Fix, settings: MotionSettings): void {
  if (on === undefined) return;
  const { ignition } = state;
  const until = fixTime + settings.silentAfter * 1000;
  if (ignition?.on === on && ignition.until >= fixTime) ignition.until = until;
  else state.ignition = { on, since: fixTime, until };
}

/** What was said of the engine holds for a while; another device of the van may know nothing of it. */
export function engineOn({ ignition }: MotionState, time: number): boolean {
  return ignition?.on === true && time <= ignition.until;
}
