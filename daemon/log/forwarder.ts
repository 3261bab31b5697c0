import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LogRecord } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import { LogError } from './log.ts';
import type { RemoteLog } from './remote.ts';
import { numberedCommit, type Part, type SpoolFile } from './spool-file.ts';
import type { Mark } from './writer-messages.ts';

export interface ForwarderDeps {
  spool: SpoolFile;
  remote: Pick<RemoteLog, 'forward'>;
  logger: Logger;
  /** told when a part has become durable in the shared log */
  onForwarded: (mark: Mark) => void;
  /** UTC ms */
  now: () => number;
  /** ms between two parts while there is little to forward, so that a part is worth its request */
  gatherMs: number;
}

/** A commit that has just become durable, still in memory. */
interface Fresh {
  mark: Mark;
  records: readonly LogRecord[];
  time: number;
}

/** Records that may be held in memory, and that may be sent without a note on the disk. */
const most = 8192;
/** A part of so many records goes out without gathering more. */
const worthSending = 2000;
/** ms between notes while little is forwarded */
const noteEvery = 250;
/** ms until something that failed on our side is tried again */
const retryAfter = 1000;

/**
 * Carries the spool to the shared log: in order, part by part, one at a time. While it keeps up it takes the commits
 * as they happen; when it has fallen behind it reads them from the file, so that an outage of any length costs the
 * memory of two parts.
 *
 * How far it came is noted in the spool, a few times a second and before more than `most` records would be without a
 * note: after a crash so many may be sent a second time, which readers drop by their numbers.
 */
export class Forwarder implements Service {
  readonly name = 'forwarder';
  readonly #deps: ForwarderDeps;
  #mark: Mark = { commit: 0, records: 0, bytes: 0 };
  /** records forwarded since the start */
  forwarded = 0;
  #oldest: number | undefined;
  /** commits since `#freshFrom`, without a gap; not kept while too many came */
  #fresh: Fresh[] = [];
  #freshRecords = 0;
  #freshFrom = 0;
  #missed = true;
  #wake: () => void = () => {};
  #whenIdle: (() => void)[] = [];
  #endTail: (() => void) | undefined;
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #lastSent = Number.NEGATIVE_INFINITY;
  #lastNote = Number.NEGATIVE_INFINITY;
  #noteTimer: NodeJS.Timeout | undefined;

  constructor(deps: ForwarderDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { spool } = this.#deps;
    this.#mark = spool.noted();
    const head = spool.log.mark().commit;
    this.#endTail = await spool.log.tail(spool.cursorAt(head), ({ records }) => this.#take(records));
    this.#running = this.#run();
  }

  /** What is not forwarded by now stays in the spool. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
    clearTimeout(this.#noteTimer);
    this.#endTail?.();
    this.#endTail = undefined;
    if (this.#running !== undefined && this.#unnoted() > 0) await this.#note();
    this.#running = undefined;
  }

  /** Everything up to here is durable in the shared log. */
  mark(): Mark {
    return this.#mark;
  }

