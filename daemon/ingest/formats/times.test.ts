import { describe, expect, it } from 'vitest';
import { fromIso, toMilliseconds } from './times.ts';

describe('toMilliseconds', () => {
  it.each([
    [0, 0],
    [1769540147, 1769540147000],
    [1769540147.25, 1769540147250],
    [1769540147000, 1769540147000],
    [2_147_483_648, 2_147_483_648_000], // 2038
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
  ])('reads %d as %d ms', (time, milliseconds) => {
    expect(toMilliseconds(time)).toBe(milliseconds);
  });
});

describe('fromIso', () => {
  const noon = Date.UTC(2026, 0, 27, 12, 0, 0);
  it.each([
    ['2026-01-27T12:00:00Z', noon],
    ['2026-01-27T12:00:00z', noon],
    ['2026-01-27 12:00', noon],
    ['2026-01-27T12:00:00', noon],
    ['2026-01-27T12:00:00.5Z', noon + 500],
    ['2026-01-27T12:00:00,123456Z', noon + 123],
    ['2026-01-27T17:30:00+05:30', noon],
    ['2026-01-27T17:30:00+0530', noon],
    ['2026-01-27T17:30:00 05:30', noon],
    ['2026-01-27T07:00:00-05', noon],
    ['2026-01-27 12:00:00 Z', noon],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ])('reads %s', (text, time) => {
    expect(fromIso(text)).toBe(time);
  });

  it.each(['2026-02-30T12:00:00Z', '2026-13-01T12:00:00Z', '2026-01-27T24:01:00Z', '27.01.2026 12:00', '12:00', ''])(
    'is none: %s',
    (text) => {
      expect(fromIso(text)).toBeUndefined();
    },
  );
});
