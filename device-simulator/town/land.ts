import { type Random, smoothNoise } from '../random.ts';
import { direction, gap, isInside, nearestOn, offset, onCircle, type Point, resampled, smoothed } from './plane.ts';

/** What was there before the streets: the river, the lake and the railway, and how far the town has grown. */
export interface Land {
  river: { name: string; line: Point[]; ring: Point[] };
  lake: { name: string; ring: Point[] };
  railway: Point[];
  /** the ring around all that belongs to the town, fields included */
  limits: Point[];
  /** whether houses may stand here */
  isBuiltUp(point: Point): boolean;
  /** whether this is the river or the lake, or nearer than `margin` metres to it */
  isWet(point: Point, margin: number): boolean;
  /** m to the railway, or a large number when far */
  toRailway(point: Point): number;
}

/** Half the town's extent, m: about 6 by 5 km. */
export const reach: Point = { x: 3000, y: 2500 };

export function makeLand(
  random: Random,
  names: { river: string; lake: string },
  roads: readonly (readonly Point[])[],
): Land {
  const river = makeRiver(random.fork('river'));
  const railway = makeRailway(random.fork('railway'));
  const lakeMiddle = roomFor(random.fork('lake'), [...roads, railway, river.line]);
  const lake = blob(random.fork('shore'), lakeMiddle, 230, 160);
  const edge = smoothNoise(random.fork('edge').below(1e9), 700);

  const isWet = (point: Point, margin: number): boolean => {
    if (Math.abs(point.y) > 4000) return false;
    const along = nearestVertex(river.line, point);
    if (along.gap < along.width / 2 + margin) return true;
    const toLake = Math.abs(point.x - lakeMiddle.x) < 420 && Math.abs(point.y - lakeMiddle.y) < 420;
    if (!toLake) return false;
    if (isInside(point, lake)) return true;
    return margin > 0 && lake.some((corner, i) => i > 0 && nearestOn(point, lake[i - 1] as Point, corner).gap < margin);
  };

  function nearestVertex(line: readonly Point[], point: Point): { gap: number; width: number } {
    // the river runs west to east without turning back, so a search by x finds the stretch
    let best = Number.POSITIVE_INFINITY;
    let at = 0;
    for (let i = 0; i < line.length; i++) {
      const vertex = line[i] as Point;
      if (Math.abs(vertex.x - point.x) > 260) continue;
      const square = (vertex.x - point.x) ** 2 + (vertex.y - point.y) ** 2;
      if (square < best) {
        best = square;
        at = i;
      }
    }
    return { gap: Math.sqrt(best), width: river.widths[at] ?? 80 };
  }

  return {
    river: { name: names.river, line: river.line, ring: river.ring },
    lake: { name: names.lake, ring: lake },
    railway,
    limits: makeLimits(random.fork('limits')),
    isWet,
    toRailway: (point) => {
      let best = 1e9;
      for (let i = 1; i < railway.length; i++) {
        const a = railway[i - 1] as Point;
        if (Math.abs(a.x - point.x) < 150) best = Math.min(best, nearestOn(point, a, railway[i] as Point).gap);
      }
      return best;
    },
    isBuiltUp: (point) => {
      const square = (point.x / (reach.x - 350)) ** 2 + (point.y / (reach.y - 350)) ** 2;
      return square < 1 + 0.38 * edge(point.x, point.y) && !isWet(point, 18);
    },
  };
}

/** From beyond the western edge to beyond the eastern one, south of the old town, in bends. */
function makeRiver(random: Random): { line: Point[]; ring: Point[]; widths: number[] } {
  const rough: Point[] = [];
  let side = random.chance(0.5) ? 1 : -1;
  for (let x = -9000; x <= 9000; x += 900) {
    // inside the town the bends are held in, so that the river passes the old town at about 600 m
    const swing = Math.abs(x) < 1000 ? 110 : 330;
    rough.push({
      x: x + random.between(-150, 150),
      y: -680 - x * 0.07 + side * random.between(0.4, 1) * swing,
    });
    side = -side;
  }
  const line = resampled(smoothed(rough, 4), 15);
  const noise = smoothNoise(random.below(1e9), 420);
  const widths = line.map((point) => 84 + 26 * noise(point.x, 0));
  const left = line.map((_, i) => bank(line, i, (widths[i] as number) / 2));
  const right = line.map((_, i) => bank(line, i, -(widths[i] as number) / 2));
  const start = left[0] as Point;
  return { line, widths, ring: [...left, ...right.reverse(), start] };
}

