import type { Fix } from './fold.ts';
import { metresPerDegree } from './zone-geometry.ts';
import type { ZoneList } from './zone-index.ts';

/**
 * Where and how long nothing can happen between a van and the zones, so that they need not be looked at for each fix:
 * no edge that could matter is nearer, and nothing falls due before. It is only a short cut, and no part of what is kept.
 */
export interface Calm {
  /** the middle, degrees, and the cosine of its latitude */
  latitude: number;
  longitude: number;
  cosine: number;
  /** of the radius, degrees of latitude */
  square: number;
  /** UTC ms; up to here, not included */
  until: number;
  /** km/h; above the one, and up to the other, included */
  slowest: number;
  fastest: number;
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
  if (calm.edition !== edition || calm.doors.list !== calm.list || fix.fixTime >= calm.until) return false;
  if (fix.speed !== undefined && (fix.speed > calm.fastest || fix.speed <= calm.slowest)) return false;
  const north = fix.latitude - calm.latitude;
  const east = (fix.longitude - calm.longitude) * calm.cosine;
  return north * north + east * east < calm.square;
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
    } else if (calm === undefined)
      return { latitude, longitude, cosine, square, until, slowest, fastest, edition, doors, list };
    else {
      calm.latitude = latitude;
      calm.longitude = longitude;
      calm.cosine = cosine;
      calm.square = square;
      calm.until = until;
      calm.slowest = slowest;
      calm.fastest = fastest;
      calm.edition = edition;
      calm.doors = doors;
      calm.list = list;
    }
    return calm;
  }
}
