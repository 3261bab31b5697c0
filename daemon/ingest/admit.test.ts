import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atResolution, type Fix } from '../../protocol/position.ts';
import { admit, isFix, schemaCheck, span } from './admit.ts';

const now = Date.UTC(2026, 10, 20, 6, 0, 0);
const year = 365 * 86_400_000;
const limits = { now, oldest: now - 3 * year };
const fix: Fix = { fixTime: now - 1000, latitude: 11.6643251, longitude: 78.1460149 };

describe('admit', () => {
  it('gives a good fix back at the resolution at which it is kept', () => {
    expect(admit({ ...fix, speed: 32.44, course: 360, altitude: 277.6, battery: 86.5 }, limits)).toEqual({
      ok: true,
      fix: {
        fixTime: now - 1000,
        latitude: 11.664325,
        longitude: 78.146015,
        speed: 32.4,
        course: 0,
        altitude: 278,
        battery: 87,
      },
    });
  });

  it.each<[Partial<Record<keyof Fix, unknown>>, string]>([
    [{ latitude: 91 }, 'latitude must be ≤ 90, is 91'],
    [{ latitude: -90.5 }, 'latitude must be ≥ -90, is -90.5'],
    [{ longitude: 180.1 }, 'longitude must be ≤ 180, is 180.1'],
    [{ latitude: Number.NaN }, 'latitude must be a finite number, is NaN'],
    [{ longitude: Number.POSITIVE_INFINITY }, 'longitude must be a finite number, is Infinity'],
    [{ speed: -1 }, 'speed must be ≥ 0, is -1'],
    [{ speed: Number.NaN }, 'speed must be a finite number, is NaN'],
    [{ course: 361 }, 'course must be ≤ 360, is 361'],
    [{ altitude: 60_000 }, 'altitude must be ≤ 50000, is 60000'],
    [{ accuracy: -1 }, 'accuracy must be ≥ 0, is -1'],
    [{ battery: 101 }, 'battery must be ≤ 100, is 101'],
    [{ fixTime: 1.5 }, 'fixTime must be integer, is 1.5'],
    [{ fixTime: -1 }, 'fixTime must be ≥ 0, is -1'],
    [{ deviceId: '' }, 'deviceId must not have fewer than 1 characters, is 0 characters'],
    [{ deviceId: 'x'.repeat(65) }, 'deviceId must not have more than 64 characters, is 65 characters'],
  ])('refuses %j by name', (bad, detail) => {
    expect(admit({ ...fix, ...bad } as Fix, limits, 3)).toEqual({ ok: false, index: 3, reason: 'bad-field', detail });
  });

  it('takes 0,0 and what rounds to it for no fix, and 0 alone for a place', () => {
    for (const tiny of [0, -0, 1e-7]) {
      expect(admit({ ...fix, latitude: tiny, longitude: tiny }, limits)).toMatchObject({ ok: false, reason: 'no-fix' });
    }
    expect(admit({ ...fix, latitude: 0, longitude: 1e-6 }, limits)).toMatchObject({ ok: true });
  });

  it('refuses a clock that is more than 5 minutes ahead, and says how far', () => {
    expect(admit({ ...fix, fixTime: now + 300_000 }, limits)).toMatchObject({ ok: true });
    expect(admit({ ...fix, fixTime: now + 300_001 }, limits)).toMatchObject({
      reason: 'clock-ahead',
      clockAhead: 300_001,
    });
    expect(admit({ ...fix, fixTime: now + 130 * 60_000 }, limits)).toEqual({
      ok: false,
      index: 0,
      reason: 'clock-ahead',
      detail: 'the clock is 2 h 10 min ahead',
      clockAhead: 7_800_000,
    });
    expect(admit({ ...fix, fixTime: now + 2000 }, { ...limits, maxAhead: 1000 })).toMatchObject({
      reason: 'clock-ahead',
    });
  });

  it('refuses what is older than the trails are kept, and names both ages', () => {
    expect(admit({ ...fix, fixTime: limits.oldest }, limits)).toMatchObject({ ok: true });
    const fixTime = now - 4 * year;
    expect(admit({ ...fix, fixTime }, limits)).toEqual({
      ok: false,
      index: 0,
      reason: 'too-old',
      detail: `fixTime ${fixTime} is 4 years old, trails are kept for 3 years`,
    });
  });

  it('recognises seconds and microseconds', () => {
    const seconds = now / 1000;
    expect(admit({ ...fix, fixTime: seconds }, limits)).toMatchObject({
      reason: 'too-old',
      detail: `fixTime ${seconds} is 56 years 316 days old, trails are kept for 3 years; it looks like seconds; send milliseconds`,
    });
    expect(admit({ ...fix, fixTime: now * 1000 }, limits)).toMatchObject({
      reason: 'bad-field',
      detail: `fixTime ${now * 1000} looks like microseconds; send milliseconds`,
    });
  });

  it('agrees with the schema on every fix: the check by hand is only faster', () => {
    const edge = fc.constantFrom(
      ...[-180.5, -180, -91, -90, -1001, -1000, -1, -0, 0, 1, 90, 91, 100, 101, 180, 181, 360, 361, 2000, 2001, 50_001],
      ...[1e8, 1e8 + 1, 8.64e15, 8.64e15 + 2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    const number = fc.oneof(edge, fc.double(), fc.integer());
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const anyFix = fc.record(
      {
        deviceId: fc.oneof(
          fc.string({ maxLength: 70 }),
          fc.string({ unit: 'grapheme', maxLength: 70 }),
          fc.constantFrom('x'.repeat(64), 'x'.repeat(65), '😀'.repeat(64), '😀'.repeat(65)),
        ),
        fixTime: number,
        latitude: number,
        longitude: number,
        speed: maybe(number),
        course: maybe(number),
        altitude: maybe(number),
        accuracy: maybe(number),
        battery: maybe(number),
        ignition: fc.boolean(),
      },
      { requiredKeys: ['fixTime', 'latitude', 'longitude'] },
    ) as fc.Arbitrary<Fix>;
    const likely = fc.record({
      fixTime: fc.nat(),
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    });
    const both = fc.oneof(
      anyFix,
      fc.tuple(anyFix, likely).map(([any, good]) => ({ ...any, ...good })),
    );
    fc.assert(
      fc.property(both, (candidate) => {
        expect(isFix(candidate)).toBe(schemaCheck.Check(candidate));
        const admitted = admit(candidate, limits);
        if (admitted.ok) {
          expect(schemaCheck.Check(admitted.fix)).toBe(true);
          expect(atResolution(admitted.fix)).toEqual(admitted.fix);
        } else if (admitted.reason === 'bad-field') expect(admitted.detail).not.toBe('not a fix');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('span', () => {
  it.each([
    [400, '400 ms'],
    [45_000, '45 s'],
    [300_000, '5 min'],
    [301_000, '5 min 1 s'],
    [7_800_000, '2 h 10 min'],
    [7_200_000, '2 h'],
    [86_400_000, '1 day'],
    [100_800_000, '1 day 4 h'],
    [3 * year, '3 years'],
    [year + 40 * 86_400_000, '1 year 40 days'],
  ])('says %d ms as %s', (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text);
  });
});
