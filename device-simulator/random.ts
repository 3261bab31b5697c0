/**
 * A seeded source of chance: the same seed gives the same numbers on every machine. The generator is mulberry32
 * (Tommy Ettinger; 32 bits of state, integer arithmetic only), far more than a demo town needs and small enough to
 * read. No logarithm and no sine is used anywhere in it: their last bits may differ between builds of an engine.
 */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** A stream of its own for one purpose, so that a change in one part leaves all other parts as they were. */
  fork(purpose: string): Random {
    return new Random(mixed(this.#seed, purpose));
  }

  /** 0 ≤ number < 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** 0 ≤ integer < count */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** A copy in random order (Fisher-Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const a = copy[i] as T;
      copy[i] = copy[j] as T;
      copy[j] = a;
    }
    return copy;
  }

  /** Normal distribution, mean 0 and deviation 1, as the sum of twelve draws: bounded by ±6, no logarithm. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.next();
    return sum;
  }
}

/** FNV-1a over the text, begun at the seed, stirred once more so that near seeds part ways. */
function mixed(seed: number, text: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return new Random(hash).next() * 4_294_967_296;
}

/** Smooth noise over the plane, between -1 and 1: random values on a lattice of side `scale` (m), blended between. */
export function smoothNoise(seed: number, scale: number): (x: number, y: number) => number {
  const at = (i: number, j: number): number => {
    let h = (seed ^ Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1)) | 0;
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2_147_483_648 - 1;
  };
  return (x, y) => {
    const u = x / scale;
    const v = y / scale;
    const i = Math.floor(u);
    const j = Math.floor(v);
    const fx = blend(u - i);
    const fy = blend(v - j);
    const low = at(i, j) + (at(i + 1, j) - at(i, j)) * fx;
    const high = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * fx;
    return low + (high - low) * fy;
  };
}

function blend(t: number): number {
  return t * t * (3 - 2 * t);
}
