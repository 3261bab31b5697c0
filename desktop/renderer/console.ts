import { connectFeed, type Feed, type FeedMessage } from '../../protocol/feed-client.ts';
import type { Agency } from '../../protocol/registry.ts';
import { createOrderChanges, type OrderChanges } from './order-changes.ts';
import { type Session, SignInNeeded } from './session.ts';
import type { ConsoleStore, Selection } from './store.ts';
import type { TrailCache } from './trail/cached-trail.ts';
import { type TrailLoader, trailLoader } from './trail/trail-loader.ts';
import type { VanEntry } from './world/entries.ts';
import { World } from './world/world.ts';

/** Told of every step of the world, outside React: the map draws from here. */
interface WorldListener {
  moved(vans: readonly VanEntry[]): void;
  vansChanged(): void;
  consumersChanged(): void;
  ordersChanged?(): void;
  alertsChanged?(): void;
}

/** The console's working parts, made once and handed to every component. */
export interface Console {
  store: ConsoleStore;
  world: World;
  session: Session;
  trail: TrailLoader;
  /** what is done to orders and runs */
  changes: OrderChanges;
  /** UTC ms by the daemon's clock */
  now(): number;
  /**
   * The moment for which a van's status is told: now, or, while there is no link, the last moment there was one. That
   * we hear nothing then is no silence of the van.
   */
  statusTime(): number;
  listen(listener: WorldListener): () => void;
  /** Fulfilled once the first part of the last picture is shown, or none will be; undefined: there is no cache. */
  firstPicture(): Promise<void> | undefined;
  start(): void;
  stop(): void;
}

/** What the desktop app adds: a cache that knows yesterday. */
export interface ConsoleDesk {
  trails: TrailCache;
  /** Shows the last picture part by part, as long as `wanted`. */
  picture(
    wanted: () => boolean,
    show: (part: { message: FeedMessage; agency: Agency; asOf: number }) => void,
  ): Promise<void>;
  /** told of every message of the feed, once the world has it */
  heard(message: FeedMessage): void;
}

interface ConsoleDeps {
  store: ConsoleStore;
  session: Session;
  feedUrl: () => string;
  /** given the parts that it needs of the console, once */
  desk?: ((parts: { world: World; now: () => number }) => ConsoleDesk) | undefined;
  connect?: typeof connectFeed;
  now?: () => number;
}

/** The list is looked at by people: four times a second is as often as it is worth sorting, ms. */
const lookEvery = 250;

