import type { MotionState } from './motion.ts';

/**
 * One fix of a van, in the order of fixTime; units as everywhere: UTC ms, WGS84 degrees, km/h, degrees, m. What the
 * engine (`daemon/project/van-folds.ts`) goes through are the fixes that are believed: those a van would have shown.
 */
export interface Fix {
  fixTime: number;
  latitude: number;
  longitude: number;
  speed?: number;
  course?: number;
  accuracy?: number;
  /** % */
  battery?: number;
  ignition?: boolean;
  /** a jump, or inaccurate: not believed; a step passes over it */
  marked?: boolean;
}

/** What a step may know beside its own state and the fix. */
export interface FoldContext {
  agency: string;
  vanId: string;
  /** motion after this fix; undefined before the motion step has run */
  motion?: MotionState | undefined;
}

/** Something that a fold found out about a van, placed by fix time (UTC ms). */
export interface TimedFact {
  kind: string;
  from: number;
  /** the end of what lasts */
  until?: number;
}

/**
 * One of the things that are found out by going through a van's fixes in the order of fixTime: motion, then zones, then
 * arrivals. A step is deterministic and looks at nothing but its arguments and what was true at `fix.fixTime` (settings,
 * zones), since the same fixes are gone through again when a late one comes between them. Its state is plain JSON (no
 * Map, no NaN, nothing that matters in undefined): that is how it is kept on disk.
 */
export interface FoldStep<S, F> {
  readonly name: string;
  /** of the meaning of its state and facts; another one than before: everything is gone through again. Default 1 */
  readonly version?: number;
  initial(): S;
  /** pure and fast: may mutate and return `state` */
  next(state: S, fix: Fix, context: FoldContext, emit: (fact: F) => void): S;
  copy(state: S): S;
}
