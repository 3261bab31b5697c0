import type { Logger } from 'pino';
import { type WireError, wireErrorOf } from './kafka-wire.ts';
import { LogError } from './log.ts';

/** ms a first repetition waits at most, and any later one; more would only be added to the time a failover takes */
const firstPause = 100;
const longestPause = 500;
/** ms without any answer after which the brokers count as away; a leader's death alone is shorter */
const patience = 1000;

/** Full jitter: anything up to a limit that doubles, so that daemons do not come back in step. */
export function pauseAfter(failures: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(longestPause, firstPause * 2 ** Math.min(failures, 10)));
}

/** Whether the brokers answer: every request tells it how it went. */
export class Reach {
  readonly #brokers: readonly string[];
  readonly #now: () => number;
  /** when the first request failed after the last that was answered */
  #failing: { since: number; reason: string } | undefined;
  #denied: { since: number; reason: string } | undefined;

  constructor(brokers: readonly string[], now: () => number) {
    this.#brokers = brokers;
    this.#now = now;
  }

  answered(): void {
    this.#failing = undefined;
    this.#denied = undefined;
  }

  failed(error: WireError): void {
    const entry = { since: this.#now(), reason: error.message };
    if (error.kind === 'denied') this.#denied = { ...entry, since: this.#denied?.since ?? entry.since };
    else if (error.kind === 'unreachable') this.#failing = { ...entry, since: this.#failing?.since ?? entry.since };
    else this.answered();
  }

  /** UTC ms since when no broker answers, or none lets us in. */
  since(): number | undefined {
    const state = this.#denied ?? this.#failing;
    return state !== undefined && this.#now() - state.since >= patience ? state.since : undefined;
  }

  /** One line for readiness. */
  problem(): string | undefined {
    const since = this.since();
    if (since === undefined) return undefined;
    const time = new Date(since).toISOString();
    const where = this.#brokers.join(', ');
    if (this.#denied !== undefined)
      return `Kafka at ${where} refuses this daemon since ${time}: ${this.#denied.reason}`;
    return (
      `no Kafka broker answers since ${time}; tried again at least every ${longestPause} ms: ${where} ` +
      `(${this.#failing?.reason})`
    );
  }
}

/**
 * Tries something until a broker answers. Rejects when one refuses us, when it says what no further try would mend (a
 * LogError), and when it is over.
 */
export async function untilAnswered<T>(
  work: () => Promise<T>,
  { reach, logger, isOver }: { reach: Reach; logger: Logger; isOver: () => boolean },
): Promise<T> {
  for (let failures = 0; !isOver(); failures++) {
    try {
      const result = await work();
      reach.answered();
      return result;
    } catch (caught) {
      if (caught instanceof LogError) throw caught;
      const error = wireErrorOf(caught);
      reach.failed(error);
      if (error.kind === 'denied') throw new LogError('io', error.message, { cause: caught });
      if (failures === 0)
        logger.warn({ reason: error.message }, 'Kafka does not answer yet; it is tried until it does');
      await new Promise((resolve) => setTimeout(resolve, pauseAfter(failures)));
    }
  }
  throw new LogError('closed', 'the log was stopped before a Kafka broker answered');
}
