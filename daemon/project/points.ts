import type { TrailPoint } from '../../protocol/trail.ts';

/** Numbers of a point: the required four, then those that may be absent (NaN), ignition as 0 or 1. */
const width = 10;

/**
 * The points of a chunk in work, oldest first, as plain numbers in one list. They wait there for seconds or minutes,
 * and as objects, each with its numbers in boxes of their own, they would be half of what the garbage collector does.
 */
export class Points {
  #values: number[] = [];

  static of(points: readonly TrailPoint[]): Points {
    const made = new Points();
    for (const point of points) made.push(point);
    return made;
  }

  get length(): number {
    return this.#values.length / width;
  }

  /** The fixTime of a point, UTC ms; undefined past the ends. */
  time(index: number): number | undefined {
    return this.#values[index * width];
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
    this.#values.push(fixTime, receivedAt, latitude, longitude, speed, course, altitude, accuracy, battery, on);
  }

  insert(index: number, point: TrailPoint): void {
    const later = this.split(index);
    this.push(point);
    for (const value of later.#values) this.#values.push(value);
  }

  /** Takes the points from `index` on out, into a list of their own. */
  split(index: number): Points {
    const taken = new Points();
    taken.#values = this.#values.splice(index * width);
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
