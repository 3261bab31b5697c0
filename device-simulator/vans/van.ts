import type { Random } from '../random.ts';
import type { Door } from '../town/doors.ts';
import type { Point } from '../town/plane.ts';
import type { Router } from '../town/route.ts';
import type { Town } from '../town/town.ts';
import { acceleration, braking, type Drive, makeDrive, placeOn } from './drive.ts';
import { makeRun } from './plan.ts';

/** What can be measured of a van at one moment. */
export interface Motion {
  point: Point;
  /** unit vector of its heading; that of the last movement while it stands */
  along: Point;
  /** m/s */
  speed: number;
  ignition: boolean;
}

export interface VanOptions {
  /** stops at doors are this many times shorter than in life (1: lifelike, 1 to 6 minutes) */
  pace: number;
  /** the doors that may be on a run: those of the consumers, or all */
  doors: readonly Door[];
}

/** The inner clock, s: every step is made of these, so that it does not matter how time is cut up. */
export const tick = 0.25;
/** The driver leaves the motor on for stops shorter than this, s. */
const idling = 20;

/**
 * A van at work: from the godown along its stops and back, for ever, with new stops each time. Pure: it moves only in
 * `step`, and the same seed gives the same days.
 */
export class Van {
  readonly #random: Random;
  readonly #town: Town;
  readonly #router: Router;
  readonly #options: VanOptions;
  #stops: Door[] = [];
  #runs = 0;
  #at: Door;
  #drive: Drive | undefined;
  /** m driven on the present drive, and the last point passed */
  #metres = 0;
  #passed = 0;
  #speed = 0;
  /** s until it goes on: at a door, at the godown or in traffic */
  #waiting = 0;
  /** s it has waited, and whether this is a stop at a door */
  #waited = 0;
  #parked = true;
  #rest = 0;
  #motion: Motion;

  constructor(random: Random, town: Town, router: Router, options: VanOptions) {
    this.#random = random;
    this.#town = town;
    this.#router = router;
    this.#options = options;
    this.#at = town.godown;
    this.#motion = { point: town.godown.point, along: { x: 1, y: 0 }, speed: 0, ignition: false };
    this.#beginSomewhere();
  }

  get motion(): Motion {
    return this.#motion;
  }

  /** How many runs it has begun. */
  get run(): number {
    return this.#runs;
  }

  /** The doors it has yet to come to on this run, in their order. */
  get ahead(): Door[] {
    const stops = this.#parked ? this.#stops : [this.#at, ...this.#stops];
    return stops.filter((door) => door !== this.#town.godown);
  }

  /** The door it stands at. */
  get door(): Door | undefined {
    return this.#parked && this.#at !== this.#town.godown ? this.#at : undefined;
  }

  /** Moves on by `seconds`; returns how it then moves. */
  step(seconds: number): Motion {
    this.#rest += seconds;
    while (this.#rest >= tick) {
      this.#rest -= tick;
      this.#tick();
    }
    return this.#motion;
  }

  /** The day is under way when the simulation begins: some stops are done, and most vans are between two doors. */
  #beginSomewhere(): void {
    this.#newRun();
    const done = this.#random.below(this.#stops.length);
    this.#at = this.#stops[done - 1] ?? this.#town.godown;
    this.#stops = this.#stops.slice(done);
    this.#setOut();
    const drive = this.#drive;
    if (!drive) return;
    if (this.#random.chance(0.15)) {
      this.#metres = drive.metres[drive.metres.length - 1] as number;
      this.#arrive();
      this.#waiting *= this.#random.next();
    } else {
      this.#metres = (drive.metres[drive.metres.length - 1] as number) * this.#random.between(0.05, 0.8);
      const place = placeOn(drive, this.#metres, 0);
      this.#passed = place.passed;
      drive.halts = drive.halts.filter((halt) => halt.point > place.passed);
      this.#speed = 0.7 * Math.min(drive.allowed[place.passed] as number, drive.allowed[place.passed + 1] ?? 0);
    }
    this.#look();
  }

  #tick(): void {
    if (this.#waiting > 0) {
      this.#waiting -= tick;
      this.#waited += tick;
      if (this.#waiting <= 0 && this.#parked) this.#setOut();
    } else {
      this.#roll();
    }
    this.#look();
  }

  #newRun(): void {
    this.#stops = makeRun(this.#random, this.#town, this.#options.doors).stops;
    this.#runs++;
  }

  #setOut(): void {
    if (this.#stops.length === 0) this.#newRun();
    const next = this.#stops.shift();
    if (!next) return;
    this.#drive = makeDrive(this.#random, this.#router.route(this.#at, next));
    this.#at = next;
    this.#metres = 0;
    this.#passed = 0;
    this.#speed = 0;
    this.#waiting = 0;
    this.#parked = false;
  }

  #arrive(): void {
    const isGodown = this.#at === this.#town.godown;
    const lifelike = isGodown ? this.#random.between(300, 720) : this.#random.between(60, 360);
    this.#speed = 0;
    this.#waited = 0;
    this.#waiting = Math.max(3, lifelike / this.#options.pace);
    this.#parked = true;
  }

  /** One tick of driving: as fast as the stretch, what lies ahead and the motor allow. */
  #roll(): void {
    const drive = this.#drive;
    if (!drive) return;
    const end = drive.metres[drive.metres.length - 1] as number;
    // judged by where it will be after this tick, so that it is slow enough when it gets there
    const soon = this.#metres + this.#speed * tick;
    const last = drive.line.length - 1;
    let next = Math.min(this.#passed + 1, last);
    let limit = drive.limits[next] as number;
    while (next < last && (drive.metres[next] as number) < soon) {
      limit = Math.min(limit, drive.allowed[next] as number);
      next++;
    }
    const ahead = Math.max(0, (drive.metres[next] as number) - soon);
    const then = drive.allowed[next] as number;
    const target = Math.min(limit, drive.limits[next] as number, Math.sqrt(then * then + 2 * braking * ahead));
    const before = this.#speed;
    // braking harder than planned is needed only where points lie close together
    this.#speed = Math.max(before - braking * 1.5 * tick, Math.min(target, before + acceleration * tick));
    this.#metres += ((before + this.#speed) / 2) * tick;
    const halt = drive.halts[0];
    const mark = halt ? (drive.metres[halt.point] as number) : end;
    // the last centimetres are crawled in one go, else it would approach for ever
    if (this.#metres >= mark - 0.15) {
      this.#metres = mark;
      this.#speed = 0;
      if (halt) {
        drive.halts.shift();
        drive.allowed[halt.point] = Math.min(drive.limits[halt.point] as number, 4);
        this.#waiting = halt.seconds;
        this.#waited = 0;
      } else this.#arrive();
    } else if (this.#speed < 0.3 && before < 0.3) this.#speed = 0.3;
  }

  #look(): void {
    const drive = this.#drive;
    if (!drive) return;
    const { point, along, passed } = placeOn(drive, this.#metres, this.#passed);
    this.#passed = passed;
    const isOff = this.#parked && this.#waited > 4 && this.#waiting > 2 && this.#waited + this.#waiting > idling;
    this.#motion = { point, along, speed: this.#speed, ignition: !isOff };
  }
}
