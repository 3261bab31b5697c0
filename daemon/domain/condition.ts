import type { AlertKind, Severity } from '../../protocol/alert.ts';
import type { AlertRules, RuleSchedule } from '../../protocol/alert-rules.ts';
import type { Saying } from '../../protocol/alert-text.ts';

/**
 * Something that is wrong now, or was a moment ago, as the facts known say. A condition knows nothing of alerts: it is a
 * function of facts, rules and the time, and the same facts give the same conditions in whatever order they came.
 */
export interface Condition {
  kind: AlertKind;
  /** a van, an order, a device; `VAN@ZONE` */
  subject: string;
  /** UTC ms of the cause; with kind and subject the id of the alert */
  cause: number;
  /** UTC ms since when it is wrong (of a silent van: since when it should have been heard) */
  from: number;
  /** UTC ms from which on it is no news any more, for what is told once; absent: it goes on */
  until?: number;
  /** it is not known since when it is wrong: that is counted from when it is first seen, so that it must last */
  unsure?: true;
  /** UTC ms before which it is not raised, for example because this daemon was not there to hear the van */
  notBefore?: number;
  /** ms that it must last before it is raised, and must be over before it closes */
  openAfter: number;
  closeAfter: number;
  /** another cause of the same kind and subject while an alert is open continues that alert */
  continues: boolean;
  severity: Severity;
  sounds: boolean;
  vanId?: string;
  orderId?: string;
  deviceId?: string;
  zoneId?: string;
  vanIds?: string[];
  saying: Saying;
  /** of a silent van, for `storm.ts`: what it is heard through, where that is known, and its usual interval, ms */
  silence?: { carrier?: string; interval?: number };
}

/** The alert that a condition would be. */
export function idOf({ kind, subject, cause }: Pick<Condition, 'kind' | 'subject' | 'cause'>): string {
  return `${kind}:${subject}:${cause}`;
}

/** Of one slot at most one alert is open. */
export function slotOf(condition: Pick<Condition, 'kind' | 'subject' | 'cause' | 'continues'>): string {
  return condition.continues ? `${condition.kind}:${condition.subject}` : idOf(condition);
}

/** Whether it is wrong, and has been for long enough to be raised. */
export function opens(condition: Condition, now: number): boolean {
  const { from, until, openAfter, notBefore = 0 } = condition;
  return now >= from + openAfter && now >= notBefore && (until === undefined || now < until);
}

/** Whether an open alert stays open by it. */
export function keepsOpen({ from, until }: Condition, now: number): boolean {
  return now >= from && (until === undefined || now < until);
}

interface EveryRule {
  severity: Severity;
  sounds: boolean;
  /** s */
  openAfter?: number;
  closeAfter?: number;
}

/** What a rule says of every condition of its kind. */
export function ruled(rules: AlertRules, kind: AlertKind) {
  const { severity, sounds, openAfter = 0, closeAfter = 0 } = rules[kind] as EveryRule;
  return { kind, severity, sounds, openAfter: openAfter * 1000, closeAfter: closeAfter * 1000 };
}

/** What schedules are about. */
export interface Occasion {
  /** in the working hours of the agency; true where it has set none */
  working: boolean;
  /** the van has an order out for delivery */
  onRun: boolean;
}

/** Whether a rule is raised now. */
export function applies(rule: { on: boolean; schedule: RuleSchedule }, { working, onRun }: Occasion): boolean {
  if (!rule.on) return false;
  switch (rule.schedule) {
    case 'always':
      return true;
    case 'working-hours':
      return working;
    case 'run':
      return onRun;
    case 'working-hours-or-run':
      return working || onRun;
  }
}
