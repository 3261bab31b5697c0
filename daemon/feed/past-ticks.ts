import { type Changes, merge, noChanges } from './changes.ts';

/** How many ticks of changes are remembered for those who come back: more than three minutes of them. */
const remembered = 4096;

/** What changed in the latest ticks of one agency. */
export class PastTicks {
  /** number of the newest tick; 0: none yet */
  newest = 0;
  /** oldest first; the last one is `newest` */
  #changes: Changes[] = [];

  add(changes: Changes): void {
    this.newest++;
    this.#changes.push(changes);
    if (this.#changes.length > remembered) this.#changes.splice(0, remembered / 4);
  }

  /** All that changed after tick `sequence`, or null when it lies too far back or was never given out. */
  since(sequence: number): Changes | null {
    const ticks = this.newest - sequence;
    if (!Number.isInteger(sequence) || sequence < 0 || ticks < 0 || ticks > this.#changes.length) return null;
    const missed = noChanges();
    for (const changes of this.#changes.slice(this.#changes.length - ticks)) merge(missed, changes);
    return missed;
  }
}
