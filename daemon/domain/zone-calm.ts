import type { Fix } from './fold.ts';
import { metresPerDegree } from './zone-geometry.ts';
import type { ZoneList } from './zone-index.ts';

/**
 * Where and how long nothing can happen between a van and the zones, so that they need not be looked at for each fix:
 * no edge that could matter is nearer, and nothing falls due before. It is only a short cut, and no part of what is kept.
 */
export interface Calm {
  /**
   * Side by side in memory, since they are asked for with every fix of thousands of vans in turn: latitude and longitude
   * of the middle (degrees), the cosine of its latitude, the square of the radius (degrees of latitude), until when (UTC
   * ms, not included), above which speed and up to which one (km/h, included).
   */
  bounds: [number, number, number, number, number, number, number];
  /** of the zones it was made from; 0: it says nothing */
  edition: number;
  doors: VanDoors;
  list: ZoneList | undefined;
}

/** The zones that are for one van alone. The same object as long as the edition of the zones is the same. */
export interface VanDoors {
  list: ZoneList | undefined;
}

/** Farther than this it is not looked, degrees of latitude (1 km): as long as a plane is as good as the globe. */
const farthest = 0.009;
/** Beyond these latitudes it is not, degrees. */
const polar = 80;
/** A radius below this saves nothing, degrees of latitude (5 m). */
const least = 4.5e-5;
/** What the plane of one fix may differ from that of another one: a share of a distance, and m. */
const share = 0.01;
const more = 1;

/** Whether a fix is one of those at which nothing can happen. */
export function isCalm(calm: Calm, fix: Fix, edition: number): boolean {
  const { bounds } = calm;
  if (calm.edition !== edition || calm.doors.list !== calm.list || fix.fixTime >= bounds[4]) return false;
  if (fix.speed !== undefined && (fix.speed <= bounds[5] || fix.speed > bounds[6])) return false;
  const north = fix.latitude - bounds[0];
  const east = (fix.longitude - bounds[1]) * bounds[2];
  return north * north + east * east < bounds[3];
}

/** What a fix leaves free, while the zones around it are looked at. One for all vans. */
export class Room {
  /** degrees of latitude */
  reach = 0;
  /** UTC ms */
  until = 0;
  /** km/h */
  slowest = 0;
  fastest = 0;

  begin({ latitude }: Fix): void {
    this.reach = Math.abs(latitude) < polar ? farthest : 0;
    this.until = Infinity;
    this.slowest = -Infinity;
    this.fastest = Infinity;
  }

  /** Something may happen with the very next fix. */
  end(): void {
    this.reach = 0;
  }

  /** There is something so far away, m. */
  within(metres: number): void {
    this.reach = Math.min(this.reach, (metres * (1 - share) - more) / metresPerDegree);
  }

  /** Something falls due, UTC ms. */
  before(time: number): void {
    if (time < this.until) this.until = time;
  }

  /** It may not be faster, km/h. */
  upTo(speed: number): void {
    if (speed < this.fastest) this.fastest = speed;
  }

  /** It must be faster, km/h. */
  above(speed: number): void {
    if (speed > this.slowest) this.slowest = speed;
  }

  get isEnough(): boolean {
    return this.reach > least;
  }

  /** Writes what is left into `calm`, or says there that there is none. */
  settle(
    calm: Calm | undefined,
    { latitude, longitude }: Fix,
    cosine: number,
    edition: number,
    doors: VanDoors,
  ): Calm | undefined {
    const { reach, until, slowest, fastest } = this;
    const { list } = doors;
    const square = reach * reach;
    if (!this.isEnough) {
      if (calm !== undefined) calm.edition = 0;
    } else if (calm === undefined) {
      const bounds: Calm['bounds'] = [latitude, longitude, cosine, square, until, slowest, fastest];
      return { bounds, edition, doors, list };
    } else {
      const { bounds } = calm;
      bounds[0] = latitude;
      bounds[1] = longitude;
      bounds[2] = cosine;
      bounds[3] = square;
      bounds[4] = until;
      bounds[5] = slowest;
      bounds[6] = fastest;
      calm.edition = edition;
      calm.doors = doors;
      calm.list = list;
    }
    return calm;
  }
}
