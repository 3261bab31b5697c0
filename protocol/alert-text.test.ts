import { describe, expect, it } from 'vitest';
import { type AlertTemplate, alertLines, alertText, saying } from './alert-text.ts';

const now = Date.UTC(2026, 3, 2, 8, 30);
const pune = { language: 'en', timeZone: 'Asia/Kolkata', now } as const;
const placeholders = (line: string) => [...line.matchAll(/\{[^}]+\}/g)].map(([all]) => all).sort();

describe('the lines of alerts', () => {
  it.each(Object.keys(alertLines) as AlertTemplate[])('%s says the same in English and Hindi', (template) => {
    const { en, hi } = alertLines[template];
    expect(placeholders(hi)).toEqual(placeholders(en));
    expect(placeholders(en).every((one) => /^\{\w+(:time|:span)?\}$/.test(one))).toBe(true);
    expect(hi).toMatch(/[\u0900-\u097f]/);
  });

  it('say times in the time zone of the agency, with the day where it is another one', () => {
    const silent = saying('silent', { van: 'Van 3', since: Date.UTC(2026, 3, 2, 6, 12), every: 30_000 });
    expect(alertText(silent, pune)).toBe('Van 3: silent since 11:42; it is usually heard every 30 s');
    expect(alertText(silent, { ...pune, language: 'hi' })).toBe('Van 3: 11:42 से चुप; आम तौर पर हर 30 सेकंड पर सूचना आती है');
    const yesterday = saying('silent-unknown', { van: 'Van 3', since: Date.UTC(2026, 3, 1, 6, 12) });
    expect(alertText(yesterday, pune)).toBe('Van 3: silent since 1 Apr 11:42');
  });

  it.each([
    [45_000, '45 s'],
    [119_000, '119 s'],
    [360_000, '6 min'],
    [7_200_000, '2 h'],
    [9_000_000, '2 h 30 min'],
  ])('say a span of %d ms as %s', (limit, text) => {
    const line = alertText(saying('long-stop', { van: 'V', since: now, limit }), pune);
    expect(line).toContain(`(limit ${text})`);
  });

  it('name the template where a newer daemon wrote one that is not known here', () => {
    expect(alertText({ template: 'tyre-flat', params: { van: 'V' } }, pune)).toBe('tyre-flat');
  });
});
