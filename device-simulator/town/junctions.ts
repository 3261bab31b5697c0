import type { Random } from '../random.ts';
import { crossing } from './growth.ts';
import type { Course, StreetClass } from './main-roads.ts';
import { Buckets, between, gap, lengthOf, type Point, simplified } from './plane.ts';

/** A stretch of street between two junctions (or a dead end). Traffic runs both ways. */
export interface Edge {
  from: number;
  to: number;
  class: StreetClass;
  /** index of the course it belongs to */
  course: number;
  /** how many metres into that course it begins */
  start: number;
  line: Point[];
  length: number;
}

export interface Network {
  junctions: Point[];
  edges: Edge[];
}

/** Junctions nearer to each other than this are one, m. */
const merging = 7;
/** A dead end shorter than this is no street, m. */
const stub = 32;

/**
 * Cuts the courses where they cross, makes the junction graph, cuts off stubs, takes away a few lanes (no town is
 * complete) and keeps what hangs together with the most streets.
 */
export function makeNetwork(random: Random, courses: readonly Course[], missing: number): Network {
  const cuts = findCuts(courses);
  const junctions: Point[] = [];
  const known = new Buckets<number>(merging * 2);
  const junctionAt = (point: Point): number => {
    let best = -1;
    let far = merging;
    for (const { point: there, item } of known.near(point, merging)) {
      if (gap(there, point) <= far) {
        best = item;
        far = gap(there, point);
      }
    }
    if (best >= 0) return best;
    // tenths of a metre: the same numbers wherever the town is made
    const rounded = { x: Math.round(point.x * 10) / 10, y: Math.round(point.y * 10) / 10 };
    known.add(rounded, junctions.length);
    return junctions.push(rounded) - 1;
  };

  let edges: Edge[] = [];
  courses.forEach((course, index) => {
    const marks = [0, ...(cuts[index] ?? []), course.line.length - 1].sort((a, b) => a - b);
    let metres = 0;
    for (let i = 1; i < marks.length; i++) {
      const first = marks[i - 1] as number;
      const last = marks[i] as number;
      if (last - first < 1e-6) continue;
      const line = part(course.line, first, last);
      const length = lengthOf(line);
      const from = junctionAt(line[0] as Point);
      const to = junctionAt(line[line.length - 1] as Point);
      const start = metres;
      metres += length;
      if (from === to && length < 60) continue;
      line[0] = junctions[from] as Point;
      line[line.length - 1] = junctions[to] as Point;
      const drawn = simplified(line, 0.6).map((p) => ({ x: Math.round(p.x * 10) / 10, y: Math.round(p.y * 10) / 10 }));
      edges.push({ from, to, class: course.class, course: index, start, line: drawn, length: lengthOf(drawn) });
    }
  });
  edges = withoutDoubles(edges);
  edges = withoutStubs(edges);
  edges = edges.filter((edge) => edge.class !== 'lane' || !random.chance(missing));
  edges = largestPart(withoutStubs(edges));
  return renumbered(junctions, edges);
}

/** Per course: where others cross it, as index of a point plus the part of the way to the next. */
function findCuts(courses: readonly Course[]): number[][] {
  const cuts: number[][] = courses.map(() => []);
  const segments = new Buckets<{ course: number; at: number; a: Point; b: Point }>(16);
  courses.forEach((course, index) => {
    course.line.forEach((b, i) => {
      const a = course.line[i - 1];
      if (!a) return;
      const middle = between(a, b, 0.5);
      for (const { item } of segments.near(middle, 16)) {
        if (item.course === index && i - item.at < 3) continue;
        const parts = crossing(a, b, item.a, item.b);
        if (!parts) continue;
        cuts[index]?.push(i - 1 + parts.first);
        cuts[item.course]?.push(item.at + parts.second);
      }
      segments.add(middle, { course: index, at: i - 1, a, b });
    });
  });
  return cuts;
}

/** The line from one mark to another; a mark is an index plus the part of the way to the next point. */
function part(line: readonly Point[], first: number, last: number): Point[] {
  const at = (mark: number): Point => {
    const i = Math.min(line.length - 2, Math.floor(mark));
    return between(line[i] as Point, line[i + 1] as Point, mark - i);
  };
  const inner = line.filter((_, i) => i > first + 1e-6 && i < last - 1e-6);
  return [at(first), ...inner, at(last)];
}

/** Of two stretches that join the same junctions at nearly the same length, the lesser goes. */
function withoutDoubles(edges: readonly Edge[]): Edge[] {
  const rank: Record<StreetClass, number> = { main: 0, secondary: 1, lane: 2 };
  const best = new Map<string, Edge>();
  for (const edge of [...edges].sort((a, b) => rank[a.class] - rank[b.class])) {
    const key = `${Math.min(edge.from, edge.to)} ${Math.max(edge.from, edge.to)} ${Math.round(edge.length / 25)}`;
    if (!best.has(key)) best.set(key, edge);
  }
  const kept = new Set(best.values());
  return edges.filter((edge) => kept.has(edge));
}

function withoutStubs(edges: readonly Edge[]): Edge[] {
  let current = [...edges];
  for (;;) {
    const degree = new Map<number, number>();
    for (const edge of current) {
      degree.set(edge.from, (degree.get(edge.from) ?? 0) + 1);
      degree.set(edge.to, (degree.get(edge.to) ?? 0) + 1);
    }
    const kept = current.filter(
      (edge) => edge.length >= stub || ((degree.get(edge.from) ?? 0) > 1 && (degree.get(edge.to) ?? 0) > 1),
    );
    if (kept.length === current.length) return kept;
    current = kept;
  }
}

function largestPart(edges: readonly Edge[]): Edge[] {
  const parent = new Map<number, number>();
  const root = (junction: number): number => {
    let at = junction;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  for (const edge of edges) {
    const a = root(edge.from);
    const b = root(edge.to);
    if (a !== b) parent.set(Math.max(a, b), Math.min(a, b));
  }
  const metres = new Map<number, number>();
  for (const edge of edges) metres.set(root(edge.from), (metres.get(root(edge.from)) ?? 0) + edge.length);
  let best = -1;
  for (const [part, sum] of metres) if (best < 0 || sum > (metres.get(best) ?? 0)) best = part;
  return edges.filter((edge) => root(edge.from) === best);
}

function renumbered(junctions: readonly Point[], edges: readonly Edge[]): Network {
  const numbers = new Map<number, number>();
  const kept: Point[] = [];
  const numberOf = (junction: number): number => {
    const known = numbers.get(junction);
    if (known !== undefined) return known;
    numbers.set(junction, kept.length);
    return kept.push(junctions[junction] as Point) - 1;
  };
  return {
    edges: edges.map((edge) => ({ ...edge, from: numberOf(edge.from), to: numberOf(edge.to) })),
    junctions: kept,
  };
}
