import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../protocol/alert.ts';
import { countWaiting, endOfDay, everyAlert, firstFilter, listAlerts, readAlertFilter } from './alert-list.ts';

const now = Date.UTC(2026, 2, 10, 6, 30);
const minute = 60_000;
const alert = (id: string, more: Partial<Alert> = {}): Alert => ({
  id,
  kind: 'silent',
  severity: 'warning',
  sounds: false,
  since: now - 10 * minute,
  openedAt: now - 5 * minute,
  template: 'silent-unknown',
  params: { van: id, since: now - 10 * minute },
  text: id,
  version: 0,
  ...more,
});
const seen = { by: 'DISPATCHER:dev', at: now - minute };
const list = (alerts: Alert[], filter = firstFilter) => listAlerts(alerts, filter, { now, me: 'dev' });
const ids = (alerts: readonly Alert[]) => alerts.map(({ id }) => id);

describe('the list of alerts', () => {
  it('has the gravest first, then the newest, whatever the order they came in', () => {
    const all = [
      alert('old', { since: now - 60 * minute }),
      alert('note', { severity: 'info', since: now }),
      alert('new', { since: now - minute }),
      alert('grave', { severity: 'critical', since: now - 90 * minute }),
    ];
    const wanted = ['grave', 'new', 'old', 'note'];
    expect(ids(list(all).open)).toEqual(wanted);
    expect(ids(list(all.toReversed()).open)).toEqual(wanted);
  });

  it('hides what is put off until its time, and says how many it hides', () => {
    const all = [
      alert('asleep', { snoozed: { ...seen, until: now + 1 } }),
      alert('awake', { snoozed: { ...seen, until: now } }),
    ];
    expect(list(all)).toMatchObject({ open: [{ id: 'awake' }], hidden: 1 });
    expect(list(all, everyAlert)).toMatchObject({ open: [{ id: 'asleep' }, { id: 'awake' }], hidden: 0 });
  });

  it.each([
    [{ severity: 'critical' }, ['b']],
    [{ kind: 'over-speed' }, ['c']],
    [{ mine: true }, ['c']],
    [{ acknowledged: false }, ['b', 'a']],
  ] as const)('filters by %o', (wish, wanted) => {
    const all = [
      alert('a'),
      alert('b', { severity: 'critical', assigned: { ...seen, to: 'asha' } }),
      alert('c', { kind: 'over-speed', acknowledged: seen, assigned: { ...seen, to: 'dev' } }),
    ];
    expect(ids(list(all, { ...everyAlert, ...wish }).open)).toEqual(wanted);
    expect(list(all).kinds).toEqual(['silent', 'over-speed']);
  });

  it('greys out what closed within the hour, but not what became part of another', () => {
    const all = [
      alert('hour', { closedAt: now - 60 * minute, closedBy: 'over' }),
      alert('before', { closedAt: now - 59 * minute, closedBy: 'over' }),
      alert('just', { closedAt: now - minute, closedBy: 'rule' }),
      alert('part', { closedAt: now - minute, closedBy: 'folded' }),
    ];
    expect(list(all)).toMatchObject({ open: [], hidden: 0 });
    expect(ids(list(all).closed)).toEqual(['just', 'before']);
  });

  it('counts what waits for somebody', () => {
    const all = [
      alert('a'),
      alert('b', { severity: 'critical' }),
      alert('c', { acknowledged: seen }),
      alert('d', { snoozed: { ...seen, until: now + minute } }),
      alert('e', { closedAt: now, closedBy: 'over' }),
    ];
    expect(countWaiting(all, now)).toEqual({ all: 2, info: 0, warning: 1, critical: 1 });
  });
});

describe('what was kept of a filter', () => {
  it('is read as far as it can be', () => {
    expect(readAlertFilter({ severity: 'critical', kind: 'silent', mine: true })).toEqual({
      severity: 'critical',
      kind: 'silent',
      mine: true,
      acknowledged: true,
      snoozed: false,
    });
    expect(readAlertFilter({ severity: 'awful', kind: 7, mine: 'yes' })).toEqual(firstFilter);
    expect(readAlertFilter('all')).toBeUndefined();
  });
});

describe('the end of the day', () => {
  it('is the midnight of the agency', () => {
    // 12:00 in India
    expect(endOfDay(now, 'Asia/Kolkata')).toBe(Date.UTC(2026, 2, 10, 18, 30));
    expect(endOfDay(Date.UTC(2026, 2, 10, 18, 29, 59, 500), 'Asia/Kolkata')).toBe(Date.UTC(2026, 2, 10, 18, 30));
    expect(endOfDay(Date.UTC(2026, 2, 10), 'UTC')).toBe(Date.UTC(2026, 2, 11));
  });
});
