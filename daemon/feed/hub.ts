import { randomUUID } from 'node:crypto';
import type { Viewer } from '../../protocol/claims.ts';
import { closeCodes, heartbeatInterval } from '../../protocol/feed.ts';
import { baseGazetteer } from '../../protocol/place.ts';
import type { Service } from '../lifecycle.ts';
import type { Change, World } from '../project/world.ts';
import { type Audience, difference, visible } from './audience.ts';
import { type Changes, isEmpty, merge, noChanges } from './changes.ts';
import type { Connection } from './connection.ts';
import { changeFrames, type FeedFormat, type IndexOf, messageFrame } from './messages.ts';
import { PastTicks } from './past-ticks.ts';
import { sendSnapshot } from './snapshot.ts';

/** How often gathered changes are sent unless told otherwise, ms. */
const usualTick = 50;

interface AgencyFeed {
  connections: Set<Connection>;
  /** numbers of subjects, shared by all who see the whole agency */
  indexes: Map<string, number>;
  /** changes not sent yet */
  pending: Changes;
  past: PastTicks;
  /** what some came to see since the last tick */
  come: Map<Connection, Changes>;
}

export interface FeedCounts {
  connections: number;
  frames: number;
  gathered: number;
  closedBy: Record<number, number>;
}

export interface HubDeps {
  world: World;
  /** what a viewer may watch now (design: one pure access function behind it) */
  audienceOf: (viewer: Viewer) => Audience;
  /** whether a viewer may still be listened to at a time (UTC ms): his link may be dead, say; asked once a second */
  admits?: (viewer: Viewer, now: number) => boolean;
  /** calls back with orders whose estimated arrival moved; returns an unsubscribe */
  estimates?: (listener: (agency: string, orders: readonly string[]) => void) => () => void;
  /** the delay from receipt to frame of the oldest position in a tick, ms */
  onDelay?: (ms: number) => void;
  /** ms between frames */
  tick?: number;
  now?: () => number;
}

/**
 * Turns changes of the world into frames for viewers, once per agency and tick. Everyone who sees the whole agency is
 * sent the same bytes; the newest position per subject wins; nothing is queued without a bound.
 *
 * A cursor here is `instance.tick`: at this daemon it resumes from the remembered ticks, at any other (or after a
 * restart) it is answered with a snapshot.
 */
