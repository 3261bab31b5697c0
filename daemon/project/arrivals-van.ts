import type { Arrival, RunProgress } from '../../protocol/arrival.ts';
import { type DayRecord, lessonsOf, pausesOf, vanNow } from '../domain/arrival-day.ts';
import { Forecast, type ForecastInput, type VanNow } from '../domain/arrival-forecast.ts';
import { type ArrivalState, type Drive, presentDrive, presentStand } from '../domain/arrival-step.ts';
import type { Learnt, Lessons } from '../domain/arrival-sums.ts';
import { dayAt } from '../domain/order-day.ts';
import type { Progress } from '../domain/progress.ts';
import { hourSpeeds, paceOf } from '../domain/speeds.ts';
import { StopTimes } from '../domain/stop-times.ts';
import { runAnswer } from './arrivals-answer.ts';
import { type RunNow, type VanDeps, VanRuns } from './arrivals-runs.ts';
import { Told } from './arrivals-told.ts';

/** What is worked out for the present day, until something changes. */
interface Built {
  run: RunNow;
  /** UTC ms, and of the last fix then */
  builtAt: number;
  fixTime: number;
  forecast: Forecast;
  now: (time: number) => VanNow;
}

/** The estimates are renewed after so much fix time, ms; while a van is silent, after so much of the clock. */
const renewedEvery = 5000;
/** For who listens they are, ms; and only if the next arrival has moved by so much, or it is so long ago, ms. */
const lookedAtEvery = 15_000;
const noticed = 15_000;
const listenedAgain = 60_000;
/** Whether it has come somewhere, or been heard of again, is looked at this often without a reason, ms of the clock. */
const lookedAtAgain = 5000;
/** Ways and paces are looked at again this often although nothing happened, ms; and the doors of consumers. */
const rebuiltEvery = 120_000;
const doorsReadEvery = 1_200_000;

/** A van, its days in memory, and what is expected of it today. */
export class VanArrivals {
  readonly agency: string;
  readonly id: string;
  readonly runs: VanRuns;
  readonly days = new Map<string, DayRecord>();
  /** the orders that were on it when they were last looked at */
  readonly orders = new Set<string>();
  /** days whose lessons are to be drawn again */
  readonly unsettled = new Set<string>();
  /** the open stops of today, and when it comes to each of them */
  awaited: readonly string[] = [];
  arrivals: readonly Arrival[] = [];
  /** what listeners were told last */
  readonly told = new Told();
  readonly #deps: VanDeps;
  #changed = true;
  #stood = false;
  #built: Built | undefined;
  /** the run as it is, worked out since the last change, and the fixTime it was for */
  #run: { run: RunNow; fixTime: number } | undefined;
  #doorsAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** what listeners heard last: what that was made from, the next arrival then, and when, UTC ms */
  #heard: { built: Built | undefined; head: number | undefined; at: number } = { built: undefined, head: 0, at: 0 };
  /** when the next arrival was looked at for them, UTC ms, by the clock and by its fixes */
  #headAt = 0;
  #headFix = 0;
  #renewedAt = 0;
  #renewedFix = 0;

  constructor(agency: string, id: string, deps: VanDeps) {
    this.agency = agency;
    this.id = id;
    this.runs = new VanRuns(agency, id, deps);
    this.#deps = deps;
  }

  /** How far today's run has come; undefined: there is none. */
  progress(now: number): RunProgress | undefined {
    const { run } = this.#built ?? {};
    if (run === undefined || run.stops.length === 0) return undefined;
    const planned = this.days.get(run.day)?.planned;
    return runAnswer(this.id, run, planned, (order) => this.arrival(order), this.runs.state, now);
  }

  /** Something else than the position has changed. */
  change(): void {
    this.#changed = true;
    this.#run = undefined;
  }

  /** Nobody waits for it today. */
  get idle(): boolean {
    return this.#built !== undefined && !this.#changed && this.awaited.length === 0;
  }

  /** Whether it is worth a `renew`: looking where a van is costs more than knowing that it was looked at just now. */
  isDue(now: number): boolean {
    return this.#changed || Math.abs(now - this.#lookedAt) >= lookedAtAgain;
  }

