/**
 * The one cap on bytes that were read and are not yet durable. Above it nobody is read from any more and TCP makes the
 * senders wait; below half of it reading goes on. Nothing is ever thrown away for it.
 */
export class BackPressure {
  readonly #cap: number;
  readonly #backlog: () => number;
  readonly #reopened: () => void;
  #held = 0;
  #shut = false;
  #poll: NodeJS.Timeout | undefined;

  constructor(deps: {
    /** bytes */
    cap: number;
    /** bytes that wait elsewhere for the same log */
    backlog: () => number;
    reopened: () => void;
  }) {
    this.#cap = deps.cap;
    this.#backlog = deps.backlog;
    this.#reopened = deps.reopened;
  }

  get shut(): boolean {
    return this.#shut;
  }
  /** bytes taken from clients and not yet settled */
  get held(): number {
    return this.#held;
  }

  add(bytes: number): void {
    this.#held += bytes;
    if (!this.#shut && this.#held + this.#backlog() > this.#cap) {
      this.#shut = true;
      // The backlog may be another door's and shrink without our being told.
      this.#poll = setInterval(() => this.#look(), 20);
    }
  }

  remove(bytes: number): void {
    this.#held -= bytes;
    if (this.#shut) this.#look();
  }

  stop(): void {
    clearInterval(this.#poll);
  }

  #look(): void {
    if (!this.#shut || this.#held + this.#backlog() > this.#cap / 2) return;
    this.#shut = false;
    clearInterval(this.#poll);
    this.#reopened();
  }
}
