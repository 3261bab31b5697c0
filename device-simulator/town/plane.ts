import type { LatLon } from '../../protocol/geo.ts';

/**
 * The town is drawn on a flat plane: x metres east and y metres north of its middle. Over six kilometres the earth is
 * flat enough. Only + - * / and square roots are used, which every machine computes alike (IEEE 754).
 */
export interface Point {
  x: number;
  y: number;
}

/** Open country in central India; the town itself exists nowhere. */
const middle: LatLon = { latitude: 21.15, longitude: 78.6 };
/** m per degree on the sphere of protocol/geo.ts (mean earth radius × π / 180) */
const metresPerDegree = 111_195.0802;
/** cosine of the middle's latitude */
const narrowing = 0.932639023;

/** Degrees at 1e-6 (0.11 m), as positions are kept everywhere. */
export function toLatLon(point: Point): LatLon {
  return {
    latitude: Math.round((middle.latitude + point.y / metresPerDegree) * 1e6) / 1e6,
    longitude: Math.round((middle.longitude + point.x / (metresPerDegree * narrowing)) * 1e6) / 1e6,
  };
}

export function toPoint(place: LatLon): Point {
  return {
    x: (place.longitude - middle.longitude) * metresPerDegree * narrowing,
    y: (place.latitude - middle.latitude) * metresPerDegree,
  };
}

export function gap(a: Point, b: Point): number {
  const x = b.x - a.x;
  const y = b.y - a.y;
  return Math.sqrt(x * x + y * y);
}

/** The point at `part` (0…1) of the way from a to b. */
export function between(a: Point, b: Point, part: number): Point {
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

/** Unit vector from a to b; east when they are the same point. */
export function direction(a: Point, b: Point): Point {
  const length = gap(a, b);
  return length === 0 ? { x: 1, y: 0 } : { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}

/**
 * Point of the unit circle after `turn` turns counter-clockwise from east (0.25 is north): sine and cosine of an
 * eighth of a circle by their series (error below 1e-9), the rest by mirroring.
 */
export function onCircle(turn: number): Point {
  const quarters = (turn - Math.floor(turn)) * 4;
  const quarter = Math.floor(quarters);
  const rest = quarters - quarter;
  const mirrored = rest > 0.5;
  const angle = (mirrored ? 1 - rest : rest) * 1.5707963267948966;
  const s = angle * angle;
  const sine = angle * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - s / 72))));
  const cosine = 1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - s / 56)));
  const x = mirrored ? sine : cosine;
  const y = mirrored ? cosine : sine;
  if (quarter === 0) return { x, y };
  if (quarter === 1) return { x: -y, y: x };
  if (quarter === 2) return { x: -x, y: -y };
  return { x: y, y: -x };
}

