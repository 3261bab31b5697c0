import type { Action } from '../../actions.ts';
import type { ConsoleParts } from '../../console-context.ts';
import { type ConsoleState, type ConsoleStore, drawerClosed } from '../../store.ts';
import { words } from '../../words.ts';
import { endOfDay } from './alert-list.ts';

/** The list in the drawer takes the focus when it opens by a key; it has this id. */
export const drawerListId = 'drawer-list';

const minute = 60_000;

/** Opens the drawer, or closes it. */
export function toggleDrawer(store: ConsoleStore): void {
  const isOpen = store.getState().drawer === 'alerts';
  store.setState(isOpen ? drawerClosed : { drawer: 'alerts' });
}

/** Opens the drawer at a tab, with the focus in it. */
function openAt(store: ConsoleStore, drawerTab: ConsoleState['drawerTab']): void {
  store.setState({ drawer: 'alerts', drawerTab });
  requestAnimationFrame(() => {
    const list = document.getElementById(drawerListId);
    (list?.querySelector<HTMLElement>('[tabindex="0"]') ?? list)?.focus();
  });
}

/** What can be done about alerts: by key where the drawer is open, by name everywhere. */
export function alertActions({ console, alerts }: ConsoleParts): Action[] {
  const { store, world, now } = console;
  const isDesk = (state: ConsoleState) => state.screen === 'desk';
  /** the alert that the keys stand on, while something can be done about it */
  const isAt = (state: ConsoleState) =>
    isDesk(state) &&
    state.drawer === 'alerts' &&
    state.drawerTab === 'alerts' &&
    state.link.kind === 'live' &&
    state.alertAt !== undefined &&
    world.alerts.get(state.alertAt)?.closedAt === undefined;
  const onAlert = (act: (id: string) => Promise<void>) => () => {
    const { alertAt } = store.getState();
    if (alertAt !== undefined) void act(alertAt);
  };
  const zone = () => store.getState().agency?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = words.alerts.do;
  return [
    {
      id: 'alerts',
      name: names.open,
      keys: ['n'],
      can: isDesk,
      run() {
        if (store.getState().drawer === 'alerts') store.setState(drawerClosed);
        else openAt(store, 'alerts');
      },
    },
    { id: 'requests', name: names.requests, can: isDesk, run: () => openAt(store, 'requests') },
    {
      id: 'alert-acknowledge',
      name: names.acknowledge,
      keys: ['k'],
      can: isAt,
      run: onAlert((id) => alerts.acknowledge(id)),
    },
    {
      id: 'alert-take',
      name: names.take,
      keys: ['i'],
      can: isAt,
      run: onAlert(async (id) => {
        const me = store.getState().viewer?.subject;
        if (me !== undefined) await alerts.assign(id, me);
      }),
    },
    {
      id: 'alert-snooze-15',
      name: names.snooze15,
      keys: ['d'],
      can: isAt,
      run: onAlert((id) => alerts.snooze(id, now() + 15 * minute)),
    },
    {
      id: 'alert-snooze-60',
      name: names.snooze60,
      can: isAt,
      run: onAlert((id) => alerts.snooze(id, now() + 60 * minute)),
    },
    {
      id: 'alert-snooze-today',
      name: names.snoozeToday,
      can: isAt,
      run: onAlert((id) => alerts.snooze(id, endOfDay(now(), zone()))),
    },
    {
      id: 'alert-sound',
      name: names.sound,
      run: () => store.setState(({ alertSound }) => ({ alertSound: !alertSound })),
    },
  ];
}
