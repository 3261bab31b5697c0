import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { VanStatus } from '../../../protocol/status.ts';
import type { ShownPosition, VanEntry } from '../world/entries.ts';
import { Battery, batteryLevel } from './Battery.tsx';
import { linkText } from './LinkBadge.tsx';
import { VanRow } from './Rows.tsx';

const now = Date.UTC(2026, 2, 10, 6, 30);
const text = (markup: string) =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

function row(status: VanStatus, position: Partial<ShownPosition> | null): string {
  const entry: VanEntry = {
    kind: 'van',
    slot: 0,
    index: 0,
    van: { id: 'v', name: 'Van 7', kind: 'van', version: 1 },
    position: position === null ? null : { fixTime: now - 300_000, latitude: 1, longitude: 2, ...position },
    interval: undefined,
    text: '',
  };
  return renderToStaticMarkup(<VanRow entry={entry} status={status} now={now} zone="Asia/Kolkata" />);
}

describe('a van in the list', () => {
  it('says in words what it shows in colours', () => {
    const markup = row('moving', { speed: 31.6, battery: 24, ignition: true });
    expect(text(markup)).toBe('Van 7 Moving · 5 min ago 32 km/h Ignition on Battery 24 %');
    expect(markup).toContain('Last seen Tue');
    expect(markup).toContain('11:55:00');
  });
  it('tells no speed of a silent van, and nothing of one never heard', () => {
    expect(text(row('silent', { speed: 40, battery: 90 }))).toBe('Van 7 Silent · 5 min ago – Battery 90 %');
    expect(text(row('new', null))).toBe('Van 7 New');
  });
});

describe('a battery', () => {
  it('is good above 70, fair above 30, else low', () => {
    expect([100, 71, 70, 31, 30, 0].map(batteryLevel)).toEqual(['good', 'good', 'fair', 'fair', 'low', 'low']);
  });
  it('that is not reported is not empty', () => {
    expect(text(renderToStaticMarkup(<Battery percent={undefined} />))).toBe('Battery not reported –');
  });
});

describe('the link in words', () => {
  it('names since when it is down, in the zone of the agency', () => {
    const since = now - 10 * 60_000;
    expect(linkText({ kind: 'offline', since, retryAt: now }, now, 'Asia/Kolkata')).toBe('Offline since 11:50');
    expect(linkText({ kind: 'offline', since: since - 86_400_000, retryAt: now }, now, 'Asia/Kolkata')).toBe(
      'Offline since 9 Mar, 11:50',
    );
    expect(linkText({ kind: 'live', since }, now, 'Asia/Kolkata')).toBe('Live');
    expect(linkText({ kind: 'refused', since, retryAt: now, code: 4401, detail: '' }, now, 'Asia/Kolkata')).toBe(
      'Sign-in refused',
    );
  });
});
