import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Stretch } from '../../shared/bridge.ts';
import { advanced, common, type PlaybackSpeed, steppedFix } from './clock.ts';
import { type LoadDeps, loadVan, type PlayedVan } from './load-van.ts';

/** More vans than this at once nobody can follow. */
export const mostPlayed = 20;
/** The daemon answers about so long a period at most, ms. */
export const longestPeriod = 31 * 86_400_000;
/** Vans that are loaded at a time: a daemon has others to answer too. */
const atOnce = 3;

export interface PlayerState {
  /** what was asked for */
  period: Stretch;
  /** what of it is played: from a little before the first fix until a little after the last one */
  span: Stretch;
  /** the chosen vans, in the order in which they were chosen */
  vanIds: readonly string[];
  /** what is here of them, in the same order */
  vans: readonly PlayedVan[];
  /** part of what was asked for that is here, 0-1; undefined: nothing is on its way */
  progress: number | undefined;
  /** vans that could not be loaded, and why */
  failed: readonly { vanId: string; detail: string }[];
  /** the played time, UTC ms */
  time: number;
  isPlaying: boolean;
  speed: PlaybackSpeed;
  skipsStops: boolean;
  /** the map keeps the leading van in its middle */
  follows: boolean;
  /** the van that is followed and exported first */
  lead: string | undefined;
}

export interface Player {
  store: StoreApi<PlayerState>;
  /** Plays these vans and this period from now on; what is here already is kept. */
  choose(choice: { vanIds?: readonly string[]; period?: Stretch }): void;
  /** Loads again what could not be loaded. */
  retry(): void;
  toggle(): void;
  seek(time: number): void;
  /** To the next or the previous fix of one of the vans; playing ends. */
  step(by: 1 | -1): void;
  stop(): void;
}

interface PlayerDeps extends LoadDeps {
  vanIds: readonly string[];
  period: Stretch;
  /** calls back at the next frame with a time in ms, as the browser does */
  frames: { request: (run: (time: number) => void) => number; cancel: (frame: number) => void };
}

