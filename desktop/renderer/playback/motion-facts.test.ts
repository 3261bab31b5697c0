import { describe, expect, it } from 'vitest';
import { factsOf, idleStretches, readFacts, readTotals, totalsOf } from './motion-facts.ts';
import { second, start, trailOf } from './played-trail.fixture.ts';

/** Ten minutes at a place, then a drive of 1.1 km to the north, a dead zone of 10 km, on, and five minutes there. */
const fixes = [
  ...Array.from({ length: 61 }, (_, i) => ({ at: i * 10, latitude: 21 + (i % 2) * 0.0001, speed: 0 })),
  ...Array.from({ length: 10 }, (_, i) => ({ at: 610 + i * 10, latitude: 21.001 + i * 0.001, speed: 40 + i })),
  ...Array.from({ length: 10 }, (_, i) => ({ at: 1600 + i * 10, latitude: 21.1 + i * 0.001, speed: 30 })),
  ...Array.from({ length: 31 }, (_, i) => ({ at: 1700 + i * 10, latitude: 21.11, speed: 0 })),
];
const trail = trailOf(fixes);
const at = (seconds: number) => start + seconds * second;
const period = { from: at(-100), to: at(4000) };

describe('trips and stops by the fixes alone', () => {
  const facts = factsOf(trail);

  it('are found in order, with the dead zone between', () => {
    expect(facts.map(({ kind, from, to }) => [kind, (from - start) / second, (to - start) / second])).toEqual([
      ['stop', 0, 600],
      ['trip', 600, 700],
      ['gap', 700, 1600],
      ['trip', 1600, 1700],
      ['stop', 1700, 2000],
    ]);
  });

  it('are summed up', () => {
    const { distance, gapDistance, ...rest } = totalsOf(facts);
    expect(rest).toEqual({ driving: 200_000, trips: 2, stops: 2, topSpeed: 49, silence: 900_000 });
    expect(Math.round(gapDistance / 100)).toBe(100);
    expect(Math.round((distance - gapDistance) / 100)).toBe(22);
  });

  it('say when nothing happens', () => {
    expect(idleStretches(trail, facts, period)).toEqual([
      { from: period.from, to: at(600) },
      { from: at(1700), to: period.to },
    ]);
  });

  it('a place where it only creeps is one stop', () => {
    const creeping = trailOf(
      Array.from({ length: 120 }, (_, i) => ({ at: i * 10, latitude: 21 + (i > 60 ? 0.0006 : 0), speed: 0 })),
    );
    expect(factsOf(creeping).map(({ kind }) => kind)).toEqual(['stop']);
    expect(factsOf(trailOf([]))).toEqual([]);
  });
});

describe('what the daemon tells', () => {
  it('is read; what lasts still ends with the period', () => {
    const place = { latitude: 21, longitude: 79 };
    const items = [
      { kind: 'stop', from: 1, until: 5, ...place, idling: 0 },
      { kind: 'trip', from: 5, start: place, end: place, distance: 700, driving: 60_000, topSpeed: 31.5 },
    ];
    expect(readFacts(items, { from: 0, to: 100 })).toEqual([
      { kind: 'stop', from: 1, to: 5, ...place },
      { kind: 'trip', from: 5, to: 100, distance: 700, driving: 60_000, topSpeed: 31.5 },
    ]);
    expect(() => readFacts([{ kind: 'trip', from: 1 }], period)).toThrow(TypeError);
    expect(() => readFacts([{ kind: 'rest', from: 1 }], period)).toThrow(TypeError);
  });

  it('days are summed up', () => {
    const day = { distance: 100, gapDistance: 10, driving: 5, trips: 1, stops: 2, silence: 7, topSpeed: 30 };
    expect(readTotals([day, { ...day, topSpeed: 20 }])).toEqual({
      ...{ distance: 200, gapDistance: 20, driving: 10, trips: 2, stops: 4, silence: 14, topSpeed: 30 },
    });
    expect(() => readTotals([{}])).toThrow(TypeError);
  });
});
