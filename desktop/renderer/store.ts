import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Role } from '../../protocol/claims.ts';
import type { LinkState } from '../../protocol/feed-client.ts';
import type { Agency } from '../../protocol/registry.ts';
import type { Notice } from '../shared/bridge.ts';
import { type AlertFilter, firstFilter, readAlertFilter } from './panels/alerts/alert-list.ts';
import type { OpenPlayback } from './playback/open.ts';
import type { DrawnPoint } from './trail/trail-shapes.ts';
import type { Language } from './words/language.ts';
import { type SortBy, type StatusFilter, statusFilters } from './world/fleet-list.ts';
import type { OrderFilter } from './world/order-list.ts';

export type Selection = { kind: 'van' | 'consumer' | 'order'; id: string };

/** Who looks at this console. */
interface Viewer {
  role: Role;
  /** id of the account */
  subject: string;
}

/** What fills the window: the desk, where the day is run, or one of the screens beside it. */
type Screen = 'desk' | 'administration';

export type TrailState =
  | { state: 'none' }
  | { state: 'loading'; vanId: string }
  | { state: 'failed'; vanId: string; detail: string }
  | {
      state: 'ready';
      vanId: string;
      history: readonly DrawnPoint[];
      live: readonly DrawnPoint[];
      /** it is what this computer has, and some of the period is not here: why the rest did not come */
      partial?: string;
    };

/** What is asked about orders before something is done with them. */
export type OrderDialog =
  | { kind: 'assign'; ids: readonly string[] }
  | { kind: 'fail'; ids: readonly string[] }
  | { kind: 'cancel'; ids: readonly string[] }
  | { kind: 'book'; consumerId?: string };

/** What became of a change: said for some seconds, with the way back where there is one. */
export interface ChangeWord {
  kind: 'working' | 'done' | 'refused';
  text: string;
  /** one line each, for what went otherwise */
  more?: readonly string[];
  undo?: () => Promise<void>;
}

/** Lengths of the trail one can choose, hours. */
export const trailHours = [1, 4, 12, 24] as const;
type TrailHours = (typeof trailHours)[number];

/** What the base map is, and what to tell about it. */
type BaseNote = 'loading' | 'shown' | 'land-chosen' | 'land-fallback' | 'no-webgl' | 'failed';

export interface ConsoleState {
  agency: Agency | undefined;
  viewer: Viewer | undefined;
  link: LinkState;
  /** the daemon's clock minus ours, ms: a wrong clock on this desk must not make vans look silent */
  clockAhead: number;
  /** true once a whole snapshot has arrived */
  loaded: boolean;
  /** counts changes of the world worth a new look at the list; at most a few a second */
  revision: number;
  /** counts vans that came, went or were renamed */
  vansRevision: number;
  /** counts changes among consumers */
  consumersRevision: number;
  /** counts changes among orders and what is expected of them */
  ordersRevision: number;
  /** counts changes among alerts */
  alertsRevision: number;
  screen: Screen;
  language: Language;
  /** what the list at the left shows */
  panel: 'vans' | 'orders';
  /** what is open at the right edge, beside the card */
  drawer: 'alerts' | undefined;
  /** what the drawer shows: what is wrong, or what somebody asks for */
  drawerTab: 'alerts' | 'requests';
  alertFilter: AlertFilter;
  /** whether new alerts whose rule says so make a noise */
  alertSound: boolean;
  /** the alert that keys are for, while the drawer is open */
  alertAt: string | undefined;
  /** the consumer whose suggested pin is on the map beside the present one */
  comparedPin: string | undefined;
  /** the line in which every action and every thing is found by name */
  paletteOpen: boolean;
  /** what was chosen there, newest first: things as long as this page lives, actions for longer */
  recentThings: readonly string[];
  recentActions: readonly string[];
  selection: Selection | undefined;
  following: boolean;
  query: string;
  status: StatusFilter;
  sort: SortBy;
  hours: TrailHours;
  trail: TrailState;
  /** the past is played on the map instead of the present */
  playback: OpenPlayback | undefined;
  base: BaseNote;
  /** what is seen is the last picture of this computer's cache, of this time of the daemon's clock */
  picture: number | undefined;
  /** `server`: the desktop app does not know its server yet, or somebody wants another one */
  signIn: 'fine' | 'needed' | 'expired' | 'server';
  /** what the desktop app wants a person to know */
  notices: readonly Notice[];
  /** the secret of a link to set a password, while that is being done */
  invitation: string | undefined;
  helpOpen: boolean;
  /** on narrow windows the list is a drawer */
  panelOpen: boolean;
  orderFilter: OrderFilter;
  /** orders that are selected together, for what is done with many */
  picked: ReadonlySet<string>;
  orderDialog: OrderDialog | undefined;
  changeWord: ChangeWord | undefined;
  /** counts changes among the notes that wait for the link */
  notesRevision: number;
}

