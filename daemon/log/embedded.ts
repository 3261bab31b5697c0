import type { Logger } from 'pino';
import type { LogRecord, Topic } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import { commitOf, cursorOf, type Lineage } from './cursor.ts';
import type { Damage } from './damage.ts';
import { Reader } from './embedded-reader.ts';
import { type Call, Group } from './group.ts';
import { type Cursor, type Log, type LogBatch, LogError, type LogStatus } from './log.ts';
import type { Answer, Failure, Mark, Opened, Question, Retention } from './writer-messages.ts';
import { WriterThread } from './writer-thread.ts';

export interface EmbeddedLogDeps {
  /** the log's own folder; made when it is not there */
  folder: string;
  logger: Logger;
  /** without it everything is kept */
  retention?: Retention;
  /** pages (of 4096 bytes) the file may have: stands in for a full disk in tests */
  maxPageCount?: number;
  /** UTC ms */
  now?: () => number;
}

/** A group is closed at this size, so that no commit makes others, or a reader's memory, wait long for it. */
const mostGroupBytes = 1_048_576;
/** ms between two tries of a log that cannot write */
const probeEvery = 1000;
/** ms between two looks for what need no longer be kept */
const retainEvery = 60_000;

/**
 * The embedded log: one SQLite file, written by a thread of its own.
 *
 * Commits are grouped without a timer: the first append after a pause goes out at the end of this turn of the event
 * loop, and what is appended while a commit is on its way makes up the next one. So a lone record waits for nothing,
 * and under load a thousand share one flush of the disk.
 *
 * A commit whose flush the disk refused is answered with an error and undone. Should the process be killed before the
 * next commit overwrites its remains, they may be found in the log after all; senders repeat what was refused, and
 * what comes twice changes nothing.
 */
export class EmbeddedLog implements Log, Service {
  readonly name = 'log';
  readonly #deps: EmbeddedLogDeps;
  #thread: WriterThread | undefined;
  #reader: Reader;
  #lineage: Lineage = { epoch: '', earlier: [] };
  #head = 0;
  #damage: Damage[] = [];
  #opened: Opened | undefined;
  #totals = { records: 0, bytes: 0, given: { records: 0, bytes: 0 } };
  #state: 'new' | 'open' | 'stopping' | 'stopped' = 'new';
  #stopped: Promise<void> | undefined;
  /** closed groups that wait for the thread, oldest first, and the one that is gathering */
  #queue: Group[] = [];
  #gathering = new Group();
  #committing: Group | undefined;
  #flushPlanned = false;
  #waitingBytes = 0;
  #whenDrained: (() => void) | undefined;
  #problem: { kind: Failure['kind']; message: string; since: number; bytes: number } | undefined;
  #timers: NodeJS.Timeout[] = [];

