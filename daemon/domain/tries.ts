/**
 * Counts wrong answers and locks whoever gave too many. Kept in memory alone: every daemon counts by itself, and counts
 * anew after a restart. With n daemons behind one address a guesser has n times the tries, which the length of what is
 * guessed has to bear.
 */
export class Tries {
  readonly #most: number;
  readonly #lock: number;
  readonly #entries: number;
  /** the one that was wrong longest ago first */
  readonly #wrong = new Map<string, { count: number; last: number }>();

  /** `most` wrong answers lock for `lock` ms; `entries`: keys remembered */
  constructor(options: { most: number; lock: number; entries?: number }) {
    this.#most = options.most;
    this.#lock = options.lock;
    this.#entries = options.entries ?? 10_000;
  }

  /** UTC ms until which the key is locked; undefined: it may try. */
  lockedUntil(key: string, now: number): number | undefined {
    const wrong = this.#wrong.get(key);
    if (wrong === undefined || wrong.count < this.#most) return undefined;
    const until = wrong.last + this.#lock;
    return now < until ? until : undefined;
  }

  /** Counts a wrong answer; answers how many are left. Not to be asked while locked. */
  wrong(key: string, now: number): number {
    const before = this.#wrong.get(key);
    const fresh = before === undefined || now >= before.last + this.#lock;
    const count = fresh ? 1 : before.count + 1;
    this.#wrong.delete(key);
    this.#wrong.set(key, { count, last: now });
    const oldest = this.#wrong.size > this.#entries ? this.#wrong.keys().next() : undefined;
    if (oldest?.done === false) this.#wrong.delete(oldest.value);
    return Math.max(0, this.#most - count);
  }

  /** Forgets a key that was right. */
  right(key: string): void {
    this.#wrong.delete(key);
  }
}
