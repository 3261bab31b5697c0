import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Detours } from './detour.ts';
import { type KnownEntry, KnownWays } from './known-ways.ts';
import { pairOf, roughPairOf } from './pair-key.ts';
import { decodePolyline, encodePolyline } from './polyline.ts';
import type { Leg, RouteFinder, Way } from './route-finder.ts';
import { furthestFromRoad, isPlausible, straightWay } from './straight.ts';
import { goesOn, mostTogether, type WantedWay, WantedWays } from './wanted-ways.ts';

/** A way, and how it is known. */
export interface KnownWay extends Way {
  by: 'road' | 'straight';
}
export interface KnownLeg extends KnownWay {
  line: LatLon[];
}

export interface RouteCacheOptions {
  /** ways kept */
  most?: number;
  /** ms after which a way is asked for again (it is told meanwhile) */
  freshMs?: number;
  /** ms after which a question that failed may be asked again, and one that was answered with "no way" */
  retryMs?: number;
  noWayMs?: number;
  /** pairs that wait to be asked in the background at most, and questions under way */
  mostWaiting?: number;
  together?: number;
  /** ms, monotonic */
  now?: () => number;
}

/** Nearer than this, m, the road makes no difference worth a question. */
const beside = 30;

/**
 * Ways as far as they are known, at once: what a router answered before, or the straight line; and what is not known is
 * asked for in the background. Nobody ever waits for a router unless he calls `fetch`. Ways depend on nothing but the
 * map, so all agencies share them; only the straight line's factor is the agency's own. In memory, of this daemon.
 */
export class RouteCache {
  readonly #finder: RouteFinder | undefined;
  readonly #detours: Detours;
  readonly #options: Required<RouteCacheOptions>;
  readonly #known: KnownWays;
  readonly #wanted: WantedWays;
  /** by pair: the question that is under way */
  readonly #asked = new Map<string, Promise<void>>();
  readonly #listeners = new Set<(agencies: ReadonlySet<string>) => void>();
  #running = 0;
  #planned = false;
  #stopped = false;
  /** for metrics */
  readonly counts = { asked: 0, answered: 0, failed: 0, dropped: 0 };

