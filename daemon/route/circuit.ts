export interface CircuitOptions {
  /** failures in a row after which nothing is asked for a while */
  failures?: number;
  /** ms of the first such while; it doubles with each trial that fails */
  restMs?: number;
  longestRestMs?: number;
  /** ms, monotonic */
  now?: () => number;
  /** told when it opens (with the last failure) and when it closes again */
  onChange?: (open: boolean, failure?: Error) => void;
}

/**
 * Keeps from asking what does not answer. Closed: everything is asked. Open, after failures in a row: nothing is. When
 * it has rested, one trial is let through; that one closes it, or opens it for twice as long.
 */
export class Circuit {
  readonly #options: Required<CircuitOptions>;
  #inARow = 0;
  #restMs: number;
  #openUntil: number | undefined;
  #trying = false;

  constructor(options: CircuitOptions = {}) {
    this.#options = {
      failures: 3,
      restMs: 10_000,
      longestRestMs: 300_000,
      now: () => performance.now(),
      onChange: () => {},
      ...options,
    };
    this.#restMs = this.#options.restMs;
  }

  get open(): boolean {
    return this.#openUntil !== undefined;
  }

  /** Whether to ask now. Who is told yes says afterwards how it went. */
  admits(): boolean {
    if (this.#openUntil === undefined) return true;
    if (this.#trying || this.#options.now() < this.#openUntil) return false;
    this.#trying = true;
    return true;
  }

  succeeded(): void {
    const wasOpen = this.open;
    this.#inARow = 0;
    this.#trying = false;
    this.#openUntil = undefined;
    this.#restMs = this.#options.restMs;
    if (wasOpen) this.#options.onChange(false);
  }

  failed(failure: Error): void {
    const { failures, longestRestMs, now, onChange } = this.#options;
    this.#inARow++;
    if (this.open) {
      // One that was under way when it opened says nothing new.
      if (!this.#trying) return;
      this.#restMs = Math.min(longestRestMs, this.#restMs * 2);
    } else if (this.#inARow < failures) return;
    const wasOpen = this.open;
    this.#trying = false;
    this.#openUntil = now() + this.#restMs;
    if (!wasOpen) onChange(true, failure);
  }
}
