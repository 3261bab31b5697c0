import { describe, expect, it } from 'vitest';
import { bandLabel, bandOf, type DrawnPoint, dashes, speedBands, trailShapes } from './trail-shapes.ts';

const minute = 60_000;
const point = (fixTime: number, latitude: number, speed?: number, mark?: DrawnPoint['mark']): DrawnPoint => ({
  fixTime,
  latitude,
  longitude: 78,
  ...(speed === undefined ? {} : { speed }),
  ...(mark === undefined ? {} : { mark }),
});

describe('speed bands', () => {
  it('begin at their limits', () => {
    expect([0, 4.9, 5, 14.9, 15, 25, 40, 59, 60, 200].map(bandOf)).toEqual([0, 0, 1, 1, 2, 3, 4, 4, 5, 5]);
  });
  it('have words', () => {
    expect(speedBands.map((_, band) => bandLabel(band))).toEqual(['0–5', '5–15', '15–25', '25–40', '40–60', '60+']);
  });
});

describe('a trail', () => {
  it('is one run per band, and neighbours share their corner', () => {
    const { runs, gaps } = trailShapes([point(0, 1, 10), point(1000, 2, 10), point(2000, 3, 30), point(3000, 4, 31)]);
    expect(gaps).toEqual([]);
    expect(runs).toEqual([
      {
        band: 1,
        path: [
          [78, 1],
          [78, 2],
        ],
      },
      {
        band: 3,
        path: [
          [78, 2],
          [78, 3],
          [78, 4],
        ],
      },
    ]);
  });

  it('leaves jumps and inaccurate points out of line and length', () => {
    const clean = [point(0, 21), point(1000, 21.0001)];
    const marked = [point(0, 21), point(400, 25, 10, 'jump'), point(500, 10, 0, 'inaccurate'), point(1000, 21.0001)];
    expect(trailShapes(marked)).toEqual(trailShapes(clean));
    expect(trailShapes(clean).length).toBeCloseTo(11.1, 1);
  });

  it('is cut by a silence of more than five minutes', () => {
    const { runs, gaps } = trailShapes([
      point(0, 1, 9),
      point(5 * minute, 2, 9),
      point(10 * minute + 1, 3, 9),
      point(11 * minute, 4, 9),
    ]);
    expect(gaps).toEqual([{ from: [78, 2], to: [78, 3] }]);
    expect(runs.map(({ path }) => path)).toEqual([
      [
        [78, 1],
        [78, 2],
      ],
      [
        [78, 3],
        [78, 4],
      ],
    ]);
  });

  it('computes the speed where a device does not tell it', () => {
    // 0.001° of latitude in 10 s are 40 km/h
    expect(trailShapes([point(0, 21), point(10_000, 21.001)]).runs[0]?.band).toBe(4);
  });

  it('of one point or none has nothing to draw', () => {
    expect(trailShapes([]).runs).toEqual([]);
    expect(trailShapes([point(0, 1)])).toMatchObject({ runs: [], gaps: [], length: 0 });
  });
});

describe('a gap', () => {
  it('is dashed over its whole way', () => {
    const parts = dashes({ from: [78, 21], to: [78, 21.01] });
    expect(parts.length).toBeGreaterThan(10);
    expect(parts[0]?.from[1]).toBeGreaterThan(21);
    expect(parts[parts.length - 1]?.to[1]).toBeLessThan(21.01);
  });
});