  /** What is not. */
  waiting(): { records: number; bytes: number; since: number | undefined } {
    const head = this.#deps.spool.log.mark();
    const records = head.records - this.#mark.records;
    // The bytes of rows that were lost are not known.
    const bytes = Math.max(0, head.bytes - this.#mark.bytes);
    return { records, bytes, since: records === 0 ? undefined : this.#oldest };
  }

  /** Records in memory that wait their turn. */
  held(): number {
    return this.#freshRecords;
  }

  /** Resolves when all that is in the spool now has been forwarded; perhaps never. */
  idle(): Promise<void> {
    const idle = new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    this.#wake();
    return idle;
  }

  #take(records: readonly LogRecord[]): void {
    const time = this.#deps.now();
    this.#oldest ??= time;
    if (!this.#missed) {
      this.#fresh.push({ mark: this.#deps.spool.log.mark(), records, time });
      this.#freshRecords += records.length;
      if (this.#freshRecords > most) this.#forget();
    }
    this.#wake();
  }

  #forget(): void {
    this.#fresh = [];
    this.#freshRecords = 0;
    this.#missed = true;
  }

  async #run(): Promise<void> {
    let ahead: Promise<Part> | undefined;
    while (!this.#stop.signal.aborted) {
      try {
        const part = await (ahead ?? this.#next());
        ahead = undefined;
        if (part === undefined) continue;
        this.#oldest = part.since;
        if (!this.#isFresh(part.after.commit) && part.after.commit < this.#head()) {
          ahead = this.#read(part.after.commit);
          ahead.catch(() => {});
        }
        if (this.#unnoted() + part.spooled.length > most) await this.#note();
        this.#lastSent = performance.now();
        if (part.spooled.length > 0) await this.#forward(part);
        this.#accept(part);
      } catch (err) {
        ahead = undefined;
        if (this.#stop.signal.aborted || (err instanceof LogError && err.kind === 'closed')) return;
        this.#deps.logger.error({ err }, 'the spool could not be forwarded; it is tried again in a second');
        await this.#pause(retryAfter);
      }
    }
  }

  /** Rejects when it is to stop: whether the part has arrived is then not known, and it will be sent again. */
  async #forward({ spooled }: Part): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const end = () => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    try {
      await Promise.race([this.#deps.remote.forward(spooled), stopped]);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  #head(): number {
    return this.#deps.spool.log.mark().commit;
  }

  /** Whether the commits behind this one are in memory, all of them. */
  #isFresh(commit: number): boolean {
    return !this.#missed && this.#freshFrom === commit;
  }

  /** The next part; undefined when there is none yet, or none any more. */
  async #next(): Promise<Part | undefined> {
    if (this.#mark.commit >= this.#head()) {
      this.#oldest = undefined;
      for (const tell of this.#whenIdle.splice(0)) tell();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      if (!this.#stop.signal.aborted) await promise;
      return undefined;
    }
    if (!this.#isFresh(this.#mark.commit)) return await this.#read(this.#mark.commit);
    const rest = this.#lastSent + this.#deps.gatherMs - performance.now();
    if (rest > 0 && this.#freshRecords < worthSending) {
      await this.#pause(rest);
      // While it gathered, more may have come than is held.
      if (this.#missed) return undefined;
    }
    const fresh = this.#fresh;
    const last = fresh.at(-1);
    if (last === undefined) return await this.#read(this.#mark.commit);
    this.#fresh = [];
    this.#freshRecords = 0;
    this.#freshFrom = last.mark.commit;
    const spooled = fresh.flatMap(({ records, mark }) => numberedCommit(records, mark));
    return { after: last.mark, spooled, since: fresh[0]?.time };
  }

  /** From the file; what is committed from now on is held, so that the two meet without a gap. */
  #read(from: number): Promise<Part> {
    this.#forget();
    this.#freshFrom = this.#head();
    this.#missed = false;
    return this.#deps.spool.part(from);
  }

  #accept({ after, spooled }: Part): void {
    this.#mark = after;
    this.forwarded += spooled.length;
    if (this.#isFresh(after.commit)) this.#oldest = this.#fresh[0]?.time;
    this.#deps.onForwarded(after);
    this.#noteTimer ??= setTimeout(
      () => {
        this.#noteTimer = undefined;
        void this.#note();
      },
      Math.max(0, this.#lastNote + noteEvery - performance.now()),
    ).unref();
  }

  #unnoted(): number {
    return this.#mark.records - this.#deps.spool.noted().records;
  }

  async #note(): Promise<void> {
    this.#lastNote = performance.now();
    try {
      await this.#deps.spool.note(this.#mark);
    } catch (err) {
      // Only what a crash would send again grows; what keeps the disk from it is in the status of the spool.
      this.#deps.logger.warn({ err }, 'how far the spool is forwarded could not be noted');
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {});
  }
}
