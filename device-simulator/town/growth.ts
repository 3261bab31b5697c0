import type { Random } from '../random.ts';
import type { Field } from './field.ts';
import type { Course, StreetClass } from './main-roads.ts';
import { Buckets, between, direction, gap, type Point } from './plane.ts';

/**
 * Streets grown along the field, evenly spaced (Jobard and Lefer, "Creating Evenly-Spaced Streamlines", 1997): each new
 * street starts beside an existing one of its family at the wanted spacing, follows the field both ways, and ends where
 * it comes too near another of its family or may not go on. A loose end then reaches for the next street ahead.
 */
export interface Growth {
  class: StreetClass;
  field: Field;
  /** m between neighbours of one family (0: along the field, 1: across it) */
  spacing(point: Point, family: 0 | 1): number;
  mayRun(point: Point): boolean;
  /** streets shorter than this are not built, m */
  shortest: number;
}

const step = 10;
const sharpest = 0.82; // cosine of the most a street turns within one step

export class Growing {
  readonly courses: Course[] = [];
  readonly #samples: [Buckets<Point>, Buckets<Point>] = [new Buckets(60), new Buckets(60)];
  readonly #segments = new Buckets<{ course: number; a: Point; b: Point }>(20);
  readonly #field: Field;

  constructor(field: Field) {
    this.#field = field;
  }

  add(course: Course): void {
    const index = this.courses.length;
    this.courses.push(course);
    course.line.forEach((point, i) => {
      const before = course.line[i - 1];
      const along = direction(before ?? point, before ? point : (course.line[1] ?? point));
      this.#samples[this.#familyOf(point, along)].add(point, along);
      if (before) this.#segments.add(between(before, point, 0.5), { course: index, a: before, b: point });
    });
  }