/** Wires feed → world → store and map. Does nothing until `start`. */
export function createConsole(deps: ConsoleDeps): Console {
  const { store, session } = deps;
  const connect = deps.connect ?? connectFeed;
  const ownNow = deps.now ?? Date.now;
  const now = () => ownNow() + store.getState().clockAhead;
  const world = new World();
  const desk = deps.desk?.({ world, now });
  const trail = trailLoader({ store, session, now, cache: desk?.trails });
  const changes = createOrderChanges({ store, session, world });
  const listeners = new Set<WorldListener>();
  let feed: Feed | undefined;
  let nextLook: ReturnType<typeof setTimeout> | undefined;
  let changed = { vans: false, consumers: false, orders: false, alerts: false };
  /** the last moment of the link while there is none, UTC ms of the daemon's clock */
  let heardUntil: number | undefined;

  const look = () => {
    clearTimeout(nextLook);
    nextLook = undefined;
    const { revision, vansRevision, consumersRevision, ordersRevision, alertsRevision } = store.getState();
    store.setState({
      revision: revision + 1,
      ...(changed.vans ? { vansRevision: vansRevision + 1 } : {}),
      ...(changed.consumers ? { consumersRevision: consumersRevision + 1 } : {}),
      ...(changed.orders ? { ordersRevision: ordersRevision + 1 } : {}),
      ...(changed.alerts ? { alertsRevision: alertsRevision + 1 } : {}),
    });
    changed = { vans: false, consumers: false, orders: false, alerts: false };
  };
  const soonLook = () => {
    nextLook ??= setTimeout(look, lookEvery);
  };

  /** The daemon is there: what it says is newer than any picture. */
  let isWelcome = false;
  const receive = (message: FeedMessage) => {
    if (message.type === 'welcome') {
      isWelcome = true;
      pictureSettled();
    }
    show(message);
    desk?.heard(message);
    if (message.type !== 'snapshot' || !message.last) return;
    store.setState({ picture: undefined });
    look();
  };

  let firstPicture: Promise<void> | undefined;
  let pictureSettled = () => {};
  const showPicture = () =>
    desk?.picture(
      () => !isWelcome && feed !== undefined,
      ({ message, agency, asOf }) => {
        heardUntil = asOf;
        const isFirst = !store.getState().loaded;
        show(message);
        store.setState({ agency, picture: asOf, loaded: true });
        // Nobody waits for the next turn of the list to see its first lines.
        if (isFirst) look();
        pictureSettled();
        // How long after its beginning the page had something to show: what a bench asks for.
        performance.mark('vantrail.picture');
      },
    );

  const show = (message: FeedMessage) => {
    if (message.type === 'welcome') {
      const { agency, viewer } = message;
      store.setState({ agency, viewer: { role: viewer.role, subject: viewer.subject } });
    }
    if (message.type === 'welcome' || message.type === 'heartbeat') {
      store.setState({ clockAhead: message.serverTime - ownNow() });
      return;
    }
    const change = world.apply(message);
    if (change.moved.length > 0) {
      trail.moved(change.moved);
      for (const each of listeners) each.moved(change.moved);
    }
    if (change.vans) {
      changed.vans = true;
      for (const each of listeners) each.vansChanged();
    }
    if (change.consumers) {
      changed.consumers = true;
      for (const each of listeners) each.consumersChanged();
    }
    if (change.orders) {
      changed.orders = true;
      for (const each of listeners) each.ordersChanged?.();
    }
    if (change.alerts) {
      changed.alerts = true;
      for (const each of listeners) each.alertsChanged?.();
    }
    if (
      message.type === 'gone' &&
      (message.kind === 'van' || message.kind === 'consumer' || message.kind === 'order')
    ) {
      forgetSelection(message.kind, message.subject);
    }
    if (message.type === 'snapshot' && message.last) {
      const { selection } = store.getState();
      if (selection?.kind === 'van' && !world.vans.has(selection.id)) forgetSelection('van', selection.id);
      store.setState({ loaded: true });
    }
    if (change.vans || change.consumers || change.orders || change.alerts || change.moved.length > 0) soonLook();
  };

  const forgetSelection = (kind: Selection['kind'], id: string) => {
    const { selection } = store.getState();
    if (selection?.kind === kind && selection.id === id) {
      store.setState({ selection: undefined, following: false, trail: { state: 'none' } });
    }
  };

  const token = async () => {
    try {
      const good = await session.token();
      store.setState({ signIn: 'fine' });
      return good;
    } catch (error) {
      if (error instanceof SignInNeeded) {
        // Only a person can mend this; trying again and again would only fill the daemon's log.
        feed?.close();
        store.setState({ signIn: error.expired ? 'expired' : 'needed' });
      }
      throw error;
    }
  };

  return {
    store,
    world,
    session,
    trail,
    changes,
    now,
    statusTime: () => heardUntil ?? now(),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    firstPicture: () => firstPicture,
    start() {
      trail.start();
      feed = connect({
        url: deps.feedUrl,
        token,
        format: 'binary',
        onMessage: receive,
        onState(link) {
          store.setState({ link });
          const isCut = link.kind === 'offline' || link.kind === 'refused';
          // A picture is as old as it is, whenever the link was tried.
          if (isCut && store.getState().picture === undefined) heardUntil = link.since + store.getState().clockAhead;
          if (link.kind === 'live' && heardUntil !== undefined) {
            heardUntil = undefined;
            trail.reload();
          }
        },
      });
      if (desk === undefined) return;
      firstPicture = new Promise((resolve) => {
        pictureSettled = resolve;
      });
      // Without a cache that can be read there is no picture, and the feed brings one.
      void showPicture()
        ?.catch(() => undefined)
        .then(pictureSettled);
    },
    stop() {
      feed?.close();
      feed = undefined;
      trail.stop();
      changes.stop();
      clearTimeout(nextLook);
      nextLook = undefined;
    },
  };
}
