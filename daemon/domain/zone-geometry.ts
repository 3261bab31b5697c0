import { distance, type LatLon } from '../../protocol/geo.ts';
import type { ZoneShape } from '../../protocol/zone.ts';

/**
 * The shape of a zone, made ready to be asked millions of times: how far a point is from its edge.
 *
 * Edges are straight on the map: between neighbouring corners latitude and longitude change evenly. Distances are
 * measured on a plane through the point that is asked about, so that they are exact where it matters, near the edge.
 */
export interface Outline extends Box {
  /** m from a point to the edge, negative inside. `cosine`: of the point's latitude */
  distance(latitude: number, longitude: number, cosine: number): number;
  /** m: of a circle the radius, of a polygon that of a circle of the same area, of a corridor half its width */
  readonly size: number;
  /** m: no point inside is farther from the edge, about */
  readonly depth: number;
}

/** Degrees. Where a shape lies across the 180th meridian `east` is beyond 180. */
export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

const radians = Math.PI / 180;
/** m, of latitude; and of longitude at the equator */
export const metresPerDegree = 6_371_008.8 * radians;

export function outlineOf(shape: ZoneShape): Outline {
  switch (shape.type) {
    case 'circle':
      return circle(shape, shape.radius);
    case 'polygon':
      return polygon(unrolled(withoutRepeats(shape.corners, true)));
    case 'corridor':
      return corridor(unrolled(withoutRepeats(shape.line, false)), shape.width / 2);
  }
}

/** Up to this radius, m, a circle on the globe and one on the plane differ by less than half a metre (below 80°). */
const flat = 2000;

function circle({ latitude, longitude }: LatLon, radius: number): Outline {
  // Side by side in memory: with thousands of vans in turn, looking for three numbers costs more than the arithmetic.
  const own = Float64Array.of(latitude, longitude, radius);
  return {
    ...boxAround({ south: latitude, north: latitude, west: longitude, east: longitude }, radius),
    size: radius,
    depth: radius,
    distance: (ofLatitude, ofLongitude, cosine) => {
      const y0 = own[0] ?? 0;
      const x0 = own[1] ?? 0;
      const reach = own[2] ?? 0;
      const north = (ofLatitude - y0) * metresPerDegree;
      let degrees = ofLongitude - x0;
      if (degrees > 180) degrees -= 360;
      else if (degrees < -180) degrees += 360;
      const east = degrees * cosine * metresPerDegree;
      const metres = Math.sqrt(north * north + east * east);
      if (metres < flat) return metres - reach;
      return distance({ latitude: y0, longitude: x0 }, { latitude: ofLatitude, longitude: ofLongitude }) - reach;
    },
  };
}

function polygon(ring: Ring): Outline {
  const box = boxOf(ring);
  const size = Math.sqrt(Math.abs(areaOf(ring)) / Math.PI);
  const tall = (box.north - box.south) * metresPerDegree;
  const wide = (box.east - box.west) * metresPerDegree * Math.cos(((box.south + box.north) / 2) * radians);
  return {
    ...box,
    size,
    depth: Math.min(size, tall / 2, wide / 2),
    distance: (latitude, longitude, cosine) => {
      const { y, x } = ring;
      const east = turned(longitude, box);
      const metres = lineDistance(ring, true, latitude, east, cosine);
      return insideRing(y, x, latitude, east) ? -metres : metres;
    },
  };
}

function corridor(line: Ring, half: number): Outline {
  const box = boxAround(boxOf(line), half);
  return {
    ...box,
    size: half,
    depth: half,
    distance: (latitude, longitude, cosine) =>
      lineDistance(line, false, latitude, turned(longitude, box), cosine) - half,
  };
}

/** Corners as plain numbers, in degrees: `x` is the longitude, without a jump at the 180th meridian. */
interface Ring {
  y: Float64Array;
  x: Float64Array;
}

function unrolled(corners: readonly LatLon[]): Ring {
  const y = Float64Array.from(corners, ({ latitude }) => latitude);
  const x = Float64Array.from(corners, ({ longitude }) => longitude);
  for (let i = 1; i < x.length; i++) {
    const before = x[i - 1] ?? 0;
    const here = x[i] ?? 0;
    // The short way round the globe.
    x[i] = here + 360 * Math.round((before - here) / 360);
  }
  return { y, x };
}

/** Corners that say the same as the one before them left out; of a ring also the last, when it repeats the first. */
export function withoutRepeats(corners: readonly LatLon[], closed: boolean): LatLon[] {
  const kept = corners.filter((corner, i) => {
    const before = corners[i - 1];
    return before === undefined || !same(before, corner);
  });
  const [first] = kept;
  const last = kept.at(-1);
  if (closed && kept.length > 1 && first !== undefined && last !== undefined && same(first, last)) kept.pop();
  return kept;
}

