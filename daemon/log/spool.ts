import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { expiring, type LogRecord, type Topic } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import { Forwarder } from './forwarder.ts';
import { type Cursor, type Log, type LogBatch, LogError, type LogStatus, UnknownCursor } from './log.ts';
import { sequenceOf } from './marks.ts';
import type { RemoteLog } from './remote.ts';
import { SpoolAcks } from './spool-acks.ts';
import { type Place, readCursor, writeCursor } from './spool-cursor.ts';
import { SpoolFile } from './spool-file.ts';
import { readPlaces } from './spool-reading.ts';
import { problemOf, type SpoolCounts } from './spool-state.ts';
import { SpoolTail } from './spool-tail.ts';

export interface SpooledLogDeps {
  /** the spool's own folder */
  folder: string;
  /** a name for this daemon; what it forwards is named after it and the spool's epoch */
  daemon: string;
  /** makes the shared log, which forwards under the name `origin` */
  remote: (origin: string) => RemoteLog;
  /** the cursors that the projections have saved, from which they would read again; undefined while that is not known */
  saved: () => readonly Cursor[] | undefined;
  logger: Logger;
  /** with `fallback`: a position is acknowledged when it is durable in the shared log; otherwise, when it is in the spool */
  ack?: { fallback: 'spool' | 'refuse'; limitMs?: number };
  /** bytes that may wait in the spool for the shared log */
  maxBytes?: number;
  /** ms that records stay in the spool after they were forwarded */
  keptMs?: number;
  /** ms between two parts that are forwarded, while there is little */
  gatherMs?: number;
  maxPageCount?: number;
  /** UTC ms */
  now?: () => number;
}

const minute = 60_000;
/** ms between two looks for what can be trimmed */
const trimEvery = 10_000;
/** ms between two looks at whether the shared log can be reached, where something waits for it */
const lookEvery = 100;
/** ms that `stop` waits for the rest of the spool to be forwarded */
const lastForward = 2000;

/**
 * The log of a daemon that shares a log with others. Positions and dead letters are appended to the spool, a log on this
 * daemon's own disk, and a forwarder carries them to the shared log; all else goes there straight. Readers are given
 * this daemon's own positions from the spool at once, and everything else from the shared log; each record once.
 *
 * Order: calls whose records all are positions and dead letters are settled in the order of those calls, all other
 * calls in the order of theirs. A position is not to wait for a command that waits for Kafka.
 */
export class SpooledLog implements Log, Service {
  readonly name = 'log';
  readonly #deps: SpooledLogDeps;
  readonly #spool: SpoolFile;
  readonly #now: () => number;
  #own = '';
  #remote: RemoteLog | undefined;
  #forwarder: Forwarder | undefined;
  #acks: SpoolAcks | undefined;
  /** resolves when the shared log has been started, which takes as long as no broker answers */
  #remoteUp: Promise<void> = Promise.resolve();
  #isRemoteUp = false;
  #failed: string | undefined;
  #isBehind = false;
  #state: 'new' | 'open' | 'stopping' | 'stopped' = 'new';
  #stopped: Promise<void> | undefined;
  #fullSince: number | undefined;
  #tails = new Set<SpoolTail>();
  #readings = new Set<{ commit: number }>();
  #trimTimer: NodeJS.Timeout | undefined;

  constructor(deps: SpooledLogDeps) {
    this.#deps = deps;
    this.#spool = new SpoolFile(deps);
    this.#now = deps.now ?? Date.now;
  }