function bank(line: readonly Point[], i: number, metres: number): Point {
  const from = Math.max(0, i - 2);
  const part = line.slice(from, Math.min(line.length, i + 3));
  const point = line[i] as Point;
  const d = direction(part[0] as Point, part[part.length - 1] as Point);
  return { x: point.x - d.y * metres, y: point.y + d.x * metres };
}

/** North of the old town, nearly straight, as railways are. */
function makeRailway(random: Random): Point[] {
  const tilt = random.between(0.05, 0.13);
  const rough: Point[] = [-9000, -4500, -1500, 1500, 4500, 9000].map((x) => ({
    x,
    y: 1010 + x * tilt + (Math.abs(x) > 2000 ? random.between(-420, 420) : random.between(-40, 40)),
  }));
  return resampled(smoothed(rough, 4), 40);
}

function makeLimits(random: Random): Point[] {
  const noise = smoothNoise(random.below(1e9), 1);
  const line = Array.from({ length: 72 }, (_, i) => {
    const ray = onCircle(i / 72);
    const size = 1.22 + 0.1 * noise(ray.x * 2 + 9, ray.y * 2 + 9);
    return { x: ray.x * reach.x * size, y: ray.y * reach.y * size };
  });
  return smoothed([...line, line[0] as Point], 1, true);
}

/** The place in the middle parts of the town, but not in the old town, that is furthest from all the given lines. */
function roomFor(random: Random, lines: readonly (readonly Point[])[]): Point {
  let best: Point = { x: -1500, y: 600 };
  let room = 0;
  for (let i = 0; i < 80; i++) {
    const ray = onCircle(random.next());
    const r = random.between(0.35, 0.66);
    const point = { x: ray.x * reach.x * r, y: ray.y * reach.y * r };
    const clear = Math.min(...lines.map((line) => Math.min(...line.map((p) => gap(p, point)))));
    if (clear > room) {
      best = point;
      room = clear;
    }
  }
  return best;
}

/** A closed, soft-edged shape of about the given half width and half height (m). */
export function blob(random: Random, at: Point, halfWidth: number, halfHeight: number): Point[] {
  const rough: Point[] = [];
  for (let i = 0; i < 11; i++) {
    const ray = onCircle((i + random.between(-0.2, 0.2)) / 11);
    const size = random.between(0.78, 1.22);
    rough.push({ x: at.x + ray.x * halfWidth * size, y: at.y + ray.y * halfHeight * size });
  }
  rough.push(rough[0] as Point);
  return smoothed(rough, 3, true);
}

/** A park's outline: four corners a little off the square, rounded, turned to `along` (unit vector). */
export function garden(random: Random, at: Point, along: Point, halfWidth: number, halfHeight: number): Point[] {
  const corner = (u: number, v: number): Point => {
    const x = u * halfWidth * random.between(0.85, 1.12);
    const y = v * halfHeight * random.between(0.85, 1.12);
    return { x: at.x + along.x * x - along.y * y, y: at.y + along.y * x + along.x * y };
  };
  const corners = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
  // points near each corner, so that smoothing rounds the corners alone
  const rough: Point[] = [];
  corners.forEach((here, i) => {
    const before = corners[(i + 3) % 4] as Point;
    const after = corners[(i + 1) % 4] as Point;
    for (const to of [before, after]) {
      const d = direction(here, to);
      rough.push({ x: here.x + d.x * 14, y: here.y + d.y * 14 });
    }
    rough.splice(rough.length - 1, 0, here);
  });
  rough.push(rough[0] as Point);
  return smoothed(rough, 2, true);
}

/** The same ring, `metres` further out (rings here run counter-clockwise and are nearly convex). */
export function widened(ring: readonly Point[], metres: number): Point[] {
  const open = ring.slice(0, -1);
  const around = [open[open.length - 1] as Point, ...open, open[0] as Point, open[1] as Point];
  const moved = offset(around, -metres).slice(1, -1);
  moved[moved.length - 1] = moved[0] as Point;
  return moved;
}
