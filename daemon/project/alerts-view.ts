import { mayManage, rightsOn } from '../../protocol/access.ts';
import { type Alert, operatorKinds } from '../../protocol/alert.ts';
import { alertText } from '../../protocol/alert-text.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { Acts } from '../domain/alert-acts.ts';
import type { KeptAlert } from '../domain/alert-keep.ts';
import type { AlertsView } from '../domain/alert-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { type AlertActsProjection, kindAndSubjectOf } from './alerts-acts.ts';
import type { AlertsKept } from './alerts-kept.ts';

/** Clocks of two daemons differ by less than this, ms. */
const clocks = 60_000;

/** Alerts as people read them: as they are kept, with what was done with them and the line in English. */
export function alertsView(deps: {
  kept: AlertsKept;
  acts: AlertActsProjection;
  registry: Pick<RegistryView, 'agency'>;
}): AlertsView {
  const { kept, acts, registry } = deps;
  const shown = (agency: string, alert: KeptAlert): Alert => {
    const { slot: _slot, saying, closeAfter: _after, clearSince: _clear, asleep: _asleep, ...rest } = alert;
    const timeZone = registry.agency(agency)?.timeZone ?? 'UTC';
    const text = alertText(saying, { language: 'en', timeZone, now: alert.openedAt });
    return {
      ...rest,
      ...saying,
      text,
      ...actsOn(deps, agency, alert),
      version: acts.of(agency, alert.id)?.version ?? 0,
    };
  };
  return {
    alert(agency, id) {
      const alert = kept.alert(agency, id);
      return alert === undefined ? undefined : shown(agency, alert);
    },
    *open(agency) {
      for (const alert of kept.state(agency).open.values()) yield shown(agency, alert);
    },
    *find(agency, query, after) {
      for (const alert of kept.find(agency, query, after)) yield shown(agency, alert);
    },
    muted: (agency, vanId) => acts.muted(agency, vanId),
    rules: (agency) => acts.rules(agency),
    rulesAt: (agency, time) => acts.rulesAt(agency, time),
    count: (agency, subject) => acts.count(agency, subject),
  };
}

/** Whether a viewer may see an alert: staff of its agency; what is about the daemon is the administrator's, as dead letters are. */
export function seesAlert(
  viewer: Viewer,
  agency: string,
  { id, kind }: Pick<Alert, 'id' | 'kind'>,
  now: number,
): boolean {
  if (!rightsOn(viewer, { kind: 'alert', agency, id }, now).see) return false;
  return !operatorKinds.has(kind) || mayManage(viewer, 'dead-letters', agency, now);
}

interface Known {
  kept: AlertsKept;
  acts: AlertActsProjection;
}

/** UTC ms until which an alert is snoozed. */
export function snoozedUntil(known: Known, agency: string, alert: KeptAlert, now: number): number | undefined {
  const until = actsOn(known, agency, alert).snoozed?.until;
  return until !== undefined && until > now ? until : undefined;
}

/** What was done with an alert, here or at a daemon that calls it by another cause. */
function actsOn({ kept, acts }: Known, agency: string, alert: KeptAlert): Acts {
  const own = acts.of(agency, alert.id)?.acts;
  if (own !== undefined) return own;
  const { slot, openedAt, closedAt = Number.POSITIVE_INFINITY } = alert;
  // Alerts of one cause each have none but themselves of their kind and subject.
  if (slot !== kindAndSubjectOf(alert.id)) return {};
  const same = acts.ofSame(agency, slot);
  if (same === undefined || same.entry.time < openedAt - clocks || same.entry.time > closedAt) return {};
  // One that is known here by that id was another one.
  return kept.alert(agency, same.id) === undefined ? (same.entry.acts ?? {}) : {};
}
