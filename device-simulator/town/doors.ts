import type { Random } from '../random.ts';
import type { Edge } from './junctions.ts';
import { Buckets, between, direction, gap, nearestOn, type Point } from './plane.ts';
import type { Street } from './streets.ts';

/** A house: its number, its place beside the street, and where on the street a van stops for it. */
export interface Door {
  number: number;
  street: number;
  district: number;
  point: Point;
  /** unit vector from the street to the house */
  facing: Point;
  /** m of street the plot takes */
  frontage: number;
  edge: number;
  /** m from the edge's beginning */
  at: number;
}

const frontages = { main: [17, 27], secondary: [13, 19], lane: [9, 15] } as const;
const setback = { main: 9, secondary: 6.5, lane: 5.5 } as const;

/** What makeDoors asks of the town. */
export interface Ground {
  streets: readonly Street[];
  edges: readonly Edge[];
  districtOf(point: Point): number;
  mayBuild(point: Point): boolean;
}

/**
 * Doors along both sides of every street, odd numbers on the left, even ones on the right, none nearer than 8 m to
 * another street's middle and none where another house stands.
 */
export function makeDoors(random: Random, ground: Ground): Door[] {
  const { streets, edges } = ground;
  const segments = new Buckets<{ street: number; a: Point; b: Point }>(24);
  streets.forEach((street, index) => {
    street.line.forEach((b, i) => {
      const a = street.line[i - 1];
      if (!a) return;
      const pieces = Math.max(1, Math.ceil(gap(a, b) / 12));
      for (let piece = 0; piece < pieces; piece++) {
        const from = between(a, b, piece / pieces);
        const to = between(a, b, (piece + 1) / pieces);
        segments.add(between(from, to, 0.5), { street: index, a: from, b: to });
      }
    });
  });
  const isFree = (point: Point, own: number): boolean => {
    for (const { item } of segments.near(point, 20)) {
      const street = streets[item.street];
      const wanted = item.street === own ? 0 : (street?.width ?? 5) / 2 + 6;
      if (nearestOn(point, item.a, item.b).gap < wanted) return false;
    }
    return true;
  };

  const taken = new Buckets<true>(12);
  const counters = new Map<string, number>();
  const doors: Door[] = [];
  streets.forEach((street, index) => {
    const [narrowest, widest] = frontages[street.class];
    const back = street.width / 2 + setback[street.class];
    for (const side of [1, -1]) {
      const counter = `${street.name} ${side}`;
      let number = counters.get(counter) ?? (side > 0 ? -1 : 0);
      let until = random.between(8, 14);
      for (const edgeIndex of street.edges) {
        const edge = edges[edgeIndex] as Edge;
        for (; until < edge.length; ) {
          const frontage = random.between(narrowest, widest);
          const at = until;
          until += frontage;
          number += 2;
          const { point: kerb, along } = pointOn(edge.line, at);
          const facing = { x: -along.y * side, y: along.x * side };
          const point = { x: kerb.x + facing.x * back, y: kerb.y + facing.y * back };
          if (!ground.mayBuild(point) || !isFree(point, index) || !taken.near(point, 8).next().done) continue;
          taken.add(point, true);
          doors.push({
            number,
            street: index,
            district: ground.districtOf(point),
            point,
            facing,
            frontage,
            edge: edgeIndex,
            at,
          });
        }
        until -= edge.length;
      }
      counters.set(counter, number);
    }
  });
  return doors;
}

/** The point `metres` along the line, and the direction there. */
function pointOn(line: readonly Point[], metres: number): { point: Point; along: Point } {
  let rest = metres;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1] as Point;
    const b = line[i] as Point;
    const length = gap(a, b);
    if (rest <= length || i === line.length - 1) {
      return { point: length === 0 ? a : between(a, b, Math.min(1, rest / length)), along: direction(a, b) };
    }
    rest -= length;
  }
  return { point: line[0] as Point, along: { x: 1, y: 0 } };
}
