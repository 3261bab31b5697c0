import type { TrailPoint } from '../../protocol/trail.ts';

/** Numbers of a point: the required four, then those that may be absent (NaN), ignition as 0 or 1. */
const width = 10;

/** Points there is room for at first, and then: a few fixes of a van that stands, or a full chunk. */
const rooms = { few: 16, full: 64 };

/**
 * The points of a chunk in work, oldest first, as plain numbers in one array outside the heap. They wait there for
 * seconds or minutes: as objects, each with its numbers in boxes of their own, or in a list that is copied whenever it
 * grows, they would be a good part of what the garbage collector does.
 */
export class Points {
  #values = new Float64Array(0);
  #length = 0;

  static of(points: readonly TrailPoint[]): Points {
    const made = new Points();
    for (const point of points) made.push(point);
    return made;
  }

  get length(): number {
    return this.#length;
  }

  /** The fixTime of a point, UTC ms; undefined past the ends. */
  time(index: number): number | undefined {
    return index < this.#length ? this.#values[index * width] : undefined;
  }

  at(index: number): TrailPoint {
    const values = this.#values;
    const from = index * width;
    const value = (column: number): number => values[from + column] ?? Number.NaN;
    const point: TrailPoint = { fixTime: value(0), receivedAt: value(1), latitude: value(2), longitude: value(3) };
    const [speed, course, altitude, accuracy] = [value(4), value(5), value(6), value(7)];
    const [battery, ignition] = [value(8), value(9)];
    if (!Number.isNaN(speed)) point.speed = speed;
    if (!Number.isNaN(course)) point.course = course;
    if (!Number.isNaN(altitude)) point.altitude = altitude;
    if (!Number.isNaN(accuracy)) point.accuracy = accuracy;
    if (!Number.isNaN(battery)) point.battery = battery;
    if (!Number.isNaN(ignition)) point.ignition = ignition === 1;
    return point;
  }

  all(): TrailPoint[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  push(point: TrailPoint): void {
    const {
      speed = Number.NaN,
      course = Number.NaN,
      altitude = Number.NaN,
      accuracy = Number.NaN,
      battery = Number.NaN,
      ignition,
    } = point;
    const { fixTime, receivedAt, latitude, longitude } = point;
    const on = ignition === undefined ? Number.NaN : Number(ignition);
    const from = this.#length * width;
    const values = this.#withRoom();
    values[from] = fixTime;
    values[from + 1] = receivedAt;
    values[from + 2] = latitude;
    values[from + 3] = longitude;
    values[from + 4] = speed;
    values[from + 5] = course;
    values[from + 6] = altitude;
    values[from + 7] = accuracy;
    values[from + 8] = battery;
    values[from + 9] = on;
    this.#length++;
  }

  /** The values, with room for one more point. */
  #withRoom(): Float64Array {
    const before = this.#values;
    if ((this.#length + 1) * width <= before.length) return before;
    const room = this.#length < rooms.few ? rooms.few : Math.max(rooms.full, 2 * this.#length);
    this.#values = new Float64Array(room * width);
    this.#values.set(before);
    return this.#values;
  }

  insert(index: number, point: TrailPoint): void {
    const end = this.#length * width;
    this.push(point);
    const added = this.#values.slice(end, end + width);
    this.#values.copyWithin((index + 1) * width, index * width, end);
    this.#values.set(added, index * width);
  }

  /** Takes the points from `index` on out, into a list of their own. */
  split(index: number): Points {
    const taken = new Points();
    taken.#values = this.#values.slice(index * width, this.#length * width);
    taken.#length = this.#length - index;
    this.#length = index;
    return taken;
  }

  /** The index of the first point at `fixTime` or later. */
  indexOf(fixTime: number): number {
    let low = 0;
    let high = this.length;
    if ((this.time(high - 1) ?? 0) < fixTime) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.time(middle) ?? 0) < fixTime) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
