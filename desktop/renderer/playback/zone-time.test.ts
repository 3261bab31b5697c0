import { describe, expect, it } from 'vitest';
import { dayAt, dayPeriod, timeOfWall, wallTime } from './zone-time.ts';

const hour = 3_600_000;

describe('times of clocks in a zone', () => {
  it('there and back', () => {
    const time = Date.UTC(2026, 10, 20, 20, 15);
    expect(wallTime(time, 'Asia/Kolkata')).toBe('2026-11-21T01:45');
    expect(timeOfWall('2026-11-21T01:45', 'Asia/Kolkata')).toBe(time);
    expect(dayAt(time, 'Asia/Kolkata')).toBe('2026-11-21');
    expect(timeOfWall('yesterday', 'Asia/Kolkata')).toBeUndefined();
  });

  it('a day is as long as it is', () => {
    const length = (day: string, zone: string) => {
      const period = dayPeriod(day, zone);
      return period && (period.to - period.from) / hour;
    };
    expect(length('2026-11-21', 'Asia/Kolkata')).toBe(24);
    expect(length('2026-03-29', 'Europe/Berlin')).toBe(23);
    expect(length('2026-10-25', 'Europe/Berlin')).toBe(25);
    expect(dayPeriod('2026-11-21', 'Asia/Kolkata')?.from).toBe(Date.UTC(2026, 10, 20, 18, 30));
    expect(dayPeriod('', 'Asia/Kolkata')).toBeUndefined();
  });

  it('a zone nobody knows is UTC', () => {
    expect(wallTime(0, 'Nowhere/Land')).toBe('1970-01-01T00:00');
  });
});
