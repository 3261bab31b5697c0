import type { LogRecord } from '../../protocol/record.ts';
import type { Log } from './log.ts';
import { LogError } from './log.ts';
import type { Mark } from './writer-messages.ts';

export interface SpoolAcksDeps {
  spool: Pick<Log, 'append' | 'waitingBytes'> & { mark(): Mark };
  /** when the shared log does not take a record in time */
  fallback: 'spool' | 'refuse';
  /** ms an append waits for the shared log */
  limitMs: number;
  /** everything up to here is durable in the shared log */
  forwarded: () => Mark;
  /** lets the tails have what lies up to a commit */
  release: (upTo: number) => void;
  onError: (error: unknown) => void;
}

interface Call {
  settled: (error?: LogError) => void;
  /** performance.now() */
  at: number;
  bytes: number;
  /** the commit it is in; undefined until it is durable here */
  commit: number | undefined;
  error?: LogError;
}

/** So many records may wait when it goes back from the fallback to normal. */
const nearlyNone = 5000;
const mostHeld = 100_000;
/** ms that a call waits at most once the log is to stop */
const lastWait = 2000;

/**
 * `--ack kafka`: positions still go through the spool, which gives each its one number, but a call is settled, and its
 * records are given to the tails, only when the forwarder has made them durable in the shared log. Sent there directly
 * and, when no answer came, a second time through the spool, a record would have two names and readers could not tell
 * that it is one. And were the tails given it earlier, ingest would call the sender's repetition a duplicate and
 * acknowledge what is only on this disk.
 *
 * When the oldest call has waited too long, either everything is acknowledged from the spool (`spool`), or waiting calls
 * and new ones are refused (`refuse`), until the forwarder has nearly caught up. What was refused after it was in the
 * spool is forwarded all the same: for positions that changes nothing (a device's fix time is unique), of a message
 * with dead letters, sent again, the letters come twice.
 */
export class SpoolAcks {
  readonly #deps: SpoolAcksDeps;
  #calls: Call[] = [];
  #bytes = 0;
  #late = false;
  #fromBefore = 0;
  #limitMs: number;
  #timer: NodeJS.Timeout | undefined;
  #whenSettled: (() => void)[] = [];

  constructor(deps: SpoolAcksDeps) {
    this.#deps = deps;
    this.#limitMs = deps.limitMs;
  }

  /** `waitingRecords`: of an earlier life, not forwarded yet. */
  start(waitingRecords: number): void {
    // With the fallback they may have been acknowledged then; and so many are never held in memory.
    const give = this.#deps.fallback === 'spool' || waitingRecords > mostHeld;
    this.#fromBefore = give ? this.#deps.spool.mark().commit : 0;
    this.#timer = setInterval(() => this.#look(), Math.max(1, Math.min(250, this.#deps.limitMs / 4))).unref();
  }

  /** Resolves when every call is settled, one way or the other: within the limit. */
  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    this.#limitMs = Math.min(this.#limitMs, lastWait);
    while (this.#calls.length > 0) await new Promise<void>((resolve) => this.#whenSettled.push(resolve));
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Commits up to here may be given to the tails. */
  released(): number {
    if (this.fallenBack()) return Number.POSITIVE_INFINITY;
    return Math.max(this.#fromBefore, this.#deps.forwarded().commit);
  }

  /** Nothing is taken, because the shared log does not answer in time. */
  refusing(): boolean {
    return this.#late && this.#deps.fallback === 'refuse';
  }

  /** Acknowledged from the spool, because the shared log does not answer in time. */
  fallenBack(): boolean {
    return this.#late && this.#deps.fallback === 'spool';
  }

  waitingBytes(): number {
    return this.#bytes;
  }

  append(records: readonly LogRecord[], settled: (error?: LogError) => void, error?: LogError): void {
    const { spool } = this.#deps;
    const before = spool.waitingBytes();
    const call: Call = { settled, at: performance.now(), bytes: 0, commit: undefined };
    this.#calls.push(call);
    const refused = error ?? (this.refusing() ? this.#tooLate() : undefined);
    spool.append(refused === undefined ? records : [], (failed) => {
      call.commit = spool.mark().commit;
      const final = refused ?? failed;
      if (final !== undefined) call.error = final;
      this.#settle();
    });
    call.bytes = spool.waitingBytes() - before;
    this.#bytes += call.bytes;
  }

  /** More has become durable in the shared log. */
  forwarded(waitingRecords: number): void {
    if (this.#late && waitingRecords <= nearlyNone) this.#late = false;
    this.#deps.release(this.released());
    this.#settle();
  }

  #look(): void {
    const oldest = this.#calls[0];
    if (oldest === undefined || this.#late || performance.now() - oldest.at < this.#limitMs) return;
    this.#late = true;
    if (this.#deps.fallback === 'refuse') for (const call of this.#calls) call.error ??= this.#tooLate();
    else this.#deps.release(this.released());
    this.#settle();
  }

  #tooLate(): LogError {
    const seconds = this.#deps.limitMs / 1000;
    return new LogError('io', `Kafka has not answered within ${seconds} s, and --ack-fallback refuse was chosen`);
  }

  #settle(): void {
    const released = this.released();
    let done = 0;
    for (const call of this.#calls) {
      // In the order of the calls: what is not durable here yet holds up those behind it.
      if (call.commit === undefined || (call.error === undefined && call.commit > released)) break;
      done++;
    }
    for (const { settled, bytes, error } of this.#calls.splice(0, done)) {
      this.#bytes -= bytes;
      try {
        if (error === undefined) settled();
        else settled(error);
      } catch (thrown) {
        this.#deps.onError(thrown);
      }
    }
    if (this.#calls.length === 0) for (const tell of this.#whenSettled.splice(0)) tell();
  }
}
