import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Fix, FoldContext } from './fold.ts';

/** A crossing of an edge that is not certain yet. */
export interface Doubt {
  /** fixTime of the first fix beyond the edge, UTC ms: from then on it counts, if it counts */
  since: number;
  /** the fix before it and that fix: whether it lies on the way */
  before?: LatLon;
  first: LatLon;
  /** the van stands, as far as the fixes since then tell */
  standing: boolean;
  /** it did not cross the edge itself */
  by?: 'start' | 'zone' | 'schedule';
}

/** One fix on its side of an edge is believed when the van went on for so long without denying it, ms. */
const longEnough = 15_000;
/** A van that stands crosses no edge: its fixes drift. Only when they stay there for so long it was put there, ms. */
const standingLongEnough = 5 * 60_000;
/** Slower than this a van stands, km/h: the speed of a parked receiver is not quite zero. */
const crawling = 5;
/** So much longer than straight on a way past a fix may be that leads on, and not there and back. */
const detour = 1.3;
/** A fix this exact, m, denies a crossing also when its circle lies across the edge. */
const exact = 30;

/** Begins a doubt with the first fix beyond an edge. */
export function newDoubt(fix: Fix, context: FoldContext, last: LatLon | undefined, by: Doubt['by']): Doubt {
  const { latitude, longitude, fixTime } = fix;
  const doubt: Doubt = {
    since: fixTime,
    first: { latitude, longitude },
    standing: by === undefined && stands(fix, context),
  };
  if (last !== undefined) doubt.before = { latitude: last.latitude, longitude: last.longitude };
  if (by !== undefined) doubt.by = by;
  return doubt;
}

/**
 * Takes a later fix into a doubt. 'yes': the van has been on the other side since the doubt began; 'no': it has not.
 *
 * `depth`: m beyond the edge, on that side; negative: on the other one. `gate`: m; from here on it is beyond doubt that
 * the fix lies on that side.
 */
export function decided(
  doubt: Doubt,
  fix: Fix,
  context: FoldContext,
  depth: number,
  gate: number,
): 'yes' | 'no' | 'open' {
  doubt.standing &&= stands(fix, context);
  const lasted = fix.fixTime - doubt.since;
  if (depth >= gate) return !doubt.standing || lasted >= standingLongEnough ? 'yes' : 'open';
  const accuracy = fix.accuracy ?? 0;
  const denied = depth < 0 && (accuracy <= exact || -depth >= accuracy);
  if (denied) return !doubt.standing && lasted >= longEnough && onTheWay(doubt, fix) ? 'yes' : 'no';
  return depth >= 0 && !doubt.standing && lasted >= longEnough ? 'yes' : 'open';
}

function stands({ speed }: Fix, { motion }: FoldContext): boolean {
  return (motion !== undefined && motion.doing !== 'moving') || (speed !== undefined && speed < crawling);
}

/** Whether a van that has been at these three places drove past the middle one. */
function onTheWay({ before, first, by }: Doubt, after: LatLon): boolean {
  if (before === undefined || by !== undefined) return false;
  return distance(before, first) + distance(first, after) <= detour * distance(before, after);
}
