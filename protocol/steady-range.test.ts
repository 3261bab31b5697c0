import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadyRange } from './steady-range.ts';

const minute = 60_000;
const eleven = Date.UTC(2026, 0, 5, 11);
const expected = (from: number, likely: number, until: number) => ({
  from: eleven + from * minute,
  likely: eleven + likely * minute,
  until: eleven + until * minute,
  by: 'road' as const,
  stopsBefore: 3,
});
const range = (from: number, until: number) => ({ from: eleven + from * minute, until: eleven + until * minute });

describe('the range on screen', () => {
  it('begins with whole five minutes around the estimate', () => {
    expect(steadyRange(undefined, expected(21, 34, 48), eleven)).toEqual(range(20, 50));
  });

  it('stays while the likely time is in it, however the estimate moves about', () => {
    let shown = steadyRange(undefined, expected(21, 34, 48), eleven);
    for (const likely of [30, 38, 25, 44, 49]) {
      shown = steadyRange(shown, expected(likely - 12, likely, likely + 14), eleven);
      expect(shown).toEqual(range(20, 50));
    }
  });

  it('moves when the likely time has left it, when it is over, and when far more is known', () => {
    const shown = range(20, 50);
    expect(steadyRange(shown, expected(45, 58, 70), eleven)).toEqual(range(45, 70));
    expect(steadyRange(shown, expected(40, 49, 56), eleven + 51 * minute)).toEqual(range(40, 60));
    expect(steadyRange(shown, expected(31, 34, 36), eleven)).toEqual(range(30, 40));
  });

  it('always holds the likely time, and a range that is right is never moved twice', () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.nat(40), fc.nat(40), fc.nat(60));
    fc.assert(
      fc.property(fc.array(times, { minLength: 1 }), (steps) => {
        let shown: ReturnType<typeof steadyRange> | undefined;
        for (const [from, more, rest, now] of steps) {
          const arrival = expected(from, from + more, from + more + rest);
          shown = steadyRange(shown, arrival, eleven + Math.min(now, from) * minute);
          expect(shown.from).toBeLessThanOrEqual(arrival.likely);
          expect(shown.until).toBeGreaterThanOrEqual(arrival.likely);
          expect(steadyRange(shown, arrival, eleven)).toEqual(shown);
        }
      }),
    );
  });
});