  /** Grows streets of one class until the town is full of them. */
  grow(growth: Growth, random: Random, seeds: readonly Point[]): void {
    const first = this.courses.length;
    for (const family of [0, 1] as const) {
      const queue: Point[] = [];
      const beside = (course: Course) => {
        for (let i = 3; i < course.line.length; i += 5) {
          const point = course.line[i] as Point;
          const along = direction(course.line[i - 1] as Point, point);
          if (this.#familyOf(point, along) !== family) continue;
          for (const side of [1, -1]) {
            const far = growth.spacing(point, family) * side * random.between(1, 1.12);
            queue.push({ x: point.x - along.y * far, y: point.y + along.x * far });
          }
        }
      };
      for (const course of this.courses) beside(course);
      const spare = random.shuffled(seeds);
      for (let seed = queue.shift() ?? spare.pop(); seed; seed = queue.shift() ?? spare.pop()) {
        const line = this.#trace(seed, family, growth);
        if (!line) continue;
        const course: Course = { class: growth.class, line };
        this.add(course);
        beside(course);
      }
    }
    for (let i = first; i < this.courses.length; i++) this.#reachOut(i, growth);
  }

  #trace(seed: Point, family: 0 | 1, growth: Growth): Point[] | undefined {
    if (!growth.mayRun(seed) || this.#isCrowded(seed, family, growth.spacing(seed, family) * 0.96)) return undefined;
    const along = this.#along(seed, family);
    const ahead = this.#follow(seed, along, family, growth, []);
    const back = this.#follow(seed, { x: -along.x, y: -along.y }, family, growth, ahead);
    const line = [...back.reverse(), seed, ...ahead];
    return (line.length - 1) * step >= growth.shortest ? line : undefined;
  }

  #follow(seed: Point, along: Point, family: 0 | 1, growth: Growth, own: readonly Point[]): Point[] {
    const line: Point[] = [];
    let point = seed;
    let heading = along;
    for (let count = 0; count < 400; count++) {
      const middle = this.#along({ x: point.x + (heading.x * step) / 2, y: point.y + (heading.y * step) / 2 }, family);
      const sign = middle.x * heading.x + middle.y * heading.y < 0 ? -1 : 1;
      const next = { x: point.x + middle.x * step * sign, y: point.y + middle.y * step * sign };
      const turned = middle.x * sign * heading.x + middle.y * sign * heading.y;
      const spacing = growth.spacing(next, family);
      if (turned < sharpest || !growth.mayRun(next) || this.#isCrowded(next, family, spacing * 0.6)) break;
      // a street that curls back to itself ends there
      const early = line.length - Math.ceil(spacing / step) * 2;
      if (line.some((p, i) => i < early && gap(p, next) < spacing * 0.6)) break;
      if (own.some((p, i) => i > spacing / step && gap(p, next) < spacing * 0.6)) break;
      heading = { x: middle.x * sign, y: middle.y * sign };
      line.push(next);
      point = next;
    }
    return line;
  }

  /** Lengthens loose ends to the next street ahead, when there is one near enough and nothing lies between. */
  #reachOut(index: number, growth: Growth): void {
    const course = this.courses[index];
    if (!course) return;
    for (const atStart of [true, false]) {
      const line = atStart ? [...course.line].reverse() : course.line;
      const end = line[line.length - 1] as Point;
      const heading = direction(line[Math.max(0, line.length - 3)] as Point, end);
      const limit = growth.spacing(end, this.#familyOf(end, heading)) * 1.5;
      const hit = this.#ahead(end, heading, limit, index, growth);
      if (!hit) continue;
      // one metre too far, so that the streets truly cross; the stub is cut off when junctions are made
      const added: Point[] = [];
      for (let far = step; far < hit; far += step)
        added.push({ x: end.x + heading.x * far, y: end.y + heading.y * far });
      added.push({ x: end.x + heading.x * (hit + 1), y: end.y + heading.y * (hit + 1) });
      let before = end;
      for (const point of added) {
        this.#segments.add(between(before, point, 0.5), { course: index, a: before, b: point });
        before = point;
      }
      course.line = atStart ? [...added.reverse(), ...course.line] : [...course.line, ...added];
    }
  }

  #ahead(from: Point, heading: Point, limit: number, own: number, growth: Growth): number | undefined {
    let best: number | undefined;
    for (let far = 0; far < limit; far += step) {
      const a = { x: from.x + heading.x * far, y: from.y + heading.y * far };
      const b = { x: a.x + heading.x * step, y: a.y + heading.y * step };
      if (far > 0 && !growth.mayRun(a)) return undefined;
      for (const { item } of this.#segments.near(a, 22)) {
        if (item.course === own) continue;
        const part = crossing(a, b, item.a, item.b);
        if (part) best = Math.min(best ?? limit, far + part.first * step);
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }

  #isCrowded(point: Point, family: 0 | 1, spacing: number): boolean {
    for (const _ of this.#samples[family].near(point, spacing)) return true;
    return false;
  }

  #along(point: Point, family: 0 | 1): Point {
    const along = this.#field.at(point);
    return family === 0 ? along : { x: -along.y, y: along.x };
  }

  #familyOf(point: Point, along: Point): 0 | 1 {
    const first = this.#field.at(point);
    return Math.abs(first.x * along.x + first.y * along.y) >= Math.SQRT1_2 ? 0 : 1;
  }
}

/** Where the segments a-b and c-d cross, as parts (0…1) of each. */
export function crossing(a: Point, b: Point, c: Point, d: Point): { first: number; second: number } | undefined {
  const x = b.x - a.x;
  const y = b.y - a.y;
  const u = d.x - c.x;
  const v = d.y - c.y;
  const cross = x * v - y * u;
  if (cross > -1e-9 && cross < 1e-9) return undefined;
  const first = ((c.x - a.x) * v - (c.y - a.y) * u) / cross;
  const second = ((c.x - a.x) * y - (c.y - a.y) * x) / cross;
  return first >= 0 && first <= 1 && second >= 0 && second <= 1 ? { first, second } : undefined;
}
