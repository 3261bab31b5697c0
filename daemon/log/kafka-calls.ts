import type { Parcel } from './kafka-lane.ts';
import { LogError } from './log.ts';

type Settled = (error?: LogError) => void;

/** What the tails of this daemon have been given: whether that reaches `end` in a part. */
export type Given = (part: number, end: number) => boolean;

/** One call of `append`. */
export class Call implements Parcel {
  readonly settled: Settled;
  readonly bytes: number;
  error: LogError | undefined;
  #left: number;
  readonly #ends = new Map<number, number>();
  readonly #onRefused: () => void;

  constructor(settled: Settled, size: { records: number; bytes: number }, onRefused: () => void) {
    this.settled = settled;
    this.bytes = size.bytes;
    this.#left = size.records;
    this.#onRefused = onRefused;
  }

  written(part: number, count: number, end: number): void {
    this.#left -= count;
    this.#ends.set(part, end);
  }

  refused(reason: string): void {
    this.#left--;
    this.error = new LogError('io', reason);
    this.#onRefused();
  }

  get isDurable(): boolean {
    return this.#left === 0;
  }

  /** No longer waits for tails. */
  release(): void {
    this.#ends.clear();
  }

  isDone(given: Given): boolean {
    if (!this.isDurable) return this.error?.kind === 'closed';
    return this.error !== undefined || [...this.#ends].every(([part, end]) => given(part, end));
  }
}

/** Calls of `append`, settled in the order they were made; somebody says when to look (`settle`). */
export class Calls {
  readonly #given: Given;
  readonly #onError: (error: unknown) => void;
  #queue: Call[] = [];
  #begin = 0;
  #waitingBytes = 0;
  #planned = false;
  #settling = false;
  #whenDrained: (() => void)[] = [];

  constructor(given: Given, onError: (error: unknown) => void) {
    this.#given = given;
    this.#onError = onError;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** A call whose records are on their way. */
  add(settled: Settled, records: number, bytes: number): Call {
    const call = new Call(settled, { records, bytes }, () => this.settle());
    this.#queue.push(call);
    this.#waitingBytes += bytes;
    return call;
  }

  /** A call that is refused in its turn; or, without an error, one without records. */
  answer(settled: Settled, error?: LogError): void {
    this.add(settled, 0, 0).error = error;
    // Never within the call itself.
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.settle();
    });
  }

  /** Settles what is done, as far as everything before it is. */
  settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    // Callbacks may append: what they add stands behind, and is looked at in the same round.
    for (; this.#begin < this.#queue.length; this.#begin++) {
      const call = this.#queue[this.#begin] as Call;
      if (!call.isDone(this.#given)) break;
      this.#waitingBytes -= call.bytes;
      try {
        if (call.error === undefined) call.settled();
        else call.settled(call.error);
      } catch (error) {
        this.#onError(error);
      }
    }
    // The front is given up in large pieces: cutting it off each time would move the rest each time.
    if (this.#begin > 10_000 || this.#begin === this.#queue.length) {
      this.#queue = this.#queue.slice(this.#begin);
      this.#begin = 0;
    }
    this.#settling = false;
    if (this.#queue.length === 0) for (const resolve of this.#whenDrained.splice(0)) resolve();
  }

  /**
   * The log closes before the brokers answered: refuses what was never sent. What was sent without an answer may be in
   * the log or not; nothing true can be said of it, so its callback is never called, as after a crash.
   */
  abandon(error: LogError, inDoubt: ReadonlySet<unknown>): void {
    const known = this.#queue.slice(this.#begin).filter((call) => call.isDurable || !inDoubt.has(call));
    this.#queue = known;
    this.#begin = 0;
    for (const call of known) {
      if (!call.isDurable) call.error = error;
      else call.release();
    }
    this.settle();
  }

  /** Resolves when every call is settled. */
  drained(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenDrained.push(resolve));
  }
}
