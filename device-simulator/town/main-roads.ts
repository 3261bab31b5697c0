import { type Random, smoothNoise } from '../random.ts';
import type { Land } from './land.ts';
import { isInside, offset, onCircle, type Point, resampled } from './plane.ts';

export type StreetClass = 'main' | 'secondary' | 'lane';

/** A street as it is laid out, before junctions are known. */
export interface Course {
  class: StreetClass;
  /** a name it must have; otherwise it gets one later */
  name?: string;
  line: Point[];
}

/** The roads a town grows around: a ring, an inner ring about the old town, and the roads to other towns. */
export function makeMainRoads(random: Random, names: readonly string[]): Course[] {
  const bend = smoothNoise(random.fork('bend').below(1e9), 800);
  const ring = circle(random.fork('ring'), 1480, 1180, 0.13);
  const inner = circle(random.fork('inner'), 430, 340, 0.08);
  const roads: Course[] = [
    { class: 'main', name: 'Ring Road', line: ring },
    { class: 'main', name: 'Chowk Road', line: inner },
  ];
  // turns counter-clockwise from east; none along the river, which crosses the south from west to east
  const turns = [0.045, 0.17, 0.3, 0.445, 0.615, 0.745, 0.875];
  turns.forEach((middleTurn, i) => {
    const turn = middleTurn + random.between(-0.018, 0.018);
    const ray = onCircle(turn);
    const rough: Point[] = [];
    for (let r = 260; r <= 9000; r += 20) {
      // the further out, the wider the road may swing aside
      const swing = Math.min(1, (r - 300) / 1500) * 150 * bend(r + i * 5000, i * 3000);
      rough.push({ x: ray.x * r * 1.12 - ray.y * swing, y: ray.y * r + ray.x * swing });
    }
    // it begins a step inside the inner ring, so that the two truly cross; the stub is cut off with the junctions
    const start = Math.max(
      1,
      rough.findIndex((point) => !isInside(point, inner)),
    );
    const name = names[i];
    roads.push({ class: 'main', ...(name ? { name } : {}), line: resampled(rough.slice(start - 1), 10) });
  });
  return roads;
}

function circle(random: Random, halfWidth: number, halfHeight: number, unevenness: number): Point[] {
  const noise = smoothNoise(random.below(1e9), 1);
  const line: Point[] = [];
  for (let i = 0; i <= 240; i++) {
    const ray = onCircle((i % 240) / 240);
    const size = 1 + unevenness * noise(ray.x * 1.9 + 7, ray.y * 1.9 + 7);
    line.push({ x: ray.x * halfWidth * size, y: ray.y * halfHeight * size });
  }
  return resampled(line, 10);
}

/** Streets along both banks of the river, as far as the town reaches. */
export function makeBankRoads(land: Land): Course[] {
  return [1, -1].flatMap((side) => {
    const courses: Course[] = [];
    let part: Point[] = [];
    const finish = () => {
      if (part.length > 30)
        courses.push({ class: 'secondary', name: side > 0 ? 'Ghat Road' : 'River Road', line: part });
      part = [];
    };
    for (const point of resampled(offset(land.river.line, side * 82), 10)) {
      if (land.isBuiltUp(point) && !land.isWet(point, 20)) part.push(point);
      else finish();
    }
    finish();
    return courses;
  });
}
