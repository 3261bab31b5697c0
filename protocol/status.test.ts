import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentAfter, vanStatus, vanStatuses } from './status.ts';

const now = 1_700_000_000_000;
const second = 1000;
/** A fix so many seconds old. */
const fix = (age: number, speed?: number) => ({
  fixTime: now - age * second,
  ...(speed === undefined ? {} : { speed }),
});

describe('silentAfter', () => {
  it('is five usual intervals, at least two minutes, and ten when no interval is known', () => {
    expect(silentAfter(10 * second)).toBe(120 * second);
    expect(silentAfter(24 * second)).toBe(120 * second);
    expect(silentAfter(60 * second)).toBe(300 * second);
    expect(silentAfter(undefined)).toBe(600 * second);
  });
});

describe('vanStatus', () => {
  const rows: [what: string, position: ReturnType<typeof fix> | null, interval: number | undefined, status: string][] =
    [
      ['never heard', null, undefined, 'new'],
      ['never heard, interval known', null, 10, 'new'],
      ['just now at 30 km/h', fix(0, 30), 10, 'moving'],
      ['at the slowest that counts', fix(0, 4), 10, 'moving'],
      ['crawling as GPS noise does', fix(0, 3.9), 10, 'stopped'],
      ['standing', fix(0, 0), 10, 'stopped'],
      ['without a speed', fix(0), 10, 'stopped'],
      ['at its limit', fix(120, 30), 10, 'moving'],
      ['past its limit', fix(120.001, 30), 10, 'silent'],
      ['slow tracker, within five intervals', fix(299, 0), 60, 'stopped'],
      ['slow tracker, past them', fix(301, 0), 60, 'silent'],
      ['unknown interval, ten minutes', fix(600, 0), undefined, 'stopped'],
      ['unknown interval, longer', fix(601, 0), undefined, 'silent'],
      ['a clock a little ahead', fix(-60, 30), 10, 'moving'],
    ];
  for (const [what, position, interval, status] of rows) {
    it(`is ${status}: ${what}`, () => {
      expect(vanStatus(position, interval === undefined ? undefined : interval * second, now)).toBe(status);
    });
  }

  it('is one of the known ones, and once silent stays so until a newer fix', () => {
    fc.assert(
      fc.property(
        fc.option(fc.record({ fixTime: fc.nat(2_000_000), speed: fc.double({ min: 0, max: 200, noNaN: true }) })),
        fc.option(fc.nat(600_000), { nil: undefined }),
        fc.nat(4_000_000),
        fc.nat(4_000_000),
        (position, interval, at, later) => {
          const status = vanStatus(position, interval, at);
          expect(vanStatuses).toContain(status);
          if (status === 'silent') expect(vanStatus(position, interval, at + later)).toBe('silent');
        },
      ),
    );
  });
});
