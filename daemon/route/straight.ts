import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Way } from './route-finder.ts';

/*
 * The ways as far as they can be told without a map: the great circle times a detour factor. What every answer falls
 * back to, so it answers at once.
 */

/**
 * Driving speed by the length of a way, m/s, before anything was seen: 18 km/h around the corner, where lanes, turns and
 * parking make up most of it, towards 35 km/h across the town.
 */
function usualSpeed(metres: number): number {
  return 5 + 4.7 * (1 - Math.exp(-metres / 3000));
}

export function straightWay(from: LatLon, to: LatLon, detour: number): Way {
  const metres = distance(from, to) * detour;
  return { metres: Math.round(metres), seconds: Math.round(metres / usualSpeed(metres)) };
}

/**
 * Whether a way can be one between these places: not much shorter than the straight line (each end may lie a little off
 * the road), no more than a detour around a lake or a river, and driven, not flown.
 */
export function isPlausible({ metres, seconds }: Way, from: LatLon, to: LatLon): boolean {
  const straight = distance(from, to);
  return (
    metres >= 0 &&
    metres >= straight * 0.98 - besideRoads &&
    metres <= straight * 20 + 20_000 &&
    seconds >= metres / fastest &&
    seconds <= metres / slowest + 3600
  );
}

/** Beside the road nobody lives further than this, m: a door beyond it has no way to it. */
export const furthestFromRoad = 1000;
/** m; of both ends of a way together */
const besideRoads = 400;
/** m/s: 200 km/h; 1 km/h */
const fastest = 56;
const slowest = 0.28;
