import { type AlertKind, alertKinds } from '../../../../protocol/alert.ts';
import { AlertRules, presetRules } from '../../../../protocol/alert-rules.ts';
import { numberGiven } from '../parts/form.ts';

/** Fields of a rule by `kind/field`, as the daemon's errors name them. */
export type RuleValues = Record<string, string | boolean>;

interface LimitSchema {
  default: number;
  minimum: number;
  maximum: number;
}

const own = ['on', 'severity', 'sounds', 'schedule'];
const schemasOf = (kind: AlertKind) => AlertRules.properties[kind].properties as Record<string, unknown>;

/** The thresholds of a rule, with what they may be. */
export function limitsOf(kind: AlertKind): { field: string; schema: LimitSchema }[] {
  return Object.entries(schemasOf(kind))
    .filter(([field]) => !own.includes(field))
    .map(([field, schema]) => ({ field, schema: schema as LimitSchema }));
}

export function valuesOf(rules: AlertRules): RuleValues {
  const values: RuleValues = {};
  for (const kind of alertKinds) {
    for (const [field, value] of Object.entries(rules[kind])) {
      values[`${kind}/${field}`] = typeof value === 'number' ? String(value) : value;
    }
  }
  return values;
}

/** What is sent: an empty threshold is left out, and so as preset. */
export function rulesOf(values: RuleValues): Record<string, Record<string, unknown>> {
  const rules: Record<string, Record<string, unknown>> = {};
  for (const kind of alertKinds) {
    const rule: Record<string, unknown> = {};
    for (const field of Object.keys(schemasOf(kind))) {
      const value = values[`${kind}/${field}`];
      const sent = own.includes(field) ? value : numberGiven(String(value ?? ''));
      if (sent !== undefined) rule[field] = sent;
    }
    rules[kind] = rule;
  }
  return rules;
}

/** Whether a rule differs from its preset. */
export function isChanged(values: RuleValues, kind: AlertKind): boolean {
  return Object.entries(presetRules[kind]).some(([field, preset]) => {
    const value = values[`${kind}/${field}`];
    return typeof preset === 'number' ? value !== '' && Number(value) !== preset : value !== preset;
  });
}

/** The values of a rule as preset. */
export function presetOf(kind: AlertKind): [name: string, value: string | boolean][] {
  return Object.entries(presetRules[kind]).map(([field, value]) => [
    `${kind}/${field}`,
    typeof value === 'number' ? String(value) : value,
  ]);
}
