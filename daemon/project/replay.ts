import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LogRecord } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import { type Cursor, type Log, type LogBatch, UnknownCursor } from '../log/log.ts';
import type { Projection } from './projection.ts';
import type { Projector } from './projector.ts';
import { Rebuild } from './rebuild.ts';

/** The projections that can be replayed; the live state has nothing of its own and follows the trails. */
export const replayable = ['registry', 'trails', 'health', 'dead-letters', 'outcomes'] as const;
export type Replayable = (typeof replayable)[number];

/** Where a replay begins: at a time (UTC ms, when the record came), or after a place in the log. */
export type ReplayFrom = { time: number } | { cursor: Cursor };

export interface ReplayStatus {
  projection: Replayable;
  /** rebuild: made anew beside the running one, then exchanged; repeat: records given to the running one once more */
  way: 'rebuild' | 'repeat';
  state: 'running' | 'done' | 'failed';
  /** records of the log it has been given so far */
  records: number;
  /** UTC ms */
  startedAt: number;
  endedAt?: number;
  /** why it failed */
  detail?: string;
}

/** Why a replay was not begun. */
export class ReplayRefused extends Error {
  override name = 'ReplayRefused';
}

export interface ReplaysDeps {
  log: Pick<Log, 'read' | 'head' | 'covers'>;
  projector: Projector;
  /** the projections' file; what is being rebuilt lies beside it */
  file: string;
  /** a new instance of each projection that can be rebuilt, after those whose work on a record it looks at */
  fresh: Readonly<Partial<Record<Replayable, () => Projection[]>>>;
  logger: Logger;
  /** ms between log lines about its progress */
  progressEveryMs?: number;
}

/** A pass over the log that took less than this has nearly caught up, ms: the rest can wait in memory. */
const short = 1000;

/**
 * Replays of single projections while everything goes on. A rebuild reads the log from its beginning into a new
 * instance in a file of its own; when that has come to where the running one is, it takes its place in one
 * transaction, between two records. A crash before leaves the old one.
 *
 * Projections that outlive the log (trails) are never made anew, since what the log has forgotten would be lost: they
 * are given its records once more and take what they miss.
 */
export class Replays implements Service {
  readonly name = 'replays';
  readonly #deps: ReplaysDeps;
  #status: ReplayStatus | undefined;
  #running: { stop: AbortController; over: Promise<void> } | undefined;

  constructor(deps: ReplaysDeps) {
    this.#deps = deps;
  }

