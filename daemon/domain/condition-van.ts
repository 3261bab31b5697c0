import type { AlertKind } from '../../protocol/alert.ts';
import type { AlertRules } from '../../protocol/alert-rules.ts';
import { type Saying, saying } from '../../protocol/alert-text.ts';
import { applies, type Condition, ruled } from './condition.ts';
import type { VanInputs, ZoneNotice } from './condition-inputs.ts';
import type { Fast } from './condition-watch.ts';
import { silentVan } from './silence.ts';

const minute = 60_000;
/** A van whose last fix is older than this is not said to stand, ms: nobody knows. */
const known = 15 * minute;

/** What is wrong with a van. Fast: it is asked of every van, all the time. */
export function vanConditions(van: VanInputs, rules: AlertRules, now: number): Condition[] {
  const found: Condition[] = [];
  const { occasion, watch, devices } = van;
  if (applies(rules.silent, occasion)) {
    const silent = silentVan(van, rules, now);
    if (silent !== undefined) found.push(silent);
  }
  for (const { id, clockAhead = 0, lastSeen } of devices) {
    if (clockAhead <= rules['clock-wrong'].seconds * 1000 || !applies(rules['clock-wrong'], occasion)) continue;
    const line = saying('clock-wrong', { van: van.name, device: id, ahead: roundedUp(clockAhead) });
    found.push({ ...about(van, rules, 'clock-wrong', id, lastSeen, line), deviceId: id });
  }
  if (watch !== undefined) watched(van, rules, now, found);
  const { motion } = van;
  if (motion !== undefined && motion.state !== 'silent') moved(van, motion, rules, now, found);
  for (const notice of van.zones ?? []) zoned(van, notice, rules, found);
  return found;
}

/** A condition that goes on, by whatever cause, until it is over. */
function about(
  van: VanInputs,
  rules: AlertRules,
  kind: AlertKind,
  subject: string,
  cause: number,
  line: Saying,
): Condition {
  return { ...ruled(rules, kind), subject, cause, from: cause, continues: true, vanId: van.id, saying: line };
}

function watched(van: VanInputs, rules: AlertRules, now: number, found: Condition[]): void {
  const { watch, occasion, id, name } = van;
  const { low, draining, off } = watch ?? {};
  const battery = rules['battery-low'];
  if (low !== undefined && applies(battery, occasion)) {
    const line = saying('battery-low', { van: name, percent: low.percent, limit: battery.percent });
    const condition = about(van, rules, 'battery-low', id, low.since, line);
    if (low.percent <= battery.criticalPercent) condition.severity = 'critical';
    found.push(condition);
  }
  if (draining !== undefined && draining.from - draining.percent >= rules.unplugged.fallPercent) {
    const { since, from, percent } = draining;
    const line = saying('unplugged', { van: name, from, percent, since });
    if (applies(rules.unplugged, occasion)) found.push(about(van, rules, 'unplugged', id, since, line));
  }
  if (off !== undefined && applies(rules['off-route'], occasion)) {
    const limit = rules['off-route'].metres;
    const metres = Math.max(limit, Math.floor(off.metres / 500) * 500);
    const line = saying('off-route', { van: name, since: off.since, metres, limit });
    found.push(about(van, rules, 'off-route', id, off.since, line));
  }
  const rule = rules['over-speed'];
  for (const fast of [watch?.fast, watch?.fastBefore]) {
    if (fast === undefined || !sustained(fast, rule.openAfter * 1000) || !applies(rule, occasion)) continue;
    const until = fast.at + rule.staysFor * minute;
    if (now >= until) continue;
    const line = saying('over-speed', {
      van: name,
      since: fast.since,
      top: Math.round(fast.top),
      limit: Math.round(fast.limit),
    });
    found.push({ ...about(van, rules, 'over-speed', id, fast.since, line), openAfter: 0, until, continues: false });
  }
}

/** Two fixes in a row that lie far enough apart; it is the fixes that say so, not the clock. */
function sustained(fast: Fast, least: number): boolean {
  return fast.fixes > 1 && fast.at - fast.since >= least;
}

function moved(
  van: VanInputs,
  { state, since }: { state: string; since: number },
  rules: AlertRules,
  now: number,
  found: Condition[],
): void {
  const { occasion, id, name, closedSince, watch, mayStand } = van;
  if (state === 'moving') {
    const rule = rules['left-hours'];
    if (closedSince === undefined || !applies(rule, occasion)) return;
    const from = Math.max(since, closedSince + rule.toleranceMinutes * minute);
    if (now < from) return;
    const cause = Math.max(since, closedSince);
    const line = saying('left-hours', { van: name, since: cause });
    found.push({ ...about(van, rules, 'left-hours', id, cause, line), from });
    return;
  }
  const rule = rules['long-stop'];
  const limit = rule.minutes * minute;
  if (now < since + limit || !applies(rule, occasion) || watch?.last === undefined) return;
  if (now - watch.last.at > known && watch.last.at < since + limit) return;
  if (mayStand?.() === true) return;
  const line = saying('long-stop', { van: name, since, limit });
  found.push({ ...about(van, rules, 'long-stop', id, since, line), from: since + limit });
}

function zoned(van: VanInputs, notice: ZoneNotice, rules: AlertRules, found: Condition[]): void {
  const { what, zoneId, zone, at, last = at, limit = 0, top = 0 } = notice;
  const kind = `zone-${what}` as const;
  const rule = rules[kind];
  if (!applies(rule, van.occasion)) return;
  const said = { van: van.name, zone, since: at };
  const line =
    what === 'dwell'
      ? saying('zone-dwell', { ...said, limit })
      : what === 'speed'
        ? saying('zone-speed', { ...said, limit: Math.round(limit), top: Math.round(top) })
        : saying(kind as 'zone-enter', said);
  const condition = { ...about(van, rules, kind, subjectOf(van.id, zoneId), at, line), continues: false, zoneId };
  if ('staysFor' in rule) found.push({ ...condition, until: last + rule.staysFor * minute });
  else found.push({ ...condition, from: at + limit });
}

/** Ids of zones that follow from other things begin with a colon; ids of alerts keep it. */
function subjectOf(vanId: string, zoneId: string): string {
  return `${vanId}@${zoneId}`;
}

/** A clock that runs wrong is a little more so each time: told in whole minutes. */
function roundedUp(ms: number): number {
  return Math.ceil(ms / minute) * minute;
}
