import { distance } from '../../protocol/geo.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { RegistryView } from '../domain/registry-view.ts';

/**
 * Which fixes of a device are not believed. Purely a question of the device's fixes in order of fixTime, so that it
 * does not matter in which order they came; a fix that arrives later may set a mark or clear one.
 *
 * - Accuracy worse than 500 m: `inaccurate`. Such a fix says nothing about its neighbours either.
 * - `jump`: it has neighbours and no neighbour reaches it. Two fixes in a row that reach one another always win.
 * - The first fix of all has only one neighbour. It is a jump only when that one is confirmed by its own successor: of
 *   a bad first fix b and a good g2, b is shown until g3 reaches g2. So one bad first fix cannot freeze a van.
 */

/** From here on an accuracy is too bad to show a van in its street, m. */
const worstAccuracy = 500;
/** Distances below this are GPS noise at any speed, m; two fixes within a second often lie this far apart. */
const noise = 50;
/** An upper bound of the metres in a degree, to leave the exact distance out where it does not matter. */
const metresPerDegree = 111_200;

/** Faster than this nothing of the kind moves, km/h. */
const speedLimits = { van: 250, aircraft: 1300 } as const;

export function inaccurate(fix: Pick<TrailPoint, 'accuracy'>): boolean {
  return fix.accuracy !== undefined && fix.accuracy > worstAccuracy;
}

/** Whether a subject with this speed limit (km/h) can have gone from one fix to the other. */
export function reaches(a: TrailPoint, b: TrailPoint, limit: number): boolean {
  const seconds = Math.abs(b.fixTime - a.fixTime) / 1000;
  const allowed = (a.accuracy ?? 0) + (b.accuracy ?? 0) + Math.max(noise, (limit / 3.6) * seconds);
  const north = (b.latitude - a.latitude) * metresPerDegree;
  const east = (b.longitude - a.longitude) * metresPerDegree;
  return north * north + east * east <= allowed * allowed || distance(a, b) <= allowed;
}

/** The speed limit of a device's fixes, km/h: that of what it rides on; none for recorded or foreign data. */
export function speedLimit(registry: RegistryView, agency: string, deviceId: string): number {
  const device = registry.device(agency, deviceId);
  if (device?.type === 'replay') return Number.POSITIVE_INFINITY;
  const vanId = device?.assignments.findLast((assignment) => assignment.vanId !== null)?.vanId;
  const van = typeof vanId === 'string' ? registry.van(agency, vanId) : undefined;
  return speedLimits[van?.kind ?? 'van'];
}

/**
 * Marks the points of one device as they are pushed in order of fixTime. A point comes out once its neighbours decide
 * about it: at most two good fixes later. Points are never changed; marked ones come out as copies.
 */
export class Marker {
  #limit: number;
  /** in order, oldest an undecided fix; the inaccurate ones between them marked already */
  #waiting: TrailPoint[] = [];
  #last: TrailPoint | undefined;
  #lastReached = false;
  /** the first fix waits for its successor to be confirmed */
  #firstOpen = false;
  #accurate = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(point: TrailPoint, out: TrailPoint[]): void {
    if (inaccurate(point)) {
      const marked: TrailPoint = { ...point, mark: 'inaccurate' };
      if (this.#waiting.length === 0) out.push(marked);
      else this.#waiting.push(marked);
      return;
    }
    this.#accurate++;
    if (this.#last !== undefined) {
      if (this.#lastReached && this.#waiting.length === 1) {
        // The usual case, without ceremony: the one that waits was reached by the one before.
        out.push(this.#last);
        this.#lastReached = reaches(this.#last, point, this.#limit);
        this.#last = point;
        this.#waiting[0] = point;
        return;
      }
      const reached = reaches(this.#last, point, this.#limit);
      if (this.#accurate === 2 && !reached) {
        this.#firstOpen = true;
      } else {
        if (this.#firstOpen) this.#decide(reached, out);
        this.#firstOpen = false;
        this.#decide(this.#accurate > 2 && !this.#lastReached && !reached, out);
      }
      this.#lastReached = reached;
    }
    this.#last = point;
    this.#waiting.push(point);
  }

  /** No more points follow: what waits is decided by what is known. */
  end(out: TrailPoint[]): void {
    if (this.#firstOpen) this.#decide(false, out);
    if (this.#last !== undefined) this.#decide(this.#accurate > 1 && !this.#lastReached, out);
    this.#last = undefined;
    this.#firstOpen = false;
  }

  /** Whether a point before `time` still waits. */
  waitsFor(time: number): boolean {
    const oldest = this.#waiting[0];
    return oldest !== undefined && oldest.fixTime < time;
  }

  #decide(jump: boolean, out: TrailPoint[]): void {
    const point = this.#waiting.shift();
    if (point !== undefined) out.push(jump ? { ...point, mark: 'jump' } : point);
    while (this.#waiting[0]?.mark !== undefined) {
      const marked = this.#waiting.shift();
      if (marked !== undefined) out.push(marked);
    }
  }
}

/** The points of a whole trail, oldest first, with their marks. */
export function marked(points: Iterable<TrailPoint>, limit: number): TrailPoint[] {
  const marker = new Marker(limit);
  const out: TrailPoint[] = [];
  for (const point of points) marker.push(point, out);
  marker.end(out);
  return out;
}