function same(a: LatLon, b: LatLon): boolean {
  return a.latitude === b.latitude && a.longitude === b.longitude;
}

/** The longitude in the turn of the globe in which the box lies. */
function turned(longitude: number, { west, east }: Box): number {
  const middle = (west + east) / 2;
  return longitude - middle > 180 ? longitude - 360 : middle - longitude > 180 ? longitude + 360 : longitude;
}

function boxOf({ y, x }: Ring): Box {
  const box = { south: Infinity, west: Infinity, north: -Infinity, east: -Infinity };
  for (let i = 0; i < y.length; i++) {
    box.south = Math.min(box.south, y[i] ?? 0);
    box.north = Math.max(box.north, y[i] ?? 0);
    box.west = Math.min(box.west, x[i] ?? 0);
    box.east = Math.max(box.east, x[i] ?? 0);
  }
  return box;
}

/** The box with so many metres around it. */
export function boxAround({ south, west, north, east }: Box, metres: number): Box {
  // A hair more, for the rounding of what is compared with it.
  const up = (metres / metresPerDegree) * 1.000_001;
  const widest = Math.cos(Math.min(89.9, Math.max(Math.abs(south - up), Math.abs(north + up))) * radians);
  const aside = Math.min(180, up / widest);
  return { south: south - up, west: west - aside, north: north + up, east: east + aside };
}

/** Whether a point is in a box. */
export function inBox(box: Box, latitude: number, longitude: number): boolean {
  const { south, west, north, east } = box;
  const x = turned(longitude, box);
  return latitude >= south && latitude <= north && x >= west && x <= east;
}

/** m², positive when the ring runs counterclockwise. */
function areaOf({ y, x }: Ring): number {
  const y0 = y[0] ?? 0;
  const x0 = x[0] ?? 0;
  let twice = 0;
  let middle = 0;
  for (let i = 0, j = y.length - 1; i < y.length; j = i++) {
    twice += ((x[j] ?? 0) - x0) * ((y[i] ?? 0) - y0) - ((x[i] ?? 0) - x0) * ((y[j] ?? 0) - y0);
    middle += (y[i] ?? 0) / y.length;
  }
  return (twice / 2) * metresPerDegree * metresPerDegree * Math.cos(middle * radians);
}

/** m² of a polygon, positive when its corners run counterclockwise. */
export function polygonArea(corners: readonly LatLon[]): number {
  return areaOf(unrolled(corners));
}

/** Even-odd rule. */
function insideRing(y: Float64Array, x: Float64Array, latitude: number, longitude: number): boolean {
  let inside = false;
  const count = y.length;
  let y1 = y[count - 1] ?? 0;
  let x1 = x[count - 1] ?? 0;
  for (let i = 0; i < count; i++) {
    const y2 = y[i] ?? 0;
    const x2 = x[i] ?? 0;
    if (y2 > latitude !== y1 > latitude && longitude < x2 + ((latitude - y2) * (x1 - x2)) / (y1 - y2)) inside = !inside;
    y1 = y2;
    x1 = x2;
  }
  return inside;
}

/** m from a point to a line, or to a ring when it is closed. */
function lineDistance({ y, x }: Ring, closed: boolean, latitude: number, longitude: number, cosine: number): number {
  const count = y.length;
  let nearest = Infinity;
  // Degrees of latitude, both ways, with the point at the origin.
  let y1 = (closed ? (y[count - 1] ?? 0) : (y[0] ?? 0)) - latitude;
  let x1 = ((closed ? (x[count - 1] ?? 0) : (x[0] ?? 0)) - longitude) * cosine;
  for (let i = closed ? 0 : 1; i < count; i++) {
    const y2 = (y[i] ?? 0) - latitude;
    const x2 = ((x[i] ?? 0) - longitude) * cosine;
    const dy = y2 - y1;
    const dx = x2 - x1;
    const length = dx * dx + dy * dy;
    let along = length === 0 ? 0 : -(x1 * dx + y1 * dy) / length;
    if (along < 0) along = 0;
    else if (along > 1) along = 1;
    const nearY = y1 + along * dy;
    const nearX = x1 + along * dx;
    const square = nearX * nearX + nearY * nearY;
    if (square < nearest) nearest = square;
    y1 = y2;
    x1 = x2;
  }
  return Math.sqrt(nearest) * metresPerDegree;
}
