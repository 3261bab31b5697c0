import { Heap } from './heap.ts';
import type { Edge, Network } from './junctions.ts';
import type { StreetClass } from './main-roads.ts';
import { gap, lengthOf, type Point } from './plane.ts';

/** A place on the street network: an edge and how many metres along it. */
export interface Kerb {
  edge: number;
  at: number;
}

/** A way through the town, point by point. */
export interface Route {
  line: Point[];
  /** class of the stretch that ends at the point of the same index (the first is a copy of the second) */
  classes: StreetClass[];
  /** indices of points that are junctions */
  junctions: number[];
}

/** What a loaded van drives where nothing is in its way, m/s (45, 32 and 18 km/h). */
export const speeds: Record<StreetClass, number> = { main: 12.5, secondary: 8.9, lane: 5 };

/** Finds the quickest ways between places on the network (A*; the bound is the straight line at main-road speed). */
export class Router {
  readonly #network: Network;
  readonly #leaving: number[][];

  constructor(network: Network) {
    this.#network = network;
    this.#leaving = network.junctions.map(() => []);
    network.edges.forEach((edge, index) => {
      this.#leaving[edge.from]?.push(index);
      if (edge.to !== edge.from) this.#leaving[edge.to]?.push(index);
    });
  }

  /** How many stretches of street meet at a junction. */
  degree(junction: number): number {
    return this.#leaving[junction]?.length ?? 0;
  }

  route(from: Kerb, to: Kerb): Route {
    const start = this.#edge(from.edge);
    const end = this.#edge(to.edge);
    const pieces: { line: Point[]; class: StreetClass }[] = [];
    if (from.edge === to.edge) {
      pieces.push({ line: cut(start, from.at, to.at), class: start.class });
      return joined(pieces);
    }
    const { edges, first } = this.#search(from, to);
    let junction = first;
    pieces.push({ line: cut(start, from.at, junction === start.from ? 0 : start.length), class: start.class });
    for (const index of edges) {
      const edge = this.#edge(index);
      const ahead = edge.from === junction;
      pieces.push({ line: ahead ? edge.line : [...edge.line].reverse(), class: edge.class });
      junction = ahead ? edge.to : edge.from;
    }
    pieces.push({ line: cut(end, junction === end.from ? 0 : end.length, to.at), class: end.class });
    return joined(pieces);
  }

  #edge(index: number): Edge {
    const edge = this.#network.edges[index];
    if (!edge) throw new RangeError(`no edge ${index}`);
    return edge;
  }

  #search(from: Kerb, to: Kerb): { edges: number[]; first: number } {
    const { junctions } = this.#network;
    const start = this.#edge(from.edge);
    const end = this.#edge(to.edge);
    const goal = cut(end, 0, to.at).at(-1) as Point;
    const cost = new Map<number, number>();
    const came = new Map<number, { junction: number; edge: number }>();
    const heap = new Heap();
    const visit = (junction: number, seconds: number, by?: { junction: number; edge: number }) => {
      if (seconds >= (cost.get(junction) ?? Number.POSITIVE_INFINITY)) return;
      cost.set(junction, seconds);
      if (by) came.set(junction, by);
      else came.delete(junction);
      heap.push(junction, seconds + gap(junctions[junction] as Point, goal) / speeds.main);
    };
    visit(start.from, from.at / speeds[start.class]);
    visit(start.to, (start.length - from.at) / speeds[start.class]);
    let best = Number.POSITIVE_INFINITY;
    let last = -1;
    const done = new Set<number>();
    for (let next = heap.pop(); next && next.rank < best; next = heap.pop()) {
      const junction = next.item;
      if (done.has(junction)) continue;
      done.add(junction);
      const spent = cost.get(junction) ?? 0;
      for (const side of [end.from, end.to]) {
        if (junction !== side) continue;
        const rest = side === end.from ? to.at : end.length - to.at;
        if (spent + rest / speeds[end.class] < best) {
          best = spent + rest / speeds[end.class];
          last = junction;
        }
      }
      for (const index of this.#leaving[junction] ?? []) {
        const edge = this.#edge(index);
        const other = edge.from === junction ? edge.to : edge.from;
        visit(other, spent + edge.length / speeds[edge.class], { junction, edge: index });
      }
    }
    if (last < 0) throw new Error(`no way from edge ${from.edge} to edge ${to.edge}`);
    const edges: number[] = [];
    let first = last;
    for (let by = came.get(last); by; by = came.get(by.junction)) {
      edges.push(by.edge);
      first = by.junction;
    }
    return { edges: edges.reverse(), first };
  }
}

/** The part of an edge's line between two distances from its beginning, in that direction. */
function cut(edge: Edge, from: number, to: number): Point[] {
  if (from > to) return cut(edge, to, from).reverse();
  const points: Point[] = [];
  let metres = 0;
  edge.line.forEach((point, i) => {
    const before = edge.line[i - 1];
    if (before) {
      const length = gap(before, point);
      for (const mark of [from, to]) {
        if (mark > metres && mark < metres + length) {
          const part = (mark - metres) / length;
          points.push({ x: before.x + (point.x - before.x) * part, y: before.y + (point.y - before.y) * part });
        }
      }
      metres += length;
    }
    if (metres >= from && metres <= to) points.push(point);
  });
  if (points.length === 0) points.push(edge.line[0] as Point);
  return points;
}

function joined(pieces: readonly { line: Point[]; class: StreetClass }[]): Route {
  const route: Route = { line: [], classes: [], junctions: [] };
  pieces.forEach((piece, index) => {
    if (index > 0) route.junctions.push(route.line.length - 1);
    piece.line.forEach((point) => {
      const last = route.line[route.line.length - 1];
      if (last && gap(last, point) < 0.05) return;
      route.line.push(point);
      route.classes.push(piece.class);
    });
  });
  // at most the last point is a junction twice over, when the way ends on one
  route.junctions = [...new Set(route.junctions)].filter((i) => i > 0 && i < route.line.length - 1);
  return route;
}

export function lengthOfRoute(route: Route): number {
  return lengthOf(route.line);
}
