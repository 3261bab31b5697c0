import { ActionIcon, CloseButton, Tooltip } from '@mantine/core';
import { IconVolume, IconVolumeOff } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect } from 'react';
import { useConsole, useNow, useParts, useZone } from '../../console-context.ts';
import { count, timeSince } from '../../format.ts';
import { drawerClosed } from '../../store.ts';
import { words } from '../../words.ts';
import { AlertsPart } from './AlertsPart.tsx';
import { countWaiting } from './alert-list.ts';
import { focusBell } from './bell-focus.ts';
import { RequestsPart } from './RequestsPart.tsx';
import { useAlerts } from './use-alerts.ts';
import { useRequests } from './use-requests.ts';

/** At the right: what is wrong, and what somebody asks for. */
export function AlertsDrawer() {
  const isOpen = useConsole((state) => state.drawer === 'alerts');
  return isOpen ? <Drawer /> : null;
}

const tabs = ['alerts', 'requests'] as const;

function Drawer() {
  const { console, alerts } = useParts();
  const { store } = console;
  const tab = useConsole((state) => state.drawerTab);
  const requests = useRequests();
  const waiting = countWaiting(useAlerts(), useNow()).all;
  const isLive = useConsole((state) => state.link.kind === 'live');
  useEffect(() => {
    if (isLive) void alerts.loadColleagues();
  }, [alerts, isLive]);
  const close = () => {
    store.setState(drawerClosed);
    focusBell();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };
  const onTabKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const next = tab === 'alerts' ? 'requests' : 'alerts';
    store.setState({ drawerTab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  const counts = { alerts: waiting, requests: requests.length };
  const titles = { alerts: words.alerts.title, requests: words.requests.title };
  return (
    <aside className="drawer" aria-label={words.alerts.label} onKeyDown={onKeyDown}>
      <header className="drawer-head">
        <div className="drawer-tabs" role="tablist" aria-label={words.alerts.label}>
          {tabs.map((each) => (
            <button
              key={each}
              id={`tab-${each}`}
              type="button"
              role="tab"
              aria-selected={tab === each}
              aria-controls="drawer-part"
              tabIndex={tab === each ? 0 : -1}
              onKeyDown={onTabKey}
              onClick={() => store.setState({ drawerTab: each })}
            >
              {titles[each]}
              {counts[each] > 0 && <span className="tab-count">{count(counts[each])}</span>}
            </button>
          ))}
        </div>
        <SoundToggle />
        <CloseButton aria-label={words.alerts.close} aria-keyshortcuts="N Escape" onClick={close} />
      </header>
      <OfflineNote />
      <div id="drawer-part" className="drawer-part" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'alerts' ? <AlertsPart /> : <RequestsPart requests={requests} />}
      </div>
    </aside>
  );
}

function SoundToggle() {
  const { store } = useParts().console;
  const isOn = useConsole((state) => state.alertSound);
  const label = isOn ? words.alerts.soundOn : words.alerts.soundOff;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        aria-pressed={isOn}
        onClick={() => store.setState({ alertSound: !isOn })}
      >
        {isOn ? <IconVolume size={19} /> : <IconVolumeOff size={19} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Without a link nothing here is news, and nothing can be done. */
function OfflineNote() {
  const link = useConsole((state) => state.link);
  const zone = useZone();
  const now = useNow();
  if (link.kind === 'live') return null;
  const isDown = link.kind === 'offline' || link.kind === 'refused';
  return (
    <p className="drawer-note" role="status">
      {isDown ? words.alerts.offline(timeSince(link.since, now, zone)) : words.alerts.connecting}
    </p>
  );
}
