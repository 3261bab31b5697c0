import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ZoneSchedule } from '../../protocol/zone.ts';
import { dayStart, offsetAt, ZoneHours } from './zone-schedule.ts';

const time = (text: string) => Date.parse(text);
const days = [1, 2, 3, 4, 5];

describe('the hours of a zone', () => {
  it('are those of the clocks of the agency', () => {
    const hours = new ZoneHours([{ days, from: '09:00', to: '17:30' }], 'Asia/Kolkata');
    // A Thursday.
    expect(hours.at(time('2026-04-02T09:00:00+05:30'))).toMatchObject({
      open: true,
      until: time('2026-04-02T17:30:00+05:30'),
    });
    expect(hours.open(time('2026-04-02T08:59:59.999+05:30'))).toBe(false);
    expect(hours.open(time('2026-04-02T17:30:00+05:30'))).toBe(false);
    expect(hours.open(time('2026-04-04T12:00:00+05:30'))).toBe(false);
  });

  it('may go on in the next day, and from Sunday into Monday', () => {
    const hours = new ZoneHours([{ days: [7], from: '22:00', to: '06:00' }], 'Asia/Kolkata');
    expect(hours.open(time('2026-04-05T21:59:00+05:30'))).toBe(false);
    expect(hours.open(time('2026-04-05T23:00:00+05:30'))).toBe(true);
    expect(hours.open(time('2026-04-06T05:59:00+05:30'))).toBe(true);
    expect(hours.open(time('2026-04-06T06:00:00+05:30'))).toBe(false);
    const late = time('2026-04-05T23:00:00+05:30');
    expect(hours.closing(late, late + 86_400_000)).toBe(time('2026-04-06T06:00:00+05:30'));
    expect(hours.closing(late, late + 3_600_000)).toBeUndefined();
  });

  it('are the whole day when they end where they begin', () => {
    const hours = new ZoneHours([{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }], 'Asia/Kolkata');
    expect(hours.closing(time('2026-04-02T12:00:00Z'), time('2026-05-02T12:00:00Z'))).toBeUndefined();
  });

  it('follow the clocks when these are changed', () => {
    // New York: forward on 8 March 2026 at two, back on 1 November at two.
    const hours = new ZoneHours([{ days: [7], from: '00:00', to: '04:00' }], 'America/New_York');
    const forward = time('2026-03-08T00:30:00-05:00');
    expect(hours.closing(forward, forward + 86_400_000)).toBe(time('2026-03-08T04:00:00-04:00'));
    const back = time('2026-11-01T00:30:00-04:00');
    expect(hours.closing(back, back + 86_400_000)).toBe(time('2026-11-01T04:00:00-05:00'));
  });

  it('are the same as asking a calendar every few minutes', () => {
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const part = fc.record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      from: clock,
      to: clock,
    });
    const schedules: fc.Arbitrary<ZoneSchedule> = fc.array(part, { minLength: 1, maxLength: 4 });
    const zone = fc.constantFrom('Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
    const moment = fc.integer({ min: time('2026-03-01T00:00:00Z'), max: time('2026-11-10T00:00:00Z') });
    fc.assert(
      fc.property(schedules, zone, fc.array(moment, { minLength: 1, maxLength: 10 }), (schedule, timeZone, moments) => {
        const hours = new ZoneHours(schedule, timeZone);
        for (const one of moments) expect(hours.open(one)).toBe(openByCalendar(schedule, timeZone, one));
      }),
      { numRuns: 200 },
    );
  });
});

const shortDays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function openByCalendar(schedule: ZoneSchedule, timeZone: string, at: number): boolean {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const today = shortDays.indexOf(parts.weekday ?? '') + 1;
  const yesterday = today === 1 ? 7 : today - 1;
  const clock = `${parts.hour}:${parts.minute}`;
  return schedule.some(({ days: on, from, to }) => {
    if (to > from) return on.includes(today) && from <= clock && clock < to;
    return (on.includes(today) && from <= clock) || (on.includes(yesterday) && clock < to);
  });
}

describe('the day of a time zone', () => {
  it('begins at its midnight', () => {
    expect(dayStart('2026-04-02', 'Asia/Kolkata')).toBe(time('2026-04-01T18:30:00Z'));
    expect(dayStart('2026-03-08', 'America/New_York')).toBe(time('2026-03-08T05:00:00Z'));
    expect(dayStart('2026-03-09', 'America/New_York')).toBe(time('2026-03-09T04:00:00Z'));
    expect(offsetAt(0, 'UTC')).toBe(0);
  });
});
