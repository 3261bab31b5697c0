import { distance } from '../../../protocol/geo.ts';

/** A marker as it is drawn: degrees, and degrees clockwise from north. */
export interface ShownMarker {
  latitude: number;
  longitude: number;
  course: number;
}

/** A glide never lasts longer than this, ms: the marker may lag behind its fix, but only so far. */
const longestGlide = 2000;
const shortestGlide = 120;
/** A turn looks right when it is quicker than the way, ms. */
const longestTurn = 600;
/** Further than this a marker is put, not slid, m: sliding across the town would draw a way nobody drove. */
const furthest = { van: 1500, aircraft: 30_000 };

/**
 * Where markers are between two fixes. Each glides from where it is shown now to its newest fix and stops there:
 * nothing is ever drawn ahead of what the tracker said. Columns, one row a slot, so that 10,000 cost well under 1 ms.
 */
export class Glides {
  /** seven numbers a slot: from latitude, longitude, course · to latitude, longitude, course · duration of the way */
  #rows = new Float64Array(0);
  #starts = new Float64Array(0);
  /** time at which the last glide under way ends */
  #lastEnd = 0;

  /** Puts a marker at once. */
  place(slot: number, to: { latitude: number; longitude: number; course?: number }, now: number): void {
    this.#reserve(slot);
    this.#write(slot, to, to, to.course ?? 0, to.course ?? 0, 0, now);
  }

  /**
   * Sends a marker towards a new fix. `interval` is the time between this fix and the one before, ms. A fix without a
   * course keeps the course shown.
   */
  move(
    slot: number,
    to: { latitude: number; longitude: number; course?: number | undefined },
    now: number,
    interval: number,
    kind: 'van' | 'aircraft' = 'van',
  ): void {
    this.#reserve(slot);
    const from = this.at(slot, now);
    const course = to.course ?? from.course;
    if (distance(from, to) > furthest[kind]) {
      this.#write(slot, to, to, course, course, 0, now);
      return;
    }
    const duration = Math.min(longestGlide, Math.max(shortestGlide, interval));
    this.#write(slot, from, to, from.course, course, duration, now);
    this.#lastEnd = Math.max(this.#lastEnd, now + duration);
  }

  /** Where the marker is shown at `now`. */
  at(slot: number, now: number): ShownMarker {
    const rows = this.#rows;
    const at = slot * 7;
    const duration = rows[at + 6] ?? 0;
    const passed = now - (this.#starts[slot] ?? 0);
    const way = duration <= 0 || passed >= duration ? 1 : passed <= 0 ? 0 : passed / duration;
    const turning = Math.min(duration, longestTurn);
    const turned = turning <= 0 || passed >= turning ? 1 : passed <= 0 ? 0 : passed / turning;
    return {
      latitude: between(rows[at] ?? 0, rows[at + 3] ?? 0, way),
      longitude: between(rows[at + 1] ?? 0, rows[at + 4] ?? 0, way),
      course: turnBetween(rows[at + 2] ?? 0, rows[at + 5] ?? 0, smooth(turned)),
    };
  }

  /** Whether anything is still on its way. */
  isMoving(now: number): boolean {
    return now < this.#lastEnd;
  }

  #write(
    slot: number,
    from: { latitude: number; longitude: number },
    to: { latitude: number; longitude: number },
    fromCourse: number,
    toCourse: number,
    duration: number,
    now: number,
  ): void {
    this.#rows.set(
      [from.latitude, from.longitude, fromCourse, to.latitude, to.longitude, toCourse, duration],
      slot * 7,
    );
    this.#starts[slot] = now;
  }

  #reserve(slot: number): void {
    if (slot < this.#starts.length) return;
    const size = Math.max(64, 2 ** Math.ceil(Math.log2(slot + 1)));
    const rows = new Float64Array(size * 7);
    rows.set(this.#rows);
    const starts = new Float64Array(size);
    starts.set(this.#starts);
    this.#rows = rows;
    this.#starts = starts;
  }
}

function between(a: number, b: number, part: number): number {
  return part >= 1 ? b : a + (b - a) * part;
}

/** The shorter way round from one course to another. */
export function turnBetween(from: number, to: number, part: number): number {
  const turn = ((to - from + 540) % 360) - 180;
  return (from + turn * part + 360) % 360;
}

function smooth(part: number): number {
  return part * part * (3 - 2 * part);
}
