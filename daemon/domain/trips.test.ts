import { describe, expect, it } from 'vitest';
import { daysOf } from './day-bounds.ts';
import { fold, Journey, morning } from './motion.fixture.ts';
import { type MotionFact, totals } from './trips.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('a day summed up', () => {
  const { facts, openAt } = fold(
    new Journey({ ignition: true })
      .stands(20)
      .drives(4000)
      .stands(5)
      .drives(3000)
      .silent(20, 5000)
      .drives(2000, 45)
      .stands(60).fixes,
  );
  const end = morning + 3 * hour;
  const now = morning + 122 * 60_000;
  const open = openAt(now);
  const all: MotionFact[] = open === undefined ? facts : [...facts, open];

  it('has every metre and minute once', () => {
    const sum = totals(all, morning, end, now);
    expect(sum).toMatchObject({ trips: 3, stops: 3, topSpeed: 45 });
    expect(Math.abs(sum.distance - 14_000)).toBeLessThan(150);
    expect(Math.abs(sum.gapDistance - 5000)).toBeLessThan(150);
    expect(Math.round(sum.driving / 60_000)).toBe(17);
    expect(Math.round(sum.silence / 60_000)).toBe(20);
    expect(Math.round(sum.idling / 60_000)).toBe(85);
    expect(Math.round(sum.longestStop / 60_000)).toBe(60);
  });

  it('in two halves is the same, wherever it is cut', () => {
    const whole = totals(all, morning, end, end);
    for (let cut = morning; cut <= end; cut += 7 * 60_000) {
      const [one, two] = [totals(all, morning, cut, end), totals(all, cut, end, end)];
      expect(Math.abs(one.distance + two.distance - whole.distance)).toBeLessThanOrEqual(2);
      expect(Math.abs(one.driving + two.driving - whole.driving)).toBeLessThanOrEqual(2);
      expect(one.silence + two.silence).toBe(whole.silence);
      expect(one.trips + two.trips).toBe(whole.trips);
    }
  });

  it('of a trip over midnight gives each day what was driven on it', () => {
    // It drives fast before midnight and crawls after it.
    const midnight = morning + 16 * hour;
    const night = new Journey({}, midnight - hour / 2).stands(10).drives(20_000, 60).drives(3000, 9).stands(30);
    const { facts: ofNight } = fold(night.fixes);
    const before = totals(ofNight, midnight - day, midnight, midnight + day);
    const after = totals(ofNight, midnight, midnight + day, midnight + day);
    expect(Math.abs(before.distance - 20_000)).toBeLessThan(150);
    expect(Math.abs(after.distance - 3000)).toBeLessThan(150);
    expect([before.trips, after.trips]).toEqual([1, 0]);
    expect(Math.round(before.driving / 60_000)).toBe(20);
  });

  it('of a period in which nothing was is nothing', () => {
    expect(totals(all, morning - day, morning - hour, end)).toEqual({
      distance: 0,
      gapDistance: 0,
      driving: 0,
      trips: 0,
      stops: 0,
      longestStop: 0,
      idling: 0,
      silence: 0,
      topSpeed: 0,
    });
  });
});

describe('the days of a time zone', () => {
  const shown = (from: number, to: number, zone: string) =>
    daysOf(from, to, zone).map(({ day: name, from: first, to: last }) => [
      name,
      new Date(first).toISOString().slice(5, 16),
      (last - first) / hour,
    ]);

  it('begin at its midnight', () => {
    const from = Date.UTC(2026, 3, 1, 18);
    expect(shown(from, from + hour, 'Asia/Kolkata')).toEqual([
      ['2026-04-01', '03-31T18:30', 24],
      ['2026-04-02', '04-01T18:30', 24],
    ]);
    expect(shown(from, from + hour, 'Asia/Kathmandu')).toEqual([
      ['2026-04-01', '03-31T18:15', 24],
      ['2026-04-02', '04-01T18:15', 24],
    ]);
  });

  it('are 23 and 25 hours long where clocks are changed', () => {
    expect(shown(Date.UTC(2026, 2, 29, 12), Date.UTC(2026, 2, 29, 13), 'Europe/Berlin')).toEqual([
      ['2026-03-29', '03-28T23:00', 23],
    ]);
    expect(shown(Date.UTC(2026, 9, 25, 12), Date.UTC(2026, 9, 25, 13), 'Europe/Berlin')).toEqual([
      ['2026-10-25', '10-24T22:00', 25],
    ]);
  });

  it('follow one another without a hole', () => {
    const days = daysOf(Date.UTC(2026, 0, 1), Date.UTC(2026, 11, 31), 'America/St_Johns');
    for (const [i, { from }] of days.entries()) if (i > 0) expect(from).toBe(days[i - 1]?.to);
    expect(days).toHaveLength(365);
  });
});