  /** For who listens: brings the estimates up to `now` (UTC ms) where they may have moved; false: they have not. */
  look(now: number, learnt: Learnt): boolean {
    this.#lookedAt = now;
    const { state } = this.runs;
    const fixTime = state?.fixTime ?? 0;
    const built = this.#upToDate(now, state);
    const heard = this.#heard;
    if (built !== undefined && built === heard.built) {
      if (Math.abs(fixTime - this.#headFix) < lookedAtEvery && Math.abs(now - this.#headAt) < lookedAtEvery)
        return false;
      this.#headAt = now;
      this.#headFix = fixTime;
      const head = built.forecast.head(built.now(now), now);
      const moved = head === undefined || heard.head === undefined || Math.abs(head - heard.head) >= noticed;
      if (!moved && Math.abs(now - heard.at) < listenedAgain) return false;
    }
    this.renew(now, learnt, 0);
    this.#headAt = now;
    this.#headFix = fixTime;
    heard.built = this.#built;
    heard.head = this.#built?.forecast.head(this.#built.now(now), now);
    heard.at = now;
    return true;
  }

  /** Brings the estimates up to `now` (UTC ms); false: they are new enough. */
  renew(now: number, learnt: Learnt, every = renewedEvery): boolean {
    const { state } = this.runs;
    const fixTime = state?.fixTime ?? 0;
    let built = this.#upToDate(now, state);
    if (built === undefined) built = this.#build(this.today(now), now, learnt);
    else if (Math.abs(fixTime - this.#renewedFix) < every && Math.abs(now - this.#renewedAt) < every) {
      // A van that is heard of is looked at by its own time, a silent one by ours.
      return false;
    }
    this.#renewedAt = now;
    this.#renewedFix = fixTime;
    const { forecast } = built;
    this.awaited = forecast.orders;
    this.arrivals = forecast.arrivals(built.now(now), now);
    return true;
  }

  /** What was worked out for today, if nothing has changed since that it was made from. */
  #upToDate(now: number, state: ArrivalState | undefined): Built | undefined {
    const stands = state !== undefined && presentStand(state) !== undefined;
    if (stands !== this.#stood) this.change();
    this.#stood = stands;
    const built = this.#built;
    if (built === undefined || this.#changed || built.run.day !== this.today(now)) return undefined;
    const fixTime = state?.fixTime ?? 0;
    const old = Math.abs(now - built.builtAt) >= rebuiltEvery || Math.abs(fixTime - built.fixTime) >= rebuiltEvery;
    return old ? undefined : built;
  }

  arrival(orderId: string): Arrival | undefined {
    const place = this.awaited.indexOf(orderId);
    return place < 0 ? undefined : this.arrivals[place];
  }

  /**
   * Keeps the plan of a day once its run has begun, with what was known before that day, and answers what the day
   * teaches as far as it is known.
   */
  settle(day: string, learntBefore: () => Learnt): Lessons {
    const agency = this.#deps.registry.agency(this.agency);
    const record = this.record(day);
    const built = this.#changed || this.#built?.run.day !== day ? undefined : this.#built;
    const run = built?.run ?? this.#runNow(day);
    const { stops, startedAt } = run;
    if (startedAt !== undefined && record.planned === undefined) this.#plan(run, startedAt, learntBefore());
    const of = { stops, startedAt, godown: agency?.godown };
    return lessonsOf(this.id, this.runs.factsOf(day).drives, run.visits, of, agency?.timeZone ?? 'UTC');
  }

  today(now: number): string {
    return dayAt(now, this.#deps.registry.agency(this.agency)?.timeZone ?? 'UTC');
  }

  record(day: string): DayRecord {
    let record = this.days.get(day);
    if (record === undefined) {
      record = { lessons: {} };
      this.days.set(day, record);
    }
    return record;
  }

  #build(day: string, now: number, learnt: Learnt): Built {
    if (Math.abs(now - this.#doorsAt) >= doorsReadEvery) {
      // Those that were read before the first estimates are new.
      if (this.#built !== undefined) {
        this.runs.forgetDoors();
        this.#run = undefined;
      }
      this.#doorsAt = now;
    }
    const run = this.#runNow(day);
    this.#changed = false;
    this.#run = undefined;
    const { startedAt, progress, visits } = run;
    const agency = this.#deps.registry.agency(this.agency);
    const record = this.days.get(day);
    const stopTimes = new StopTimes(learnt, this.id, record?.lessons);
    const at = (time: number) =>
      vanNow({ now: time, agency, state: this.runs.state, startedAt, progress, visits, stopTimes, learnt });
    const forecast = new Forecast(this.#input(run, at(now), learnt, stopTimes, this.#driven(day)));
    this.#built = { run, builtAt: now, fixTime: this.runs.state?.fixTime ?? 0, forecast, now: at };
    return this.#built;
  }

  /** Once for the lessons and for the estimates: both are looked at again for the same reasons. */
  #runNow(day: string): RunNow {
    const fixTime = this.runs.state?.fixTime ?? 0;
    if (this.#run?.run.day !== day || this.#run.fixTime !== fixTime) this.#run = { run: this.runs.run(day), fixTime };
    return this.#run.run;
  }

  /** Keeps what was to be expected as the run began, with what was known that morning, from where it begins. */
  #plan(run: RunNow, startedAt: number, learnt: Learnt): void {
    const { agency: id } = this;
    const stops = run.stops.filter(({ order }) => order.state !== 'cancelled' && (order.assignedAt ?? 0) <= startedAt);
    if (stops.length === 0) return;
    const at = this.#deps.registry.agency(id)?.godown ?? stops[0]?.door;
    const van: VanNow = { time: startedAt, at, stays: { mean: 0, variance: 0 } };
    const ahead = stops.map((stop) => ({ stop, state: 'waiting' as const }));
    const progress: Progress = { stops: ahead, ahead, skipped: 0 };
    const input = this.#input({ ...run, progress }, van, learnt, new StopTimes(learnt, this.id), []);
    const planned: Record<string, number> = {};
    const forecast = new Forecast(input);
    const arrivals = forecast.arrivals(van, startedAt);
    for (const [i, order] of forecast.orders.entries()) planned[order] = (arrivals[i]?.likely ?? startedAt) - startedAt;
    this.record(run.day).planned = planned;
  }

  #input(run: RunNow, van: VanNow, learnt: Learnt, stopTimes: StopTimes, driven: readonly Drive[]): ForecastInput {
    const timeZone = this.#deps.registry.agency(this.agency)?.timeZone ?? 'UTC';
    const speeds = hourSpeeds(learnt);
    return {
      ahead: run.progress.ahead,
      skipped: run.progress.skipped,
      visited: run.progress.stops.filter(({ state }) => state === 'visited'),
      van,
      legs: (from, to) => this.#deps.legs(from, to, this.agency),
      speeds,
      pace: paceOf(learnt, speeds, this.id, driven, van.time, timeZone),
      stopTimes,
      pauses: pausesOf(learnt),
      timeZone,
    };
  }

  /** What was driven today until now. */
  #driven(day: string): Drive[] {
    const { state } = this.runs;
    const present = state === undefined ? undefined : presentDrive(state);
    return [...this.runs.factsOf(day).drives, ...(present === undefined ? [] : [present])];
  }
}
