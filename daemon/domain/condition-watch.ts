import type { Way } from './condition-way.ts';
import type { Fix, FoldContext, FoldStep } from './fold.ts';

/** A fix with what alerts look at beside it. */
export interface WatchedFix extends Fix {
  /** % */
  battery?: number;
}

/** Faster than the limit. UTC ms of fix time, km/h */
export interface Fast {
  since: number;
  /** of its last fix */
  at: number;
  fixes: number;
  top: number;
  limit: number;
  over: boolean;
}

/** What the fixes of a van say that alerts are about; absent: nothing. `since`: UTC ms of fix time. */
export interface Watch {
  /** the newest believed fix */
  last?: { at: number; latitude: number; longitude: number; ignition?: boolean | undefined } | undefined;
  /** the newest stretch of speed, and the one before it that was more than one reading */
  fast?: Fast | undefined;
  fastBefore?: Fast | undefined;
  /** the battery is low, % */
  low?: { since: number; percent: number } | undefined;
  /** with the ignition on, the battery has not been charged since, %; it may not have fallen either */
  draining?: { since: number; from: number; percent: number } | undefined;
  /** off the run's way, so far at most, m */
  off?: { since: number; metres: number } | undefined;
  /** which part of the way the van was at, to look there first */
  place: number;
}

/** What counts, as the rules had it at a time. */
export interface WatchLimits {
  /** km/h */
  speed: number;
  /** % */
  battery: number;
  /** m */
  off: number;
}

export interface WatchDeps {
  /** as set at `fixTime` (UTC ms), so that the same fixes always say the same */
  limits(agency: string, fixTime: number): WatchLimits;
  /** the way of the van's run; undefined: none is known */
  way?(agency: string, vanId: string, fixTime: number): Way | undefined;
}

/** Fixes further apart than this say nothing about what was between them, ms. */
const longestApart = 300_000;
/** So much below the limit a van is slow again, km/h; readings waver by less. */
const slower = 3;
/** So much must a battery rise to be called charged, %; readings waver by one. */
const recharged = 2;
/** So far above the limit it is not low any more, %. */
const above = 5;
/** Within this part of the limit a van is on its way again. */
const back = 0.8;

/**
 * Watches the fixes of a van for what alerts are about. A step of the fold over them, so that a fix which comes late
 * finds its place, and the same fixes end in the same state in whatever order they came.
 */
export function watchStep({ limits, way }: WatchDeps): FoldStep<Watch, never> {
  return {
    name: 'watch',
    initial,
    copy: (watch) => ({ ...watch, last: watch.last && { ...watch.last } }),
    next(watch: Watch, fix: WatchedFix, context: FoldContext) {
      if (fix.marked === true) return watch;
      const limit = limits(context.agency, fix.fixTime);
      noticeSpeed(watch, fix, limit.speed);
      noticeBattery(watch, fix, limit.battery);
      noticeWay(watch, fix, way?.(context.agency, context.vanId, fix.fixTime), limit.off);
      const { fixTime: at, latitude, longitude, ignition } = fix;
      const { last } = watch;
      if (last === undefined) watch.last = { at, latitude, longitude, ignition };
      else {
        last.at = at;
        last.latitude = latitude;
        last.longitude = longitude;
        last.ignition = ignition;
      }
      return watch;
    },
  };
}

/** All fields from the beginning: objects of one shape are read and written many times faster. */
function initial(): Watch {
  return {
    last: undefined,
    fast: undefined,
    fastBefore: undefined,
    low: undefined,
    draining: undefined,
    off: undefined,
    place: 0,
  };
}

function noticeSpeed(watch: Watch, { fixTime, speed }: WatchedFix, limit: number): void {
  if (speed === undefined) return;
  const { fast } = watch;
  const goesOn = fast !== undefined && !fast.over && fixTime - fast.at <= longestApart;
  if (speed > limit && goesOn) {
    watch.fast = { ...fast, fixes: fast.fixes + 1, at: fixTime, top: Math.max(fast.top, speed), limit };
  } else if (speed > limit) {
    // A single reading that is too fast must not hide the stretch before it, of which people may not know yet.
    if (fast !== undefined && fast.fixes > 1) watch.fastBefore = { ...fast, over: true };
    watch.fast = { since: fixTime, at: fixTime, fixes: 1, top: speed, limit, over: false };
  } else if (goesOn && speed <= limit - slower) {
    watch.fast = { ...fast, over: true };
  }
}

function noticeBattery(watch: Watch, { fixTime, battery, ignition }: WatchedFix, limit: number): void {
  const { low, draining } = watch;
  if (ignition === false) watch.draining = undefined;
  if (battery === undefined) return;
  if (battery <= limit) watch.low = { since: low?.since ?? fixTime, percent: battery };
  else if (battery > limit + above) watch.low = undefined;
  else if (low !== undefined) watch.low = { ...low, percent: battery };
  if (ignition !== true) return;
  if (draining === undefined || battery >= draining.percent + recharged) {
    watch.draining = { since: fixTime, from: battery, percent: battery };
  } else if (battery < draining.percent) watch.draining = { ...draining, percent: battery };
}

function noticeWay(watch: Watch, fix: WatchedFix, way: Way | undefined, limit: number): void {
  if (way === undefined) {
    watch.off = undefined;
    return;
  }
  const { off } = watch;
  const enough = off === undefined ? limit : limit * back;
  const { metres, place } = way.metresFrom(fix.latitude, fix.longitude, watch.place, enough);
  watch.place = place;
  if (metres > enough) watch.off = { since: off?.since ?? fix.fixTime, metres: Math.max(off?.metres ?? 0, metres) };
  else watch.off = undefined;
}
