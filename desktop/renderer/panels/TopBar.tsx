import { ActionIcon, Button, Kbd, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconKeyboard,
  IconLayoutSidebarLeftExpand,
  IconLogout,
  IconMap2,
  IconMoon,
  IconSettings,
  IconSun,
} from '@tabler/icons-react';
import { vanStatuses } from '../../../protocol/status.ts';
import { useConsole, useNow, useParts, useStatusTime, useZone } from '../console-context.ts';
import { clockTimeExact, count, fullTime } from '../format.ts';
import { words } from '../words.ts';
import { countByStatus } from '../world/fleet-list.ts';
import { AlertBell } from './alerts/AlertBell.tsx';
import { LinkBadge } from './LinkBadge.tsx';
import { Logo } from './Logo.tsx';
import { StatusMark } from './StatusMark.tsx';

export function TopBar() {
  const { console } = useParts();
  const agency = useConsole((state) => state.agency);
  const panelOpen = useConsole((state) => state.panelOpen);
  return (
    <header className="top-bar">
      <ActionIcon
        className="panel-toggle"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={panelOpen ? words.top.closePanel : words.top.openPanel}
        aria-expanded={panelOpen}
        onClick={() => console.store.setState({ panelOpen: !panelOpen })}
      >
        <IconLayoutSidebarLeftExpand size={20} />
      </ActionIcon>
      <h1 className="product">
        <Logo />
        {words.product}
      </h1>
      {agency !== undefined && <span className="agency">{agency.name}</span>}
      <Counts />
      <span className="spring" />
      <AlertBell />
      <LinkBadge />
      <ScreenLink />
      <Clock />
      <LanguageToggle />
      <SchemeToggle />
      {console.session.signedIn() && <SignOut />}
      <Tooltip label={<HintWithKey text={words.top.help} hint="?" />}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          className="help-button"
          aria-label={words.top.help}
          onClick={() => console.store.setState({ helpOpen: true })}
        >
          <IconKeyboard size={20} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

/** From the desk to the administration and back: a link, so that it can be opened beside the map too. */
function ScreenLink() {
  const isDesk = useConsole((state) => state.screen === 'desk');
  const label = isDesk ? words.top.administration : words.top.toDesk;
  return (
    <Button
      component="a"
      href={isDesk ? '#administration' : '#'}
      variant="subtle"
      color="gray"
      size="compact-sm"
      className="screen-link"
      leftSection={isDesk ? <IconSettings size={17} aria-hidden="true" /> : <IconMap2 size={17} aria-hidden="true" />}
    >
      {label}
    </Button>
  );
}

/** Names the language it leads to, in that language, for whoever cannot read the present one. */
function LanguageToggle() {
  const { store } = useParts().console;
  const other = useConsole((state) => state.language) === 'en' ? 'hi' : 'en';
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      lang={other}
      onClick={() => store.setState({ language: other })}
    >
      {words.top.language}
    </Button>
  );
}

function SignOut() {
  const { console } = useParts();
  const leave = () =>
    void console.session
      .signOut()
      .catch(() => true)
      .then((out) => {
        if (out) location.reload();
      });
  return (
    <Tooltip label={words.signIn.out}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.signIn.out} onClick={leave}>
        <IconLogout size={20} />
      </ActionIcon>
    </Tooltip>
  );
}

function HintWithKey({ text, hint }: { text: string; hint: string }) {
  return (
    <>
      {text} <Kbd size="xs">{hint}</Kbd>
    </>
  );
}

function Counts() {
  const { console } = useParts();
  useConsole((state) => state.revision);
  const counts = countByStatus(console.world.vans.values(), useStatusTime());
  if (counts.all === 0) return null;
  return (
    <ul className="counts" aria-label={words.top.counts}>
      {vanStatuses
        .filter((status) => counts[status] > 0)
        .map((status) => (
          <li key={status} title={words.statusMeaning[status]}>
            <StatusMark status={status} size={15} />
            <strong>{count(counts[status])}</strong>
            <span className="count-word">{words.status[status].toLowerCase()}</span>
          </li>
        ))}
    </ul>
  );
}

function Clock() {
  const zone = useZone();
  const now = useNow();
  return (
    <time
      className="clock"
      dateTime={new Date(now).toISOString()}
      title={`${words.top.clock(zone)}: ${fullTime(now, zone)}`}
    >
      {clockTimeExact(now, zone)}
    </time>
  );
}

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const label = scheme === 'light' ? words.top.toDark : words.top.toLight;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => setColorScheme(scheme === 'light' ? 'dark' : 'light')}
      >
        {scheme === 'light' ? <IconMoon size={19} /> : <IconSun size={19} />}
      </ActionIcon>
    </Tooltip>
  );
}
