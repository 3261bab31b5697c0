import { lazy, Suspense, useEffect } from 'react';
import { AdministrationScreen } from './administration/AdministrationScreen.tsx';
import { useConsole, useNow, useParts, useZone } from './console-context.ts';
import { useKeys } from './keys.ts';
import { MapView } from './map/MapView.tsx';
import { AlertHerald } from './panels/alerts/AlertHerald.tsx';
import { AlertsDrawer } from './panels/alerts/AlertsDrawer.tsx';
import { ConsumerCard } from './panels/ConsumerCard.tsx';
import { FleetPanel } from './panels/FleetPanel.tsx';
import { HelpDialog } from './panels/HelpDialog.tsx';
import { LinkBanner, linkText } from './panels/LinkBadge.tsx';
import { Notices } from './panels/Notices.tsx';
import { ChangeWord } from './panels/orders/ChangeWord.tsx';
import { OrderCard } from './panels/orders/OrderCard.tsx';
import { OrderDialogs } from './panels/orders/OrderDialogs.tsx';
import { OrdersPanel } from './panels/orders/OrdersPanel.tsx';
import { CommandPalette } from './panels/palette/CommandPalette.tsx';
import { ServerPage } from './panels/ServerPage.tsx';
import { InvitationPage, SignInPage } from './panels/SignInPage.tsx';
import { TopBar } from './panels/TopBar.tsx';
import { VanCard } from './panels/VanCard.tsx';
import { words } from './words.ts';
import { countByStatus } from './world/fleet-list.ts';

const Playback = lazy(() => import('./playback/Playback.tsx'));

/** The screen: top bar, list at the left, map, and the card of what is selected. */
export function App() {
  const signIn = useConsole((state) => state.signIn);
  const invitation = useConsole((state) => state.invitation);
  const { console, desk } = useParts();
  if (desk !== undefined && signIn === 'server') {
    const leave = desk.state.server === undefined ? undefined : () => location.reload();
    return <ServerPage desk={desk} leave={leave} />;
  }
  if (invitation !== undefined) {
    return <InvitationPage secret={invitation} done={() => console.store.setState({ invitation: undefined })} />;
  }
  if (signIn !== 'fine') return <SignInPage expired={signIn === 'expired'} />;
  return <Desk />;
}

function Desk() {
  const selection = useConsole((state) => state.selection);
  const panel = useConsole((state) => state.panel);
  const panelOpen = useConsole((state) => state.panelOpen);
  const link = useConsole((state) => state.link.kind);
  const drawer = useConsole((state) => state.drawer);
  const screen = useConsole((state) => state.screen);
  const isPast = useConsole((state) => state.playback !== undefined);
  useKeys();
  useTitle();
  return (
    <div className="desk" data-panel-open={panelOpen} data-link={link} data-drawer={drawer} data-screen={screen}>
      <TopBar />
      {panel === 'orders' ? <OrdersPanel /> : <FleetPanel />}
      <main className="stage" data-past={isPast}>
        <MapView />
        <LinkBanner />
        <Notices />
        <AlertHerald />
        {selection?.kind === 'van' && <VanCard key={selection.id} id={selection.id} />}
        {selection?.kind === 'consumer' && <ConsumerCard key={selection.id} id={selection.id} />}
        {isPast && (
          <Suspense fallback={null}>
            <Playback />
          </Suspense>
        )}
        {selection?.kind === 'order' && <OrderCard key={selection.id} id={selection.id} />}
        <ChangeWord />
      </main>
      <AlertsDrawer />
      <CommandPalette />
      <AdministrationScreen />
      <HelpDialog />
      <OrderDialogs />
    </div>
  );
}

/** The window's title tells the state of the link even when the console is behind other windows. */
function useTitle(): void {
  const { console } = useParts();
  const link = useConsole((state) => state.link);
  const zone = useZone();
  const now = useNow();
  const { moving } = countByStatus(console.world.vans.values(), console.statusTime());
  const text = link.kind === 'live' ? words.link.titleMoving(moving) : linkText(link, now, zone);
  const isDesk = useConsole((state) => state.screen === 'desk');
  useEffect(() => {
    if (isDesk) document.title = `${text} · ${words.product}`;
  }, [text, isDesk]);
}
