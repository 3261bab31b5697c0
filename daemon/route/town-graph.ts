import RBush from 'rbush';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { LatLon } from '../../protocol/geo.ts';

/** Metres on a plane around the town: east and north of its first point. Over a few kilometres the earth is flat. */
interface Point {
  x: number;
  y: number;
}

/** A stretch of street between two junctions (or a dead end); traffic runs both ways. */
export interface Edge {
  from: number;
  to: number;
  line: Point[];
  /** m from its beginning, of each point */
  at: number[];
  length: number;
  /** m/s */
  speed: number;
}

/** A place on the streets: an edge, m from its beginning, and m beside it. */
export interface Spot {
  edge: number;
  at: number;
  beside: number;
}

/** What a loaded van drives where nothing is in its way, m/s (45, 32 and 18 km/h). */
const speeds: Readonly<Record<string, number>> = { main: 12.5, secondary: 8.9, lane: 5 };
/** Of it, with junctions, cows and parked cars in the way. */
const ofThat = 0.85;
/** m per degree on the sphere of protocol/geo.ts */
const metresPerDegree = 111_195.08;

const street = Compile(
  Type.Object({
    properties: Type.Object({ layer: Type.Literal('street'), class: Type.Optional(Type.String()) }),
    geometry: Type.Object({
      type: Type.Literal('LineString'),
      coordinates: Type.Array(Type.Array(Type.Number(), { minItems: 2 }), { minItems: 2 }),
    }),
  }),
);
const town = Compile(Type.Object({ features: Type.Array(Type.Unknown()) }));

interface Stretch {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  edge: number;
  /** of the point it ends at */
  point: number;
}

/** The streets of the demo town (its GeoJSON, as the simulator writes it) as a graph: junctions and stretches. */
export class TownGraph {
  readonly edges: Edge[] = [];
  /** by junction: the edges that meet there */
  readonly leaving: number[][] = [];
  readonly #stretches = new RBush<Stretch>();
  #origin: LatLon = { latitude: 0, longitude: 0 };
  #narrowing = 1;

  /** Throws an Error where this is no GeoJSON of a town with streets. */
  constructor(geoJson: unknown) {
    const streets = town.Check(geoJson) ? geoJson.features.filter((feature) => street.Check(feature)) : [];
    const lines = streets.map(({ properties, geometry }) => ({
      speed: (speeds[properties.class ?? 'lane'] ?? 5) * ofThat,
      // Streets that meet share a point, written with the same digits.
      names: geometry.coordinates.map(([longitude, latitude]) => `${longitude} ${latitude}`),
      places: geometry.coordinates.map(([longitude = 0, latitude = 0]) => ({ latitude, longitude })),
    }));
    const first = lines[0]?.places[0];
    if (first === undefined) throw new Error('there are no streets in it (features whose layer is "street")');
    this.#origin = first;
    this.#narrowing = Math.cos((first.latitude * Math.PI) / 180);
    const uses = new Map<string, number>();
    for (const { names } of lines) for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
    const junctions = new Map<string, number>();
    const junction = (name: string): number => {
      const known = junctions.get(name);
      if (known !== undefined) return known;
      junctions.set(name, this.leaving.length);
      return this.leaving.push([]) - 1;
    };
    for (const { speed, names, places } of lines) {
      const points = places.map((place) => this.pointOf(place));
      let start = 0;
      for (let i = 1; i < points.length; i++) {
        if (i < points.length - 1 && uses.get(names[i] as string) === 1) continue;
        const [from, to] = [junction(names[start] as string), junction(names[i] as string)];
        this.#add(from, to, points.slice(start, i + 1), speed);
        start = i;
      }
    }
    this.#stretches.load(this.edges.flatMap(stretchesOf));
  }

  pointOf({ latitude, longitude }: LatLon): Point {
    return {
      x: (longitude - this.#origin.longitude) * metresPerDegree * this.#narrowing,
      y: (latitude - this.#origin.latitude) * metresPerDegree,
    };
  }

  placeOf({ x, y }: Point): LatLon {
    return {
      latitude: Math.round((this.#origin.latitude + y / metresPerDegree) * 1e6) / 1e6,
      longitude: Math.round((this.#origin.longitude + x / (metresPerDegree * this.#narrowing)) * 1e6) / 1e6,
    };
  }

  /** The nearest places on at most so many streets within so many m, nearest first. */
  near(place: LatLon, metres: number, most: number): Spot[] {
    const { x, y } = this.pointOf(place);
    let best = new Map<number, Spot>();
    // Look close by first: a wide look finds half the town.
    for (let reach = Math.min(60, metres); ; reach = Math.min(metres, reach * 3)) {
      best = new Map();
      for (const { edge, point } of this.#stretches.search({
        minX: x - reach,
        minY: y - reach,
        maxX: x + reach,
        maxY: y + reach,
      })) {
        const spot = spotOn(this.edges[edge] as Edge, edge, point, { x, y });
        if (spot.beside <= reach && spot.beside < (best.get(edge)?.beside ?? Infinity)) best.set(edge, spot);
      }
      if (best.size >= most || reach >= metres) break;
    }
    return [...best.values()].sort((a, b) => a.beside - b.beside || a.edge - b.edge).slice(0, most);
  }

  /** The line along an edge from one distance from its beginning to another, in that direction. */
  along(edge: number, from: number, to: number): Point[] {
    const { line, at } = this.edges[edge] as Edge;
    const [low, high] = from <= to ? [from, to] : [to, from];
    const inner = line.filter((_, i) => (at[i] as number) > low && (at[i] as number) < high);
    const points = [pointAt(line, at, low), ...inner, pointAt(line, at, high)];
    return from <= to ? points : points.reverse();
  }

  #add(from: number, to: number, line: Point[], speed: number): void {
    const at = [0];
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1] as Point, line[i] as Point];
      at.push((at[i - 1] as number) + Math.hypot(b.x - a.x, b.y - a.y));
    }
    const index = this.edges.push({ from, to, line, at, length: at.at(-1) as number, speed }) - 1;
    this.leaving[from]?.push(index);
    if (to !== from) this.leaving[to]?.push(index);
  }
}

function stretchesOf({ line }: Edge, edge: number): Stretch[] {
  return line.slice(1).map((b, i) => {
    const a = line[i] as Point;
    return {
      minX: Math.min(a.x, b.x),
      minY: Math.min(a.y, b.y),
      maxX: Math.max(a.x, b.x),
      maxY: Math.max(a.y, b.y),
      edge,
      point: i + 1,
    };
  });
}

function spotOn({ line, at }: Edge, edge: number, point: number, { x, y }: Point): Spot {
  const [a, b] = [line[point - 1] as Point, line[point] as Point];
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const part = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / square));
  const start = at[point - 1] as number;
  return {
    edge,
    at: start + part * ((at[point] as number) - start),
    beside: Math.hypot(x - a.x - part * dx, y - a.y - part * dy),
  };
}

function pointAt(line: readonly Point[], at: readonly number[], metres: number): Point {
  const i = Math.max(
    1,
    Math.min(
      line.length - 1,
      at.findIndex((each) => each >= metres),
    ),
  );
  const [a, b] = [line[i - 1] as Point, line[i] as Point];
  const [start, end] = [at[i - 1] as number, at[i] as number];
  const part = end === start ? 0 : Math.max(0, Math.min(1, (metres - start) / (end - start)));
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}
