import type { AlertKind } from '../../protocol/alert.ts';
import type { AlertRules } from '../../protocol/alert-rules.ts';
import { type Saying, saying } from '../../protocol/alert-text.ts';
import { applies, type Condition, ruled } from './condition.ts';
import type { OrderInputs } from './condition-inputs.ts';
import { isOpen } from './order.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Estimates move with every fix; a line says them in steps of this, ms, so that it is not a new line each time. */
const step = 5 * minute;

/** What is wrong with an order. `working`: in the working hours of the agency. */
export function orderConditions(of: OrderInputs, rules: AlertRules, now: number, working: boolean): Condition[] {
  const found: Condition[] = [];
  const occasion = { working, onRun: of.order.state === 'out-for-delivery' };
  const may = (kind: AlertKind) => applies(rules[kind], occasion);
  if (isOpen(of.order)) {
    if (may('order-late')) lateForPlan(of, rules, found);
    if (may('norm-risk')) normAtRisk(of, rules, now, found);
    const { wrongCodes } = of;
    if (wrongCodes !== undefined && wrongCodes.tries >= rules['wrong-code'].tries && may('wrong-code')) {
      const { tries, at } = wrongCodes;
      const line = saying('wrong-code-tries', { order: of.order.id, van: vanOf(of), tries, since: at });
      const until = at + rules['wrong-code'].staysFor * minute;
      if (now < until) found.push({ ...about(of, rules, 'wrong-code', at, line), until });
    }
    return found;
  }
  // What was planned for the time out is said of the end as well.
  const ended = { working, onRun: true };
  if (of.order.state === 'delivered') delivered(of, rules, now, found, (kind) => applies(rules[kind], ended));
  return found;
}

function about(of: OrderInputs, rules: AlertRules, kind: AlertKind, cause: number, line: Saying): Condition {
  const { id, vanId } = of.order;
  const condition: Condition = {
    ...ruled(rules, kind),
    subject: id,
    cause,
    from: cause,
    continues: true,
    orderId: id,
    saying: line,
  };
  return vanId === undefined ? condition : { ...condition, vanId };
}

function vanOf({ van, order }: OrderInputs): string {
  return van ?? order.vanId ?? '';
}

function lateForPlan(of: OrderInputs, rules: AlertRules, found: Condition[]): void {
  const { order, estimate } = of;
  const { likely = 0, planned } = estimate ?? {};
  if (planned === undefined || order.state !== 'out-for-delivery') return;
  if (likely <= planned + rules['order-late'].minutes * minute) return;
  const line = saying('order-late', { order: order.id, van: vanOf(of), likely: rounded(likely), planned });
  const from = Math.min(planned, order.outAt ?? planned);
  found.push({ ...about(of, rules, 'order-late', planned, line), from, unsure: true });
}

/** The cause is the end of its 48 hours: one alert, from the risk to the breach. */
function normAtRisk({ order, estimate, van }: OrderInputs, rules: AlertRules, now: number, found: Condition[]): void {
  const { id, dueAt: due, state } = order;
  const soon = due - rules['norm-risk'].hours * hour;
  const likely = estimate?.likely;
  const add = (from: number, line: Saying, severity?: 'critical') => {
    const of = van === undefined ? { order } : { order, van };
    const condition = { ...about(of, rules, 'norm-risk', due, line), from };
    found.push(severity === undefined ? condition : { ...condition, severity });
  };
  if (now >= due) add(due, saying('norm-broken', { order: id, due }), 'critical');
  else if (likely !== undefined && likely > due) {
    add(order.bookedAt, saying('norm-forecast', { order: id, due, likely: rounded(likely) }));
  } else if (now >= soon && state !== 'out-for-delivery') add(soon, saying('norm-risk', { order: id, due }));
}

function delivered(
  of: OrderInputs,
  rules: AlertRules,
  now: number,
  found: Condition[],
  may: (kind: AlertKind) => boolean,
): void {
  const { order } = of;
  const { id, delivery, endedAt: since = 0, reason = '' } = order;
  // Told later than done, it is news when it is told, for as long as it would have been.
  const add = (kind: 'no-code' | 'far-from-door' | 'wrong-code', line: Saying) => {
    const until = since + rules[kind].staysFor * minute;
    if (now < until && may(kind)) found.push({ ...about(of, rules, kind, since, line), until });
  };
  if (order.flags.includes('no-code')) {
    add('no-code', saying('no-code', { order: id, van: vanOf(of), since, reason: reason === '' ? '–' : reason }));
  }
  if (delivery?.confirmation === 'wrong-code') {
    add('wrong-code', saying('wrong-code', { order: id, van: vanOf(of), since }));
  }
  const metres = of.metresFromDoor ?? delivery?.metresFromDoor;
  const limit = rules['far-from-door'].metres;
  if (metres !== undefined && metres > limit) {
    const line = saying('far-from-door', { order: id, van: vanOf(of), since, metres: Math.round(metres), limit });
    add('far-from-door', line);
  }
}

function rounded(time: number): number {
  return Math.round(time / step) * step;
}
