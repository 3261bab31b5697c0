import { atResolution, type Fix } from '../../protocol/position.ts';
import type { Random } from '../random.ts';
import { gap, onCircle, type Point, toLatLon } from '../town/plane.ts';
import type { DeadZone } from '../town/sites.ts';
import type { Motion } from './van.ts';

/** What is wrong with a tracker. Real fleets have one of each. */
export type Quirk = 'none' | 'repeats' | 'drifting-clock' | 'jumps' | 'poor-sky' | 'wild-clock';

export interface TrackerOptions {
  /** ms between fixes while the ignition is on; five times as much, and at least 10 s, while it is off */
  interval: number;
  /** ms: when in the interval this tracker measures, so that a fleet does not all speak at once */
  phase: number;
  quirk: Quirk;
}

/** One message's worth of fixes, to be sent in this order. */
export type Report = readonly Fix[];

/** A tracker's memory holds this many fixes while there is no network; the oldest are lost after that. */
const memory = 5000;
/** Fixes of a backlog sent in one message. */
const batch = 50;
/** m, deviation of the place a receiver computes; it wanders slowly, which is why parked vans seem to crawl */
const noise = 3;
const wandering = 0.92;
/** A drifting clock gains 10 ms a second and is put right by the network at 20 s. */
const drift = { gain: 0.01, most: 20_000 };
const wildness = 3 * 3_600_000;

/**
 * What a hardware tracker makes of a van's movement: fixes at its interval, metres off, kept while there is no network
 * and sent afterwards, the newest first and then the rest in order. Pure: time and movement come in, reports go out.
 */
export class Tracker {
  readonly #random: Random;
  readonly #zones: readonly DeadZone[];
  readonly #options: TrackerOptions;
  #due: number | undefined;
  #began = 0;
  #off: Point = { x: 0, y: 0 };
  #course = 0;
  #battery = 100;
  #last = 0;
  #kept: Fix[] = [];
  #recent: Fix[] = [];

  constructor(random: Random, zones: readonly DeadZone[], options: TrackerOptions) {
    this.#random = random;
    this.#zones = zones;
    this.#options = options;
  }

  /** How many fixes wait for a network. */
  get kept(): number {
    return this.#kept.length;
  }

  /** `time` is UTC ms and never goes back. */
  observe(motion: Motion, time: number): Report[] {
    const { interval, phase } = this.#options;
    if (this.#due === undefined) {
      this.#began = time;
      this.#last = time;
      this.#due = Math.ceil((time - phase) / interval) * interval + phase;
    }
    if (time < this.#due) return [];
    this.#due += interval * Math.floor((time - this.#due) / interval + 1);
    const wait = motion.ignition ? 0 : Math.max(interval * 5, 10_000);
    if (time - this.#last < wait) return [];
    const here = this.#zones.find((zone) => gap(zone.middle, motion.point) < zone.radius);
    if (here?.kind === 'tunnel') return [];
    const fix = this.#measure(motion, time);
    this.#last = time;
    if (here) {
      this.#kept.push(fix);
      if (this.#kept.length > memory) this.#kept.shift();
      return [];
    }
    return this.#reports(fix);
  }

  #reports(fix: Fix): Report[] {
    const reports: Report[] = [[fix]];
    for (let i = 0; i < this.#kept.length; i += batch) reports.push(this.#kept.slice(i, i + batch));
    this.#kept = [];
    if (this.#options.quirk === 'repeats') {
      // says everything twice, and now and then all of the last minute again
      reports.push([fix]);
      if (this.#random.chance(0.04)) reports.push(this.#recent.slice());
      this.#recent = [...this.#recent.slice(-14), fix];
    }
    return reports;
  }

  #measure(motion: Motion, time: number): Fix {
    const random = this.#random;
    const { quirk } = this.#options;
    const fresh = noise * Math.sqrt(1 - wandering * wandering);
    this.#off = {
      x: this.#off.x * wandering + random.normal() * fresh,
      y: this.#off.y * wandering + random.normal() * fresh,
    };
    let off = this.#off;
    let accuracy = 4 + Math.abs(random.normal()) * 2;
    const strays = random.next();
    if (quirk === 'jumps' && strays < 1 / 120) off = stray(random, 1500, 6000);
    if (quirk === 'poor-sky' && strays < 1 / 40) {
      off = stray(random, 150, 600);
      accuracy = random.between(600, 2400);
    }
    // below walking pace a receiver cannot tell a direction, and trackers keep the last
    if (motion.speed > 0.8) {
      const degrees = (Math.atan2(motion.along.x, motion.along.y) * 180) / Math.PI + random.normal() * 2;
      this.#course = Math.round(degrees + 720) % 360;
    }
    const minutes = (time - this.#last) / 60_000;
    this.#battery = Math.max(5, Math.min(100, this.#battery + minutes * (motion.ignition ? 1 : -0.2)));
    return atResolution({
      fixTime: time + this.#clockError(time),
      ...toLatLon({ x: motion.point.x + off.x, y: motion.point.y + off.y }),
      speed: motion.speed < 0.5 ? 0 : Math.max(0, Math.round(motion.speed * 36 + random.normal() * 5) / 10),
      course: this.#course,
      altitude: 312 + random.normal() * 3,
      accuracy,
      battery: this.#battery,
      ignition: motion.ignition,
    });
  }

  #clockError(time: number): number {
    const { quirk } = this.#options;
    if (quirk === 'wild-clock') return wildness;
    if (quirk !== 'drifting-clock') return 0;
    return Math.round(((time - this.#began) * drift.gain) % drift.most);
  }
}

function stray(random: Random, low: number, high: number): Point {
  const ray = onCircle(random.next());
  const far = random.between(low, high);
  return { x: ray.x * far, y: ray.y * far };
}
