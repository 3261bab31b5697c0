import { expect, it } from 'vitest';
import { dayAt, daysAfter, startOfDay } from './day.ts';

it('knows when a day begins at the agency, also where clocks change', () => {
  expect(startOfDay('2026-03-01', 'Asia/Kolkata')).toBe(Date.parse('2026-02-28T18:30:00Z'));
  expect(startOfDay('2026-03-29', 'Europe/Berlin')).toBe(Date.parse('2026-03-28T23:00:00Z'));
  expect(startOfDay('2026-03-30', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T22:00:00Z'));
  expect(startOfDay('2026-10-26', 'Europe/Berlin')).toBe(Date.parse('2026-10-25T23:00:00Z'));
  expect(startOfDay('2026-11-01', 'America/New_York')).toBe(Date.parse('2026-11-01T04:00:00Z'));
});

it('names days as the agency has them', () => {
  expect(dayAt(Date.parse('2026-02-28T19:00:00Z'), 'Asia/Kolkata')).toBe('2026-03-01');
  expect(daysAfter('2026-02-28', 1)).toBe('2026-03-01');
  expect(daysAfter('2026-01-01', -1)).toBe('2025-12-31');
});
