import type { Alert } from '../../protocol/alert.ts';
import type { AlertsView } from '../domain/alert-view.ts';
import type { DerivedNews } from '../project/webhooks.ts';
import type { Change } from '../project/world.ts';
import type { NewsSource } from './webhooks.ts';

/** Alerts that were opened this long before the time asked about may have closed since, ms. */
const longestOpen = 7 * 86_400_000;

/**
 * Alerts as webhooks are told of them: once when one opens, once when it closes, each under a key that is the same at
 * every daemon. What people do with them is left out: it names accounts.
 */
export function alertNews(deps: {
  alerts: Pick<AlertsView, 'alert' | 'find'>;
  agencies: () => Iterable<{ id: string }>;
  onChange: (listener: (change: Pick<Change, 'agency' | 'alerts'>) => void) => () => void;
}): NewsSource {
  const { alerts, agencies, onChange } = deps;
  return {
    *recent(since) {
      for (const { id: agency } of agencies()) {
        const found: DerivedNews[] = [];
        for (const alert of alerts.find(agency, {})) {
          if (alert.openedAt < since - longestOpen) break;
          found.push(...newsOf(alert).filter(({ time }) => time >= since));
        }
        found.sort((a, b) => a.time - b.time);
        for (const news of found) yield { agency, news };
      }
    },
    onNews: (listener) =>
      onChange(({ agency, alerts: changed = [] }) => {
        for (const id of changed) {
          const alert = alerts.alert(agency, id);
          // An act of a person changes it too: what was told already is passed over where it is put in line.
          if (alert !== undefined) for (const news of newsOf(alert)) listener(agency, news);
        }
      }),
  };
}

function newsOf(alert: Alert): DerivedNews[] {
  const { id, kind, severity, since, openedAt, closedAt, closedBy, vanId, orderId, deviceId, zoneId, vanIds } = alert;
  const { template, params, text } = alert;
  const about = { vanId, orderId, deviceId, zoneId, vanIds };
  const data = { id, kind, severity, since, openedAt, ...about, template, params, text };
  const opened: DerivedNews = { key: `${id}:opened`, type: 'alert-opened', time: openedAt, data };
  if (closedAt === undefined) return [opened];
  return [opened, { key: `${id}:closed`, type: 'alert-closed', time: closedAt, data: { ...data, closedAt, closedBy } }];
}