  /** Resolves when the shared log has started, or cannot be reached: then it goes on trying by itself. */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new LogError('closed', 'a log can be started once');
    await this.#spool.start();
    try {
      await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { daemon, logger, gatherMs, ack } = this.#deps;
    const spool = this.#spool;
    this.#own = spool.originOf(daemon);
    const remote = this.#deps.remote(this.#own);
    this.#remote = remote;
    const forwarder = new Forwarder({
      spool,
      remote: {
        forward: async (part) => {
          await this.#remoteUp.catch((cause: Error) => {
            throw new LogError('closed', cause.message, { cause });
          });
          await remote.forward(part);
        },
      },
      logger,
      now: this.#now,
      onForwarded: () => this.#forwarded(),
      gatherMs: gatherMs ?? (ack === undefined ? 10 : 0),
    });
    this.#forwarder = forwarder;
    if (ack !== undefined) {
      this.#acks = new SpoolAcks({
        spool: spool.log,
        fallback: ack.fallback,
        limitMs: ack.limitMs ?? 5000,
        forwarded: () => forwarder.mark(),
        release: (upTo) => {
          for (const tail of this.#tails) tail.release(upTo);
        },
        onError: (err) => logger.error({ err }, 'a callback of an append failed; the log goes on'),
      });
      this.#acks.start(spool.log.mark().records - spool.noted().records);
    }
    this.#state = 'open';
    await spool.log.tail(spool.cursorAt(spool.log.mark().commit), () => this.#measure());
    this.#remoteUp = this.#startRemote(remote);
    await forwarder.start();
    await this.#unlessUnreachable(this.#remoteUp);
    this.#trimTimer = setInterval(() => this.#trimQuietly(), trimEvery).unref();
  }

  async #startRemote(remote: RemoteLog): Promise<void> {
    try {
      await remote.start();
      if (this.#state !== 'open') return;
      this.#isRemoteUp = true;
    } catch (err) {
      this.#fail(err);
      throw err;
    }
  }

  #fail(err: unknown): void {
    if (this.#state !== 'open') return;
    this.#failed = (err as Error).message;
    this.#deps.logger.fatal({ err }, 'the shared log cannot be used; the daemon must be restarted');
  }

  /** Its numbers have been used by another life of this spool: readers would drop what is forwarded under them. */
  #ahead(): void {
    if (this.#isBehind) return;
    this.#isBehind = true;
    this.#fail(
      new Error(
        `it has records of the spool in ${this.#deps.folder} that the spool has not: the folder is an older copy, ` +
          'or another daemon uses a copy of it; stop the daemon, move the folder away and start again',
      ),
    );
  }

  /** Waits for `work` on the shared log, but no longer once no broker answers. */
  async #unlessUnreachable(work: Promise<void>): Promise<void> {
    let over = false;
    const done = work.finally(() => {
      over = true;
    });
    const unreachable = async () => {
      while (!over && this.#remote?.unreachableSince() === undefined) await sleep(lookEvery, undefined, { ref: false });
    };
    done.catch(() => {});
    await Promise.race([done, unreachable()]);
    if (over) await done;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#state = 'stopping';
    clearInterval(this.#trimTimer);
    await new Promise<void>((resolve) => this.#spool.log.append([], () => resolve()));
    await this.#acks?.stop();
    if (this.#isRemoteUp && this.#remote?.unreachableSince() === undefined) {
      await Promise.race([this.#forwarder?.idle(), sleep(lastForward, undefined, { ref: false })]);
    }
    await this.#forwarder?.stop();
    await this.#remote?.stop();
    for (const tail of this.#tails) tail.end();
    this.#tails.clear();
    await this.#spool.stop();
    this.#state = 'stopped';
  }

  append(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    const error = this.#whyNot();
    if (!records.every(isSpooled)) this.#appendRemote(records, settled);
    else if (this.#acks !== undefined) this.#acks.append(records, settled, error);
    else if (error === undefined) this.#spool.log.append(records, settled);
    // In its turn: after the calls before it.
    else this.#spool.log.append([], () => settled(error));
  }

  #whyNot(): LogError | undefined {
    if (this.#state !== 'open') return new LogError('closed', 'the log is not open');
    if (this.#isBehind) return new LogError('io', `the shared log cannot be used: ${this.#failed}`);
    return this.#fullSince === undefined ? undefined : new LogError('full', this.#fullText());
  }

  #appendRemote(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    if (this.#remote !== undefined && this.#isRemoteUp) this.#remote.append(records, settled);
    else {
      const open = this.#state === 'open';
      const why = open ? 'no Kafka broker has answered yet; try again later' : 'the log is not open';
      setImmediate(() => settled(new LogError(open ? 'io' : 'closed', why)));
    }
  }

  read(from: Cursor | null, topics?: readonly Topic[], upTo?: Cursor): AsyncIterable<LogBatch> {
    return this.#read(from, topics, upTo ?? this.head());
  }

  async *#read(
    from: Cursor | null,
    topics: readonly Topic[] | undefined,
    upTo: Cursor | null,
  ): AsyncGenerator<LogBatch> {
    if (from !== null) this.#placeOf(from);
    if (upTo === null) return;
    const end = this.#placeOf(upTo);
    const start = from === null ? await this.#beginning() : this.#placeOf(from);
    const needed = { commit: start.commit };
    this.#readings.add(needed);
    try {
      await this.#remoteUp;
      const deps = { spool: this.#spool, remote: this.#openRemote(), own: this.#own };
      for await (const batch of readPlaces(deps, start, end, topics)) yield batch;
    } finally {
      this.#readings.delete(needed);
    }
  }

  async tail(from: Cursor | null, handler: (batch: LogBatch) => void): Promise<() => void> {
    const place = from === null ? await this.#beginning() : this.#placeOf(from);
    if (place.remote === 'all') throw new UnknownCursor('the cursor was made while no broker had answered yet');
    const remote = this.#openRemote();
    const onError = (err: unknown) =>
      this.#deps.logger.error({ err }, 'a reader of the log failed on a batch; the log goes on');
    const released = this.#acks?.released() ?? Number.POSITIVE_INFINITY;
    const onAhead = () => this.#ahead();
    const deps = { spool: this.#spool, remote, own: this.#own, handler, onError, onAhead };
    const tail = new SpoolTail(deps, place, released);
    this.#tails.add(tail);
    const end = () => {
      this.#tails.delete(tail);
      tail.end();
    };
    const { at } = place.remote;
    try {
      const followed = this.#remoteUp.then(() => tail.followRemote(at));
      followed.catch((error) => this.#fail(error));
      await tail.followSpool();
      // From nothing there is no answer without the shared log; from a cursor there is one, which is only not the newest.
      await (at === null ? followed : this.#unlessUnreachable(followed));
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  #openRemote(): RemoteLog {
    if (this.#remote === undefined) throw new LogError('closed', 'the log is not open');
    return this.#remote;
  }

  /** Where reading from nothing begins: what has been trimmed comes from the shared log, the rest from the spool. */
  async #beginning(): Promise<Place> {
    const mark = await this.#spool.beginning();
    return { commit: mark.commit, shared: sequenceOf(mark), remote: { at: null } };
  }

  /** Throws UnknownCursor for what this log did not make, or has trimmed. */
  #placeOf(cursor: Cursor): Place {
    const place = readCursor(cursor, this.#spool.epoch);
    this.#spool.commitAt(this.#spool.cursorAt(place.commit));
    if (!this.#spool.has(place.commit)) throw new UnknownCursor('the spool no longer has what lies behind the cursor');
    const at = place.remote === 'all' ? null : place.remote.at;
    if (at !== null && this.#isRemoteUp) this.#openRemote().covers(at, at);
    return place;
  }

  head(): Cursor | null {
    const place = this.#headPlace();
    const { commit, remote } = place;
    if (commit === 0 && remote !== 'all' && remote.at === null) return null;
    return writeCursor(this.#spool.epoch, place);
  }

  #headPlace(): Place {
    const at = this.#isRemoteUp ? (this.#remote?.head() ?? null) : null;
    const unknown = at === null && (!this.#isRemoteUp || this.#remote?.unreachableSince() !== undefined);
    return { commit: this.#spool.log.mark().commit, shared: 0, remote: unknown ? 'all' : { at } };
  }

  covers(cursor: Cursor, other: Cursor): boolean {
    const [one, two] = [this.#placeOf(cursor), this.#placeOf(other)];
    // With more taken from the shared log, some of the other's may still lie ahead.
    if (one.commit < two.commit || one.shared > two.shared) return false;
    if (one.remote === 'all') return true;
    if (two.remote === 'all') return false;
    if (two.remote.at === null) return true;
    if (one.remote.at === null || one.remote.at === two.remote.at) return one.remote.at !== null;
    // Until a broker has answered the shared log may not know its own cursors: the spool's part has to do.
    return this.#isRemoteUp ? this.#openRemote().covers(one.remote.at, two.remote.at) : one.commit > two.commit;
  }

  waitingBytes(): number {
    // What waits for the shared log counts from the call to its settling, in the spool and after.
    const spool = this.#acks?.waitingBytes() ?? this.#spool.log.waitingBytes();
    return spool + (this.#remote?.waitingBytes() ?? 0);
  }

  status(): LogStatus {
    const spool = this.#spool.log.status();
    const remote = this.#isRemoteUp ? this.#remote?.status() : undefined;
    const counts = this.counts();
    const problem = problemOf({
      spool: spool.problem,
      full: this.#fullSince === undefined ? undefined : this.#fullText(),
      failed: this.#failed,
      remote: remote?.problem,
      counts,
      ack: this.#acks?.refusing() ? 'refusing' : this.#acks?.fallenBack() ? 'fallen back' : undefined,
    });
    return {
      writable: spool.writable && this.#whyNot() === undefined && this.#acks?.refusing() !== true,
      ...(problem === undefined ? {} : { problem }),
      damage: [...spool.damage, ...(remote?.damage ?? [])],
      records: (remote?.records ?? 0) + counts.waitingRecords,
      bytes: spool.bytes + (remote?.bytes ?? 0),
    };
  }

  /** Figures for metrics and readiness. */
  counts(): SpoolCounts {
    const now = this.#now();
    const { records, bytes, since } = this.#waiting();
    return {
      waitingRecords: records,
      waitingBytes: bytes,
      oldestSeconds: since === undefined ? 0 : Math.max(0, now - since) / 1000,
      forwarded: this.#forwarder?.forwarded ?? 0,
      lag: this.#remote?.lag(),
      unreachableSince: this.#remote?.unreachableSince(),
    };
  }

  #waiting(): ReturnType<Forwarder['waiting']> {
    return this.#forwarder?.waiting() ?? { records: 0, bytes: 0, since: undefined };
  }

  #forwarded(): void {
    this.#measure();
    this.#acks?.forwarded(this.#waiting().records);
  }

  /** With every commit and every part that was forwarded, so that an append need only look at the outcome. */
  #measure(): void {
    const full = this.#waiting().bytes >= (this.#deps.maxBytes ?? Number.POSITIVE_INFINITY);
    if (full === (this.#fullSince !== undefined)) return;
    this.#fullSince = full ? this.#now() : undefined;
    if (full) this.#deps.logger.error(this.#fullText());
    else this.#deps.logger.info('the spool has room again; positions are accepted');
  }

  #fullText(): string {
    const since = new Date(this.#fullSince ?? 0).toISOString();
    const { maxBytes = 0, folder } = this.#deps;
    return `the spool in ${folder} has been full since ${since}: ${maxBytes} bytes (--spool-max-bytes) wait for Kafka`;
  }

  #trimQuietly(): void {
    this.trim().catch((err) => {
      if (this.#state === 'open') this.#deps.logger.warn({ err }, 'the spool could not be trimmed');
    });
  }

  /**
   * Removes from the spool what is forwarded, is in the saved state of the projections, and is old enough. Runs by itself
   * every ten seconds. When the disk is full, age does not matter.
   */
  async trim(): Promise<void> {
    const saved = this.#deps.saved();
    if (saved === undefined) return;
    const needed = [this.#spool.noted().commit];
    for (const { commit } of [...this.#tails, ...this.#readings]) needed.push(commit);
    for (const cursor of saved) {
      try {
        needed.push(this.#placeOf(cursor).commit);
      } catch (error) {
        // Of another spool: whoever saved it will begin anew.
        if (!(error instanceof UnknownCursor)) throw error;
      }
    }
    const upTo = Math.min(...needed);
    const kept = this.#spool.log.status().writable ? (this.#deps.keptMs ?? 10 * minute) : 0;
    await this.#spool.trim(upTo, this.#now() - kept);
  }
}

const isSpooled = ({ topic }: LogRecord): boolean => expiring.has(topic);
