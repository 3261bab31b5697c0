import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { course, destination, distance, inPolygon, type LatLon } from './geo.ts';

const at = (latitude: number, longitude: number): LatLon => ({ latitude, longitude });
const bengaluru = at(12.9716, 77.5946);
const mumbai = at(19.076, 72.8777);

/** Places where a course means something: not at the poles. */
const place = fc.record({
  latitude: fc.double({ min: -85, max: 85, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});
const bearing = fc.double({ min: 0, max: 359.999, noNaN: true });

/** The smaller angle between two courses, degrees. */
const between = (a: number, b: number) => Math.abs(((a - b + 540) % 360) - 180);

describe('distance', () => {
  it('is 0 to itself, and half the globe to the other side', () => {
    expect(distance(bengaluru, bengaluru)).toBe(0);
    expect(distance(at(0, 0), at(0, 180))).toBeCloseTo(Math.PI * 6_371_008.8, 3);
    expect(distance(at(90, 0), at(-90, 123))).toBeCloseTo(Math.PI * 6_371_008.8, 3);
  });

  it('is as maps say', () => {
    expect(distance(bengaluru, mumbai) / 1000).toBeCloseTo(845.5, 0);
    // a minute of latitude is a nautical mile
    expect(distance(at(10, 0), at(10 + 1 / 60, 0))).toBeCloseTo(1853, 0);
  });

  it('goes the short way over the 180th meridian', () => {
    expect(distance(at(0, 179.5), at(0, -179.5))).toBeCloseTo(distance(at(0, -0.5), at(0, 0.5)), 6);
  });

  it('is the same both ways and never longer than a detour', () => {
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        expect(distance(a, b)).toBeCloseTo(distance(b, a), 6);
        expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 0.01);
      }),
    );
  });
});

describe('course', () => {
  it('is clockwise from north', () => {
    const home = at(0, 0);
    expect([at(1, 0), at(0, 1), at(-1, 0), at(0, -1)].map((to) => course(home, to))).toEqual([0, 90, 180, 270]);
  });

  it('is as an atlas says, over the 180th meridian too', () => {
    expect(course(bengaluru, mumbai)).toBeCloseTo(323.9, 0);
    expect(course(at(0, 179), at(0, -179))).toBeCloseTo(90, 6);
  });

  it('is at least 0 and below 360', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const towards = course(a, b);
        expect(towards).toBeGreaterThanOrEqual(0);
        expect(towards).toBeLessThan(360);
      }),
    );
  });
});

describe('destination', () => {
  it('is as far and in the direction that was asked for', () => {
    fc.assert(
      fc.property(place, bearing, fc.double({ min: 1, max: 100_000, noNaN: true }), (from, towards, metres) => {
        const there = destination(from, towards, metres);
        expect(there.longitude).toBeGreaterThanOrEqual(-180);
        expect(there.longitude).toBeLessThanOrEqual(180);
        expect(distance(from, there)).toBeCloseTo(metres, 2);
        // A metre is near the limit of what the course between two points can tell.
        if (metres > 10) expect(between(course(from, there), towards)).toBeLessThan(0.01);
      }),
    );
  });

  it('stays where it is for no distance', () => {
    const there = destination(bengaluru, 123, 0);
    expect(distance(bengaluru, there)).toBeLessThan(0.001);
  });
});

describe('inPolygon', () => {
  const square = [at(0, 0), at(0, 10), at(10, 10), at(10, 0)];
  /** a square with a bay in its upper side */
  const bay = [at(0, 0), at(0, 9), at(9, 9), at(9, 6), at(3, 6), at(3, 3), at(9, 3), at(9, 0)];

  it('tells inside from outside', () => {
    expect(inPolygon(at(5, 5), square)).toBe(true);
    expect([at(-1, 5), at(11, 5), at(5, -1), at(5, 11)].some((point) => inPolygon(point, square))).toBe(false);
    expect(inPolygon(at(6, 4.5), bay)).toBe(false);
    expect(inPolygon(at(2, 4.5), bay)).toBe(true);
    expect(inPolygon(at(6, 1.5), bay)).toBe(true);
    expect(inPolygon(at(6, 7.5), bay)).toBe(true);
  });

  it('takes the lower and left edge in and leaves the others out, so that neighbours share no point', () => {
    expect([at(5, 0), at(0, 5), at(0, 0)].map((point) => inPolygon(point, square))).toEqual([true, true, true]);
    expect([at(5, 10), at(10, 5), at(10, 10)].map((point) => inPolygon(point, square))).toEqual([false, false, false]);
  });

  it('knows no inside of a ring that has none', () => {
    expect(inPolygon(at(0, 0), [])).toBe(false);
    expect(inPolygon(at(0, 0), [at(0, 0)])).toBe(false);
    expect(inPolygon(at(1, 1), [at(0, 0), at(2, 2)])).toBe(false);
  });

  const point = fc.record({
    latitude: fc.double({ min: -1, max: 11, noNaN: true }),
    longitude: fc.double({ min: -1, max: 11, noNaN: true }),
  });

  it('does not depend on whether the ring is closed, where it begins or which way it runs', () => {
    fc.assert(
      fc.property(point, fc.nat(7), (where, start) => {
        const inside = inPolygon(where, bay);
        expect(inPolygon(where, [...bay, at(0, 0)])).toBe(inside);
        expect(inPolygon(where, [...bay.slice(start), ...bay.slice(0, start)])).toBe(inside);
        expect(inPolygon(where, bay.toReversed())).toBe(inside);
      }),
    );
  });

  it('agrees with what a rectangle is', () => {
    fc.assert(
      fc.property(point, ({ latitude, longitude }) => {
        const inside = latitude >= 0 && latitude < 10 && longitude >= 0 && longitude < 10;
        expect(inPolygon({ latitude, longitude }, square)).toBe(inside);
      }),
    );
  });
});
