import type { Arrival } from '../../protocol/arrival.ts';
import type { FeedOrder, FeedVan, ServerMessage } from '../../protocol/feed.ts';
import { connectFeed, type Feed, type FeedMessage, type LinkState } from '../../protocol/feed-client.ts';
import type { Order } from '../../protocol/order.ts';
import type { Agency } from '../../protocol/registry.ts';
import type { Fix } from '../map/map.ts';
import { Refused } from '../shared/http.ts';
import type { Session } from '../shared/session.ts';
import { longer, type Point, readTrail } from '../shared/trail.ts';

type OwnOrder = Order & { code?: string; arrival?: Arrival };

/** What the page knows of one order now. */
export interface Followed {
  order: OwnOrder | undefined;
  agency: Agency | undefined;
  /** id of the consumer */
  subject: string;
  van: { id: string; fix: Fix | undefined; interval: number } | undefined;
  home: { latitude: number; longitude: number } | undefined;
  /** the road of the van since it set out with this order */
  road: readonly Point[];
  link: 'connecting' | 'live' | 'offline' | 'restarting';
  /** UTC ms; since when it is offline */
  since: number;
}

/** An estimate is asked for again this often, ms. */
const askEvery = 30_000;

/**
 * Follows one order over the feed. Of all that comes it keeps what belongs to this order alone; what the daemon calls
 * gone is forgotten at once, with its road.
 */
export class Follow {
  state: Followed;
  readonly #session: Session;
  readonly #orderId: string;
  readonly #onChange: (state: Followed) => void;
  readonly #onEnd: () => void;
  readonly #feed: Feed;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #vanIndex = new Map<number, string>();
  #roadOf: string | undefined;
  #closed = false;

  constructor(deps: {
    session: Session;
    orderId: string;
    onChange: (state: Followed) => void;
    /** the link is dead, or the session over */
    onEnd: () => void;
  }) {
    this.#session = deps.session;
    this.#orderId = deps.orderId;
    this.#onChange = deps.onChange;
    this.#onEnd = deps.onEnd;
    const since = Date.now();
    const nothing = { order: undefined, agency: undefined, van: undefined, home: undefined, road: [] };
    this.state = { ...nothing, subject: '', link: 'connecting', since };
    const { protocol, host } = location;
    this.#feed = connectFeed({
      url: () => `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/feed`,
      token: () => this.#token(),
      format: 'binary',
      now: () => this.#session.now(),
      onState: (state) => this.#link(state),
      onMessage: (message) => this.#take(message),
    });
    this.#timer = setInterval(() => void this.#look(), askEvery);
    void this.#look();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#feed.close();
  }

  /** Asks for the order itself: its code and its estimate are in no frame. */
  async #look(): Promise<void> {
    try {
      const path = `/api/orders/${encodeURIComponent(this.#orderId)}`;
      const order = await this.#session.ask<OwnOrder>('GET', path);
      if (order.version >= (this.state.order?.version ?? 0)) this.#set({ order });
      if (order.vanId !== undefined && order.state === 'out-for-delivery') void this.#readRoad(order);
    } catch (error) {
      if (isEnd(error)) this.#end();
    }
  }

  async #token(): Promise<string> {
    try {
      // After 4401 the present one is worth nothing, whatever it says.
      if (this.state.link === 'offline') return (await this.#session.renew()).accessToken;
      return await this.#session.token();
    } catch (error) {
      if (isEnd(error)) this.#end();
      throw error;
    }
  }

  #end(): void {
    if (this.#closed) return;
    this.close();
    this.#onEnd();
  }

  #link(state: LinkState): void {
    if (state.kind === 'live') this.#set({ link: 'live' });
    else if (state.kind === 'offline' || state.kind === 'refused') {
      const restarting = state.kind === 'offline' && state.detail === 'restarting' && navigator.onLine;
      this.#set({ link: restarting ? 'restarting' : 'offline', since: state.since });
    }
  }

  #take(message: FeedMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#set({ agency: message.agency, subject: message.viewer.subject });
        break;
      case 'snapshot':
        if (message.page === 0) this.#vanIndex.clear();
        for (const each of message.orders ?? []) this.#order(each);
        for (const each of message.vans) this.#van(each);
        for (const each of message.consumers) this.#consumer(each);
        break;
      case 'event':
        this.#event(message);
        break;
      case 'frame':
        for (const { index, ...position } of message.positions) {
          if (this.#vanIndex.get(index) === this.state.van?.id) this.#moved(position);
        }
        break;
      case 'gone':
        if (message.kind === 'van' && message.subject === this.state.van?.id) this.#forgetVan();
        break;
      default:
        break;
    }
  }

  #event(message: Extract<ServerMessage, { type: 'event' }>): void {
    if (message.name === 'order') this.#order(message);
    else if (message.name === 'van') this.#van(message);
    else if (message.name === 'consumer') this.#consumer(message);
  }

  #order({ order }: FeedOrder): void {
    if (order.id !== this.#orderId) return;
    const before = this.state.order;
    if (before !== undefined && order.version <= before.version) return;
    // The code and the estimate of the step before are not those of this one.
    this.#set({ order: { ...order } });
    if (order.state !== 'out-for-delivery') this.#forgetVan();
    void this.#look();
  }

  #van({ index, van, position, interval }: FeedVan): void {
    this.#vanIndex.set(index, van.id);
    const { order } = this.state;
    if (order !== undefined && order.vanId !== undefined && order.vanId !== van.id) return;
    if (this.state.van?.id !== van.id) {
      this.#set({ van: { id: van.id, fix: undefined, interval: interval ?? 5000 }, road: [] });
      if (order !== undefined) void this.#readRoad(order);
    }
    if (position !== null) this.#moved(position);
  }

  #consumer({ consumer }: { consumer: { id: string; latitude?: number; longitude?: number } }): void {
    if (consumer.id !== this.state.subject) return;
    const { latitude, longitude } = consumer;
    this.#set({ home: latitude === undefined || longitude === undefined ? undefined : { latitude, longitude } });
  }

  #moved({ fixTime, latitude, longitude, course }: Fix): void {
    const { van, road } = this.state;
    if (van === undefined || (van.fix !== undefined && van.fix.fixTime >= fixTime)) return;
    const fix = { fixTime, latitude, longitude, course };
    this.#set({ van: { ...van, fix }, road: longer(road, fix) });
  }

  #forgetVan(): void {
    this.#roadOf = undefined;
    this.#set({ van: undefined, road: [] });
  }

  async #readRoad({ vanId, outAt }: Order): Promise<void> {
    const key = `${vanId}/${outAt}`;
    if (vanId === undefined || outAt === undefined || this.#roadOf === key) return;
    this.#roadOf = key;
    try {
      const path = `/api/vans/${encodeURIComponent(vanId)}/trail?from=${outAt}&format=chunks`;
      const history = await readTrail(path, await this.#session.token());
      const live = this.state.road.filter(({ fixTime }) => fixTime > (history[history.length - 1]?.fixTime ?? 0));
      if (this.#roadOf === key) this.#set({ road: [...history, ...live] });
    } catch {
      this.#roadOf = undefined;
    }
  }

  #set(change: Partial<Followed>): void {
    if (this.#closed) return;
    this.state = { ...this.state, ...change };
    this.#onChange(this.state);
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof Refused && (error.status === 404 || error.status === 401);
}
