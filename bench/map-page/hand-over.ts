/**
 * How long the page is busy handing positions to whoever draws them, ms a tick: from being told of them until the
 * drawing library has them. What it takes to read them off the feed is the same for everybody and not in it; nor is
 * what the graphics card is told afterwards.
 */
export class HandOver {
  /** ms, one for each tick since the beginning */
  readonly ticks: number[] = [];

  /** The page is told of new positions. */
  begin(work: () => void): void {
    this.ticks.push(0);
    const start = performance.now();
    work();
    this.took(performance.now() - start);
  }

  /** Further work for the positions of the newest tick, ms. */
  took(ms: number): void {
    const last = this.ticks.length - 1;
    if (last >= 0) this.ticks[last] = (this.ticks[last] ?? 0) + ms;
  }
}
