import { describe, expect, it } from 'vitest';
import { distance } from '../../protocol/geo.ts';
import {
  Buckets,
  gap,
  isInside,
  lengthOf,
  nearestOn,
  onCircle,
  type Point,
  resampled,
  simplified,
  toLatLon,
  toPoint,
} from './plane.ts';

describe('the plane', () => {
  it('agrees with the globe within half a metre per kilometre', () => {
    const [a, b]: [Point, Point] = [
      { x: -2400, y: 1800 },
      { x: 2100, y: -1500 },
    ];
    expect(Math.abs(distance(toLatLon(a), toLatLon(b)) - gap(a, b)) / gap(a, b)).toBeLessThan(0.0005);
    expect(gap(toPoint(toLatLon(a)), a)).toBeLessThan(0.12);
  });

  it('has a circle without sine and cosine', () => {
    for (let turn = -1; turn < 2; turn += 0.013) {
      const { x, y } = onCircle(turn);
      expect(x).toBeCloseTo(Math.cos(turn * 2 * Math.PI), 7);
      expect(y).toBeCloseTo(Math.sin(turn * 2 * Math.PI), 7);
    }
  });

  it('resamples and simplifies a line without leaving it', () => {
    const line: Point[] = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 100, y: 55 },
    ];
    const fine = resampled(line, 10);
    expect(Math.max(...fine.slice(1).map((point, i) => gap(fine[i] as Point, point)))).toBeLessThanOrEqual(10.000001);
    expect(lengthOf(fine)).toBeGreaterThan(150);
    const coarse = simplified(fine, 1);
    expect(coarse.length).toBeLessThan(6);
    expect(coarse.at(-1)).toEqual({ x: 100, y: 55 });
  });

  it('finds what is near and what is inside', () => {
    const square: Point[] = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
      { x: 0, y: 10 },
    ];
    expect(isInside({ x: 5, y: 5 }, square)).toBe(true);
    expect(isInside({ x: 15, y: 5 }, square)).toBe(false);
    expect(nearestOn({ x: 5, y: 3 }, { x: 0, y: 0 }, { x: 10, y: 0 })).toEqual({ gap: 3, part: 0.5 });
    const buckets = new Buckets<string>(50);
    buckets.add({ x: -10, y: -10 }, 'near');
    buckets.add({ x: 300, y: 0 }, 'far');
    expect([...buckets.near({ x: 20, y: 20 }, 60)].map(({ item }) => item)).toEqual(['near']);
  });
});
