import './styles/mantine.css';
import './styles/console.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { createConsole } from './console.ts';
import { ConsoleContext } from './console-context.ts';
import { deskFeedUrl, deskSession, openDesk } from './desk.ts';
import { followDesk } from './desk-acts.ts';
import { consoleDesk } from './desk-cache.ts';
import { MapScene } from './map/scene.ts';
import { createAlertDesk } from './panels/alerts/alert-desk.ts';
import { invitationInFragment, openSession, tokenInFragment } from './session.ts';
import { createConsoleStore, habitsOf, readHabits } from './store.ts';
import { noteKeeper, sendWhenBack } from './waiting-notes.ts';
import { languageOf } from './words/language.ts';
import { speak } from './words.ts';

const { hash, host, pathname, protocol, search } = window.location;
const fetch = window.fetch.bind(window);
const desk = await openDesk(window);
const session =
  desk === undefined
    ? openSession({
        fetch,
        fragment: hash,
        storage: window.sessionStorage,
        lasting: window.localStorage,
        now: Date.now,
      })
    : deskSession(desk, fetch);
// A token in the address would be seen over a shoulder, and stay in the history.
const invitation = invitationInFragment(hash);
if (tokenInFragment(hash) !== undefined || invitation !== undefined)
  window.history.replaceState(null, '', pathname + search);

const habitsKey = 'vantrail.habits';
const store = createConsoleStore(Date.now());
store.setState({ language: languageOf(navigator.language) });
store.setState(readHabits(window.localStorage.getItem(habitsKey)));
store.setState({ invitation });
speak(store.getState().language);
document.documentElement.lang = store.getState().language;
store.subscribe((state, before) => {
  const habits = JSON.stringify(habitsOf(state));
  if (habits === JSON.stringify(habitsOf(before))) return;
  window.localStorage.setItem(habitsKey, habits);
  // Every part of the console took its words when it was made.
  if (state.language !== before.language) window.location.reload();
});

const console = createConsole({
  store,
  session,
  feedUrl: () => (desk === undefined ? `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/feed` : deskFeedUrl(desk)),
  desk: desk === undefined ? undefined : (of) => consoleDesk(desk, of),
});
const littleMotion = window.matchMedia('(prefers-reduced-motion: reduce)');
const scene = new MapScene({
  console,
  colours: document.documentElement.dataset.mantineColorScheme === 'dark' ? 'dark' : 'light',
  isStill: () => littleMotion.matches,
});
const alerts = createAlertDesk(console);
const notes = noteKeeper(desk, Date.now);
sendWhenBack(console, notes);
const parts = { console, scene, alerts, desk, notes };
const theme = createTheme({ primaryColor: 'blue', cursorType: 'pointer' });

const needsServer = desk !== undefined && desk.state.server === undefined;
if (needsServer) store.setState({ signIn: 'server' });
if (desk !== undefined) {
  followDesk(desk, parts);
  // Menus and tray speak as the page does.
  void desk.ask('desk.language', { language: store.getState().language }).catch(() => undefined);
}
scene.start();
if (invitation === undefined && !needsServer) console.start();

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the console');
createRoot(root).render(
  <StrictMode>
    {/* All styles come from files, so that a policy without inline styles holds: no variables, no classes made here. */}
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <ConsoleContext value={parts}>
        <App />
      </ConsoleContext>
    </MantineProvider>
  </StrictMode>,
);
