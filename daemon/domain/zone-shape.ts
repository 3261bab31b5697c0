import type { LatLon } from '../../protocol/geo.ts';
import { mostCorners, type ZoneShape } from '../../protocol/zone.ts';
import { metresPerDegree, outlineOf, polygonArea, withoutRepeats } from './zone-geometry.ts';

/** From one side to the other at most, m: beyond it the edges of maps and of a sphere lie too far apart. */
const widest = 500_000;
/** The least polygon, m²: smaller ones are slips of the hand, and no fix could tell inside from outside. */
const least = 100;

/** Why no zone can have this shape, as `shape.corners: …`; undefined: it can. Its schema is taken to be right. */
export function whyNoShape(shape: ZoneShape): string | undefined {
  if (shape.type === 'circle') return undefined;
  const closed = shape.type === 'polygon';
  const field = closed ? 'shape.corners' : 'shape.line';
  const given = closed ? shape.corners : shape.line;
  if (given.length > mostCorners) return `${field}: has ${given.length} points, at most ${mostCorners} are possible`;
  const corners = withoutRepeats(given, closed);
  if (corners.length < (closed ? 3 : 2)) {
    return `${field}: needs at least ${closed ? 'three corners' : 'two points'} that differ`;
  }
  const { south, north, west, east } = outlineOf(shape);
  const across = Math.hypot(north - south, (east - west) * Math.cos((((south + north) / 2) * Math.PI) / 180));
  if (across * metresPerDegree > widest) return `${field}: is more than ${widest / 1000} km across`;
  if (!closed) return undefined;
  const crossing = selfCrossing(corners);
  if (crossing !== undefined) {
    const [a, b] = crossing;
    return `${field}: the edge after corner ${a + 1} meets the edge after corner ${b + 1}; edges may not cross or touch`;
  }
  if (Math.abs(polygonArea(corners)) < least) return `${field}: encloses less than ${least} m²`;
  return undefined;
}

/** The first two edges of a ring that cross, touch or lie on one another, by the index of the corner each begins at. */
function selfCrossing(corners: readonly LatLon[]): [number, number] | undefined {
  const west = corners[0]?.longitude ?? 0;
  // In whole steps of 1e-7 degrees, so that what touches does so exactly.
  const points = corners.map(({ latitude, longitude }) => ({
    x: Math.round((longitude + 360 * Math.round((west - longitude) / 360)) * 1e7),
    y: Math.round(latitude * 1e7),
  }));
  const count = points.length;
  for (let i = 0; i < count; i++) {
    const a = points[i];
    const b = points[(i + 1) % count];
    for (let j = i + 1; j < count; j++) {
      const c = points[j];
      const d = points[(j + 1) % count];
      if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
      // Neighbours share a corner; they may not run back over one another.
      const next = j === i + 1;
      const last = (j + 1) % count === i;
      const bad = next ? foldsBack(a, b, d) : last ? foldsBack(c, a, b) : meet(a, b, c, d);
      if (bad) return [i, j];
    }
  }
  return undefined;
}

interface Point {
  x: number;
  y: number;
}

/** Whether from corner b the edge to c leads back over the edge from a. */
function foldsBack(a: Point, b: Point, c: Point): boolean {
  return turn(a, b, c) === 0 && (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) > 0;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  if (Math.max(a.x, b.x) < Math.min(c.x, d.x) || Math.max(c.x, d.x) < Math.min(a.x, b.x)) return false;
  if (Math.max(a.y, b.y) < Math.min(c.y, d.y) || Math.max(c.y, d.y) < Math.min(a.y, b.y)) return false;
  const ofC = turn(a, b, c);
  const ofD = turn(a, b, d);
  const ofA = turn(c, d, a);
  const ofB = turn(c, d, b);
  if (ofC !== ofD && ofA !== ofB && ofC * ofD < 0 && ofA * ofB < 0) return true;
  return (
    (ofC === 0 && between(a, b, c)) ||
    (ofD === 0 && between(a, b, d)) ||
    (ofA === 0 && between(c, d, a)) ||
    (ofB === 0 && between(c, d, b))
  );
}

/** 1: left, −1: right, 0: straight on. Steps of up to 3.6e9 make products of up to 1.3e19, hence the exact numbers. */
function turn(a: Point, b: Point, c: Point): number {
  const product = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  // Far from zero the rounding of doubles cannot change the sign.
  if (Math.abs(product) > 1e5) return Math.sign(product);
  const exact = BigInt(b.x - a.x) * BigInt(c.y - a.y) - BigInt(b.y - a.y) * BigInt(c.x - a.x);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

function between(a: Point, b: Point, c: Point): boolean {
  return (
    Math.min(a.x, b.x) <= c.x && c.x <= Math.max(a.x, b.x) && Math.min(a.y, b.y) <= c.y && c.y <= Math.max(a.y, b.y)
  );
}
