import type { Alert, Muted } from '../../protocol/alert.ts';
import { type AlertRulesInput, contradiction, settingsOf, withPresets } from '../../protocol/alert-rules.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import { ofAlert, ofMuted, ofRules } from './alert-acts.ts';
import type { AlertsView, RulesSet, VanMuted } from './alert-view.ts';
import {
  type Context,
  type Decide,
  type Decision,
  eventRecord,
  isRefusal,
  type Refusal,
  refuse,
  refuseValue,
  staleness,
} from './decision.ts';
import type { Subject } from './subject.ts';

/** Longest snooze, ms: whoever wants silence for longer mutes the van. */
const longestSnooze = 7 * 86_400_000;

/** Somebody has seen it. */
export function acknowledgeAlert(alerts: AlertsView, agency: string, id: string): Decide<Alert> {
  return onAlert(alerts, agency, id, (alert, context, expects) => {
    if (alert.acknowledged !== undefined) return alert;
    const { actor: by, now: at } = context;
    const record = eventRecord(agency, 'alert-acknowledged', { id }, expects, context);
    return { record, value: { ...alert, acknowledged: { by, at } } };
  });
}

/** Somebody looks after it; null: nobody any more. */
export function assignAlert(alerts: AlertsView, agency: string, id: string, to: string | null): Decide<Alert> {
  return onAlert(alerts, agency, id, (alert, context, expects) => {
    if ((alert.assigned?.to ?? null) === to) return alert;
    const { actor: by, now: at } = context;
    const { assigned: _before, ...rest } = alert;
    const record = eventRecord(agency, 'alert-assigned', { id, account: to }, expects, context);
    return { record, value: to === null ? rest : { ...rest, assigned: { to, by, at } } };
  });
}

/** It is not shown as urgent until a time (UTC ms); null: it is again. */
export function snoozeAlert(alerts: AlertsView, agency: string, id: string, until: number | null): Decide<Alert> {
  return onAlert(alerts, agency, id, (alert, context, expects) => {
    const { actor: by, now: at } = context;
    if (until !== null && until <= at) return refuse('invalid', whyAt('until', why('time-past')));
    if (until !== null && until > at + longestSnooze) return refuse('invalid', whyAt('until', why('snooze-long')));
    if ((alert.snoozed?.until ?? null) === until) return alert;
    const { snoozed: _before, ...rest } = alert;
    const record = eventRecord(agency, 'alert-snoozed', { id, wakeAt: until }, expects, context);
    return { record, value: until === null ? rest : { ...rest, snoozed: { until, by, at } } };
  });
}

/** The kinds that are not raised for a van, all of them. `If-Match` names the version of this list. */
export function muteVan(alerts: AlertsView, agency: string, vanId: string, muted: readonly Muted[]): Decide<VanMuted> {
  return (view, context) => {
    if (view.van(agency, vanId) === undefined) return refuse('missing', `van ${vanId} does not exist`);
    const present = alerts.muted(agency, vanId);
    const stale = staleness(present, `what is muted for van ${vanId}`, context);
    if (stale !== undefined) return stale;
    const past = muted.findIndex(({ until }) => until !== undefined && until <= context.now);
    if (past >= 0) return refuse('invalid', whyAt(`muted.${past}.until`, why('time-past')));
    const byKind = new Map(muted.map((one) => [one.kind, one]));
    if (byKind.size < muted.length) return refuse('invalid', whyAt('muted', why('muted-twice')));
    if (JSON.stringify(present.muted) === JSON.stringify(muted)) return { ok: true, records: [], value: present };
    const expects = expected(alerts, agency, ofMuted(vanId));
    const record = eventRecord(agency, 'van-muted', { vanId, muted: [...muted] }, expects, context);
    return decided(record, { muted: [...muted], version: present.version + 1 });
  };
}

/** The rules of the agency, all of them; what is left out is as preset. `If-Match` names their version. */
export function setAlertRules(alerts: AlertsView, agency: string, input: AlertRulesInput): Decide<RulesSet> {
  return (_view, context) => {
    const present = alerts.rules(agency);
    const stale = staleness(present, 'the rules', context);
    if (stale !== undefined) return stale;
    const rules = withPresets(input);
    const wrong = contradiction(rules);
    if (wrong !== undefined) return refuseValue(`${wrong.path.slice(1).replaceAll('/', '.')}: ${wrong.message}`);
    const settings = settingsOf(input);
    if (JSON.stringify(settings) === JSON.stringify(present.settings)) return { ok: true, records: [], value: present };
    const expects = expected(alerts, agency, ofRules);
    const record = eventRecord(agency, 'alert-rules-set', { settings }, expects, context);
    return decided(record, { rules, settings, version: present.version + 1 });
  };
}

interface Done {
  record: LogRecord | Refusal;
  value: Alert;
}

/** A command on an open alert. An act that changes nothing gives the alert as it is. */
function onAlert(
  alerts: AlertsView,
  agency: string,
  id: string,
  act: (alert: Alert, context: Context, expects: ReturnType<typeof expected>) => Done | Alert | Refusal,
): Decide<Alert> {
  return (_view, context) => {
    const alert = alerts.alert(agency, id);
    if (alert === undefined) return refuse('missing', `alert ${id} does not exist`);
    const stale = staleness(alert, `alert ${id}`, context);
    if (stale !== undefined) return stale;
    if (alert.closedAt !== undefined) return refuse('invalid', why('alert-closed', { id }), alert);
    const done = act(alert, context, expected(alerts, agency, ofAlert(id)));
    if ('ok' in done) return done;
    if ('id' in done) return { ok: true, records: [], value: done };
    return decided(done.record, { ...done.value, version: alert.version + 1 });
  };
}

function expected(alerts: AlertsView, agency: string, subject: Subject) {
  return [{ subject, version: alerts.count(agency, subject) }];
}

function decided<T>(record: LogRecord | Refusal, value: T): Decision<T> | Refusal {
  return isRefusal(record) ? record : { ok: true, records: [record], value };
}
