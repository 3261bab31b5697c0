/**
 * Which window's feed goes into the cache: one, the first that came; when it closes, the next. Two would write the same
 * twice and, worse, one's break would look like the other's.
 */
export class Feeder {
  #windows: number[] = [];
  #told: (window: number) => void;

  /** `told`: this window feeds from now on, after another did */
  constructor(told: (window: number) => void) {
    this.#told = told;
  }

  opened(window: number): void {
    if (!this.#windows.includes(window)) this.#windows.push(window);
  }

  closed(window: number): void {
    const wasFeeding = this.feeds(window);
    this.#windows = this.#windows.filter((each) => each !== window);
    const [next] = this.#windows;
    if (wasFeeding && next !== undefined) this.#told(next);
  }

  feeds(window: number): boolean {
    return this.#windows[0] === window;
  }

  /** The cache has lost what it was told: the window begins again with all it knows. */
  again(): void {
    const [first] = this.#windows;
    if (first !== undefined) this.#told(first);
  }
}
