import type { LatLon } from '../../protocol/geo.ts';
import type { Way } from './route-finder.ts';
import type { Edge, Spot, TownGraph } from './town-graph.ts';

/** A way that was found, and how to draw it. */
export interface Found extends Way {
  line(): LatLon[];
}

/** Finds the quickest ways on the town's streets (Dijkstra; a few thousand junctions need a millisecond or two). */
export class TownSearch {
  readonly #graph: TownGraph;
  readonly #seconds: Float64Array;
  readonly #metres: Float64Array;
  /** the edge by which a junction was reached; −1: from the start */
  readonly #by: Int32Array;
  readonly #done: Uint8Array;
  #touched: number[] = [];

  constructor(graph: TownGraph) {
    this.#graph = graph;
    const count = graph.leaving.length;
    this.#seconds = new Float64Array(count).fill(Infinity);
    this.#metres = new Float64Array(count);
    this.#by = new Int32Array(count);
    this.#done = new Uint8Array(count);
  }

  /** The quickest ways from one spot to others that take at most so many s; null: there is none. */
  ways(from: Spot, to: readonly Spot[], mostSeconds = Infinity): (Found | null)[] {
    for (const junction of this.#touched) {
      this.#seconds[junction] = Infinity;
      this.#done[junction] = 0;
    }
    this.#touched = [];
    const { edges, leaving } = this.#graph;
    const start = edges[from.edge] as Edge;
    const best = to.map((spot) => onSameEdge(start, from, spot));
    const ends = new Map<number, number[]>();
    to.forEach((spot, i) => {
      const { from: a, to: b } = edges[spot.edge] as Edge;
      for (const junction of a === b ? [a] : [a, b]) ends.set(junction, [...(ends.get(junction) ?? []), i]);
    });
    const heap = new Heap();
    const visit = (junction: number, seconds: number, metres: number, by: number) => {
      if (!(seconds < (this.#seconds[junction] as number)) || seconds > mostSeconds) return;
      if (this.#seconds[junction] === Infinity) this.#touched.push(junction);
      this.#seconds[junction] = seconds;
      this.#metres[junction] = metres;
      this.#by[junction] = by;
      heap.push(junction, seconds);
    };
    visit(start.from, from.at / start.speed, from.at, -1);
    visit(start.to, (start.length - from.at) / start.speed, start.length - from.at, -1);
    let worst = Math.max(...best.map((way) => way?.seconds ?? Infinity));
    for (let next = heap.pop(); next !== undefined && next.rank < worst; next = heap.pop()) {
      const junction = next.item;
      if (this.#done[junction] === 1) continue;
      this.#done[junction] = 1;
      for (const i of ends.get(junction) ?? []) {
        const spot = to[i] as Spot;
        const edge = edges[spot.edge] as Edge;
        const rest = edge.from === junction ? spot.at : edge.length - spot.at;
        const seconds = next.rank + rest / edge.speed;
        if (seconds > mostSeconds || seconds >= (best[i]?.seconds ?? Infinity)) continue;
        best[i] = { seconds, metres: (this.#metres[junction] as number) + rest, last: junction };
        worst = Math.max(...best.map((way) => way?.seconds ?? Infinity));
      }
      for (const index of leaving[junction] ?? []) {
        const edge = edges[index] as Edge;
        const other = edge.from === junction ? edge.to : edge.from;
        const metres = (this.#metres[junction] as number) + edge.length;
        visit(other, next.rank + edge.length / edge.speed, metres, index);
      }
    }
    return best.map((way, i) => (way === null ? null : this.#found(from, to[i] as Spot, way)));
  }

  #found(from: Spot, to: Spot, { seconds, metres, last }: Reached): Found {
    // The edges are looked up now: the next search overwrites them.
    const path: number[] = [];
    let first = last;
    for (let junction = last; junction !== undefined; ) {
      first = junction;
      const by = this.#by[junction] as number;
      if (by < 0) break;
      path.push(by);
      const edge = this.#graph.edges[by] as Edge;
      junction = edge.from === junction ? edge.to : edge.from;
    }
    return { seconds, metres, line: () => this.#line(from, to, path.toReversed(), first) };
  }

  #line(from: Spot, to: Spot, path: readonly number[], first: number | undefined): LatLon[] {
    const graph = this.#graph;
    const { edges } = graph;
    const pieces: LatLon[][] = [];
    const add = (edge: number, start: number, end: number) =>
      pieces.push(graph.along(edge, start, end).map((point) => graph.placeOf(point)));
    if (first === undefined) add(from.edge, from.at, to.at);
    else {
      const start = edges[from.edge] as Edge;
      add(from.edge, from.at, start.from === first ? 0 : start.length);
      let junction = first;
      for (const index of path) {
        const { from: a, to: b, length } = edges[index] as Edge;
        add(index, a === junction ? 0 : length, a === junction ? length : 0);
        junction = a === junction ? b : a;
      }
      const end = edges[to.edge] as Edge;
      add(to.edge, end.from === junction ? 0 : end.length, to.at);
    }
    return pieces
      .flat()
      .filter(
        ({ latitude, longitude }, i, all) => latitude !== all[i - 1]?.latitude || longitude !== all[i - 1]?.longitude,
      );
  }
}

interface Reached extends Way {
  /** the junction before the last stretch; undefined: along one edge */
  last?: number;
}

function onSameEdge({ speed }: Edge, from: Spot, to: Spot): Reached | null {
  if (from.edge !== to.edge) return null;
  const metres = Math.abs(to.at - from.at);
  return { metres, seconds: metres / speed };
}

/** A binary heap: the least rank comes out first. */
class Heap {
  readonly #items: number[] = [];
  readonly #ranks: number[] = [];

  push(item: number, rank: number): void {
    let at = this.#items.length;
    for (; at > 0; ) {
      const up = (at - 1) >> 1;
      if ((this.#ranks[up] as number) <= rank) break;
      this.#put(at, this.#items[up] as number, this.#ranks[up] as number);
      at = up;
    }
    this.#put(at, item, rank);
  }

  pop(): { item: number; rank: number } | undefined {
    const [item, rank] = [this.#items[0], this.#ranks[0]];
    const [moved, weight] = [this.#items.pop(), this.#ranks.pop()];
    if (item === undefined || rank === undefined || moved === undefined || weight === undefined) return undefined;
    const count = this.#items.length;
    if (count === 0) return { item, rank };
    let at = 0;
    for (;;) {
      let least = at * 2 + 1;
      if (least >= count) break;
      if (least + 1 < count && (this.#ranks[least + 1] as number) < (this.#ranks[least] as number)) least++;
      if ((this.#ranks[least] as number) >= weight) break;
      this.#put(at, this.#items[least] as number, this.#ranks[least] as number);
      at = least;
    }
    this.#put(at, moved, weight);
    return { item, rank };
  }

  #put(at: number, item: number, rank: number): void {
    this.#items[at] = item;
    this.#ranks[at] = rank;
  }
}