  /** Removes what a crash left of an earlier one. */
  async start(): Promise<void> {
    for (const name of replayable) Rebuild.remove(this.#fileOf(name));
  }

  /** Gives up the one under way; the old projection stays. */
  async stop(): Promise<void> {
    this.#running?.stop.abort(new Error('the daemon is stopping'));
    await this.#running?.over;
  }

  /** The one under way, or the last one. */
  status(): ReplayStatus | undefined {
    return this.#status;
  }

  /** Resolves when the one under way is over, well or not. */
  async over(): Promise<void> {
    await this.#running?.over;
  }

  /** Begins; throws ReplayRefused. `status` tells how it goes on. */
  begin(name: Replayable, from?: ReplayFrom): ReplayStatus {
    const { projector, fresh } = this.#deps;
    const projection = projector.projection(name);
    const { problem } = projector.status();
    if (projection === undefined) throw new ReplayRefused(`${name} is no projection of this daemon`);
    if (this.#status?.state === 'running') throw new ReplayRefused(`${this.#status.projection} is being replayed now`);
    if (problem !== undefined) throw new ReplayRefused(`not now: ${problem}`);
    const repeatable = projection.lasting === true || projection.repeatable === true;
    if (from !== undefined && !repeatable) {
      throw new ReplayRefused(
        `${name} would be wrong if records were applied to it a second time; without --from it is rebuilt from the ` +
          'beginning of the log',
      );
    }
    if (from !== undefined && 'cursor' in from) this.#refuseUnknown(from.cursor);
    const make = fresh[name];
    const repeat = projection.lasting === true || from !== undefined;
    if (!repeat && make === undefined) throw new ReplayRefused(`${name} cannot be rebuilt at this daemon`);
    const way = repeat ? 'repeat' : 'rebuild';
    const status: ReplayStatus = { projection: name, way, state: 'running', records: 0, startedAt: Date.now() };
    this.#status = status;
    const stop = new AbortController();
    const work = repeat
      ? this.#repeat(projection, from, status, stop.signal)
      : this.#rebuild(name, make?.() ?? [], status, stop.signal);
    this.#running = { stop, over: this.#watch(work, status) };
    return status;
  }

  async #watch(work: Promise<void>, status: ReplayStatus): Promise<void> {
    const { logger, progressEveryMs = 5000 } = this.#deps;
    const { projection, way } = status;
    logger.info({ projection, way }, 'a projection is being replayed');
    const timer = setInterval(
      () => logger.info({ projection, way, records: status.records }, 'a projection is being replayed'),
      progressEveryMs,
    );
    try {
      await work;
      status.state = 'done';
      logger.info({ projection, way, records: status.records }, 'a projection was replayed');
    } catch (error) {
      status.state = 'failed';
      status.detail = (error as Error).message;
      logger.error({ err: error, projection, way }, 'a replay failed');
    } finally {
      clearInterval(timer);
      status.endedAt = Date.now();
    }
  }

  async #rebuild(
    name: Replayable,
    projections: readonly Projection[],
    status: ReplayStatus,
    stopped: AbortSignal,
  ): Promise<void> {
    const { projector, logger } = this.#deps;
    const rebuild = new Rebuild(this.#fileOf(name), projections, logger);
    const take = (batch: LogBatch) => {
      rebuild.take(batch);
      status.records = rebuild.records;
    };
    const readOn = async () => {
      const upTo = projector.cursor();
      if (upTo === null) return;
      await this.#read(rebuild.cursor, rebuild.topics, upTo, stopped, take);
      rebuild.cursor = upTo;
    };
    let unfollow = () => {};
    try {
      for (let took = short; took >= short; ) {
        const begun = performance.now();
        await readOn();
        took = performance.now() - begun;
      }
      const held: LogBatch[] = [];
      unfollow = projector.onBatch((batch) => held.push(batch));
      await readOn();
      // From here to the exchange nothing waits, so the running projection does not move.
      for (const batch of held) take(batch);
      rebuild.finish();
      projector.exchange(name, rebuild.file);
    } finally {
      unfollow();
      rebuild.close();
      Rebuild.remove(rebuild.file);
    }
  }

  async #repeat(
    { name, topics }: Projection,
    from: ReplayFrom | undefined,
    status: ReplayStatus,
    stopped: AbortSignal,
  ): Promise<void> {
    const { log, projector } = this.#deps;
    const after = from !== undefined && 'cursor' in from ? from.cursor : null;
    const since = from !== undefined && 'time' in from ? from.time : Number.NEGATIVE_INFINITY;
    const upTo = log.head();
    if (upTo === null) return;
    await this.#read(after, topics, upTo, stopped, ({ records }) => {
      const wanted = records.filter((record) => cameAt(record) >= since);
      projector.repeat(name, wanted);
      status.records += wanted.length;
    });
    projector.saveNow();
  }

  async #read(
    from: Cursor | null,
    topics: readonly LogRecord['topic'][],
    upTo: Cursor,
    stopped: AbortSignal,
    take: (batch: LogBatch) => void,
  ): Promise<void> {
    for await (const batch of this.#deps.log.read(from, topics, upTo)) {
      stopped.throwIfAborted();
      take(batch);
      // Trackers and viewers come first.
      await setImmediate();
    }
    stopped.throwIfAborted();
  }

  #refuseUnknown(cursor: Cursor): void {
    const head = this.#deps.log.head();
    try {
      if (head !== null && this.#deps.log.covers(head, cursor)) return;
    } catch (error) {
      if (!(error instanceof UnknownCursor)) throw error;
    }
    throw new ReplayRefused(
      `--from: ${JSON.stringify(cursor.slice(0, 100))} is neither a time (UTC ms or ISO 8601) nor a place in this log`,
    );
  }

  #fileOf(name: Replayable): string {
    return `${this.#deps.file}.rebuild-${name}`;
  }
}

/** When a record came to the daemon, UTC ms; newest values do not say. */
function cameAt(record: LogRecord): number {
  if (record.topic === 'positions') return record.value.receivedAt;
  return record.topic === 'dead-letters' || record.topic === 'events' ? record.value.time : Number.POSITIVE_INFINITY;
}
