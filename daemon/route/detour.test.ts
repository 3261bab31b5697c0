import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Detours, detourOf, learnt, nothingLearnt } from './detour.ts';

const trip = (straight: number, ratio: number) => ({ straight, driven: straight * ratio });
const taught = (...trips: { straight: number; driven: number }[]) => trips.reduce(learnt, nothingLearnt);

describe('how much longer roads are', () => {
  it('is what it usually is, until vans have driven', () => {
    expect(detourOf(nothingLearnt)).toBe(1.35);
    expect(detourOf(taught(...Array.from({ length: 5 }, () => trip(1000, 1.8))))).toBeCloseTo(1.44, 2);
    expect(detourOf(taught(...Array.from({ length: 200 }, () => trip(1000, 1.8))))).toBeCloseTo(1.76, 2);
  });

  it('stays within what streets can be', () => {
    expect(detourOf(taught(...Array.from({ length: 500 }, () => trip(2000, 3.9))))).toBe(2.5);
    expect(detourOf(taught(...Array.from({ length: 5000 }, () => trip(2000, 1))))).toBe(1.1);
  });

  it.each([
    ['around the corner', trip(200, 1.5)],
    ['on a round that ends where it began', trip(500, 9)],
    ['shorter than it can be', trip(2000, 0.5)],
    ['from where nobody knows', { straight: Number.NaN, driven: 1000 }],
    ['to where nobody knows', { straight: 1000, driven: Number.POSITIVE_INFINITY }],
    ['without moving', { straight: 0, driven: 0 }],
  ])('is not learnt from a trip %s', (_what, way) => expect(learnt(nothingLearnt, way)).toBe(nothingLearnt));

  it('is the same after the same trips, whatever their order', () => {
    const trips = fc.array(
      fc.record({ straight: fc.double({ min: 0, max: 50_000 }), driven: fc.double({ min: 0, max: 100_000 }) }),
    );
    fc.assert(
      fc.property(trips, (some) => {
        const factor = detourOf(taught(...some));
        expect(factor).toBe(detourOf(taught(...some.toReversed())));
        expect(factor).toBeGreaterThanOrEqual(1.1);
        expect(factor).toBeLessThanOrEqual(2.5);
      }),
    );
  });

  it('is each agency’s own; what it drove says more than what a router told', () => {
    const detours = new Detours();
    for (let i = 0; i < 100; i++) detours.told('hills', trip(1000, 2));
    expect(detours.factor('hills')).toBeCloseTo(1.89, 2);
    expect(detours.factor('plain')).toBe(1.35);
    for (let i = 0; i < 99; i++) detours.drove('hills', trip(1000, 1.5));
    expect(detours.factor('hills')).toBeCloseTo(1.89, 2);
    for (let i = 0; i < 2; i++) detours.drove('hills', trip(1000, 1.5));
    expect(detours.factor('hills')).toBeCloseTo(1.48, 2);
  });
});