  constructor(deps: EmbeddedLogDeps) {
    this.#deps = deps;
    this.#reader = new Reader({
      page: (request) => this.#openThread().page(request),
      head: () => this.#head,
      cursorOf: (commit) => cursorOf(this.#lineage.epoch, commit),
      onError: (err) => deps.logger.error({ err }, 'a reader of the log failed on a batch; the log goes on'),
    });
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') throw new LogError('closed', 'a log can be started once');
    const { folder, maxPageCount, logger } = this.#deps;
    const thread = new WriterThread({
      folder,
      ...(maxPageCount === undefined ? {} : { maxPageCount }),
      onCommitted: (commit) => this.#committed(commit),
      onFailed: (failure) => this.#failed(failure),
      onTotals: (totals) => {
        this.#totals = totals;
      },
      onDamage: (damage) => {
        this.#damage.unshift(damage);
        logger.error({ damage }, 'a part of the log was found damaged and set aside');
      },
      onLost: (err) => this.#lost(err),
    });
    const opened = await thread.start();
    this.#thread = thread;
    this.#opened = opened;
    this.#lineage = opened.lineage;
    this.#head = opened.head;
    this.#totals = opened.totals;
    this.#damage = [...opened.damage];
    this.#state = 'open';
    this.#every(probeEvery, () => this.#probe());
    this.#every(retainEvery, () => this.#retainQuietly());
    this.#retainQuietly();
  }

  #every(ms: number, task: () => void): void {
    this.#timers.push(setInterval(task, ms).unref());
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#state === 'open') {
      this.#state = 'stopping';
      if (!this.#isDrained()) {
        const drained = new Promise<void>((resolve) => {
          this.#whenDrained = resolve;
        });
        this.#flush();
        await drained;
      }
    }
    const thread = this.#thread;
    this.#thread = undefined;
    this.#state = 'stopped';
    await thread?.stop();
  }

  append(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    if (this.#state !== 'open') {
      this.#refuse(settled, new LogError('closed', 'the log is not open'));
      return;
    }
    const group = this.#gathering;
    const before = group.bytes;
    try {
      group.add(records, { settled });
    } catch (cause) {
      this.#refuse(settled, new LogError('io', 'a record cannot be written as JSON', { cause }));
      return;
    }
    this.#waitingBytes += group.bytes - before;
    if (group.bytes >= mostGroupBytes) this.#closeGroup();
    this.#planFlush();
  }

  /** Refuses a call in its turn: after the calls before it are settled. */
  #refuse(settled: Call['settled'], error: LogError): void {
    if (this.#isDrained()) setImmediate(() => this.#settle({ settled, error }));
    else {
      this.#gathering.calls.push({ settled, error });
      this.#planFlush();
    }
  }

  #isDrained(): boolean {
    return this.#committing === undefined && this.#queue.length === 0 && this.#gathering.calls.length === 0;
  }

  #closeGroup(): void {
    this.#queue.push(this.#gathering);
    // The next will be of about the same size; a little more room saves copying.
    this.#gathering = new Group(Math.ceil(this.#gathering.bytes * 1.25));
  }

  #planFlush(): void {
    if (this.#flushPlanned || this.#committing !== undefined) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      this.#flush();
    });
  }

  /** Sends the next group to the thread, when none is on its way. */
  #flush(): void {
    if (this.#committing !== undefined) return;
    if (this.#queue.length === 0 && this.#gathering.calls.length > 0) this.#closeGroup();
    const group = this.#queue.shift();
    if (group === undefined) {
      this.#whenDrained?.();
      return;
    }
    this.#committing = group;
    if (group.records.length === 0) {
      // Only empty appends, or refused ones: everything before them is durable now.
      setImmediate(() => this.#end(group));
    } else if (this.#thread === undefined) {
      setImmediate(() => this.#end(group, new LogError('closed', 'the log is closed')));
    } else this.#thread.commit(group.request((this.#deps.now ?? Date.now)()));
  }

  #committed(commit: number): void {
    const group = this.#committing;
    this.#recovered();
    this.#head = commit;
    const batch: LogBatch = { cursor: cursorOf(this.#lineage.epoch, commit), records: group?.records ?? [] };
    this.#end(group, undefined, () => this.#reader.live(commit, batch));
  }

  #failed(failure: Failure): void {
    const group = this.#committing;
    const { kind, message } = failure;
    if (this.#problem === undefined) {
      const since = (this.#deps.now ?? Date.now)();
      this.#problem = { kind, message, since, bytes: group?.bytes ?? 0 };
      this.#deps.logger.error({ kind, reason: message }, 'the log cannot be written; appends are refused');
      this.#retainQuietly();
    } else this.#problem = { ...this.#problem, kind, message };
    this.#end(group, new LogError(kind, message));
  }

  /** The next group goes out first, so that it becomes durable while this one is read and its calls are settled. */
  #end(group: Group | undefined, error?: LogError, deliver: () => void = () => {}): void {
    if (group === undefined) return;
    this.#committing = undefined;
    this.#waitingBytes -= group.bytes;
    // Not at the end of the queue: stop() waits for the calls below as well.
    if (this.#queue.length > 0 || this.#gathering.calls.length > 0) this.#flush();
    deliver();
    for (const call of group.calls) this.#settle(error === undefined || call.error ? call : { ...call, error });
    if (this.#isDrained()) this.#whenDrained?.();
  }

  #settle({ settled, error }: Call): void {
    try {
      if (error === undefined) settled();
      else settled(error);
    } catch (err) {
      this.#deps.logger.error({ err }, 'a callback of an append failed; the log goes on');
    }
  }

  #lost(err: Error): void {
    if (this.#state !== 'open' && this.#state !== 'stopping') return;
    this.#thread = undefined;
    this.#problem = { kind: 'io', message: err.message, since: (this.#deps.now ?? Date.now)(), bytes: 0 };
    this.#deps.logger.fatal({ err }, 'the writer thread of the log has ended; the daemon must be restarted');
    this.#end(this.#committing, new LogError('io', err.message));
    this.#flush();
  }

  #probe(): void {
    if (this.#problem === undefined || this.#thread === undefined || this.#committing !== undefined) return;
    // As much as the disk refused, so that an answer means something; within reason.
    const bytes = Math.min(Math.max(this.#problem.bytes, 65_536), mostGroupBytes);
    this.#thread.ask({ kind: 'probe', bytes }).then(
      () => this.#recovered(),
      () => {},
    );
  }

  #recovered(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#deps.logger.info('the log can be written again');
  }

  #retainQuietly(): void {
    this.retain().catch((err) => {
      if (this.#state === 'open') this.#deps.logger.warn({ err }, 'old records could not be removed from the log');
    });
  }

  /** Removes what need no longer be kept. Runs by itself every minute, and when the disk is full. */
  async retain(): Promise<void> {
    const { retention, now = Date.now } = this.#deps;
    if (retention !== undefined) await this.#openThread().ask({ kind: 'retain', now: now(), retention });
  }

  /** Sets how many pages the file may have, as `maxPageCount` does at the start; for tests of a full disk. */
  async limitPages(pages: number): Promise<void> {
    await this.ask({ kind: 'limit', pages });
  }

  /** Asks the writer thread what only some users of this log need. */
  async ask(question: Question): Promise<Answer> {
    return await this.#openThread().ask(question);
  }

  /** What the file said when it was opened. Throws before that. */
  opened(): Opened {
    if (this.#opened === undefined) throw new LogError('closed', 'the log is not open');
    return this.#opened;
  }

  /** The newest commit. Within a tail handler of a live commit: that one. */
  mark(): Mark {
    return { commit: this.#head, ...this.#totals.given };
  }

  #openThread(): WriterThread {
    if (this.#thread === undefined) throw new LogError('closed', 'the log is not open');
    return this.#thread;
  }

  read(from: Cursor | null, topics?: readonly Topic[], upTo?: Cursor): AsyncIterable<LogBatch> {
    return this.#read(from, upTo ?? this.#head, topics);
  }

  async *#read(from: Cursor | null, upTo: Cursor | number, topics?: readonly Topic[]): AsyncGenerator<LogBatch> {
    const end = typeof upTo === 'number' ? upTo : this.#commitOf(upTo);
    yield* this.#reader.read(this.#commitOf(from), end, topics);
  }

  async tail(from: Cursor | null, handler: (batch: LogBatch) => void): Promise<() => void> {
    this.#openThread();
    return await this.#reader.tail(this.#commitOf(from), handler);
  }

  #commitOf(cursor: Cursor | null): number {
    return cursor === null ? 0 : commitOf(cursor, this.#lineage, this.#head);
  }

  head(): Cursor | null {
    return this.#head === 0 ? null : cursorOf(this.#lineage.epoch, this.#head);
  }

  covers(cursor: Cursor, other: Cursor): boolean {
    return this.#commitOf(cursor) >= this.#commitOf(other);
  }

  waitingBytes(): number {
    return this.#waitingBytes;
  }

  status(): LogStatus {
    const problem = this.#problemText();
    const { records, bytes } = this.#totals;
    return {
      writable: problem === undefined,
      ...(problem === undefined ? {} : { problem }),
      damage: this.#damage,
      records,
      bytes,
    };
  }

  #problemText(): string | undefined {
    if (this.#state !== 'open') return 'the log is not open';
    if (this.#problem === undefined) return undefined;
    const { kind, message, since } = this.#problem;
    const time = new Date(since).toISOString();
    if (this.#thread === undefined) return `the log's writer has ended since ${time} (${message}); restart the daemon`;
    const { folder } = this.#deps;
    return kind === 'full'
      ? `no room on the disk of ${folder} since ${time}; free some, the log goes on by itself`
      : `the log in ${folder} cannot be written since ${time} (${message}); it is tried again every second`;
  }
}
