import { describe, expect, it } from 'vitest';
import { Random, smoothNoise } from './random.ts';

describe('Random', () => {
  it('gives the known numbers of mulberry32 for seed 1', () => {
    const random = new Random(1);
    const drawn = [random.next(), random.next(), random.next()].map((n) => n.toFixed(9));
    expect(drawn).toEqual(['0.627073941', '0.002735721', '0.527447040']);
  });

  it('forks into streams that do not depend on what was drawn before', () => {
    const fresh = new Random(7);
    const used = new Random(7);
    used.next();
    expect(used.fork('a').next()).toBe(fresh.fork('a').next());
    expect(fresh.fork('a').next()).not.toBe(fresh.fork('b').next());
    expect(new Random(8).fork('a').next()).not.toBe(fresh.fork('a').next());
  });

  it('draws what it says', () => {
    const random = new Random(3);
    const normal = Array.from({ length: 4000 }, () => random.normal());
    const mean = normal.reduce((a, b) => a + b) / normal.length;
    const deviation = Math.sqrt(normal.reduce((a, b) => a + (b - mean) ** 2, 0) / normal.length);
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.06);
    const list = [1, 2, 3, 4, 5];
    expect(random.shuffled(list).sort()).toEqual(list);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});

describe('smoothNoise', () => {
  it('stays within its bounds and has no steps', () => {
    const noise = smoothNoise(5, 100);
    for (let x = -500; x < 500; x += 7) {
      expect(Math.abs(noise(x, 33))).toBeLessThanOrEqual(1);
      expect(Math.abs(noise(x + 1, 33) - noise(x, 33))).toBeLessThan(0.05);
    }
  });
});
