import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord, Topic } from '../../protocol/record.ts';
import { type Cursor, type LogBatch, LogError, type LogStatus, UnknownCursor } from './log.ts';
import type { RemoteLog, Spooled } from './remote.ts';

type Settled = (error?: LogError) => void;

interface Call {
  records: readonly LogRecord[];
  settled: Settled;
  error?: LogError;
}

/** Commits given to a reader at a time, as a log reads what is long past. */
const commitsPerBatch = 3;

/** What the daemons of a test share: the records, in one order, without those that were forwarded before. */
export class MemoryBrokers {
  readonly life: string;
  records = 0;
  repeated = 0;
  #commits: (readonly LogRecord[])[] = [];
  /** commits that are no longer kept */
  #dropped = 0;
  readonly #keep: boolean;
  #marks = new Map<string, number>();
  #readers = new Set<() => void>();

  /** Without `keep` only the newest commit stays, so that a bench measures the way to it and not its memory. */
  constructor(options: { life?: string; keep?: boolean } = {}) {
    this.life = options.life ?? 'memory';
    this.#keep = options.keep ?? true;
  }

  write(records: readonly LogRecord[]): void {
    const fresh = records.filter((record) => this.#isFresh(record));
    this.records += fresh.length;
    this.repeated += records.length - fresh.length;
    if (!this.#keep) this.#dropped += this.#commits.splice(0).length;
    this.#commits.push(fresh);
    for (const tell of [...this.#readers]) tell();
  }

  get length(): number {
    return this.#dropped + this.#commits.length;
  }

  /** Records of the commits behind `from`, up to `to`. */
  between(from: number, to: number): LogRecord[] {
    return this.#commits.slice(Math.max(0, from - this.#dropped), to - this.#dropped).flat();
  }

  onWrite(tell: () => void): () => void {
    this.#readers.add(tell);
    return () => this.#readers.delete(tell);
  }

  #isFresh({ origin }: LogRecord): boolean {
    if (origin === undefined) return true;
    if (origin.sequence <= (this.#marks.get(origin.daemon) ?? 0)) return false;
    this.#marks.set(origin.daemon, origin.sequence);
    return true;
  }
}

/**
 * How the next `forward` goes wrong: all or half of it is written, and no answer comes, so that it is sent again; or all
 * is written and from then on no broker answers.
 */
export type Mishap = 'answer lost' | 'half written' | 'written, then cut';

/**
 * One daemon's end of a shared log, in memory and for tests, with what a network does to it. The records outlive it in
 * the `MemoryBrokers`. Cursors are `life-number of commits`.
 */
export class MemoryRemote implements RemoteLog {
  readonly #brokers: MemoryBrokers;
  readonly #origin: string;
  readonly #now: () => number;
  #state: 'new' | 'open' | 'stopped' = 'new';
  #since: number | undefined;
  #whenChanged: (() => void)[] = [];
  #tails = new Set<{ place: number; handler: (batch: LogBatch) => void }>();
  #calls: Call[] = [];
  #flushing = false;
  #endReading: (() => void) | undefined;
  /** ms before anything is written */
  slow = 0;
  /** what happens to the next forwards, in order */
  mishaps: Mishap[] = [];
  /** forwards that were asked for */
  forwards = 0;

  constructor(deps: { brokers: MemoryBrokers; origin: string; now?: () => number }) {
    this.#brokers = deps.brokers;
    this.#origin = deps.origin;
    this.#now = deps.now ?? Date.now;
  }

  /** Like a client of real brokers, it starts when one of them answers. */
  async start(): Promise<void> {
    this.#endReading = this.#brokers.onWrite(() => this.#pump());
    await this.#reachable();
    if (this.#state === 'new') this.#state = 'open';
  }

  async stop(): Promise<void> {
    const open = this.#state === 'open';
    this.#state = 'stopped';
    if (open) this.#write();
    this.#endReading?.();
    this.#tails.clear();
    this.#changed();
  }

  /** As when the daemon is killed: nothing more is written, and nothing answered. */
  kill(): void {
    this.#state = 'stopped';
    this.#calls = [];
    this.#endReading?.();
    this.#tails.clear();
    this.#changed();
  }

  /** From now on no broker answers this daemon. */
  cut(): void {
    this.#since ??= this.#now();
    this.#changed();
  }

  mend(): void {
    this.#since = undefined;
    this.#changed();
    this.#pump();
  }

  append(records: readonly LogRecord[], settled: Settled): void {
    const call: Call = { records, settled };
    if (this.#state !== 'open') call.error = new LogError('closed', 'the log is stopped');
    else if (this.#since !== undefined) call.error = new LogError('io', 'no broker answers');
    this.#calls.push(call);
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    if (this.slow > 0) await sleep(this.slow);
    this.#write();
  }

  #write(): void {
    this.#flushing = false;
    const calls = this.#calls.splice(0);
    const written = calls.filter(({ error }) => error === undefined).flatMap(({ records }) => records);
    if (written.length > 0) this.#brokers.write(written);
    for (const { settled, error } of calls) this.#settle(settled, error);
  }

  #settle(settled: Settled, error: LogError | undefined): void {
    try {
      if (error === undefined) settled();
      else settled(error);
    } catch {
      // The contract of the log: a callback that throws is its own affair.
    }
  }

  async forward(part: readonly Spooled[]): Promise<void> {
    this.forwards++;
    for (;;) {
      await this.#reachable();
      if (this.slow > 0) await sleep(this.slow);
      if (this.#state !== 'open') throw new LogError('closed', 'the log is stopped');
      if (this.#since !== undefined) continue;
      const mishap = this.mishaps.shift();
      const sent = mishap === 'half written' ? part.slice(0, part.length >> 1) : part;
      const daemon = this.#origin;
      this.#brokers.write(
        sent.map(({ record, sequence }): LogRecord => ({ ...record, origin: { daemon, sequence } }) as LogRecord),
      );
      if (mishap === undefined) return;
      if (mishap === 'written, then cut') this.cut();
    }
  }

  async #reachable(): Promise<void> {
    while (this.#since !== undefined && this.#state !== 'stopped') {
      await new Promise<void>((resolve) => this.#whenChanged.push(resolve));
    }
  }

  #changed(): void {
    for (const tell of this.#whenChanged.splice(0)) tell();
  }

  read(from: Cursor | null, topics?: readonly Topic[], upTo?: Cursor): AsyncIterable<LogBatch> {
    const head = this.#brokers.length;
    return this.#read(from, topics, upTo ?? this.#cursor(head));
  }

  async *#read(from: Cursor | null, topics: readonly Topic[] | undefined, upTo: Cursor): AsyncGenerator<LogBatch> {
    const [start, end] = [this.#placeOf(from), this.#placeOf(upTo)];
    await this.#reachable();
    for (let at = start; at < end; at += commitsPerBatch) {
      const to = Math.min(at + commitsPerBatch, end);
      const records = this.#brokers.between(at, to).filter(({ topic }) => topics?.includes(topic) ?? true);
      if (records.length > 0) yield { cursor: this.#cursor(to), records };
    }
  }

  async tail(from: Cursor | null, handler: (batch: LogBatch) => void): Promise<() => void> {
    const tail = { place: this.#placeOf(from), handler };
    await this.#reachable();
    if (this.#state !== 'open') throw new LogError('closed', 'the log is stopped');
    this.#tails.add(tail);
    this.#pump();
    return () => this.#tails.delete(tail);
  }

  #pump(): void {
    if (this.#since !== undefined || this.#state === 'stopped') return;
    const head = this.#brokers.length;
    for (const tail of this.#tails) {
      while (tail.place < head) {
        const from = tail.place;
        tail.place = Math.min(from + commitsPerBatch, head);
        const records = this.#brokers.between(from, tail.place);
        if (records.length === 0) continue;
        try {
          tail.handler({ cursor: this.#cursor(tail.place), records });
        } catch {
          // The contract of the log: a handler that throws is its own affair.
        }
      }
    }
  }

  head(): Cursor | null {
    const head = this.#brokers.length;
    return head === 0 || this.#state === 'new' ? null : this.#cursor(head);
  }

  covers(cursor: Cursor, other: Cursor): boolean {
    return this.#placeOf(other) <= this.#placeOf(cursor);
  }

  waitingBytes(): number {
    return this.#calls.reduce((sum, { records }) => sum + JSON.stringify(records).length, 0);
  }

  unreachableSince(): number | undefined {
    return this.#since;
  }

  lag(): number | undefined {
    if (this.#since !== undefined) return undefined;
    const head = this.#brokers.length;
    return Math.max(0, ...[...this.#tails].map(({ place }) => this.#brokers.between(place, head).length));
  }

  status(): LogStatus {
    const { records } = this.#brokers;
    return { writable: this.#state === 'open' && this.#since === undefined, damage: [], records, bytes: records };
  }

  #cursor(commits: number): Cursor {
    return `${this.#brokers.life}-${commits}`;
  }

  #placeOf(cursor: Cursor | null): number {
    if (cursor === null) return 0;
    const [, life, commits] = /^([a-z0-9]+)-(\d+)$/.exec(cursor) ?? [];
    if (life !== this.#brokers.life) throw new UnknownCursor(`${cursor} is of another log`);
    if (Number(commits) > this.#brokers.length) throw new UnknownCursor(`${cursor} lies beyond this log`);
    return Number(commits);
  }
}
