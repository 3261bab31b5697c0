import type { Logger } from 'pino';

/** A record that could not be read and was left where it is. */
export interface PoisonRecord {
  topic: string;
  partition: number;
  offset: number;
  reason: string;
  /** UTC ms when it was met */
  at: number;
}

/** Poison records kept for whoever asks; more are counted and logged. */
const mostKept = 100;

/**
 * What the readers set aside. The record itself stays in Kafka, where topic, partition and offset find it again, so
 * nothing of it is copied. Readers of the same stretch meet the same ones: each is told once.
 */
export class PoisonList {
  count = 0;
  newest: PoisonRecord[] = [];
  /** by partition: offsets told already */
  readonly #told = new Map<string, Set<number>>();
  readonly #logger: Logger;
  readonly #now: () => number;

  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  add(topic: string, partition: number, offset: number, reason: string): void {
    const name = `${topic}-${partition}`;
    const told = this.#told.get(name) ?? new Set();
    if (told.has(offset)) return;
    this.#told.set(name, told.add(offset));
    // A topic full of them must not fill the memory; the oldest may then be told once more.
    if (told.size > 10_000) told.delete(told.values().next().value as number);
    this.count++;
    this.newest = [{ topic, partition, offset, reason, at: this.#now() }, ...this.newest].slice(0, mostKept);
    this.#logger.error({ topic, partition, offset, reason }, 'a record in Kafka cannot be read and was set aside');
  }
}
