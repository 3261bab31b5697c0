import { Button, CloseButton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Alert } from '../../../../protocol/alert.ts';
import { useConsole, useNow, useParts, useZone } from '../../console-context.ts';
import { words } from '../../words.ts';
import { lineOf } from './alert-line.ts';
import { countWaiting } from './alert-list.ts';
import { type Chime, createChime } from './chime.ts';
import { newlyOpened } from './newly-opened.ts';
import { SeverityMark } from './SeverityMark.tsx';
import { useAlerts } from './use-alerts.ts';

/** How long a new alert stands over the map, ms. */
const shownFor = 12_000;

/**
 * Tells of alerts that open: aloud to whoever reads by ear, with a noise where the rule wants one, over the map while the
 * drawer is closed, and in the desktop app as a notification and as a number at the tray.
 */
export function AlertHerald() {
  const { console, desk } = useParts();
  const { store, world } = console;
  const revision = useConsole((state) => state.alertsRevision);
  const loaded = useConsole((state) => state.loaded);
  const picture = useConsole((state) => state.picture);
  const drawer = useConsole((state) => state.drawer);
  const zone = useZone();
  const now = useNow();
  const [news] = useState(newlyOpened);
  const [aloud, setAloud] = useState('');
  const [shown, setShown] = useState<Alert>();
  const ring = useChime();
  // One window is enough to make a noise.
  const speaks = useSpeaks();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revision stands for it
  useEffect(() => {
    // A picture is of the past, and half a snapshot would make news of its other half.
    if (!loaded || picture !== undefined) return;
    const opened = news(world.alerts, console.now());
    const gravest = opened.findLast(({ severity }) => severity === 'critical') ?? opened.at(-1);
    if (gravest === undefined) return;
    const text = lineOf(gravest, zone, console.now());
    if (gravest.severity === 'critical') setAloud(words.alerts.new(text));
    if (gravest.severity !== 'info') setShown(gravest);
    const sounding = opened.filter(({ sounds }) => sounds);
    if (!speaks || sounding.length === 0) return;
    if (store.getState().alertSound) ring();
    for (const alert of sounding.slice(-3)) notify(desk, alert, lineOf(alert, zone, console.now()));
  }, [revision, loaded, picture]);

  const { all } = countWaiting(useAlerts(), now);
  useEffect(() => {
    if (speaks) void desk?.ask('tray.unread', { alerts: all }).catch(() => undefined);
  }, [desk, speaks, all]);

  useEffect(() => {
    if (shown === undefined) return;
    const timer = setTimeout(() => setShown(undefined), shownFor);
    return () => clearTimeout(timer);
  }, [shown]);

  const current = shown && world.alerts.get(shown.id);
  const stands = current !== undefined && current.closedAt === undefined && current.acknowledged === undefined;
  return (
    <>
      <div className="visually-hidden" aria-live="assertive" role="alert">
        {aloud}
      </div>
      {stands && drawer === undefined && (
        <section className="alert-news" data-severity={current.severity} aria-label={words.alerts.title}>
          <SeverityMark severity={current.severity} size={18} />
          <p>{lineOf(current, zone, now)}</p>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => store.setState({ drawer: 'alerts', drawerTab: 'alerts', alertAt: current.id })}
          >
            {words.alerts.show}
          </Button>
          <CloseButton size="sm" aria-label={words.alerts.putAway} onClick={() => setShown(undefined)} />
        </section>
      )}
    </>
  );
}

function notify(desk: ReturnType<typeof useParts>['desk'], { kind, vanId, orderId }: Alert, text: string): void {
  const open =
    orderId !== undefined
      ? ({ kind: 'order', id: orderId } as const)
      : vanId !== undefined
        ? ({ kind: 'van', id: vanId } as const)
        : undefined;
  const title = words.alerts.notice(words.alerts.kinds[kind] ?? kind);
  void desk?.ask('notify.show', { title, body: text.slice(0, 400), open }).catch(() => undefined);
}

function useChime(): () => void {
  const chime = useRef<Chime>(undefined);
  useEffect(() => {
    const made = createChime({ window, context: () => new AudioContext(), now: () => performance.now() });
    chime.current = made;
    return () => made.stop();
  }, []);
  return () => chime.current?.ring();
}

/** Whether this window is the one that speaks for the app: that which feeds its cache. In a browser each does. */
function useSpeaks(): boolean {
  const { desk } = useParts();
  const [speaks, setSpeaks] = useState(desk?.state.feeds ?? true);
  useEffect(() => desk?.on('feeds', () => setSpeaks(true)), [desk]);
  return speaks;
}