export type ConsoleStore = StoreApi<ConsoleState>;

export function createConsoleStore(now: number): ConsoleStore {
  return createStore<ConsoleState>(() => ({
    agency: undefined,
    viewer: undefined,
    link: { kind: 'connecting', since: now },
    clockAhead: 0,
    loaded: false,
    revision: 0,
    vansRevision: 0,
    consumersRevision: 0,
    ordersRevision: 0,
    alertsRevision: 0,
    screen: 'desk',
    language: 'en',
    panel: 'vans',
    drawer: undefined,
    drawerTab: 'alerts',
    alertFilter: firstFilter,
    alertSound: true,
    alertAt: undefined,
    comparedPin: undefined,
    paletteOpen: false,
    recentThings: [],
    recentActions: [],
    selection: undefined,
    following: false,
    query: '',
    status: 'all',
    sort: 'name',
    hours: 4,
    trail: { state: 'none' },
    playback: undefined,
    base: 'loading',
    picture: undefined,
    signIn: 'fine',
    notices: [],
    invitation: undefined,
    helpOpen: false,
    panelOpen: false,
    orderFilter: 'open',
    picked: new Set(),
    orderDialog: undefined,
    changeWord: undefined,
    notesRevision: 0,
  }));
}

/** Selecting something else, or nothing, ends following and takes the old trail away. */
export function selected(state: ConsoleState, selection: Selection | undefined): Partial<ConsoleState> {
  const same = state.selection?.kind === selection?.kind && state.selection?.id === selection?.id;
  if (same) return { panelOpen: false };
  // An order that is opened by itself is meant by the next key, and no others that nobody looks at any more.
  const isApart = selection?.kind === 'order' && state.picked.size > 0 && !state.picked.has(selection.id);
  const picked = isApart ? { picked: new Set<string>() } : {};
  return { selection, following: false, trail: { state: 'none' }, panelOpen: false, ...picked };
}

/** Following needs a van. */
export function followToggled(state: ConsoleState): Partial<ConsoleState> {
  return state.selection?.kind === 'van' ? { following: !state.following } : {};
}

/**
 * Escape takes away one thing at a time: the help, a question, the playback, the card, the selected orders, the drawer,
 * the search, the filter.
 */
export function escaped(state: ConsoleState): Partial<ConsoleState> {
  if (state.helpOpen) return { helpOpen: false };
  if (state.paletteOpen) return { paletteOpen: false };
  if (state.orderDialog !== undefined) return { orderDialog: undefined };
  if (state.playback !== undefined) return { playback: undefined };
  if (state.selection !== undefined) return selected(state, undefined);
  if (state.picked.size > 0) return { picked: new Set() };
  if (state.drawer !== undefined) return drawerClosed;
  if (state.query !== '') return { query: '' };
  if (state.panelOpen) return { panelOpen: false };
  if (state.status !== 'all') return { status: 'all' };
  return {};
}

/** What was shown on the map for the drawer goes with it. */
export const drawerClosed: Partial<ConsoleState> = { drawer: undefined, alertAt: undefined, comparedPin: undefined };

/** A notice is shown once, at the end; a newer one of the same kind takes its place. */
export function noticed(state: ConsoleState, notice: Notice): Partial<ConsoleState> {
  return { notices: [...state.notices.filter(({ key }) => key !== notice.key), notice] };
}

/** What stays of the console's memory over a restart: how somebody likes to work, never what was seen. */
export type Habits = Pick<ConsoleState, (typeof habits)[number]>;
const habits = ['sort', 'hours', 'panel', 'status', 'language', 'alertFilter', 'alertSound', 'recentActions'] as const;

export const habitsOf = (state: ConsoleState): Habits =>
  Object.fromEntries(habits.map((name) => [name, state[name]])) as Habits;

export function readHabits(json: string | null): Partial<Habits> {
  try {
    const stored = JSON.parse(json ?? '{}') as Record<string, unknown>;
    const read: Partial<Habits> = {};
    if (stored.sort === 'name' || stored.sort === 'seen') read.sort = stored.sort;
    if (stored.panel === 'vans' || stored.panel === 'orders') read.panel = stored.panel;
    const status = statusFilters.find((each) => each === stored.status);
    if (status !== undefined) read.status = status;
    if (stored.language === 'en' || stored.language === 'hi') read.language = stored.language;
    const hours = trailHours.find((each) => each === stored.hours);
    if (hours !== undefined) read.hours = hours;
    const alertFilter = readAlertFilter(stored.alertFilter);
    if (alertFilter !== undefined) read.alertFilter = alertFilter;
    if (typeof stored.alertSound === 'boolean') read.alertSound = stored.alertSound;
    if (Array.isArray(stored.recentActions)) {
      read.recentActions = stored.recentActions.filter((each) => typeof each === 'string').slice(0, 8);
    }
    return read;
  } catch {
    return {};
  }
}
