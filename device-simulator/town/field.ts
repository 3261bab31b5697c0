import { type Random, smoothNoise } from '../random.ts';
import type { Course } from './main-roads.ts';
import { Buckets, direction, gap, onCircle, type Point } from './plane.ts';

/**
 * Which way streets run, everywhere in the town: at each point two directions at right angles. The idea is the tensor
 * field of Chen et al., "Interactive Procedural Street Modeling" (2008): each influence (a district's grid, a main
 * road, the river) adds (cos 2a, sin 2a) for its angle a, so that a direction and its opposite mean the same and
 * influences blend without a seam. Kept on a raster and blended between its points.
 */
export interface Field {
  /** unit vector of the first family of streets; the second runs at right angles */
  at(point: Point): Point;
}

export interface Grid {
  middle: Point;
  along: Point;
  /** m, how far its direction is felt */
  reach: number;
}

const cell = 40;
const columns = 180;
const rows = 160;

export function makeField(random: Random, grids: readonly Grid[], guides: readonly Course[]): Field {
  const sway = smoothNoise(random.below(1e9), 500);
  const buckets = new Buckets<{ guide: number; along: Point }>(100);
  guides.forEach((course, guide) => {
    course.line.forEach((point, i) => {
      if (i % 2 === 0 && Math.abs(point.x) < 4000 && Math.abs(point.y) < 3600) {
        buckets.add(point, {
          guide,
          along: direction(course.line[Math.max(0, i - 1)] as Point, course.line[i + 1] ?? point),
        });
      }
    });
  });
  const raster: Point[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const point = { x: (column - columns / 2) * cell, y: (row - rows / 2) * cell };
      raster.push(blended(point, grids, guides, buckets, sway(point.x, point.y)));
    }
  }
  return {
    at: (point) => {
      const u = Math.max(0, Math.min(columns - 1.001, point.x / cell + columns / 2));
      const v = Math.max(0, Math.min(rows - 1.001, point.y / cell + rows / 2));
      const i = Math.floor(u);
      const j = Math.floor(v);
      const pick = (column: number, row: number): Point => raster[row * columns + column] as Point;
      const [a, b, c, d] = [pick(i, j), pick(i + 1, j), pick(i, j + 1), pick(i + 1, j + 1)];
      const x = mix(mix(a.x, b.x, u - i), mix(c.x, d.x, u - i), v - j);
      const y = mix(mix(a.y, b.y, u - i), mix(c.y, d.y, u - i), v - j);
      return halved({ x, y });
    },
  };
}

function blended(
  point: Point,
  grids: readonly Grid[],
  guides: readonly Course[],
  buckets: Buckets<{ guide: number; along: Point }>,
  sway: number,
): Point {
  let x = 0;
  let y = 0;
  const add = (along: Point, weight: number) => {
    x += weight * (along.x * along.x - along.y * along.y);
    y += weight * 2 * along.x * along.y;
  };
  for (const grid of grids) {
    const far = gap(point, grid.middle) / grid.reach;
    const weight = 1 / (1 + far * far);
    add(grid.along, weight * weight * weight);
  }
  const nearest = new Map<number, { far: number; along: Point }>();
  for (const { point: there, item } of buckets.near(point, 260)) {
    const far = gap(point, there);
    const known = nearest.get(item.guide);
    if (!known || far < known.far) nearest.set(item.guide, { far, along: item.along });
  }
  for (const [guide, { far, along }] of nearest) {
    const reach = guides[guide]?.class === 'lane' ? 110 : 260;
    if (far < reach) add(along, 2.2 * (1 - far / reach) ** 2);
  }
  // no old town is straight: turn everything a little, by up to 9 degrees
  const turned = onCircle(sway * 0.05);
  const length = Math.sqrt(x * x + y * y) || 1;
  return { x: (x * turned.x - y * turned.y) / length, y: (x * turned.y + y * turned.x) / length };
}

/** The direction whose doubled angle is given. */
function halved(doubled: Point): Point {
  const length = Math.sqrt(doubled.x * doubled.x + doubled.y * doubled.y);
  if (length < 1e-9) return { x: 1, y: 0 };
  const cosine = doubled.x / length;
  const x = Math.sqrt(Math.max(0, (1 + cosine) / 2));
  const y = Math.sqrt(Math.max(0, (1 - cosine) / 2));
  return { x, y: doubled.y < 0 ? -y : y };
}

function mix(a: number, b: number, part: number): number {
  return a + (b - a) * part;
}
