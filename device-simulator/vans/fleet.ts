import { Random } from '../random.ts';
import type { Door } from '../town/doors.ts';
import { vanName } from '../town/names.ts';
import { Router } from '../town/route.ts';
import type { Town } from '../town/town.ts';
import { type PayloadFormat, payloadFormats } from './payload.ts';
import { type Quirk, type Report, Tracker } from './tracker.ts';
import { tick, Van } from './van.ts';

export interface FleetOptions {
  vans: number;
  /** ms between two fixes of a van */
  interval: number;
  /** how many times shorter stops are than in life */
  pace: number;
  /** one tracker has a clock that is hours ahead: its fixes are refused */
  wildClock: boolean;
  /** the doors the vans deliver to; all of the town's when absent */
  doors?: readonly Door[];
}

/** A van of the fleet as the daemon knows it, with its tracker. */
export interface Member {
  vanId: string;
  name: string;
  deviceId: string;
  format: PayloadFormat;
  quirk: Quirk;
  van: Van;
  tracker: Tracker;
}

/** Which van has which fault. */
const quirks: ReadonlyMap<number, Quirk> = new Map<number, Quirk>([
  [3, 'repeats'],
  [5, 'drifting-clock'],
  [7, 'jumps'],
  [11, 'poor-sky'],
]);
/** Half of the trackers speak our own format, the others take turns. */
const others = payloadFormats.filter((format) => format !== 'native');

/** All the vans of one agency, moved together. Pure: the same seed and start give the same reports. */
export class Fleet {
  readonly members: readonly Member[];
  #time: number;

  /** `start` is the UTC ms at which the simulation begins; it is put to the next whole second. */
  constructor(town: Town, options: FleetOptions, start: number) {
    const random = new Random(town.seed).fork('fleet');
    const router = new Router(town.network);
    const doors = options.doors ?? town.doors;
    this.#time = Math.ceil(start / 1000) * 1000;
    this.members = Array.from({ length: options.vans }, (_, i) => {
      const own = random.fork(`van ${i}`);
      const format = i % 2 === 0 ? 'native' : (others[((i - 1) / 2) % others.length] as PayloadFormat);
      const isWild = options.wildClock && i === options.vans - 1;
      const quirk: Quirk = isWild ? 'wild-clock' : (quirks.get(i % 20) ?? 'none');
      const number = String(i + 1).padStart(2, '0');
      // OwnTracks knows whole seconds only
      const step = format === 'owntracks' ? 1000 : 250;
      const phase = own.below(Math.max(1, Math.floor(options.interval / step))) * step;
      return {
        vanId: `van-${number}`,
        name: vanName(i, own.fork('name')),
        // a Teltonika tracker calls itself by its IMEI; this one's type allocation code does not exist
        deviceId: format === 'teltonika' ? `00000000${String(i + 1).padStart(7, '0')}` : `tracker-${number}`,
        format,
        quirk,
        van: new Van(own.fork('drive'), town, router, { pace: options.pace, doors }),
        tracker: new Tracker(own.fork('tracker'), town.deadZones, { interval: options.interval, phase, quirk }),
      };
    });
  }

  get time(): number {
    return this.#time;
  }

  /** Leaves time out, as after a machine has slept: the vans go on from where they are. */
  skipTo(time: number): void {
    this.#time = Math.max(this.#time, Math.ceil(time / 1000) * 1000);
  }

  /** Moves everything on to `time` (UTC ms) and hands over each report as it falls due. */
  advance(time: number, deliver: (member: Member, report: Report) => void): void {
    while (this.#time + tick * 1000 <= time) {
      this.#time += tick * 1000;
      for (const member of this.members) {
        const motion = member.van.step(tick);
        for (const report of member.tracker.observe(motion, this.#time)) deliver(member, report);
      }
    }
  }
}
