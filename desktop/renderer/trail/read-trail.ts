import type { DrawnPoint } from './trail-shapes.ts';

/** Reads the answer of `/api/vans/{id}/trail?format=json`, oldest point first. Throws when it is something else. */
export function readTrail(answer: unknown): DrawnPoint[] {
  const items = Array.isArray(answer) ? answer : (answer as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) throw new TypeError('the trail is not a list');
  const points: DrawnPoint[] = [];
  for (const item of items as Record<string, unknown>[]) {
    const { fixTime, latitude, longitude, speed, mark } = item;
    if (typeof fixTime !== 'number' || typeof latitude !== 'number' || typeof longitude !== 'number') {
      throw new TypeError('a point of the trail has no time or place');
    }
    const point: DrawnPoint = { fixTime, latitude, longitude };
    if (typeof speed === 'number') point.speed = speed;
    if (mark === 'jump' || mark === 'inaccurate') point.mark = mark;
    points.push(point);
  }
  return points.sort((a, b) => a.fixTime - b.fixTime);
}

/**
 * The live points with one more at the end. One that is older than the newest or known already is left to the next
 * load: then the same list comes back.
 */
export function withLivePoint(
  history: readonly DrawnPoint[],
  live: readonly DrawnPoint[],
  point: DrawnPoint,
): readonly DrawnPoint[] {
  const last = live[live.length - 1] ?? history[history.length - 1];
  return last !== undefined && point.fixTime <= last.fixTime ? live : [...live, point];
}
