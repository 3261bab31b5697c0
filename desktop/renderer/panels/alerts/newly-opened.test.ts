import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../protocol/alert.ts';
import { newlyOpened } from './newly-opened.ts';

const now = Date.UTC(2026, 2, 10, 6, 30);
const alert = (id: string, more: Partial<Alert> = {}): [string, Alert] => [
  id,
  {
    ...({ id, kind: 'silent', severity: 'warning', sounds: true, template: 'silent-unknown', params: {} } as const),
    ...{ since: now, openedAt: now, text: id, version: 0 },
    ...more,
  },
];

describe('alerts that are news', () => {
  it('are those that opened while one looks, each once', () => {
    const opened = newlyOpened();
    const first = [alert('a'), alert('b')];
    expect(opened(new Map(first), now)).toEqual([]);
    const all = [...first, alert('d', { openedAt: now + 2 }), alert('c', { openedAt: now + 1 })];
    expect(opened(new Map(all), now).map(({ id }) => id)).toEqual(['c', 'd']);
    expect(opened(new Map(all), now)).toEqual([]);
  });

  it('are not what is closed, seen, quiet, or opened while the link was down for long', () => {
    const opened = newlyOpened();
    opened(new Map(), now);
    const seen = { by: 'ADMIN:asha', at: now };
    const all = [
      alert('closed', { closedAt: now }),
      alert('seen', { acknowledged: seen }),
      alert('quiet', { quiet: true }),
      alert('old', { openedAt: now - 11 * 60_000 }),
    ];
    expect(opened(new Map(all), now)).toEqual([]);
  });
});
