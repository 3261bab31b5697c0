import type { Alert, AlertKind } from '../../protocol/alert.ts';
import type { Saying } from '../../protocol/alert-text.ts';
import { type Condition, idOf, keepsOpen, opens, slotOf } from './condition.ts';

/** An alert as it is kept: without what people did with it. */
export interface KeptAlert extends Omit<Alert, 'text' | 'template' | 'params' | 'version'> {
  slot: string;
  saying: Saying;
  closeAfter: number;
  /** UTC ms since when nothing keeps it open; it closes `closeAfter` later */
  clearSince?: number;
  /** it is snoozed */
  asleep?: true;
}

/** The alerts of an agency. */
export interface AlertState {
  /** by slot */
  open: ReadonlyMap<string, KeptAlert>;
  /** of what must last before it is raised, and cannot say since when it does: when it was first seen; by slot */
  seen: ReadonlyMap<string, number>;
}

export const noAlerts: AlertState = { open: new Map(), seen: new Map() };

/** What people want, and what has been. */
export interface AlertWishes {
  on(kind: AlertKind): boolean;
  muted(vanId: string, kind: AlertKind): boolean;
  /** UTC ms until which it is snoozed */
  snoozedUntil(alert: KeptAlert): number | undefined;
  /** one that was closed before, by id */
  past(id: string): KeptAlert | undefined;
  /** UTC ms; what had to be told before is nothing new: nobody is told again after everything was built anew */
  quietBefore: number;
}

/** What became of alerts at one time. */
export interface AlertTurn {
  state: AlertState;
  /** raised: each alert once in its life */
  opened: KeptAlert[];
  closed: KeptAlert[];
  /** they say something else, are open again, or are not snoozed any more */
  changed: KeptAlert[];
}

/**
 * Opens and closes alerts so that those are open of which something is wrong. The same cause is raised once: what was
 * closed too early (a late fact said so, the van was muted for a while) is opened again without a word.
 */
export function keep(state: AlertState, conditions: readonly Condition[], wishes: AlertWishes, now: number): AlertTurn {
  const open = new Map<string, KeptAlert>();
  const seen = new Map<string, number>();
  const turn: AlertTurn = { state: { open, seen }, opened: [], closed: [], changed: [] };
  const { wrong, folded, muted } = sorted(conditions, wishes, now);

  for (const [slot, alert] of state.open) {
    const condition = wrong.get(slot)?.at(-1);
    if (condition !== undefined) {
      const next = awake(as(alert, condition), wishes, now);
      open.set(slot, next);
      if (next !== alert && tells(alert, next)) turn.changed.push(next);
      continue;
    }
    const closedBy = folded.has(slot)
      ? 'folded'
      : muted.has(slot)
        ? 'muted'
        : wishes.on(alert.kind)
          ? undefined
          : 'rule';
    const clearSince = alert.clearSince ?? now;
    if (closedBy === undefined && now < clearSince + alert.closeAfter) {
      open.set(slot, alert.clearSince === undefined ? { ...alert, clearSince } : alert);
      continue;
    }
    const { clearSince: _clear, asleep: _asleep, ...rest } = alert;
    turn.closed.push({ ...rest, closedAt: now, closedBy: closedBy ?? 'over' });
  }

  for (const [slot, some] of wrong) {
    if (open.has(slot)) continue;
    const condition = some.find((one) => mayOpen(one, slot, state.seen, seen, now));
    if (condition === undefined) continue;
    const before = wishes.past(idOf(condition));
    if (before === undefined) {
      const alert = newAlert(condition, slot, wishes.quietBefore, now);
      open.set(slot, alert);
      turn.opened.push(alert);
      continue;
    }
    const { closedAt: _at, closedBy: _by, ...again } = before;
    const alert = awake(as(again, condition), wishes, now);
    open.set(slot, alert);
    turn.changed.push(alert);
  }
  return turn;
}

/** What is wrong by slot, oldest cause first; and the slots whose alert is part of another, or muted. */
function sorted(conditions: readonly Condition[], wishes: AlertWishes, now: number) {
  const wrong = new Map<string, Condition[]>();
  const folded = new Set<string>();
  const muted = new Set<string>();
  for (const condition of conditions) {
    if (!keepsOpen(condition, now)) continue;
    const slot = slotOf(condition);
    if (condition.vanId !== undefined && wishes.muted(condition.vanId, condition.kind)) {
      muted.add(slot);
      continue;
    }
    for (const vanId of condition.vanIds ?? []) folded.add(`silent:${vanId}`);
    const others = wrong.get(slot);
    if (others === undefined) wrong.set(slot, [condition]);
    else others.splice(others.filter(({ cause }) => cause <= condition.cause).length, 0, condition);
  }
  return { wrong, folded, muted };
}

function mayOpen(
  condition: Condition,
  slot: string,
  before: ReadonlyMap<string, number>,
  seen: Map<string, number>,
  now: number,
): boolean {
  if (condition.unsure !== true) return opens(condition, now);
  const since = before.get(slot) ?? now;
  seen.set(slot, since);
  return opens({ ...condition, from: Math.max(since, condition.from) }, now);
}

function newAlert(condition: Condition, slot: string, quietBefore: number, now: number): KeptAlert {
  const { kind, severity, sounds, cause, saying, closeAfter, from, openAfter } = condition;
  return {
    id: idOf(condition),
    slot,
    kind,
    severity,
    sounds,
    since: cause,
    openedAt: now,
    saying,
    closeAfter,
    ...subjectsOf(condition),
    ...(from + openAfter < quietBefore ? { quiet: true } : {}),
  };
}

function subjectsOf({ vanId, orderId, deviceId, zoneId, vanIds }: Condition) {
  return {
    ...(vanId === undefined ? {} : { vanId }),
    ...(orderId === undefined ? {} : { orderId }),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(zoneId === undefined ? {} : { zoneId }),
    ...(vanIds === undefined ? {} : { vanIds }),
  };
}

/** The alert as the condition now says it; the same object when nothing is different. */
function as(alert: KeptAlert, condition: Condition): KeptAlert {
  const { severity, sounds, saying, closeAfter } = condition;
  const same =
    alert.clearSince === undefined &&
    alert.severity === severity &&
    alert.sounds === sounds &&
    alert.closeAfter === closeAfter &&
    alert.vanId === condition.vanId &&
    JSON.stringify(alert.saying) === JSON.stringify(saying) &&
    alert.vanIds?.join() === condition.vanIds?.join();
  if (same) return alert;
  const { clearSince: _clear, vanId: _van, ...rest } = alert;
  return { ...rest, severity, sounds, saying, closeAfter, ...subjectsOf(condition) };
}

function awake(alert: KeptAlert, wishes: AlertWishes, now: number): KeptAlert {
  const asleep = (wishes.snoozedUntil(alert) ?? 0) > now;
  if (asleep === (alert.asleep === true)) return alert;
  const { asleep: _asleep, ...rest } = alert;
  return asleep ? { ...rest, asleep } : rest;
}

/** Whether people see a difference. That nothing keeps it open any more for a moment is none. */
function tells({ clearSince: _before, closeAfter: _b, ...before }: KeptAlert, after: KeptAlert): boolean {
  const { clearSince: _after, closeAfter: _a, ...rest } = after;
  return JSON.stringify(Object.entries(before).sort()) !== JSON.stringify(Object.entries(rest).sort());
}
