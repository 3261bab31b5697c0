import { Button, CloseButton } from '@mantine/core';
import { IconCheck, IconUserCheck, IconZzz } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { Alert } from '../../../../protocol/alert.ts';
import { useConsole, useParts, useZone } from '../../console-context.ts';
import { ago, fullTime, timeSince } from '../../format.ts';
import { words } from '../../words.ts';
import { AlertMenu } from './AlertMenu.tsx';
import { lineOf } from './alert-line.ts';
import { isSnoozed, isWaiting } from './alert-list.ts';
import { accountOf } from './requests.ts';
import { SeverityMark } from './SeverityMark.tsx';
import { ThingLinks, useShow } from './ThingLinks.tsx';

interface AlertRowProps {
  alert: Alert;
  now: number;
  /** the keys stand on it */
  isAt: boolean;
}

/** One alert: its line, since when, whom it is about, who has seen it, and what can be done. */
export function AlertRow({ alert, now, isAt }: AlertRowProps) {
  const { console, alerts } = useParts();
  const { store } = console;
  const zone = useZone();
  const said = useStore(alerts.state, (state) => state.said.get(alert.id));
  const isLive = useConsole((state) => state.link.kind === 'live');
  const show = useShow();
  const row = useRef<HTMLLIElement>(null);
  const isOpen = alert.closedAt === undefined;
  const kind = words.alerts.kinds[alert.kind] ?? alert.kind;
  // Shown from the map's note: the row comes into view, without taking the focus from anybody.
  useEffect(() => {
    if (isAt) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isAt]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.target !== row.current) return;
    event.preventDefault();
    if (alert.vanId !== undefined) show({ kind: 'van', id: alert.vanId });
    else if (alert.orderId !== undefined) show({ kind: 'order', id: alert.orderId });
  };

  return (
    <li
      ref={row}
      className="alert"
      data-alert-id={isOpen ? alert.id : undefined}
      data-severity={alert.severity}
      data-state={isOpen ? (isWaiting(alert, now) ? 'waiting' : 'seen') : 'closed'}
      data-at={isAt}
      tabIndex={isOpen ? (isAt ? 0 : -1) : undefined}
      onFocus={() => isOpen && store.setState({ alertAt: alert.id })}
      onKeyDown={onKeyDown}
    >
      <SeverityMark severity={alert.severity} size={20} />
      <div className="alert-main">
        <p className="alert-kind">
          <span>{kind}</span>
          <time dateTime={new Date(alert.since).toISOString()} title={fullTime(alert.since, zone)}>
            {isOpen ? ago(alert.since, now) : words.alerts.closedAt(timeSince(alert.closedAt ?? now, now, zone))}
          </time>
        </p>
        <p className="alert-line">{lineOf(alert, zone, now)}</p>
        <ThingLinks vanId={alert.vanId} orderId={alert.orderId} />
        <FoldedVans alert={alert} />
        {isOpen && <Done alert={alert} now={now} zone={zone} />}
        {said !== undefined && (
          <p className="alert-said" data-kind={said.kind} role="status">
            <span>{said.text}</span>
            <CloseButton size="xs" aria-label={words.alerts.putAway} onClick={() => alerts.putAway(alert.id)} />
          </p>
        )}
      </div>
      {isOpen && (
        <div className="alert-acts">
          <AlertMenu alert={alert} disabled={!isLive} />
          {alert.acknowledged === undefined && (
            <Button
              variant="default"
              size="compact-xs"
              disabled={!isLive}
              title={`${words.alerts.acknowledgeHint} (K)`}
              leftSection={<IconCheck size={14} aria-hidden="true" />}
              onClick={() => void alerts.acknowledge(alert.id)}
            >
              {words.alerts.acknowledge}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

/** What people have done with it. */
function Done({ alert, now, zone }: { alert: Alert; now: number; zone: string }) {
  const { alerts } = useParts();
  const me = useConsole((state) => state.viewer?.subject);
  const colleagues = useStore(alerts.state, (state) => state.colleagues);
  const nameOf = (account: string) =>
    account === me ? words.alerts.me : (colleagues.find(({ id }) => id === account)?.name ?? account);
  const { acknowledged, assigned, snoozed } = alert;
  const isAsleep = isSnoozed(alert, now);
  if (acknowledged === undefined && assigned === undefined && !isAsleep) return null;
  return (
    <ul className="alert-done">
      {acknowledged !== undefined && (
        <li title={fullTime(acknowledged.at, zone)}>
          <IconCheck size={14} aria-hidden="true" />
          {words.alerts.acknowledgedBy(nameOf(accountOf(acknowledged.by)))}
        </li>
      )}
      {assigned !== undefined && (
        <li title={fullTime(assigned.at, zone)}>
          <IconUserCheck size={14} aria-hidden="true" />
          {words.alerts.assignedTo(nameOf(assigned.to))}
        </li>
      )}
      {isAsleep && snoozed !== undefined && (
        <li>
          <IconZzz size={14} aria-hidden="true" />
          {words.alerts.snoozedUntil(timeSince(snoozed.until, now, zone))}
        </li>
      )}
    </ul>
  );
}

/** The vans that are one alert together. */
function FoldedVans({ alert }: { alert: Alert }) {
  const { world } = useParts().console;
  const show = useShow();
  const { vanIds } = alert;
  if (vanIds === undefined || vanIds.length === 0) return null;
  return (
    <details className="folded">
      <summary>{words.alerts.vans(vanIds.length)}</summary>
      <ul>
        {vanIds.map((id) => (
          <li key={id}>
            <button type="button" className="thing" onClick={() => show({ kind: 'van', id })}>
              {world.vans.get(id)?.van.name ?? id}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
