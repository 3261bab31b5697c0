import { RouteError } from './route-finder.ts';

/** ms of work after which others have their turn */
const slice = 8;

/** Lets a long piece of work in this thread stand back for others, and ends it at its time limit. */
export class Pace {
  readonly #until: number;
  readonly #limitMs: number;
  readonly #now: () => number;
  #next: number;

  constructor(limitMs: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#limitMs = limitMs;
    this.#until = now() + limitMs;
    this.#next = now() + slice;
  }

  /** To be called between steps of about a millisecond. Throws a RouteError once the time is over. */
  async breathe(): Promise<void> {
    if (this.#now() < this.#next) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#now() > this.#until) throw new RouteError('slow', `it took longer than ${this.#limitMs} ms`);
    this.#next = this.#now() + slice;
  }
}
