import type { Random } from '../random.ts';
import { blob, garden, type Land, reach } from './land.ts';
import type { Course } from './main-roads.ts';
import { gap, type Point } from './plane.ts';

export interface Park {
  /** groves lie outside the town, among the fields */
  kind: 'garden' | 'grove';
  name: string;
  ring: Point[];
}

/** Gardens in the open spaces between the main roads, turned as the streets around them are. */
export function makeParks(
  random: Random,
  land: Land,
  mains: readonly Course[],
  along: (point: Point) => Point,
  names: readonly string[],
): Park[] {
  const parks: Park[] = [];
  const middles: { point: Point; radius: number }[] = [];
  for (let tries = 0; tries < 1500 && parks.length < 16; tries++) {
    const point = { x: random.between(-reach.x, reach.x) * 0.8, y: random.between(-reach.y, reach.y) * 0.8 };
    const halfWidth = random.between(55, 150);
    const halfHeight = halfWidth * random.between(0.55, 0.85);
    const radius = halfWidth * 1.3;
    if (!land.isBuiltUp(point) || land.isWet(point, radius + 120) || land.toRailway(point) < radius + 30) continue;
    if (middles.some((other) => gap(other.point, point) < 400 + radius)) continue;
    if (mains.some((road) => road.line.some((p) => gap(p, point) < radius + 25))) continue;
    middles.push({ point, radius });
    const ring = garden(random, point, along(point), halfWidth, halfHeight);
    parks.push({ kind: 'garden', name: names[parks.length] ?? 'Garden', ring });
  }
  return parks;
}

/** Orchards and woods round about, so that the town does not lie in a desert. */
export function makeGroves(random: Random, land: Land, mains: readonly Course[]): Park[] {
  const groves: Park[] = [];
  const middles: Point[] = [];
  for (let tries = 0; tries < 1500 && groves.length < 40; tries++) {
    const point = { x: random.between(-1.6, 1.6) * reach.x, y: random.between(-1.7, 1.7) * reach.y };
    const width = random.between(90, 330);
    const height = width * random.between(0.5, 0.9);
    const isTown = (point.x / reach.x) ** 2 + (point.y / reach.y) ** 2 < 1.25;
    if (isTown || land.isWet(point, width * 1.25) || land.toRailway(point) < Math.min(149, width * 1.25)) continue;
    if (middles.some((other) => gap(other, point) < 520)) continue;
    if (mains.some((road) => road.line.some((p) => gap(p, point) < width * 1.25 + 20))) continue;
    middles.push(point);
    groves.push({ kind: 'grove', name: '', ring: blob(random, point, width, height) });
  }
  return groves;
}
