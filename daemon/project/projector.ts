import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LogRecord } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import type { Cursor, Log, LogBatch } from '../log/log.ts';
import { Delivery } from './delivery.ts';
import type { Projection } from './projection.ts';
import { isDamage, ProjectionFile, type Reader } from './projection-file.ts';
import type { Change } from './world.ts';

export interface ProjectorDeps {
  log: Log;
  /** the SQLite file of all projections; it may be deleted at any time the daemon is down */
  file: string;
  /** in the order in which they are given each record */
  projections: readonly Projection[];
  logger: Logger;
  /** ms between saves while there is something new */
  saveEveryMs?: number;
}

export interface ProjectorStatus {
  /** everything that was in the log when it started is in the answers, and the file takes what is new */
  ready: boolean;
  /** one line for readiness */
  problem?: string;
  /** records given to projections since the start */
  records: number;
  /** records a projection threw at and that are missing from its state */
  poisoned: number;
}

const progressEveryMs = 5000;

/**
 * Keeps all projections up with the log. Their states and cursors lie in one SQLite file and are saved in one
 * transaction, about once a second; what a crash takes is read again from the log. The file holds nothing that the log
 * does not (but for trails older than the log reaches back), so it is not worth an fsync a second.
 */
export class Projector implements Service {
  readonly name = 'projections';
  #log: Log;
  #file: ProjectionFile;
  #logger: Logger;
  #saveEveryMs: number;
  #readers: Reader[];
  #endTail: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #delivery: Delivery;
  #followers = new Set<(batch: LogBatch) => void>();
  #cursor: Cursor | null = null;
  #unsaved = false;
  #lastSave = 0;
  #lastProgress = 0;
  #records = 0;
  #caughtUp = false;
  #readProblem: string | undefined;
  #saveProblem: string | undefined;
  #up = Promise.withResolvers<void>();
  #run: AbortController | undefined;

