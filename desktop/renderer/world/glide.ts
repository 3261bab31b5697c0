import { distance } from '../../../protocol/geo.ts';

/** A marker as it is drawn: degrees, and degrees clockwise from north. */
export interface ShownMarker {
  latitude: number;
  longitude: number;
  course: number;
}

/** What of a fix a glide needs. */
export interface GlideTarget {
  latitude: number;
  longitude: number;
  course?: number | undefined;
  /** km/h */
  speed?: number | undefined;
}

/** A glide never lasts longer than this, ms: the marker may lag behind its fix, but only so far. */
const longestGlide = 2000;
const shortestGlide = 120;
/** A turn looks right when it is quicker than the way, ms. */
export const longestTurn = 600;
/** Further than this a marker is put, not slid, m: sliding across the town would draw a way nobody drove. */
const furthest = { van: 1500, aircraft: 30_000 };
/** Degrees (sum of both) that are nearer than that wherever it is: spares the great circle for ordinary fixes. */
const surelyNear = 0.008;
/**
 * Beyond its newest fix a marker runs on with the fix's course and speed, slower and slower with this time constant, s:
 * at 30 km/h never more than 17 m, and at no moment more than the van itself would have driven by then.
 */
export const runOnFor = 2;
/** After so long a marker stands still, ms. */
const runOnEnds = 6000;
/** Slower than this is noise, km/h: such a fix has no direction to run on in. */
const leastSpeed = 4;
/** m of a degree of latitude */
const degree = 111_195;
/** Times are told to the graphics card in seconds after a beginning; after so long another one is chosen, s. */
const longestEpoch = 3600;

/** Numbers a marker in a column for the graphics card; marks-layer.ts says which. */
export const glideStride = 12;
/** Numbers a slot of our own. */
const stride = 10;

/**
 * Where markers are between two fixes: each glides from where it is shown now to its newest fix, which itself runs on a
 * little. The same few numbers are told to the graphics card, which moves the markers without the page doing anything
 * between two fixes.
 *
 *   shown = to + back × (1 − part of the way) + velocity × runOnFor × (1 − e^(−time / runOnFor))
 */
export class Glides {
  /** to latitude, longitude · back latitude, longitude · start · duration · course from · turn · velocity (degrees/s) */
  #rows = new Float64Array(0);
  /** ms of the clock of the glides at which its seconds begin; when it changes, all is to be told anew */
  epoch = 0;
  #size = 0;
  /** where the marker that was asked for last is shown */
  readonly #shown: ShownMarker = { latitude: 0, longitude: 0, course: 0 };

  /** Puts a marker at once. */
  place(slot: number, to: GlideTarget, now: number): void {
    this.#reserve(slot, now);
    const { latitude, longitude, course = 0 } = to;
    this.#rows.set([latitude, longitude, 0, 0, this.seconds(now), 0, course, 0, 0, 0], slot * stride);
  }

