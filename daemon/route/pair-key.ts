import { distance, type LatLon } from '../../protocol/geo.ts';

/** Degrees of latitude in 20 m: what is nearer is one place for a cache of ways. */
const step = 20 / 111_195;

/** A place's cell of about 20 m by 20 m, or so many times that, wherever on the globe. */
export function cellOf({ latitude, longitude }: LatLon, times = 1): string {
  const height = step * times;
  const row = Math.round(latitude / height);
  // Columns get narrower towards the poles; in a row all have one width.
  const width = height / Math.max(0.01, Math.cos((row * height * Math.PI) / 180));
  return `${row.toString(36)},${Math.round(longitude / width).toString(36)}`;
}

/** The way from one place to another, there and not back. */
export function pairOf(from: LatLon, to: LatLon): string {
  return `${cellOf(from)}>${cellOf(to)}`;
}

/**
 * The same for an estimate of a way that a van is on: the further off its end, the larger the cell it begins in (a
 * twentieth to a tenth of the distance), so that not every 20 m of driving ask a router again.
 */
export function roughPairOf(from: LatLon, to: LatLon): string {
  const doublings = Math.max(0, Math.floor(Math.log2(distance(from, to) / 200)));
  return doublings === 0 ? pairOf(from, to) : `${doublings}:${cellOf(from, 2 ** doublings)}>${cellOf(to)}`;
}
