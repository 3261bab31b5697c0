import { type Changes, merge, noChanges } from './changes.ts';

/** How many ticks of changes are remembered for those who come back: more than three minutes of them. */
const remembered = 4096;

/** The ids of a tick by kind, where there are any: as lists, since a set takes ten times the room of its ids. */
type Past = { [K in keyof Changes]?: readonly string[] };
const kinds = Object.keys(noChanges()) as (keyof Changes)[];
const none = { moved: [], vans: [], consumers: [] };

/** What changed in the latest ticks of one agency. */
export class PastTicks {
  /** number of the newest tick; 0: none yet */
  newest = 0;
  /** oldest first; the last one is `newest` */
  #changes: Past[] = [];

  add(changes: Changes): void {
    this.newest++;
    const past: Past = {};
    for (const kind of kinds) if (changes[kind].size > 0) past[kind] = [...changes[kind]];
    this.#changes.push(past);
    if (this.#changes.length > remembered) this.#changes.splice(0, remembered / 4);
  }

  /** All that changed after tick `sequence`, or null when it lies too far back or was never given out. */
  since(sequence: number): Changes | null {
    const ticks = this.newest - sequence;
    if (!Number.isInteger(sequence) || sequence < 0 || ticks < 0 || ticks > this.#changes.length) return null;
    const missed = noChanges();
    for (const past of this.#changes.slice(this.#changes.length - ticks)) merge(missed, { ...none, ...past });
    return missed;
  }
}