  constructor(deps: ProjectorDeps) {
    this.#log = deps.log;
    this.#file = new ProjectionFile(deps);
    this.#logger = deps.logger;
    this.#delivery = new Delivery(deps.logger);
    this.#saveEveryMs = deps.saveEveryMs ?? 1000;
    this.#readers = deps.projections.map((projection) => ({
      projection,
      topics: new Set(projection.topics),
      cursor: null,
    }));
  }

  /**
   * Opens the projections and begins to read. Resolves before it has caught up, so that a long rebuild does not keep
   * the daemon from saying what it does; see `caughtUp` and `status`.
   */
  async start(): Promise<void> {
    this.#file.open(this.#readers);
    this.#lastSave = performance.now();
    this.#lastProgress = this.#lastSave;
    this.#timer = setInterval(() => this.#saveIfDue(), this.#saveEveryMs);
    this.#timer.unref();
    const run = new AbortController();
    this.#run = run;
    this.#follow(run.signal).then(
      () => this.#up.resolve(),
      (error: unknown) => {
        if (run.signal.aborted) return;
        this.#readProblem = `the log cannot be read: ${(error as Error).message}`;
        this.#logger.error({ err: error }, 'projections cannot read the log');
        this.#up.reject(error);
      },
    );
    // Whoever does not wait for it need not hear of it: status() says the same.
    this.#up.promise.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#run?.abort();
    clearInterval(this.#timer);
    this.#endTail?.();
    this.#endTail = undefined;
    if (!this.#file.isOpen) return;
    this.#save(true);
    this.#file.close();
  }

  /** Resolves when everything that was in the log at the start is in the answers. */
  get caughtUp(): Promise<void> {
    return this.#up.promise;
  }

  status(): ProjectorStatus {
    let problem = this.#readProblem ?? this.#saveProblem;
    if (!this.#caughtUp) problem ??= `projections are reading the log: ${this.#records} records so far`;
    return {
      ready: problem === undefined,
      records: this.#records,
      poisoned: this.#delivery.poisoned,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** Everything up to here is in the answers of every projection; null: nothing yet. */
  cursor(): Cursor | null {
    return this.#cursor;
  }

  /** Where each projection would read on after a restart; undefined while one would begin at the beginning. */
  savedCursors(): readonly Cursor[] | undefined {
    return this.#file.cursors();
  }

  onChange(listener: (change: Change) => void): () => void {
    return this.#delivery.onChange(listener);
  }

  /** Tells each batch from now on, in the turn in which the projections have been given it. */
  onBatch(follower: (batch: LogBatch) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  projection(name: string): Projection | undefined {
    return this.#readers.find(({ projection }) => projection.name === name)?.projection;
  }

  /**
   * Gives records of the past to a projection once more, and to those derived from it. What a crash takes of it before
   * the next save is not read again by itself.
   */
  repeat(name: string, records: readonly LogRecord[]): void {
    const cursor = this.#cursor;
    if (cursor === null) return;
    const readers = this.#readers.filter(({ projection }) => projection.name === name || projection.derived === true);
    this.#delivery.give(records, { before: cursor, after: cursor }, readers);
    this.#unsaved = true;
    this.#delivery.tell(cursor);
  }

  /** Puts a projection that was built in `file`, up to `cursor()`, in the place of the present one, at once. */
  exchange(name: string, file: string): void {
    const reader = this.#readers.find(({ projection }) => projection.name === name);
    if (reader === undefined) throw new Error(`there is no projection ${name}`);
    const { projection } = reader;
    projection.everything?.(this.#delivery.changes);
    this.#file.exchange(reader, file);
    this.#file.reopenDerived(this.#readers);
    projection.everything?.(this.#delivery.changes);
    if (this.#cursor !== null) this.#delivery.tell(this.#cursor);
  }

  /** Writes everything now. Throws when that fails. */
  saveNow(): void {
    this.#save(true);
    if (this.#saveProblem !== undefined) throw new Error(this.#saveProblem);
  }

  /**
   * Reads the log from the oldest of the cursors. Those that are ahead join when the reading has come to their cursor,
   * and the stretches between cursors are read one by one, so that nobody is given a record twice.
   */
  async #follow(stopped: AbortSignal): Promise<void> {
    const cursors = [...new Set(this.#readers.map(({ cursor }) => cursor))];
    cursors.sort((a, b) => (a === null ? -1 : b === null ? 1 : this.#log.covers(a, b) ? 1 : -1));
    for (const [i, from] of cursors.entries()) {
      this.#cursor = from;
      const upTo = cursors[i + 1];
      const behind = this.#readers.filter(({ cursor }) => cursor === from);
      if (typeof upTo === 'string') {
        const topics = [...new Set(behind.flatMap(({ projection }) => projection.topics))];
        for await (const batch of this.#log.read(from, topics, upTo)) {
          if (stopped.aborted) return;
          this.#take(batch, behind);
          await setImmediate();
        }
        for (const reader of behind) reader.cursor = upTo;
      } else {
        const end = await this.#log.tail(from, (batch) => {
          if (!stopped.aborted) this.#take(batch, this.#readers);
        });
        if (stopped.aborted) end();
        else this.#endTail = end;
      }
    }
    if (stopped.aborted) return;
    this.#caughtUp = true;
    if (this.#records > 0) this.#logger.info({ records: this.#records }, 'projections have caught up with the log');
  }

  #take(batch: LogBatch, readers: readonly Reader[]): void {
    this.#delivery.give(batch.records, { before: this.#cursor, after: batch.cursor }, readers);
    for (const reader of readers) reader.cursor = batch.cursor;
    this.#cursor = batch.cursor;
    this.#records += batch.records.length;
    this.#unsaved = true;
    this.#delivery.tell(batch.cursor);
    for (const follower of this.#followers) follower(batch);
    const now = performance.now();
    const wanted = this.#readers.some(({ projection }) => projection.wantsSave?.() === true);
    if (wanted || now - this.#lastSave >= this.#saveEveryMs) this.#save(false);
    if (!this.#caughtUp && now - this.#lastProgress >= progressEveryMs) {
      this.#lastProgress = now;
      this.#logger.info({ records: this.#records }, 'projections are catching up with the log');
    }
  }

  #saveIfDue(): void {
    const wanted = this.#readers.some(({ projection }) => projection.wantsSave?.() === true);
    if (wanted || (this.#unsaved && performance.now() - this.#lastSave >= this.#saveEveryMs / 2)) this.#save(false);
  }

  #save(closing: boolean): void {
    this.#lastSave = performance.now();
    try {
      this.#file.save(this.#readers, closing);
    } catch (error) {
      // Nothing is forgotten: the next save tries the same again.
      if (this.#saveProblem === undefined) this.#logger.error({ err: error }, 'projections are not saved');
      this.#saveProblem = `projections cannot be saved: ${(error as Error).message}`;
      if (isDamage(error)) this.#saveProblem += '; restart to rebuild them from the log';
      return;
    }
    this.#unsaved = false;
    this.#saveProblem = undefined;
  }
}
