import { describe, expect, it } from 'vitest';
import { second, start, trailOf } from './played-trail.fixture.ts';
import { peaks, speedLimit, ticks } from './strip.ts';

const hour = 3_600_000;

describe('a strip', () => {
  it('has the fastest speed of each column, and nothing before the first fix and after the last', () => {
    const trail = trailOf([
      { at: 10, latitude: 21, speed: 10 },
      { at: 12, latitude: 21, speed: 30 },
      { at: 14, latitude: 21, speed: 20 },
      { at: 20, latitude: 21, speed: 50 },
    ]);
    const columns = peaks(trail, { from: start, to: start + 40 * second }, 8);
    expect([...columns]).toEqual([Number.NaN, Number.NaN, 30, 50, 50, Number.NaN, Number.NaN, Number.NaN]);
    // Whether it slept or was in a dead zone: nothing is known of the time between.
    const silent = trailOf([
      { at: 0, latitude: 21, speed: 30 },
      { at: 10, latitude: 21, speed: 30 },
      { at: 20, latitude: 21, speed: 30 },
      { at: 3600, latitude: 21, speed: 30 },
    ]);
    const hours = peaks(silent, { from: start, to: start + 2 * hour }, 8);
    expect([...hours].map((speed) => speed > 0)).toEqual([true, false, false, false, true, false, false, false]);
    expect(speedLimit([trail])).toBe(60);
    expect(speedLimit([])).toBe(40);
  });

  it('has marks at round times of the zone', () => {
    const india = 5.5 * hour;
    const from = Date.UTC(2026, 10, 20, 12);
    const marks = ticks({ from, to: from + 24 * hour }, 12, india);
    expect(marks.map(({ time }) => ((time + india) / hour) % 24)).toEqual(
      [18, 20, 22, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18].slice(0, 12),
    );
    expect(marks.filter(({ isDay }) => isDay)).toHaveLength(1);
  });
});
