import { course, distance, type LatLon } from '../../../protocol/geo.ts';
import { silentAfter } from '../../../protocol/status.ts';
import { decodeColumns, trailColumns } from '../../../protocol/trail-chunk.ts';
import type { Stretch } from '../../shared/bridge.ts';

/** A silence of a van, from its last fix before until its first one after. */
export interface Silence extends Stretch {
  /** index of the last fix before */
  index: number;
  /** it was somewhere else afterwards: a dead zone, of whose way nobody knows. Else it stood, and its tracker slept. */
  hasMoved: boolean;
}

/** What one van did in a period, oldest fix first, in columns: a month of twenty vans is five million fixes. */
export interface PlayedTrail {
  /** fixTime, UTC ms */
  times: Float64Array;
  latitudes: Float64Array;
  longitudes: Float64Array;
  /** km/h, NaN where it is not known */
  speeds: Float32Array;
  /** degrees, NaN where it is not known */
  courses: Float32Array;
  silences: readonly Silence[];
}

/** `before`: nothing is known of it yet; `after`: nothing any more; `silent`: it is somewhere in a dead zone. */
type PlayedState = 'before' | 'moving' | 'standing' | 'silent' | 'after';

/** Where a van was at a time, as far as that is known. */
export interface PlayedPlace extends LatLon {
  state: PlayedState;
  /** degrees */
  course: number;
  /** km/h */
  speed: number | undefined;
  /** index of the newest fix not after the time; -1 before the first */
  index: number;
}

/** A van that is found nearer than this after a silence has stood there meanwhile, m. */
const samePlace = 100;
/** From this speed on it is drawn as moving, km/h. */
const movingSpeed = 4;

/** Gathers the chunks of a trail. What lies outside the period is left out, and what is told twice taken once. */
export class TrailBuilder {
  readonly #period: Stretch;
  readonly #inWork = trailColumns(1000);
  #times: number[] = [];
  #latitudes: number[] = [];
  #longitudes: number[] = [];
  #speeds: number[] = [];
  #courses: number[] = [];
  #isSorted = true;

  constructor(period: Stretch) {
    this.#period = period;
  }