/** The machine behind the buttons: what is loaded, the played time, and whether it goes on. */
export function createPlayer(deps: PlayerDeps): Player {
  const store = createStore<PlayerState>(() => ({
    ...{
      period: deps.period,
      span: deps.period,
      vanIds: [],
      vans: [],
      progress: undefined,
      failed: [],
      time: deps.period.from,
    },
    ...{ isPlaying: false, speed: 10, skipsStops: false, follows: false, lead: undefined },
  }));
  let loading: AbortController | undefined;
  let frame: number | undefined;
  let before: number | undefined;
  /** nobody has chosen a time yet */
  let isUntouched = true;
  let skipped: { of: readonly PlayedVan[]; stretches: readonly Stretch[] } = { of: [], stretches: [] };

  const idle = (): readonly Stretch[] => {
    const { vans, skipsStops } = store.getState();
    if (!skipsStops) return [];
    if (skipped.of !== vans) skipped = { of: vans, stretches: common(vans.map((van) => van.idle)) };
    return skipped.stretches;
  };

  const onFrame = (now: number) => {
    const { time, speed, span } = store.getState();
    // A window that was hidden gets no frames; it goes on where it was.
    const passed = before === undefined ? 0 : Math.min(now - before, 1000);
    before = now;
    const next = advanced(time, passed * speed, span.to, idle());
    frame = next < span.to ? deps.frames.request(onFrame) : undefined;
    store.setState(next < span.to ? { time: next } : { time: next, isPlaying: false });
  };

  const pause = () => {
    if (frame !== undefined) deps.frames.cancel(frame);
    frame = undefined;
    if (store.getState().isPlaying) store.setState({ isPlaying: false });
  };

  const load = async () => {
    loading?.abort();
    const mine = new AbortController();
    loading = mine;
    const { vanIds, period } = store.getState();
    const here = () => new Set(store.getState().vans.map(({ id }) => id));
    const wanted = vanIds.filter((id) => !here().has(id));
    if (wanted.length === 0) {
      store.setState({ progress: undefined });
      return;
    }
    const parts = new Map(wanted.map((id) => [id, 0]));
    const tell = (id: string, part: number) => {
      if (mine.signal.aborted) return;
      parts.set(id, part);
      store.setState({ progress: [...parts.values()].reduce((sum, each) => sum + each, 0) / wanted.length });
    };
    store.setState({ progress: 0 });
    const queue = [...wanted];
    const one = async () => {
      for (let vanId = queue.shift(); vanId !== undefined && !mine.signal.aborted; vanId = queue.shift()) {
        const id = vanId;
        try {
          const onProgress = (part: number) => tell(id, part);
          const van = await loadVan(deps, { vanId: id, period, signal: mine.signal, onProgress });
          if (mine.signal.aborted) return;
          take(van);
        } catch (error) {
          if (mine.signal.aborted) return;
          const { failed } = store.getState();
          store.setState({ failed: [...failed, { vanId: id, detail: (error as Error).message }] });
        }
        tell(id, 1);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    if (!mine.signal.aborted) store.setState({ progress: undefined });
  };

  const take = (van: PlayedVan) => {
    const { vanIds, vans, period } = store.getState();
    const all = [...vans, van].sort((a, b) => vanIds.indexOf(a.id) - vanIds.indexOf(b.id));
    const span = spanOf(all, period);
    const { time } = store.getState();
    store.setState({ vans: all, span, time: isUntouched ? begins(all, span) : within(time, span) });
  };

  const player: Player = {
    store,
    choose({ vanIds = store.getState().vanIds, period = store.getState().period }) {
      const state = store.getState();
      const isSamePeriod = state.period.from === period.from && state.period.to === period.to;
      if (!isSamePeriod) {
        pause();
        isUntouched = true;
      }
      const chosen = [...new Set(vanIds)].slice(0, mostPlayed);
      store.setState({
        period,
        vanIds: chosen,
        vans: isSamePeriod ? state.vans.filter(({ id }) => chosen.includes(id)) : [],
        failed: [],
        lead: chosen.find((id) => id === state.lead) ?? chosen[0],
        ...(isSamePeriod ? {} : { time: period.from, span: period }),
      });
      void load();
    },
    retry: () => player.choose({}),
    toggle() {
      const { isPlaying, time, span, vans } = store.getState();
      if (isPlaying) {
        pause();
        return;
      }
      isUntouched = false;
      before = undefined;
      store.setState({ isPlaying: true, ...(time >= span.to ? { time: begins(vans, span) } : {}) });
      frame = deps.frames.request(onFrame);
    },
    seek(time) {
      isUntouched = false;
      store.setState({ time: within(time, store.getState().span) });
    },
    step(by) {
      pause();
      const { vans, time } = store.getState();
      const found = steppedFix(
        vans.map(({ trail }) => trail),
        time,
        by,
      );
      if (found !== undefined) player.seek(found);
    },
    stop() {
      loading?.abort();
      pause();
    },
  };
  player.choose({ vanIds: deps.vanIds });
  return player;
}

/** When one of the vans first does something worth looking at. */
function begins(vans: readonly PlayedVan[], { from, to }: Stretch): number {
  const [first] = common(vans.map((van) => van.idle));
  return first !== undefined && first.from <= from && first.to < to ? Math.max(from, first.to) : from;
}

const within = (time: number, { from, to }: Stretch) => Math.min(to, Math.max(from, time));

/** From the first fix of all vans until the last, with a margin; the whole period where there is none. */
function spanOf(vans: readonly PlayedVan[], period: Stretch): Stretch {
  const times = vans.flatMap(({ trail }) => [trail.times[0] ?? [], trail.times.at(-1) ?? []].flat());
  if (times.length === 0) return period;
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const margin = Math.max(60_000, (last - first) * 0.015);
  return { from: Math.max(period.from, first - margin), to: Math.min(period.to, last + margin) };
}
