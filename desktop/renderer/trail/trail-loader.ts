import type { Session } from '../session.ts';
import type { ConsoleStore } from '../store.ts';
import type { VanEntry } from '../world/entries.ts';
import type { TrailCache } from './cached-trail.ts';
import { readTrail, withLivePoint } from './read-trail.ts';
import type { DrawnPoint } from './trail-shapes.ts';

export interface TrailLoader {
  start(): void;
  stop(): void;
  /** live positions: the selected van's continue its trail */
  moved(vans: readonly VanEntry[]): void;
  /** loads the present trail again: after a failure, or after a time without a link */
  reload(): void;
}

interface LoaderDeps {
  store: ConsoleStore;
  session: Pick<Session, 'read'>;
  now: () => number;
  /** trails of this computer, in the desktop app */
  cache?: TrailCache | undefined;
}

/** Keeps `trail` in the store in step with the selected van and the chosen length. The newest wish always wins. */
export function trailLoader({ store, session, now, cache }: LoaderDeps): TrailLoader {
  let unsubscribe: (() => void) | undefined;
  let loading: AbortController | undefined;
  /** live points that came while the history was on its way */
  let meanwhile: DrawnPoint[] = [];

  const load = async () => {
    loading?.abort();
    const { selection, hours, trail } = store.getState();
    if (selection?.kind !== 'van') return;
    const vanId = selection.id;
    const mine = new AbortController();
    loading = mine;
    meanwhile = [];
    // A trail already on the screen stays until the new one is here.
    if (!(trail.state === 'ready' && trail.vanId === vanId)) store.setState({ trail: { state: 'loading', vanId } });
    const to = now();
    const from = to - hours * 3_600_000;
    const show = (history: DrawnPoint[], partial?: string) => {
      const live = meanwhile.reduce<readonly DrawnPoint[]>((so, point) => withLivePoint(history, so, point), []);
      const state = { state: 'ready', vanId, history, live } as const;
      store.setState({ trail: partial === undefined ? state : { ...state, partial } });
    };
    try {
      const own = cache === undefined ? undefined : await cache.read(vanId, from, to);
      if (mine.signal.aborted) return;
      if (own === undefined || cache === undefined) {
        const path = `/api/vans/${encodeURIComponent(vanId)}/trail?format=json&from=${from}&to=${to}`;
        const history = readTrail(await session.read(path, mine.signal));
        if (mine.signal.aborted) return;
        loading = undefined;
        show(history);
        return;
      }
      // What is here is shown at once; the rest comes after it, or why it does not.
      if (own.points.length > 0 || own.isWhole) show(own.points);
      if (!own.isWhole) await fillUp(cache, { vanId, from, to, own, show, signal: mine.signal });
      if (!mine.signal.aborted) loading = undefined;
    } catch (error) {
      if (mine.signal.aborted) return;
      loading = undefined;
      store.setState({ trail: { state: 'failed', vanId, detail: (error as Error).message } });
    }
  };

  return {
    start() {
      unsubscribe = store.subscribe((state, before) => {
        if (state.selection === before.selection && state.hours === before.hours) return;
        void load();
      });
    },
    stop() {
      unsubscribe?.();
      loading?.abort();
    },
    moved(vans) {
      const { selection, trail } = store.getState();
      if (selection?.kind !== 'van') return;
      for (const entry of vans) {
        if (entry.van.id !== selection.id || entry.position === null) continue;
        const { fixTime, latitude, longitude, speed } = entry.position;
        const point: DrawnPoint = { fixTime, latitude, longitude };
        if (speed !== undefined) point.speed = speed;
        if (loading !== undefined) meanwhile.push(point);
        if (trail.state !== 'ready' || trail.vanId !== selection.id) continue;
        const live = withLivePoint(trail.history, trail.live, point);
        if (live !== trail.live) store.setState({ trail: { ...trail, live } });
      }
    },
    reload() {
      void load();
    },
  };
}

interface Filling {
  vanId: string;
  from: number;
  to: number;
  own: { points: DrawnPoint[] };
  show: (history: DrawnPoint[], partial?: string) => void;
  signal: AbortSignal;
}

/** Shows the trail again with what the daemon had of it. Rejects only where there is nothing to show at all. */
async function fillUp(cache: TrailCache, { vanId, from, to, own, show, signal }: Filling): Promise<void> {
  try {
    await cache.fill(vanId, from, to);
    const filled = await cache.read(vanId, from, to);
    if (!signal.aborted) show(filled?.points ?? own.points);
  } catch (error) {
    if (signal.aborted) return;
    if (own.points.length === 0) throw error;
    show(own.points, (error as Error).message);
  }
}
