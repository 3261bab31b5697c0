import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logNormal, normalCdf, normalQuantile, rangeOf, residual, total } from './estimate.ts';

const minute = 60_000;
const span = (mean: number, deviation: number) => ({ mean: mean * minute, variance: (deviation * minute) ** 2 });

describe('an estimate', () => {
  it('of half an hour, give or take ten minutes, is skewed to late', () => {
    const { from, likely, until } = rangeOf(span(30, 10), 0, undefined, 0);
    expect(from / minute).toBeCloseTo(18.1, 0);
    expect(likely / minute).toBeCloseTo(28.5, 1);
    expect(until / minute).toBeCloseTo(44, 0);
  });

  it('holds its order, and grows with what lies ahead and with what is uncertain', () => {
    const positive = fc.double({ min: 0.1, max: 300, noNaN: true });
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 1.01, max: 3, noNaN: true }), (mean, deviation, more) => {
        const one = rangeOf(span(mean, deviation), 0, undefined, 0);
        expect(one.from).toBeLessThanOrEqual(one.likely);
        expect(one.likely).toBeLessThanOrEqual(one.until);
        const later = rangeOf(span(mean * more, deviation * more), 0, undefined, 0);
        expect(later.from).toBeGreaterThanOrEqual(one.from);
        expect(later.until).toBeGreaterThanOrEqual(one.until);
      }),
    );
  });

  it('of many legs does not lose what is wrong with all of them alike', () => {
    const common = { driving: 0.2, standing: 0, pauses: 0, pausesSpread: 0 };
    const leg = { driving: 5 * minute, standing: 0, variance: minute ** 2 };
    const twenty = { driving: 100 * minute, standing: 0, variance: 20 * minute ** 2 };
    const part = (of: typeof leg) => Math.sqrt(total(of, common).variance) / total(of, common).mean;
    expect(part(leg)).toBeCloseTo(Math.sqrt(0.2 ** 2 + 0.2 ** 2), 5);
    expect(part(twenty)).toBeGreaterThan(0.2);
    expect(part(twenty)).toBeLessThan(0.21);
  });
});

describe('what is left of a stop', () => {
  it('is less than the whole at first, and grows with what has passed', () => {
    const stop = span(4, 2.5);
    const left = [0, 2, 4, 8, 16, 32].map((passed) => residual(stop, passed * minute).mean / minute);
    expect(left[0]).toBe(4);
    expect(left[1]).toBeLessThan(4);
    expect(left[5]).toBeGreaterThan(left[4] ?? 0);
    expect(left[4]).toBeGreaterThan(left[3] ?? 0);
  });

  it('agrees with counting among many that lasted as long', () => {
    const stop = span(4, 2.5);
    const { mu, sigma } = logNormal(stop);
    const lasted = Array.from({ length: 20_000 }, (_, i) => Math.exp(mu + sigma * normalQuantile((i + 0.5) / 20_000)));
    const long = lasted.filter((ms) => ms > 5 * minute).map((ms) => ms - 5 * minute);
    const mean = long.reduce((sum, ms) => sum + ms, 0) / long.length;
    expect(residual(stop, 5 * minute).mean / mean).toBeCloseTo(1, 1);
  });
});

it('the normal distribution has its known values', () => {
  expect(normalCdf(0)).toBeCloseTo(0.5, 7);
  expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
  expect(normalQuantile(0.9)).toBeCloseTo(1.281552, 5);
});
