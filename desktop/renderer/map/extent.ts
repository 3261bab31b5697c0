import { distance } from '../../../protocol/geo.ts';
import type { Box } from './surface.ts';

interface Place {
  latitude: number;
  longitude: number;
}

/** Further from the middle of the others than this, a place is left out of the view, m. */
const apart = 150_000;
/** Fewer degrees than this is one spot: some streets around it are shown as well. */
const leastSide = 0.004;

/**
 * A box around all places, but not around a stray one: a tracker tested in another city must not shrink the agency's
 * town to a dot. Undefined when there is no place.
 */
export function extentOf(places: readonly Place[]): Box | undefined {
  const middle = { latitude: median(places.map((p) => p.latitude)), longitude: median(places.map((p) => p.longitude)) };
  const near = places.filter((place) => distance(place, middle) <= apart);
  if (near.length === 0) return undefined;
  const box = { west: 180, south: 90, east: -180, north: -90 };
  for (const { latitude, longitude } of near) {
    box.west = Math.min(box.west, longitude);
    box.east = Math.max(box.east, longitude);
    box.south = Math.min(box.south, latitude);
    box.north = Math.max(box.north, latitude);
  }
  const wide = Math.max(0, leastSide - (box.east - box.west)) / 2;
  const high = Math.max(0, leastSide - (box.north - box.south)) / 2;
  return { west: box.west - wide, east: box.east + wide, south: box.south - high, north: box.north + high };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