export function lengthOf(line: readonly Point[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += gap(line[i - 1] as Point, line[i] as Point);
  return sum;
}

/** Where on the segment a-b the point comes closest: how far (m), and at which part (0…1). */
export function nearestOn(point: Point, a: Point, b: Point): { gap: number; part: number } {
  const x = b.x - a.x;
  const y = b.y - a.y;
  const square = x * x + y * y;
  const raw = square === 0 ? 0 : ((point.x - a.x) * x + (point.y - a.y) * y) / square;
  const part = Math.max(0, Math.min(1, raw));
  return { gap: gap(point, between(a, b, part)), part };
}

/** Even-odd rule; ring open or closed. */
export function isInside(point: Point, ring: readonly Point[]): boolean {
  let inside = false;
  let previous = ring[ring.length - 1];
  for (const corner of ring) {
    if (previous && corner.y > point.y !== previous.y > point.y) {
      const x = corner.x + ((point.y - corner.y) * (previous.x - corner.x)) / (previous.y - corner.y);
      if (point.x < x) inside = !inside;
    }
    previous = corner;
  }
  return inside;
}

/** Cuts corners (Chaikin) until a rough line looks drawn by hand; ends stay, a closed ring stays closed. */
export function smoothed(line: readonly Point[], rounds: number, closed = false): Point[] {
  let current = closed ? line.slice(0, -1) : [...line];
  for (let round = 0; round < rounds; round++) {
    const next: Point[] = [];
    const count = current.length;
    const first = current[0];
    const last = current[count - 1];
    if (!first || !last) return [];
    if (!closed) next.push(first);
    for (let i = 0; i < (closed ? count : count - 1); i++) {
      const a = current[i] as Point;
      const b = current[(i + 1) % count] as Point;
      next.push(between(a, b, 0.25), between(a, b, 0.75));
    }
    if (!closed) next.push(last);
    current = next;
  }
  const first = current[0];
  if (closed && first) current.push(first);
  return current;
}

/** The same line with a point every `step` metres or less, evenly spread; its own ends stay. */
export function resampled(line: readonly Point[], step: number): Point[] {
  const total = lengthOf(line);
  const count = Math.max(1, Math.ceil(total / step));
  const result: Point[] = [];
  let index = 1;
  let passed = 0;
  for (let i = 0; i < count; i++) {
    const wanted = (total * i) / count;
    let a = line[index - 1] as Point;
    let b = line[index] as Point;
    while (index < line.length - 1 && passed + gap(a, b) < wanted) {
      passed += gap(a, b);
      index++;
      a = line[index - 1] as Point;
      b = line[index] as Point;
    }
    const length = gap(a, b);
    result.push(length === 0 ? a : between(a, b, Math.min(1, (wanted - passed) / length)));
  }
  result.push(line[line.length - 1] as Point);
  return result;
}

/** The line moved sideways, positive to the left of its direction. */
export function offset(line: readonly Point[], metres: number): Point[] {
  return line.map((point, i) => {
    const d = direction(line[Math.max(0, i - 1)] as Point, line[Math.min(line.length - 1, i + 1)] as Point);
    return { x: point.x - d.y * metres, y: point.y + d.x * metres };
  });
}

/** Fewer points, none of the left-out ones further than `tolerance` metres from the line (Douglas-Peucker). */
export function simplified(line: readonly Point[], tolerance: number): Point[] {
  const keep = new Set<number>([0, line.length - 1]);
  const open: [number, number][] = [[0, line.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    let worst = tolerance;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const off = nearestOn(line[i] as Point, line[from] as Point, line[to] as Point).gap;
      if (off > worst) {
        worst = off;
        at = i;
      }
    }
    if (at < 0) continue;
    keep.add(at);
    open.push([from, at], [at, to]);
  }
  return line.filter((_, i) => keep.has(i));
}

/** Things with a place on the plane, found again by nearness. Everything lies in square buckets of side `size` (m). */
export class Buckets<T> {
  readonly #size: number;
  readonly #buckets = new Map<number, { point: Point; item: T }[]>();

  constructor(size: number) {
    this.#size = size;
  }

  add(point: Point, item: T): void {
    const key = this.#key(Math.floor(point.x / this.#size), Math.floor(point.y / this.#size));
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.push({ point, item });
    else this.#buckets.set(key, [{ point, item }]);
  }

  /** Everything within `radius` metres, in the order of buckets and of adding. */
  *near(point: Point, radius: number): Generator<{ point: Point; item: T }> {
    const reach = Math.ceil(radius / this.#size);
    const i = Math.floor(point.x / this.#size);
    const j = Math.floor(point.y / this.#size);
    for (let x = i - reach; x <= i + reach; x++) {
      for (let y = j - reach; y <= j + reach; y++) {
        for (const entry of this.#buckets.get(this.#key(x, y)) ?? []) {
          if (gap(entry.point, point) <= radius) yield entry;
        }
      }
    }
  }

  #key(i: number, j: number): number {
    return (i + 32_768) * 65_536 + (j + 32_768);
  }
}
