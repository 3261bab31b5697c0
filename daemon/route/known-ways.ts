import type { Way } from './route-finder.ts';

/** What was answered about a pair of places. */
export interface KnownEntry {
  /** null: not known */
  way: Way | null;
  /** m, straight, between the places that were asked about: others of the same cells have a like share of it */
  straight: number;
  /** encoded with 5 decimals: a tenth of the memory of points */
  line?: string;
  /** when to ask again, ms */
  until: number;
}

/** So many answers by pair; the one that was not used for the longest time goes first. */
export class KnownWays {
  readonly #most: number;
  /** the least used first */
  readonly #entries = new Map<string, KnownEntry>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is known, and counts as used by that. */
  use(pair: string): KnownEntry | undefined {
    const entry = this.#entries.get(pair);
    if (entry !== undefined) {
      this.#entries.delete(pair);
      this.#entries.set(pair, entry);
    }
    return entry;
  }

  /** Whether to ask about a pair: nothing is known, or it is old, or without the line that is wanted. */
  isDue(pair: string, drawn: boolean, now: number): boolean {
    const entry = this.#entries.get(pair);
    if (entry === undefined || entry.until <= now) return true;
    return drawn && entry.way !== null && entry.line === undefined;
  }

  keep(pair: string, entry: KnownEntry): void {
    this.#entries.delete(pair);
    this.#entries.set(pair, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
    }
  }

  /** There was no answer; one of before stays. Not asked about again before `until`. */
  unanswered(pair: string, straight: number, until: number): void {
    this.keep(pair, { ...(this.#entries.get(pair) ?? { way: null, straight }), until });
  }
}
