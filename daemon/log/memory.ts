import type { LogRecord, Topic } from '../../protocol/record.ts';
import { type Cursor, type Log, type LogBatch, LogError, type LogStatus, UnknownCursor } from './log.ts';

const commitsPerPage = 3;

/**
 * A log in memory, for tests: the contract of `log.ts` without a disk. It outlives `stop` and `start`, as a file would.
 * Cursors are `life:number of commits`.
 */
export class MemoryLog implements Log {
  #life: string;
  #commits: (readonly LogRecord[])[] = [];
  #waiting: { records: readonly LogRecord[]; settled: (error?: LogError) => void }[] = [];
  #tails = new Set<(batch: LogBatch) => void>();
  #running = false;
  #committing = false;
  #onError: (error: unknown) => void;

  constructor(options: { life?: string; onError?: (error: unknown) => void } = {}) {
    this.#life = options.life ?? 'memory';
    this.#onError =
      options.onError ??
      ((error) => {
        throw error;
      });
  }

  async start(): Promise<void> {
    this.#running = true;
  }

  async stop(): Promise<void> {
    this.#commit();
    this.#running = false;
    this.#tails.clear();
  }

  append(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    if (!this.#running) {
      settled(new LogError('closed', 'the log is stopped'));
      return;
    }
    this.#waiting.push({ records, settled });
    if (this.#committing) return;
    this.#committing = true;
    queueMicrotask(() => this.#commit());
  }

  async *read(from: Cursor | null, topics?: readonly Topic[], upTo?: Cursor): AsyncGenerator<LogBatch> {
    yield* this.#pages(this.#place(from), upTo === undefined ? this.#commits.length : this.#place(upTo), topics);
  }

  async tail(from: Cursor | null, handler: (batch: LogBatch) => void): Promise<() => void> {
    const start = this.#place(from);
    await null;
    for (const batch of this.#pages(start, this.#commits.length)) this.#give(handler, batch);
    this.#tails.add(handler);
    return () => this.#tails.delete(handler);
  }

  /** Several commits at a time, as a log reads what is long past. */
  *#pages(from: number, upTo: number, topics?: readonly Topic[]): Generator<LogBatch> {
    for (let at = from; at < upTo; at += commitsPerPage) {
      const end = Math.min(at + commitsPerPage, upTo);
      const records = this.#commits.slice(at, end).flat();
      const wanted = records.filter((record) => topics?.includes(record.topic) ?? true);
      if (wanted.length > 0) yield { cursor: this.#cursor(end), records: wanted };
    }
  }

  head(): Cursor | null {
    return this.#commits.length === 0 ? null : this.#cursor(this.#commits.length);
  }

  covers(cursor: Cursor, other: Cursor): boolean {
    return this.#place(other) <= this.#place(cursor);
  }

  waitingBytes(): number {
    return this.#waiting.length;
  }

  status(): LogStatus {
    const records = this.#commits.reduce((sum, commit) => sum + commit.length, 0);
    return { writable: this.#running, damage: [], records, bytes: records };
  }

  /** Forgets the newest commits, as a log that lost its end. */
  lose(commits: number): void {
    this.#commits.splice(this.#commits.length - commits);
  }

  #commit(): void {
    this.#committing = false;
    const appended = this.#waiting.splice(0);
    if (appended.length === 0) return;
    this.#commits.push(appended.flatMap(({ records }) => records));
    const batch = { cursor: this.#cursor(this.#commits.length), records: this.#commits.at(-1) ?? [] };
    for (const handler of this.#tails) this.#give(handler, batch);
    for (const { settled } of appended) settled();
  }

  #give(handler: (batch: LogBatch) => void, batch: LogBatch): void {
    try {
      handler(batch);
    } catch (error) {
      this.#onError(error);
    }
  }

  #cursor(commits: number): Cursor {
    return `${this.#life}:${commits}`;
  }

  #place(cursor: Cursor | null): number {
    if (cursor === null) return 0;
    const [life, commits] = cursor.split(':');
    if (life !== this.#life) throw new UnknownCursor(`${cursor} is of another log`);
    return Number(commits);
  }
}
