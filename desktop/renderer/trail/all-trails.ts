import type { Console } from '../console.ts';
import type { VanEntry } from '../world/entries.ts';
import { readTrail, withLivePoint } from './read-trail.ts';
import type { DrawnPoint } from './trail-shapes.ts';

/** Trails of more vans at once would be a tangle, and a day of each is some hundred KB. */
export const mostTrails = 60;
/** Asked for at the same time. */
const together = 4;

/** The trails of all vans, as far as they are wanted: loaded once, gone on with by what the feed says. */
export class AllTrails {
  readonly #console: Console;
  readonly #changed: () => void;
  readonly #trails = new Map<string, readonly DrawnPoint[]>();
  #loading: AbortController | undefined;
  #hours = 0;

  constructor(console: Console, changed: () => void) {
    this.#console = console;
    this.#changed = changed;
  }

  /** by van */
  get trails(): ReadonlyMap<string, readonly DrawnPoint[]> {
    return this.#trails;
  }

  get isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** Wants the trails of these vans, the most important first; what is here already stays. */
  want(vanIds: readonly string[], hours: number): void {
    if (hours !== this.#hours) this.clear();
    this.#hours = hours;
    const wanted = new Set(vanIds.slice(0, mostTrails));
    for (const id of [...this.#trails.keys()]) if (!wanted.has(id)) this.#trails.delete(id);
    const missing = [...wanted].filter((id) => !this.#trails.has(id));
    this.#loading?.abort();
    this.#loading = undefined;
    if (missing.length === 0) return;
    const mine = new AbortController();
    this.#loading = mine;
    const work = async () => {
      for (let id = missing.shift(); id !== undefined && !mine.signal.aborted; id = missing.shift()) {
        await this.#load(id, hours, mine.signal);
      }
    };
    void Promise.all(Array.from({ length: together }, work)).then(() => {
      if (this.#loading === mine) this.#loading = undefined;
      this.#changed();
    });
  }

  moved(vans: readonly VanEntry[]): void {
    if (this.#trails.size === 0) return;
    for (const { van, position } of vans) {
      const trail = this.#trails.get(van.id);
      if (trail === undefined || position === null) continue;
      const { fixTime, latitude, longitude, speed } = position;
      const point = { fixTime, latitude, longitude, ...(speed === undefined ? {} : { speed }) };
      this.#trails.set(van.id, withLivePoint([], trail, point));
    }
  }

  clear(): void {
    this.#loading?.abort();
    this.#loading = undefined;
    this.#trails.clear();
  }

  async #load(id: string, hours: number, signal: AbortSignal): Promise<void> {
    const { session } = this.#console;
    const to = Math.ceil(this.#console.now());
    const from = to - hours * 3_600_000;
    try {
      const path = `/api/vans/${encodeURIComponent(id)}/trail?format=json&from=${from}&to=${to}`;
      const trail = readTrail(await session.read(path, signal));
      if (signal.aborted) return;
      this.#trails.set(id, trail);
      this.#changed();
    } catch {
      // One that cannot be had is not drawn; the next want asks for it again.
    }
  }
}
