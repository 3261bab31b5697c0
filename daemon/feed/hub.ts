import { randomUUID } from 'node:crypto';
import type { Viewer } from '../../protocol/claims.ts';
import { closeCodes, heartbeatInterval } from '../../protocol/feed.ts';
import type { Service } from '../lifecycle.ts';
import type { Change, World } from '../project/world.ts';
import { type Audience, sameAudience, visible } from './audience.ts';
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
  #unsubscribe: () => void = () => {};
  #tickTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#deps.world.onChange((change) => this.#gather(change));
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

  /** Closes the feeds of one person at once, for example when the account is disabled. */
  closeFor(agency: string, subject: string, code: number, reason: string): void {
    for (const connection of this.#agencies.get(agency)?.connections ?? []) {
      if (connection.viewer.subject === subject) connection.close(code, reason);
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
      feed = { connections: new Set(), indexes: new Map(), pending: noChanges(), past: new PastTicks() };
      this.#agencies.set(agency, feed);
    }
    return feed;
  }

  #gather(change: Change): void {
    const feed = this.#agencies.get(change.agency);
    if (feed === undefined) return;
    merge(feed.pending, change);
    this.#dirty.add(change.agency);
    if (
      change.oldestReceivedAt > 0 &&
      (this.#oldestReceivedAt === 0 || change.oldestReceivedAt < this.#oldestReceivedAt)
    ) {
      this.#oldestReceivedAt = change.oldestReceivedAt;
    }
    this.#tickTimer ??= setTimeout(() => this.#tick(), this.#deps.tick ?? usualTick);
  }

  #tick(): void {
    this.#tickTimer = undefined;
    const now = this.#now();
    for (const agency of this.#dirty) {
      const feed = this.#feed(agency);
      const changes = feed.pending;
      feed.pending = noChanges();
      if (isEmpty(changes)) continue;
      feed.past.add(changes);
      if (changes.vans.size > 0 || changes.consumers.size > 0) this.#reviewAudiences(feed, changes);
      this.#send(feed, changes, now);
    }
    this.#dirty.clear();
    if (this.#oldestReceivedAt > 0) this.#deps.onDelay?.(now - this.#oldestReceivedAt);
    this.#oldestReceivedAt = 0;
  }

  #send(feed: AgencyFeed, changes: Changes, now: number): void {
    const shared: { kind: string; format: FeedFormat; changes: Changes; frames: Buffer[] }[] = [];
    for (const connection of feed.connections) {
      const { audience, format } = connection;
      if (audience.kind === 'some') {
        const own = visible(audience, changes);
        if (!isEmpty(own)) this.#count(connection.offer(() => this.#frames(feed, connection, own), own, now));
        continue;
      }
      let one = shared.find((each) => each.kind === audience.kind && each.format === format);
      if (one === undefined) {
        const seen = visible(audience, changes);
        one = { kind: audience.kind, format, changes: seen, frames: this.#frames(feed, connection, seen) };
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
      agency: connection.agency,
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

  /** Rights may follow from what changed (a van's driver, say): whoever sees something else now is told. */
  #reviewAudiences(feed: AgencyFeed, changes: Changes): void {
    for (const connection of feed.connections) {
      if (connection.audience.kind === 'some') this.#review(feed, connection, changes);
    }
  }

  #review(feed: AgencyFeed, connection: Connection, changes: Changes): void {
    const before = connection.audience;
    const after = this.#deps.audienceOf(connection.viewer);
    if (before.kind !== 'some' || after.kind !== 'some' || sameAudience(before, after)) return;
    connection.audience = after;
    const cursor = this.#cursor(feed);
    const gone = [
      ...[...before.vans].filter((id) => !after.vans.has(id)).map((subject) => ({ kind: 'van' as const, subject })),
      ...[...before.consumers]
        .filter((id) => !after.consumers.has(id))
        .map((subject) => ({ kind: 'consumer' as const, subject })),
    ];
    connection.write(
      gone.map((each) => messageFrame({ type: 'gone', cursor, ...each })),
      this.#now(),
    );
    for (const id of after.vans) if (!before.vans.has(id)) changes.vans.add(id);
    for (const id of after.consumers) if (!before.consumers.has(id)) changes.consumers.add(id);
  }

  #heartbeat(feed: AgencyFeed): Buffer {
    return messageFrame({ type: 'heartbeat', cursor: this.#cursor(feed), serverTime: this.#now() });
  }

  /** Once a second: brings slow readers up to date, ends what is overdue, breaks silences. */
  #sweep(): void {
    const now = this.#now();
    for (const feed of this.#agencies.values()) {
      let heartbeat: Buffer | undefined;
      for (const connection of feed.connections) {
        const overdue = connection.overdue(now);
        if (overdue !== null) {
          connection.close(overdue.code, overdue.reason);
          continue;
        }
        this.#catchUp(feed, connection);
        // A heartbeat carries the newest cursor: only who has been told everything may have it.
        if (!connection.current || now - connection.lastSent < heartbeatInterval) continue;
        heartbeat ??= this.#heartbeat(feed);
        connection.write([heartbeat], now);
      }
    }
  }
}
