import { describe, expect, it } from 'vitest';
import {
  ago,
  clockTime,
  clockTimeExact,
  coordinates,
  courseWord,
  fullTime,
  kilometres,
  lasting,
  timeSince,
} from './format.ts';

const noon = Date.UTC(2026, 2, 10, 6, 30, 15); // 12:00:15 in Kolkata

describe('ages', () => {
  it.each([
    [0, 'just now'],
    [-5000, 'just now'],
    [1999, 'just now'],
    [2000, '2 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [300_000, '5 min ago'],
    [3_600_000, '1 h ago'],
    [47.9 * 3_600_000, '47 h ago'],
    [48 * 3_600_000, '2 days ago'],
  ])('%d ms is %s', (age, text) => expect(ago(noon - age, noon)).toBe(text));

  it('tells lengths of time in their largest unit', () => {
    expect([lasting(400), lasting(59_000), lasting(180_000), lasting(7_200_000)]).toEqual([
      '0 s',
      '59 s',
      '3 min',
      '2 h',
    ]);
  });
});

describe('times are told in the zone of the agency', () => {
  it('knows half-hour zones', () => {
    expect(clockTime(noon, 'Asia/Kolkata')).toBe('12:00');
    expect(clockTimeExact(noon, 'Asia/Kolkata')).toBe('12:00:15');
    expect(clockTime(noon, 'Europe/Berlin')).toBe('07:30');
  });
  it('writes midnight as 00', () => expect(clockTime(Date.UTC(2026, 2, 9, 18, 30), 'Asia/Kolkata')).toBe('00:00'));
  it('adds the date when the day is another one at the agency', () => {
    const evening = Date.UTC(2026, 2, 9, 18, 0); // 23:30 the day before, in Kolkata
    expect(timeSince(evening, noon, 'Asia/Kolkata')).toBe('9 Mar, 23:30');
    expect(timeSince(evening, noon, 'America/New_York')).toBe('9 Mar, 14:00');
    expect(timeSince(noon - 60_000, noon, 'Asia/Kolkata')).toBe('11:59');
  });
  it('falls back to UTC, and says so, for a zone this browser does not know', () => {
    expect(fullTime(noon, 'Mars/Olympus')).toContain('06:30:15');
    expect(fullTime(noon, 'Mars/Olympus')).toContain('UTC');
  });
});

describe('places and ways', () => {
  it('names the nearest of eight courses', () => {
    expect([0, 22, 23, 90, 225, 337, 338, 360].map(courseWord)).toEqual([
      'north',
      'north',
      'north-east',
      'east',
      'south-west',
      'north-west',
      'north',
      'north',
    ]);
  });
  it('writes coordinates as navigators read them', () => {
    expect(coordinates({ latitude: 21.1, longitude: -0.5 })).toBe('21.100000, -0.500000');
  });
  it('writes km', () => expect([kilometres(0), kilometres(1250), kilometres(167_400)]).toEqual(['0.0', '1.3', '167']));
});