export class Hub implements Service {
  readonly name = 'feed';
  readonly counts: FeedCounts = { connections: 0, frames: 0, gathered: 0, closedBy: {} };
  readonly #deps: HubDeps;
  readonly #now: () => number;
  readonly #instance = randomUUID().slice(0, 8);
  readonly #agencies = new Map<string, AgencyFeed>();
  readonly #dirty = new Set<string>();
  #oldestReceivedAt = 0;
  /** UTC ms */
  #sweptAt = 0;
  #unsubscribe: () => void = () => {};
  /** ms between two ticks at least */
  readonly #every: number;
  /** when the last tick was to be, by the clock of `performance.now` */
  #tickDue = Number.NEGATIVE_INFINITY;
  #tickTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#every = deps.tick ?? usualTick;
  }

  async start(): Promise<void> {
    const { world } = this.#deps;
    const listening = [
      world.onChange((change) => this.#gather(change)),
      world.places?.onChange((change) => this.#gatherPlaces(change)),
      this.#deps.estimates?.((agency, orders) => this.#gatherOne({ agency, orders: new Set(orders) })),
    ];
    this.#unsubscribe = () => {
      for (const end of listening) end?.();
    };
    this.#sweptAt = this.#now();
    this.#sweepTimer = setInterval(() => this.#sweep(), 1000);
  }

  /** Tells every viewer to come back to the restarted daemon (1012) and ends. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    clearTimeout(this.#tickTimer);
    clearInterval(this.#sweepTimer);
    for (const feed of this.#agencies.values()) {
      for (const connection of feed.connections) connection.close(closeCodes.restarting, 'restarting');
      feed.connections.clear();
    }
  }

  /** Begins to serve a viewer: resumes after `resume` when that is possible, else sends a snapshot. */
  add(connection: Connection, resume: string | undefined): void {
    const feed = this.#feed(connection.agency);
    const agency = this.#deps.world.registry.agency(connection.agency);
    if (agency === undefined) {
      connection.close(closeCodes.token, 'the agency does not exist');
      return;
    }
    feed.connections.add(connection);
    this.counts.connections++;
    const missed = this.#missedSince(feed, connection, resume);
    const { role, subject } = connection.viewer;
    const welcome = messageFrame({
      type: 'welcome',
      viewer: { role, agency: connection.agency, subject },
      agency,
      serverTime: this.#now(),
      resumed: missed !== null,
    });
    connection.write([welcome], this.#now());
    if (missed === null) {
      void this.#sendSnapshot(feed, connection);
      return;
    }
    connection.snapshotSent();
    connection.write(this.#frames(feed, connection, visible(connection.audience, missed)), this.#now());
    this.#catchUp(feed, connection);
    connection.write([this.#heartbeat(feed)], this.#now());
  }

  remove(connection: Connection, code: number): void {
    if (!this.#agencies.get(connection.agency)?.connections.delete(connection)) return;
    this.counts.connections--;
    this.counts.closedBy[code] = (this.counts.closedBy[code] ?? 0) + 1;
  }

  /** Closes the feeds of the viewers that are meant at once, for example when an account is disabled. */
  closeWhere(agency: string, whose: (viewer: Viewer) => boolean, code: number, reason: string): void {
    for (const connection of this.#agencies.get(agency)?.connections ?? []) {
      if (whose(connection.viewer)) connection.close(code, reason);
    }
  }

  /** How many feeds one person has open. */
  countOf(viewer: Viewer): number {
    let count = 0;
    for (const connection of this.#agencies.get(viewer.agency)?.connections ?? []) {
      if (connection.viewer.subject === viewer.subject && connection.viewer.role === viewer.role) count++;
    }
    return count;
  }

  #feed(agency: string): AgencyFeed {
    let feed = this.#agencies.get(agency);
    if (feed === undefined) {
      feed = {
        connections: new Set(),
        indexes: new Map(),
        pending: noChanges(),
        past: new PastTicks(),
        come: new Map(),
      };
      this.#agencies.set(agency, feed);
    }
    return feed;
  }

  #gather(change: Change): void {
    const feed = this.#agencies.get(change.agency);
    if (feed === undefined) return;
    merge(feed.pending, change);
    // At once: not even what is being caught up with just now may go to somebody who has no right to it any more.
    this.#reviewAudiences(feed, change);
    this.#dirty.add(change.agency);
    if (
      change.oldestReceivedAt > 0 &&
      (this.#oldestReceivedAt === 0 || change.oldestReceivedAt < this.#oldestReceivedAt)
    ) {
      this.#oldestReceivedAt = change.oldestReceivedAt;
    }
    this.#planTick();
  }

  /** Places changed: of one agency, or of the base that all agencies see. */
  #gatherPlaces({ agency, keys }: { agency: string; keys: ReadonlySet<string> }): void {
    for (const [name, feed] of this.#agencies) {
      if (agency !== baseGazetteer && agency !== name) continue;
      merge(feed.pending, { ...noChanges(), places: keys });
      this.#dirty.add(name);
      this.#planTick();
    }
  }

  /** What comes after a pause is sent at once; under load ticks keep their pace, also after one that came late. */
  #planTick(): void {
    if (this.#tickTimer !== undefined) return;
    const now = performance.now();
    this.#tickDue = Math.min(Math.max(now, this.#tickDue + this.#every), now + this.#every);
    this.#tickTimer = setTimeout(() => this.#tick(), this.#tickDue - now);
  }

  #tick(): void {
    this.#sendChanges();
    this.#tickTimer = undefined;
    // However long it took, half of the time is left to others.
    this.#tickDue = Math.max(this.#tickDue, performance.now() - this.#every / 2);
  }

  #sendChanges(): void {
    const now = this.#now();
    for (const agency of this.#dirty) {
      const feed = this.#feed(agency);
      const changes = feed.pending;
      feed.pending = noChanges();
      if (isEmpty(changes)) continue;
      feed.past.add(changes);
      this.#send(feed, changes, now);
      feed.come.clear();
    }
    this.#dirty.clear();
    if (this.#oldestReceivedAt > 0) this.#deps.onDelay?.(now - this.#oldestReceivedAt);
    this.#oldestReceivedAt = 0;
  }

  #send(feed: AgencyFeed, changes: Changes, now: number): void {
    const shared: { kind: string; operator: boolean; format: FeedFormat; changes: Changes; frames: Buffer[] }[] = [];
    for (const connection of feed.connections) {
      const { audience, format } = connection;
      if (audience.kind === 'some') {
        const own = visible(audience, changes);
        merge(own, visible(audience, feed.come.get(connection) ?? noChanges()));
        if (!isEmpty(own)) this.#count(connection.offer(() => this.#frames(feed, connection, own), own, now));
        continue;
      }
      const operator = audience.kind === 'agency' && audience.operator === true;
      const alike = (each: (typeof shared)[number]) => each.kind === audience.kind && each.operator === operator;
      let one = shared.find((each) => alike(each) && each.format === format);
      if (one === undefined) {
        const seen = visible(audience, changes);
        one = { kind: audience.kind, operator, format, changes: seen, frames: this.#frames(feed, connection, seen) };
        shared.push(one);
      }
      const { frames } = one;
      if (frames.length > 0) this.#count(connection.offer(() => frames, one.changes, now));
      this.#catchUp(feed, connection);
    }
  }

  #count(sent: boolean): void {
    if (sent) this.counts.frames++;
    else this.counts.gathered++;
  }

  #frames(feed: AgencyFeed, connection: Connection, changes: Changes): Buffer[] {
    return changeFrames(changes, {
      world: this.#deps.world,
      viewer: connection.viewer,
      audience: connection.audience,
      now: this.#now(),
      format: connection.format,
      cursor: this.#cursor(feed),
      indexOf: this.#indexOf(feed, connection),
    });
  }

  #cursor(feed: AgencyFeed): string {
    return `${this.#instance}.${feed.past.newest}`;
  }

  #indexOf(feed: AgencyFeed, connection: Connection): IndexOf {
    const indexes = connection.audience.kind === 'some' ? connection.ownIndexes : feed.indexes;
    return (kind, id) => {
      const key = `${kind}:${id}`;
      let index = indexes.get(key);
      if (index === undefined) {
        index = indexes.size;
        indexes.set(key, index);
      }
      return index;
    };
  }

  /** What changed after a cursor of this daemon, or null when that is not known (any more). */
  #missedSince(feed: AgencyFeed, connection: Connection, resume: string | undefined): Changes | null {
    const [instance, sequence] = resume?.split('.') ?? [];
    // A viewer with numbers of its own needs them announced again, which a snapshot does.
    if (instance !== this.#instance || connection.audience.kind === 'some') return null;
    return feed.past.since(Number(sequence));
  }

  async #sendSnapshot(feed: AgencyFeed, connection: Connection): Promise<void> {
    const indexOf = this.#indexOf(feed, connection);
    const whole = await sendSnapshot(this.#deps.world, connection, indexOf, this.#cursor(feed), this.#now);
    if (!whole) return;
    connection.snapshotSent();
    this.#catchUp(feed, connection);
  }

  #catchUp(feed: AgencyFeed, connection: Connection): void {
    const behind = connection.takeBehind();
    if (behind === null) return;
    connection.write(this.#frames(feed, connection, visible(connection.audience, behind)), this.#now());
  }

  /** Rights may follow from what changed (a van's driver, an order's state): whoever sees something else now is told. */
  #reviewAudiences(feed: AgencyFeed, { agency, vans, consumers, orders = new Set() }: Change): void {
    if (vans.size + consumers.size + orders.size === 0) return;
    // There may be thousands of consumers: those are looked at whom it concerns.
    const concerned = new Set(consumers);
    for (const id of orders) concerned.add(this.#deps.world.orders?.order(agency, id)?.consumerId ?? '');
    for (const connection of feed.connections) {
      const { role, subject } = connection.viewer;
      if (role === 'CUSTOMER' && vans.size === 0 && !concerned.has(subject)) continue;
      const come = this.#review(feed, connection);
      if (come === null) continue;
      const before = feed.come.get(connection);
      if (before === undefined) feed.come.set(connection, come);
      else merge(before, come);
    }
  }

  /** Tells a viewer what he may not see any more; answers what he may see now. */
  #review(feed: AgencyFeed, connection: Connection): Changes | null {
    const before = connection.audience;
    if (before.kind !== 'some') return null;
    const after = this.#deps.audienceOf(connection.viewer);
    if (after.kind !== 'some') return null;
    connection.audience = after;
    const found = difference(before, after);
    if (found === null) return null;
    const cursor = this.#cursor(feed);
    connection.write(
      found.gone.map((each) => messageFrame({ type: 'gone', cursor, ...each })),
      this.#now(),
    );
    const { vans, consumers, orders } = found.come;
    return { ...noChanges(), vans: new Set(vans), consumers: new Set(consumers), orders: new Set(orders) };
  }

  #heartbeat(feed: AgencyFeed): Buffer {
    return messageFrame({ type: 'heartbeat', cursor: this.#cursor(feed), serverTime: this.#now() });
  }

  /** A location that is not shared any more disappears by itself. */
  #endSharing(agency: string, now: number): void {
    const consumers = new Set(this.#deps.world.sharing?.ended(agency, this.#sweptAt, now));
    if (consumers.size === 0) return;
    this.#gatherOne({ agency, consumers });
  }

  /** What changes without a batch of the log. */
  #gatherOne(change: { agency: string; consumers?: ReadonlySet<string>; orders?: ReadonlySet<string> }): void {
    const none: ReadonlySet<string> = new Set();
    this.#gather({ cursor: '', moved: none, vans: none, consumers: none, oldestReceivedAt: 0, ...change });
  }

  /** Once a second: brings slow readers up to date, ends what is overdue, breaks silences. */
  #sweep(): void {
    const now = this.#now();
    for (const [agency, feed] of this.#agencies) {
      let heartbeat: Buffer | undefined;
      this.#endSharing(agency, now);
      for (const connection of feed.connections) {
        const overdue = connection.overdue(now);
        if (overdue !== null) {
          connection.close(overdue.code, overdue.reason);
          continue;
        }
        if (this.#deps.admits?.(connection.viewer, now) === false) {
          connection.close(closeCodes.token, 'this may not be seen any more');
          continue;
        }
        if (connection.audience.kind === 'some' && now >= connection.audience.reviewAt) {
          const come = this.#review(feed, connection);
          if (come !== null && !isEmpty(come)) {
            this.#count(connection.offer(() => this.#frames(feed, connection, come), come, now));
          }
        }
        this.#catchUp(feed, connection);
        // A heartbeat carries the newest cursor: only who has been told everything may have it.
        if (!connection.current || now - connection.lastSent < heartbeatInterval) continue;
        heartbeat ??= this.#heartbeat(feed);
        connection.write([heartbeat], now);
      }
    }
    this.#sweptAt = now;
  }
}
