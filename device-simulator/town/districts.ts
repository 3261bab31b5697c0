import type { Random } from '../random.ts';
import type { Grid } from './field.ts';
import { type Land, reach } from './land.ts';
import { districtNames } from './names.ts';
import { gap, type Point } from './plane.ts';

export interface District {
  name: string;
  middle: Point;
  pincode: string;
}

/** The old town in the middle, the others where they are furthest from one another. */
export function makeDistricts(random: Random, land: Land): District[] {
  const middles: Point[] = [{ x: 0, y: 40 }];
  while (middles.length < 16) {
    let best: Point | undefined;
    let far = 0;
    for (let i = 0; i < 60; i++) {
      const point = { x: random.between(-reach.x, reach.x) * 0.82, y: random.between(-reach.y, reach.y) * 0.82 };
      if (!land.isBuiltUp(point) || land.isWet(point, 150)) continue;
      const clear = Math.min(...middles.map((middle) => gap(middle, point)));
      if (clear > far) {
        best = point;
        far = clear;
      }
    }
    if (best) middles.push(best);
  }
  // the main market lies beside the old town
  const [old, ...others] = middles as [Point, ...Point[]];
  others.sort((a, b) => gap(a, old) - gap(b, old));
  const [market, ...rest] = others as [Point, ...Point[]];
  const ordered = [old, market, ...random.shuffled(rest)];
  const names = districtNames(random, ordered.length);
  // a block of postal codes that, to our knowledge, no place in India has
  return ordered.map((middle, i) => ({ name: names[i] ?? `Ward ${i}`, middle, pincode: String(540_001 + (i % 6)) }));
}

export function makeGrids(random: Random, districts: readonly District[]): Grid[] {
  return districts.map((district) => {
    const x = random.between(0.3, 1);
    const y = random.between(-0.8, 0.8);
    const length = Math.sqrt(x * x + y * y);
    return { middle: district.middle, along: { x: x / length, y: y / length }, reach: random.between(520, 760) };
  });
}

/** Index of the district whose middle is nearest. */
export function districtAt(districts: readonly District[], point: Point): number {
  let best = 0;
  let far = Number.POSITIVE_INFINITY;
  districts.forEach((district, i) => {
    const here = gap(district.middle, point);
    if (here < far) {
      best = i;
      far = here;
    }
  });
  return best;
}
