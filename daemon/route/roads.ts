import type { LatLon } from '../../protocol/geo.ts';
import { distance } from '../../protocol/geo.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { Detours } from './detour.ts';
import { costOfOrder, goodOrder, type RunCosts } from './order.ts';
import type { KnownLeg, RouteCache } from './route-cache.ts';
import { isOrderOf, type RouteFinder, type TrackPoint, type Way } from './route-finder.ts';
import { isPlausible, straightWay } from './straight.ts';
import { trackPieces } from './track-pieces.ts';

/** A better order of stops, and what it saves. */
export interface SuggestedOrder {
  /** indices of the stops */
  order: number[];
  before: Way;
  after: Way;
  /** straight: nothing is known of the roads; mixed: not all */
  by: 'road' | 'straight' | 'mixed';
}

/** A trail on the road, as far as it is; `why`: in words, where it is not. */
export interface SnappedTrail {
  parts: LatLon[][];
  by: 'road' | 'trail' | 'mixed';
  why?: string;
}

export interface RoadsOptions {
  /** ms that a line or a trail waits for a router at most */
  limitMs?: number;
  /** and a better order: the matrix of a long run takes a while */
  orderLimitMs?: number;
}

/**
 * What people are shown of roads: the line of a run, a better order for it, a trail on the road. Each is answered within
 * a time limit and never refused: what a router does not say, or not in time, is straight, and said to be.
 */
export class Roads {
  readonly #finder: RouteFinder | undefined;
  readonly #cache: RouteCache;
  readonly #detours: Detours;
  readonly #limitMs: number;
  readonly #orderLimitMs: number;

  constructor(deps: { finder?: RouteFinder; cache: RouteCache; detours: Detours } & RoadsOptions) {
    this.#finder = deps.finder;
    this.#cache = deps.cache;
    this.#detours = deps.detours;
    this.#limitMs = deps.limitMs ?? 5000;
    this.#orderLimitMs = deps.orderLimitMs ?? 12_000;
  }

  /** From each point to the next. */
  async legs(agency: string, points: readonly LatLon[]): Promise<KnownLeg[]> {
    await within(this.#limitMs, this.#cache.fetch(points, agency));
    return points.slice(1).map((to, i) => this.#cache.legNow(points[i] as LatLon, to, agency));
  }

  /** Never a worse order than the one there is. */
  async suggestOrder(agency: string, start: LatLon, stops: readonly LatLon[], end?: LatLon): Promise<SuggestedOrder> {
    const present = stops.map((_, i) => i);
    const places = [start, ...stops, ...(end === undefined ? [] : [end])];
    const finder = this.#finder;
    const [told, optimised] = await Promise.all([
      within(this.#orderLimitMs, finder?.matrix(places, places)),
      within(this.#orderLimitMs, finder?.order(start, stops, end)),
    ]);
    const { ways, by } = this.#filled(agency, places, told);
    const run: RunCosts = {
      cost: ways.map((row) => row.map(({ seconds }) => seconds)),
      stops: stops.length,
      ends: end !== undefined,
    };
    const orders = [present, goodOrder(run, present)];
    if (Array.isArray(optimised) && isOrderOf(optimised, stops.length)) orders.push(optimised);
    // The first of equals: what there is, rather than another that is as good.
    const order = orders.reduce((best, one) => (costOfOrder(run, one) < costOfOrder(run, best) - 1 ? one : best));
    const lengths: RunCosts = { ...run, cost: ways.map((row) => row.map(({ metres }) => metres)) };
    const sum = (of: number[]): Way => ({
      metres: Math.round(costOfOrder(lengths, of)),
      seconds: Math.round(costOfOrder(run, of)),
    });
    return { order, before: sum(present), after: sum(order), by };
  }

  /** The trail as a van drove it, on the road where a router finds one. */
  async snapped(points: Iterable<TrailPoint>): Promise<SnappedTrail> {
    const pieces = trackPieces(points);
    if (pieces.length === 0) return { parts: [], by: 'trail', why: 'the van did not move' };
    if (this.#finder === undefined) return { parts: pieces, by: 'trail', why: 'there is no map to put it on' };
    const finder = this.#finder;
    let asked = 0;
    const lines: (LatLon[] | null)[] = pieces.map(() => null);
    const work = async () => {
      for (let i = asked++; i < pieces.length; i = asked++) {
        const piece = pieces[i] as TrackPoint[];
        const line = await finder.snap(piece).catch(() => null);
        if (line !== null && isUnder(line, piece)) lines[i] = line;
      }
    };
    const ended = await within(
      this.#limitMs,
      Promise.all([work(), work()]).then(() => true),
    );
    // Whatever comes later is for nobody.
    asked = pieces.length;
    const onRoad = lines.filter((line) => line !== null).length;
    const parts = lines.map((line, i) => line ?? (pieces[i] as TrackPoint[]));
    if (onRoad === pieces.length) return { parts, by: 'road' };
    const why = ended === true ? 'no road was found under all of it' : `no answer within ${this.#limitMs / 1000} s`;
    return { parts, by: onRoad === 0 ? 'trail' : 'mixed', why };
  }

  /** The whole matrix: by road where it is known and can be so, else straight. */
  #filled(agency: string, places: readonly LatLon[], told: unknown) {
    const detour = this.#detours.factor(agency);
    const rows = Array.isArray(told) ? (told as unknown[]) : [];
    let roads = 0;
    const ways = places.map((from, i) => {
      const row: unknown = rows[i];
      return places.map((to, j): Way => {
        const way = Array.isArray(row) ? (row[j] as Way | null | undefined) : undefined;
        if (way === null || way === undefined || !isPlausible(way, from, to)) return straightWay(from, to, detour);
        roads++;
        return { metres: way.metres, seconds: way.seconds };
      });
    });
    const whole = places.length ** 2;
    return { ways, by: roads === whole ? ('road' as const) : roads === 0 ? ('straight' as const) : ('mixed' as const) };
  }
}

/** What comes of it within so many ms; null: nothing. */
async function within<T>(limitMs: number, work: Promise<T> | undefined): Promise<T | null> {
  if (work === undefined) return null;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, limitMs, null);
  });
  try {
    return await Promise.race([work.catch(() => null), over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a line can be the road under a track: it begins and ends where that does, and is about as long. */
function isUnder(line: readonly LatLon[], track: readonly TrackPoint[]): boolean {
  const ends = [
    [line[0], track[0]],
    [line.at(-1), track.at(-1)],
  ] as const;
  if (ends.some(([a, b]) => a === undefined || b === undefined || !(distance(a, b) < 300))) return false;
  const [road, driven] = [lengthOf(line), lengthOf(track)];
  return road < driven * 2 + 1000 && road > driven * 0.4 - 500;
}

function lengthOf(line: readonly LatLon[]): number {
  let metres = 0;
  for (let i = 1; i < line.length; i++) metres += distance(line[i - 1] as LatLon, line[i] as LatLon);
  return metres;
}