  constructor(deps: { finder?: RouteFinder; detours: Detours } & RouteCacheOptions) {
    const { finder, detours, ...options } = deps;
    this.#finder = finder;
    this.#detours = detours;
    this.#options = {
      most: 50_000,
      freshMs: 7 * 86_400_000,
      retryMs: 30_000,
      noWayMs: 3_600_000,
      mostWaiting: 5000,
      together: 2,
      now: () => performance.now(),
      ...options,
    };
    this.#known = new KnownWays(this.#options.most);
    this.#wanted = new WantedWays(this.#options.mostWaiting);
  }

  /** The way as it is known now. `agency`: whose detour factor a straight line has, and who is told of a better answer. */
  now(from: LatLon, to: LatLon, agency = ''): KnownWay {
    const straight = distance(from, to);
    const entry = straight < beside ? undefined : this.#look(roughPairOf(from, to), from, to, agency, false);
    if (entry === undefined || entry.way === null) {
      return { ...straightWay(from, to, this.#detours.factor(agency)), by: 'straight' };
    }
    const share = Math.min(2, Math.max(0.5, straight / entry.straight));
    const { metres, seconds } = entry.way;
    return { metres: Math.round(metres * share), seconds: Math.round(seconds * share), by: 'road' };
  }

  /** The same with a line to draw. */
  legNow(from: LatLon, to: LatLon, agency = ''): KnownLeg {
    const entry = distance(from, to) < beside ? undefined : this.#look(pairOf(from, to), from, to, agency, true);
    if (entry === undefined || entry.way === null || entry.line === undefined) {
      return { ...straightWay(from, to, this.#detours.factor(agency)), by: 'straight', line: [from, to] };
    }
    return { ...entry.way, by: 'road', line: decodePolyline(entry.line, 5) };
  }

  /** Asks for all legs with their lines that are not known between these points; over when it has ended, well or not. */
  async fetch(points: readonly LatLon[], agency = ''): Promise<void> {
    if (this.#finder === undefined) return;
    const chains: WantedWay[][] = [];
    const underway: (Promise<void> | undefined)[] = [];
    for (let i = 1; i < points.length; i++) {
      const [from, to] = [points[i - 1] as LatLon, points[i] as LatLon];
      const pair = pairOf(from, to);
      underway.push(this.#asked.get(pair));
      if (distance(from, to) < beside || !this.#isDue(pair, true)) continue;
      const wanted = { pair, from, to, agencies: new Set([agency]), drawn: true };
      const chain = chains.at(-1);
      if (chain !== undefined && chain.length < mostTogether && goesOn(from, chain.at(-1))) chain.push(wanted);
      else chains.push([wanted]);
    }
    await Promise.all([...underway, ...chains.map((chain) => this.#ask(chain))]);
  }

  /** Told for which agencies a way became known by road; returns an unsubscribe. */
  onAnswer(listener: (agencies: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ways kept at the moment, for metrics. */
  get size(): number {
    return this.#known.size;
  }

  /** Asks nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#wanted.clear();
  }

  #look(pair: string, from: LatLon, to: LatLon, agency: string, drawn: boolean): KnownEntry | undefined {
    if (this.#finder === undefined) return undefined;
    const entry = this.#known.use(pair);
    if (!this.#stopped && this.#isDue(pair, drawn)) {
      if (this.#wanted.add({ pair, from, to, agencies: new Set([agency]), drawn })) this.#plan();
      else this.counts.dropped++;
    }
    return entry;
  }

  #isDue(pair: string, drawn: boolean): boolean {
    return !this.#asked.has(pair) && this.#known.isDue(pair, drawn, this.#options.now());
  }

  /** What is wanted within one turn of the event loop is asked for together. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      while (this.#running < this.#options.together && this.#wanted.size > 0) {
        this.#running++;
        void this.#ask(this.#wanted.take()).finally(() => {
          this.#running--;
          if (this.#wanted.size > 0) this.#plan();
        });
      }
    });
  }

  async #ask(chain: readonly WantedWay[]): Promise<void> {
    const asking = this.#answer(chain);
    for (const { pair } of chain) this.#asked.set(pair, asking);
    await asking;
    for (const { pair } of chain) if (this.#asked.get(pair) === asking) this.#asked.delete(pair);
  }

  async #answer(chain: readonly WantedWay[]): Promise<void> {
    const [first] = chain;
    if (first === undefined || this.#finder === undefined || this.#stopped) return;
    let legs: Leg[] | null = null;
    let failed = false;
    try {
      this.counts.asked++;
      legs = await this.#finder.legs([first.from, ...chain.map(({ to }) => to)]);
      failed = legs !== null && legs.length !== chain.length;
    } catch {
      // Whoever asks knows the straight line already; the finder itself tells the log when it stops asking.
      failed = true;
    }
    if (failed) {
      this.counts.failed++;
      for (const wanted of chain) this.#unanswered(wanted, this.#options.retryMs);
    } else if (legs !== null) {
      for (const [i, leg] of legs.entries()) this.#answered(chain[i] as WantedWay, leg);
      const agencies = new Set(chain.flatMap((wanted) => [...wanted.agencies]));
      for (const listener of this.#listeners) listener(agencies);
    } else if (chain.length === 1) {
      this.#unanswered(first, this.#options.noWayMs);
    } else {
      // One place without a road spoils the whole chain.
      const half = chain.length >> 1;
      await this.#answer(chain.slice(0, half));
      await this.#answer(chain.slice(half));
    }
  }

  #answered(wanted: WantedWay, { metres, seconds, line }: Leg): void {
    const { pair, from, to, agencies, drawn } = wanted;
    const { noWayMs, freshMs, now } = this.#options;
    if (!isPlausible({ metres, seconds }, from, to)) {
      this.#unanswered(wanted, noWayMs);
      return;
    }
    this.counts.answered++;
    const straight = distance(from, to);
    for (const agency of agencies) this.#detours.told(agency, { straight, driven: metres });
    this.#known.keep(pair, {
      way: { metres: Math.round(metres), seconds: Math.round(seconds) },
      straight,
      ...(drawn ? { line: encodePolyline(drawable(line, from, to), 5) } : {}),
      until: now() + freshMs,
    });
  }

  #unanswered({ pair, from, to }: WantedWay, forMs: number): void {
    this.#known.unanswered(pair, distance(from, to), this.#options.now() + forMs);
  }
}

/** The line of a leg, where it is one between these places; else the straight one. */
function drawable(line: readonly LatLon[] | undefined, from: LatLon, to: LatLon): readonly LatLon[] {
  const [first, last] = [line?.[0], line?.at(-1)];
  if (line === undefined || line.length < 2 || first === undefined || last === undefined) return [from, to];
  const fits = distance(first, from) < furthestFromRoad && distance(last, to) < furthestFromRoad;
  return fits ? line : [from, to];
}
