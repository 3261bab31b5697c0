import { type Alert, type AlertKind, alertKinds, type Severity, severities } from '../../../../protocol/alert.ts';

/** Which open alerts the list shows; it is remembered. */
export interface AlertFilter {
  severity: Severity | 'all';
  kind: AlertKind | 'all';
  /** only those that whoever looks is to look after */
  mine: boolean;
  /** also those that somebody has seen */
  acknowledged: boolean;
  /** also those that are put off */
  snoozed: boolean;
}

export const everyAlert: AlertFilter = { severity: 'all', kind: 'all', mine: false, acknowledged: true, snoozed: true };
export const firstFilter: AlertFilter = { ...everyAlert, snoozed: false };

/** What was kept of a filter, as far as it can be read. */
export function readAlertFilter(stored: unknown): AlertFilter | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { severity, kind, mine, acknowledged, snoozed } = stored as Record<string, unknown>;
  const is = (value: unknown, preset: boolean) => (typeof value === 'boolean' ? value : preset);
  return {
    severity: severities.find((each) => each === severity) ?? 'all',
    kind: alertKinds.find((each) => each === kind) ?? 'all',
    mine: is(mine, firstFilter.mine),
    acknowledged: is(acknowledged, firstFilter.acknowledged),
    snoozed: is(snoozed, firstFilter.snoozed),
  };
}

/** Closed alerts are shown, grey, for so long, ms. */
const shownAfterwards = 3_600_000;
const mostClosed = 20;

export function isSnoozed({ snoozed }: Alert, now: number): boolean {
  return snoozed !== undefined && snoozed.until > now;
}

/** Whether it waits for somebody: open, and neither seen nor put off. */
export function isWaiting(alert: Alert, now: number): boolean {
  return alert.closedAt === undefined && alert.acknowledged === undefined && !isSnoozed(alert, now);
}

/** How many wait, by severity. */
export function countWaiting(alerts: Iterable<Alert>, now: number): Record<Severity, number> & { all: number } {
  const counts = { all: 0, info: 0, warning: 0, critical: 0 };
  for (const alert of alerts) {
    if (!isWaiting(alert, now)) continue;
    counts.all++;
    counts[alert.severity]++;
  }
  return counts;
}

export interface AlertList {
  /** open ones that pass the filter: of greatest weight first, then the newest */
  open: Alert[];
  /** how many open ones the filter hides */
  hidden: number;
  /** closed lately, the newest first */
  closed: Alert[];
  /** the kinds there are among the open ones */
  kinds: AlertKind[];
}

/** `me`: id of the account that looks. */
export function listAlerts(
  alerts: Iterable<Alert>,
  filter: AlertFilter,
  { now, me }: { now: number; me: string | undefined },
): AlertList {
  const open: Alert[] = [];
  const closed: Alert[] = [];
  const kinds = new Set<AlertKind>();
  let hidden = 0;
  for (const alert of alerts) {
    if (alert.closedAt === undefined) {
      kinds.add(alert.kind);
      if (passes(alert, filter, now, me)) open.push(alert);
      else hidden++;
    } else if (now - alert.closedAt < shownAfterwards && alert.closedBy !== 'folded') closed.push(alert);
  }
  open.sort((a, b) => weight(b) - weight(a) || b.since - a.since || (a.id < b.id ? -1 : 1));
  closed.sort((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0));
  return { open, hidden, closed: closed.slice(0, mostClosed), kinds: alertKinds.filter((kind) => kinds.has(kind)) };
}

function passes(alert: Alert, filter: AlertFilter, now: number, me: string | undefined): boolean {
  return (
    (filter.severity === 'all' || alert.severity === filter.severity) &&
    (filter.kind === 'all' || alert.kind === filter.kind) &&
    (!filter.mine || (me !== undefined && alert.assigned?.to === me)) &&
    (filter.acknowledged || alert.acknowledged === undefined) &&
    (filter.snoozed || !isSnoozed(alert, now))
  );
}

function weight({ severity }: Alert): number {
  return severities.indexOf(severity);
}

/**
 * The end of the day at the agency, UTC ms. A day on which clocks are put forward or back ends an hour off; for putting
 * an alert off that is as good.
 */
export function endOfDay(now: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const [hour = 0, minute = 0, second = 0] = ['hour', 'minute', 'second'].map((type) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0),
  );
  const left = 86_400 - (hour * 3600 + minute * 60 + second);
  return Math.floor(now / 1000) * 1000 + left * 1000;
}