  /**
   * Sends a marker towards a new fix. `interval` is the time between this fix and the one before, ms. A fix without a
   * course keeps the course shown.
   */
  move(slot: number, to: GlideTarget, now: number, interval: number, kind: 'van' | 'aircraft' = 'van'): void {
    this.#reserve(slot, now);
    const seconds = this.seconds(now);
    this.#look(slot, seconds);
    const { latitude, longitude, course } = this.#shown;
    const isFar =
      Math.abs(to.latitude - latitude) + Math.abs(to.longitude - longitude) > surelyNear &&
      distance(this.#shown, to) > furthest[kind];
    const rows = this.#rows;
    const at = slot * stride;
    const duration = isFar ? 0 : Math.min(longestGlide, Math.max(shortestGlide, interval));
    const runsOn = !isFar && to.course !== undefined && (to.speed ?? 0) >= leastSpeed;
    const turned = isFar && to.course !== undefined ? to.course : course;
    rows[at] = to.latitude;
    rows[at + 1] = to.longitude;
    rows[at + 2] = isFar ? 0 : latitude - to.latitude;
    rows[at + 3] = isFar ? 0 : longitude - to.longitude;
    rows[at + 4] = seconds;
    rows[at + 5] = duration / 1000;
    rows[at + 6] = turned;
    rows[at + 7] = to.course === undefined ? 0 : turn(turned, to.course);
    if (runsOn) {
      const angle = ((to.course ?? 0) * Math.PI) / 180;
      const speed = (to.speed ?? 0) / 3.6 / degree;
      rows[at + 8] = Math.cos(angle) * speed;
      rows[at + 9] = (Math.sin(angle) * speed) / Math.max(0.01, Math.cos((to.latitude * Math.PI) / 180));
    } else {
      rows[at + 8] = 0;
      rows[at + 9] = 0;
    }
  }

  /** Where the marker is shown at `now`. */
  at(slot: number, now: number): ShownMarker {
    this.#look(slot, this.seconds(now));
    return { ...this.#shown };
  }

  /** The same in an object that the next call writes over: 10,000 markers are asked for in one go. */
  look(slot: number, now: number): Readonly<ShownMarker> {
    this.#look(slot, this.seconds(now));
    return this.#shown;
  }

  #look(slot: number, seconds: number): void {
    const rows = this.#rows;
    const shown = this.#shown;
    const at = slot * stride;
    const passed = Math.max(0, seconds - (rows[at + 4] ?? 0));
    const duration = rows[at + 5] ?? 0;
    const left = passed >= duration ? 0 : 1 - passed / duration;
    const turning = Math.min(duration, longestTurn / 1000);
    const turned = passed >= turning ? 1 : smooth(passed / turning);
    const north = rows[at + 8] ?? 0;
    const east = rows[at + 9] ?? 0;
    const ran = north === 0 && east === 0 ? 0 : runOn(passed);
    shown.latitude = (rows[at] ?? 0) + (rows[at + 2] ?? 0) * left + north * ran;
    shown.longitude = (rows[at + 1] ?? 0) + (rows[at + 3] ?? 0) * left + east * ran;
    shown.course = ((rows[at + 6] ?? 0) + (rows[at + 7] ?? 0) * turned + 360) % 360;
  }

  /** When the marker has come to rest, unless a new fix comes before. */
  restsAt(slot: number): number {
    const rows = this.#rows;
    const at = slot * stride;
    const runsOn = rows[at + 8] !== 0 || rows[at + 9] !== 0;
    return this.epoch + (rows[at + 4] ?? 0) * 1000 + (runsOn ? runOnEnds : (rows[at + 5] ?? 0) * 1000);
  }

  /** The clock of what the graphics card is told, s. */
  seconds(now: number): number {
    return (now - this.epoch) / 1000;
  }

  /** Writes a marker into a row of a column for the graphics card. */
  tell(slot: number, columns: Float32Array, row: number): void {
    const rows = this.#rows;
    const at = slot * stride;
    const to = row * glideStride;
    const longitude = rows[at + 1] ?? 0;
    const latitude = rows[at] ?? 0;
    columns[to] = longitude;
    columns[to + 1] = latitude;
    columns[to + 2] = longitude - Math.fround(longitude);
    columns[to + 3] = latitude - Math.fround(latitude);
    columns[to + 4] = rows[at + 3] ?? 0;
    columns[to + 5] = rows[at + 2] ?? 0;
    columns[to + 6] = rows[at + 4] ?? 0;
    columns[to + 7] = rows[at + 5] ?? 0;
    columns[to + 8] = rows[at + 6] ?? 0;
    columns[to + 9] = rows[at + 7] ?? 0;
    columns[to + 10] = rows[at + 9] ?? 0;
    columns[to + 11] = rows[at + 8] ?? 0;
  }

  #reserve(slot: number, now: number): void {
    // 32 bits tell a millisecond only for some hours: then all times are told from a later beginning.
    if (this.seconds(now) > longestEpoch) this.#beginAgain(now);
    if (slot < this.#size) return;
    this.#size = Math.max(64, 2 ** Math.ceil(Math.log2(slot + 1)));
    const rows = new Float64Array(this.#size * stride);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  #beginAgain(now: number): void {
    const passed = this.seconds(now);
    this.epoch = now;
    for (let slot = 0; slot < this.#size; slot++) {
      const at = slot * stride + 4;
      // What was over long ago stays so; how long ago no longer matters.
      this.#rows[at] = Math.max(-longestEpoch, (this.#rows[at] ?? 0) - passed);
    }
  }
}

/** How many seconds of full speed a marker has run on after `passed` s. */
function runOn(passed: number): number {
  return runOnFor * (1 - Math.exp(-Math.min(passed, runOnEnds / 1000) / runOnFor));
}

/** Degrees to turn from one course to another, the shorter way round. */
function turn(from: number, to: number): number {
  return ((to - from + 540) % 360) - 180;
}

function smooth(part: number): number {
  return part * part * (3 - 2 * part);
}
