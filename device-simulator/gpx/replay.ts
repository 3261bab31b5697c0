import { course, distance } from '../../protocol/geo.ts';
import { atResolution, type Fix } from '../../protocol/position.ts';
import type { Track, TrackPoint } from './read.ts';

export interface ReplayOptions {
  /** how many times faster than it was recorded */
  speed: number;
  /** `now`: fixes are dated by when they are played; `original`: as they were recorded */
  times: 'now' | 'original';
  /** begin again at the end */
  loop: boolean;
}

/** km/h at which a track without times is played */
export const assumedSpeed = 40;
/** ms between the end of a track and its beginning again */
const pauseBetween = 10_000;

/** A track being played: hands out the fixes that have fallen due. Pure: time comes in, fixes go out. */
export class Replay {
  readonly #points: readonly TrackPoint[];
  /** ms since the first point, per point, as recorded */
  readonly #offsets: readonly number[];
  readonly #options: ReplayOptions;
  readonly #original: boolean;
  #next = 0;
  /** ms played before the present round */
  #begun = 0;
  #last = 0;

  constructor(track: Track, options: ReplayOptions) {
    this.#points = track.points;
    this.#options = options;
    this.#offsets = offsetsOf(track);
    this.#original = options.times === 'original' && track.timed;
  }

  get isOver(): boolean {
    return this.#next >= this.#points.length;
  }

  /** ms of playing a round takes */
  get length(): number {
    return (this.#offsets.at(-1) ?? 0) / this.#options.speed;
  }

  /** The fixes due `played` ms after the start, which was at `start` (UTC ms); at most `most` of them. */
  due(played: number, start: number, most: number): Fix[] {
    const fixes: Fix[] = [];
    while (fixes.length < most && !this.isOver) {
      const at = this.#begun + (this.#offsets[this.#next] as number) / this.#options.speed;
      if (at > played) break;
      fixes.push(this.#fix(this.#next, start + at));
      this.#next++;
      if (this.isOver && this.#options.loop) {
        this.#next = 0;
        this.#begun = at + pauseBetween;
      }
    }
    return fixes;
  }

  #fix(index: number, played: number): Fix {
    const point = this.#points[index] as TrackPoint;
    const before = this.#points[index - 1];
    const after = this.#points[index + 1];
    const [from, to] = before ? [before, point] : [point, after ?? point];
    const i = Math.max(1, index);
    const seconds = ((this.#offsets[i] ?? 0) - (this.#offsets[i - 1] ?? 0)) / 1000;
    const metres = distance(from, to);
    const speed = seconds > 0 ? (metres / seconds) * 3.6 : undefined;
    const stated = this.#original ? (point.time ?? 0) : Math.round(played);
    // a device measures once at a time; played very fast, points would fall on the same millisecond
    const fixTime = this.#original ? stated : Math.max(stated, this.#last + 1);
    this.#last = fixTime;
    return atResolution({
      fixTime,
      latitude: point.latitude,
      longitude: point.longitude,
      ...(point.altitude === undefined || Math.abs(point.altitude) > 1000 * 50 || point.altitude < -1000
        ? {}
        : { altitude: point.altitude }),
      ...(speed === undefined || speed > 2000 ? {} : { speed }),
      ...(metres > 1 ? { course: course(from, to) } : {}),
    });
  }
}

/** ms since the first point: as recorded, or at the assumed speed where there are no times. */
function offsetsOf(track: Track): number[] {
  const [first] = track.points;
  if (!first) return [];
  if (track.timed) return track.points.map((point) => (point.time ?? 0) - (first.time ?? 0));
  let sum = 0;
  return track.points.map((point, i) => {
    const before = track.points[i - 1];
    if (before) sum += (distance(before, point) / (assumedSpeed / 3.6)) * 1000;
    return sum;
  });
}
