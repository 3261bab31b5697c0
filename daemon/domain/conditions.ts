import type { AlertRules } from '../../protocol/alert-rules.ts';
import { saying } from '../../protocol/alert-text.ts';
import { type Condition, ruled } from './condition.ts';
import type { LogInputs, OrderInputs, VanInputs } from './condition-inputs.ts';
import { orderConditions } from './condition-order.ts';
import { vanConditions } from './condition-van.ts';

/** All that conditions of one agency are found from. */
export interface AgencyInputs {
  vans: Iterable<VanInputs>;
  orders: Iterable<OrderInputs>;
  log?: LogInputs;
  /** in the working hours of the agency; true where it has set none */
  working: boolean;
}

/** Everything that is wrong in an agency at `now` (UTC ms): pure. */
export function conditions(inputs: AgencyInputs, rules: AlertRules, now: number): Condition[] {
  const found: Condition[] = [];
  for (const van of inputs.vans) found.push(...vanConditions(van, rules, now));
  for (const order of inputs.orders) found.push(...orderConditions(order, rules, now, inputs.working));
  if (inputs.log !== undefined) found.push(...logConditions(inputs.log, rules));
  return found;
}

/** What is wrong with the log of this daemon. It is the same for every agency on it. */
export function logConditions({ problem, since }: LogInputs, rules: AlertRules): Condition[] {
  if (!rules['log-trouble'].on) return [];
  const line = saying('log-trouble', { problem });
  const cause = { subject: 'log', cause: since, from: since };
  return [{ ...ruled(rules, 'log-trouble'), ...cause, continues: true, saying: line }];
}