  /** Throws RangeError when the bytes are no chunk. */
  add(chunk: Uint8Array): void {
    const columns = this.#inWork;
    const count = decodeColumns(chunk, columns, 0);
    const { from, to } = this.#period;
    for (let i = 0; i < count; i++) {
      const time = columns.fixTime[i] ?? 0;
      if (time < from || time >= to) continue;
      if (time <= (this.#times.at(-1) ?? Number.NEGATIVE_INFINITY)) this.#isSorted = false;
      this.#times.push(time);
      this.#latitudes.push(columns.latitude[i] ?? 0);
      this.#longitudes.push(columns.longitude[i] ?? 0);
      this.#speeds.push(columns.speed[i] ?? Number.NaN);
      this.#courses.push(columns.course[i] ?? Number.NaN);
    }
  }

  /** fixTime of the newest fix so far, UTC ms */
  get reached(): number {
    return this.#times.at(-1) ?? this.#period.from;
  }

  finish(): PlayedTrail {
    const times = this.#times;
    let rows = times.map((_, row) => row);
    if (!this.#isSorted) {
      rows.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
      rows = rows.filter((row, i) => i === 0 || times[row] !== times[rows[i - 1] ?? -1]);
    }
    const pick = (column: readonly number[]) => (_: unknown, i: number) => column[rows[i] ?? 0] ?? Number.NaN;
    const { length } = rows;
    const columns = {
      times: Float64Array.from({ length }, pick(times)),
      latitudes: Float64Array.from({ length }, pick(this.#latitudes)),
      longitudes: Float64Array.from({ length }, pick(this.#longitudes)),
      speeds: Float32Array.from({ length }, pick(this.#speeds)),
      courses: Float32Array.from({ length }, pick(this.#courses)),
    };
    return { ...columns, silences: silencesOf(columns) };
  }
}

type Columns = Omit<PlayedTrail, 'silences'>;

/** The fix with this index. */
export function fixAt({ latitudes, longitudes }: Columns, index: number): LatLon {
  return { latitude: latitudes[index] ?? 0, longitude: longitudes[index] ?? 0 };
}

/** Silent by the same measure as on the live map: by the van's own usual interval. */
function silencesOf(trail: Columns): Silence[] {
  const { times } = trail;
  const steps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  const usual = steps.slice().sort()[steps.length >> 1];
  const limit = silentAfter(usual);
  const silences: Silence[] = [];
  steps.forEach((step, index) => {
    if (step <= limit) return;
    const hasMoved = distance(fixAt(trail, index), fixAt(trail, index + 1)) > samePlace;
    silences.push({ from: times[index] ?? 0, to: times[index + 1] ?? 0, index, hasMoved });
  });
  return silences;
}

/** The index of the newest fix not after `time`; -1 before the first. */
export function indexAt({ times }: Pick<PlayedTrail, 'times'>, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The silence that begins with this fix. */
export function silenceFrom({ silences }: PlayedTrail, index: number): Silence | undefined {
  let [low, high] = [0, silences.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((silences[middle]?.index ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return silences[low]?.index === index ? silences[low] : undefined;
}

/**
 * Where the van was: between two fixes straight on from one to the other, in a silence where it was last seen.
 * undefined: there is no fix at all.
 */
export function placeAt(trail: PlayedTrail, time: number): PlayedPlace | undefined {
  const { times, speeds, courses } = trail;
  if (times.length === 0) return undefined;
  const index = indexAt(trail, time);
  const here = Math.max(0, index);
  const seen = { ...fixAt(trail, here), index, course: courseAt(courses, here), speed: undefined };
  if (index < 0) return { ...seen, state: 'before' };
  const start = times[index] ?? 0;
  if (index === times.length - 1 && time > start) return { ...seen, state: 'after' };
  const silence = silenceFrom(trail, index);
  if (silence !== undefined && time > start) {
    return silence.hasMoved ? { ...seen, state: 'silent' } : { ...seen, state: 'standing', speed: 0 };
  }
  const next = Math.min(index + 1, times.length - 1);
  const step = (times[next] ?? start) - start;
  const part = step > 0 ? (time - start) / step : 0;
  const [a, b] = [fixAt(trail, index), fixAt(trail, next)];
  const speed = speedAt(speeds, index, next, part) ?? (step > 0 ? (distance(a, b) / step) * 3600 : 0);
  const moves = speed >= movingSpeed;
  const ahead = Number.isNaN(courses[index] ?? Number.NaN) && moves && step > 0 ? course(a, b) : undefined;
  return {
    latitude: a.latitude + (b.latitude - a.latitude) * part,
    longitude: a.longitude + (b.longitude - a.longitude) * part,
    state: moves ? 'moving' : 'standing',
    course: ahead ?? turned(courseAt(courses, index), courseAt(courses, next), part),
    speed,
    index,
  };
}

function speedAt(speeds: Float32Array, index: number, next: number, part: number): number | undefined {
  const from = speeds[index] ?? Number.NaN;
  const to = speeds[next] ?? Number.NaN;
  if (Number.isNaN(from)) return undefined;
  return Number.isNaN(to) ? from : from + (to - from) * part;
}

/** The last course that was told: a van that stands still looks where it was going. */
function courseAt(courses: Float32Array, index: number): number {
  for (let i = index; i >= 0 && i > index - 50; i--) {
    const known = courses[i] ?? Number.NaN;
    if (!Number.isNaN(known)) return known;
  }
  return 0;
}

/** From one course to another the short way round, degrees. */
function turned(from: number, to: number, part: number): number {
  const by = ((((to - from) % 360) + 540) % 360) - 180;
  return (from + by * part + 360) % 360;
}
