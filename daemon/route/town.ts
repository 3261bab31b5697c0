import { readFile } from 'node:fs/promises';
import type { LatLon } from '../../protocol/geo.ts';
import { Pace } from './pace.ts';
import type { Leg, RouteFinder, TrackPoint, Way } from './route-finder.ts';
import { furthestFromRoad } from './straight.ts';
import { type Spot, TownGraph } from './town-graph.ts';
import { matchTrack } from './town-match.ts';
import { TownSearch } from './town-search.ts';

/** The demo town's own streets, read from its GeoJSON file. Knows nothing before it has started. */
export class TownFinder implements RouteFinder {
  readonly name = 'town';
  readonly #file: string;
  readonly #limitMs: number;
  #town: { graph: TownGraph; search: TownSearch } | undefined;

  constructor(options: { file: string; limitMs?: number }) {
    this.#file = options.file;
    this.#limitMs = options.limitMs ?? 4000;
  }

  async start(): Promise<void> {
    try {
      const graph = new TownGraph(JSON.parse(await readFile(this.#file, 'utf8')));
      this.#town = { graph, search: new TownSearch(graph) };
    } catch (error) {
      throw new Error(`--town-file ${this.#file} is no town: ${(error as Error).message}`, { cause: error });
    }
  }

  async stop(): Promise<void> {}

  async legs(points: readonly LatLon[]): Promise<Leg[] | null> {
    const pace = new Pace(this.#limitMs);
    const legs: Leg[] = [];
    let from = this.#spot(points[0]);
    for (const point of points.slice(1)) {
      await pace.breathe();
      const to = this.#spot(point);
      const way = from === undefined || to === undefined ? null : this.#town?.search.ways(from, [to])[0];
      if (way === null || way === undefined) return null;
      legs.push({ metres: way.metres, seconds: way.seconds, line: way.line() });
      from = to;
    }
    return legs;
  }

  async matrix(from: readonly LatLon[], to: readonly LatLon[]): Promise<(Way | null)[][] | null> {
    const town = this.#town;
    if (town === undefined) return null;
    const pace = new Pace(this.#limitMs);
    const targets = to.map((place) => this.#spot(place));
    const known = targets.filter((spot) => spot !== undefined);
    const matrix: (Way | null)[][] = [];
    for (const place of from) {
      await pace.breathe();
      const spot = this.#spot(place);
      const ways = spot === undefined ? [] : town.search.ways(spot, known);
      let next = 0;
      matrix.push(
        targets.map((target) => {
          const way = target === undefined ? null : (ways[next++] ?? null);
          return way === null ? null : { metres: way.metres, seconds: way.seconds };
        }),
      );
    }
    return matrix;
  }

  async snap(track: readonly TrackPoint[]): Promise<LatLon[] | null> {
    if (this.#town === undefined) return null;
    const { graph, search } = this.#town;
    return matchTrack(graph, search, track, new Pace(this.#limitMs));
  }

  /** It has no way to put stops in order that is better than what everybody has who knows the matrix. */
  async order(): Promise<null> {
    return null;
  }

  #spot(place: LatLon | undefined): Spot | undefined {
    return place === undefined ? undefined : this.#town?.graph.near(place, furthestFromRoad, 1)[0];
  }
}
