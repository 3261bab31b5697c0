import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LinkState } from '../../protocol/feed-client.ts';
import type { Agency } from '../../protocol/registry.ts';
import type { Notice } from '../shared/bridge.ts';
import type { DrawnPoint } from './trail/trail-shapes.ts';
import type { SortBy, StatusFilter } from './world/fleet-list.ts';

export type Selection = { kind: 'van' | 'consumer'; id: string };

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

/** Lengths of the trail one can choose, hours. */
export const trailHours = [1, 4, 12, 24] as const;
type TrailHours = (typeof trailHours)[number];

/** What the base map is, and what to tell about it. */
type BaseNote = 'loading' | 'shown' | 'land-chosen' | 'land-fallback' | 'no-webgl' | 'failed';

export interface ConsoleState {
  agency: Agency | undefined;
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
  selection: Selection | undefined;
  following: boolean;
  query: string;
  status: StatusFilter;
  sort: SortBy;
  hours: TrailHours;
  trail: TrailState;
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
}

export type ConsoleStore = StoreApi<ConsoleState>;

export function createConsoleStore(now: number): ConsoleStore {
  return createStore<ConsoleState>(() => ({
    agency: undefined,
    link: { kind: 'connecting', since: now },
    clockAhead: 0,
    loaded: false,
    revision: 0,
    vansRevision: 0,
    consumersRevision: 0,
    selection: undefined,
    following: false,
    query: '',
    status: 'all',
    sort: 'name',
    hours: 4,
    trail: { state: 'none' },
    base: 'loading',
    picture: undefined,
    signIn: 'fine',
    notices: [],
    invitation: undefined,
    helpOpen: false,
    panelOpen: false,
  }));
}

/** Selecting something else, or nothing, ends following and takes the old trail away. */
export function selected(state: ConsoleState, selection: Selection | undefined): Partial<ConsoleState> {
  const same = state.selection?.kind === selection?.kind && state.selection?.id === selection?.id;
  if (same) return { panelOpen: false };
  return { selection, following: false, trail: { state: 'none' }, panelOpen: false };
}

/** Following needs a van. */
export function followToggled(state: ConsoleState): Partial<ConsoleState> {
  return state.selection?.kind === 'van' ? { following: !state.following } : {};
}

/** Escape takes away one thing at a time: the help, the card, the search, the filter. */
export function escaped(state: ConsoleState): Partial<ConsoleState> {
  if (state.helpOpen) return { helpOpen: false };
  if (state.selection !== undefined) return selected(state, undefined);
  if (state.query !== '') return { query: '' };
  if (state.panelOpen) return { panelOpen: false };
  if (state.status !== 'all') return { status: 'all' };
  return {};
}

/** A notice is shown once, at the end; a newer one of the same kind takes its place. */
export function noticed(state: ConsoleState, notice: Notice): Partial<ConsoleState> {
  return { notices: [...state.notices.filter(({ key }) => key !== notice.key), notice] };
}

/** What stays of the console's memory over a restart: how somebody likes to work, never what was seen. */
export type Habits = Pick<ConsoleState, 'sort' | 'hours'>;

export function readHabits(json: string | null): Partial<Habits> {
  try {
    const stored = JSON.parse(json ?? '{}') as Record<string, unknown>;
    const habits: Partial<Habits> = {};
    if (stored.sort === 'name' || stored.sort === 'seen') habits.sort = stored.sort;
    const hours = trailHours.find((each) => each === stored.hours);
    if (hours !== undefined) habits.hours = hours;
    return habits;
  } catch {
    return {};
  }
}
