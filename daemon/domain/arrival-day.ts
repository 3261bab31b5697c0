import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Agency } from '../../protocol/registry.ts';
import type { VanNow } from './arrival-forecast.ts';
import { minutesAt, weekdayAt } from './arrival-hours.ts';
import { type ArrivalState, type Drive, presentStand, type Stand } from './arrival-step.ts';
import { type Learnt, type Lessons, teach } from './arrival-sums.ts';
import type { DoorStop, Visits } from './arrival-visits.ts';
import type { Common } from './estimate.ts';
import { residual } from './estimate.ts';
import type { Progress } from './progress.ts';
import { teachDrive } from './speeds.ts';
import { type Span, type StopTimes, teachStop } from './stop-times.ts';

/** What the fixes of a van's day came to. */
export interface DayFacts {
  stands: Stand[];
  drives: Drive[];
}

/** What is kept of a van's day. */
export interface DayRecord {
  /** what it taught */
  lessons: Lessons;
  /** ms from the start of the run to each stop, as expected then; by order */
  planned?: Record<string, number>;
}

/** At the store, or so near that it is being loaded there, m. */
const godownRadius = 300;
/** Halts longer than this teach as if they were this, s: lunch is not spread over the day. */
const longestPause = 15 * 60;
const minute = 60_000;
const [pauseMean, pauseDeviation] = [4 * minute, 6 * minute];
const [packingMean, packingDeviation] = [minute, minute];
const [loadingMean, loadingDeviation] = [15 * minute, 12 * minute];
/** An unknown start of the working day, local minutes after midnight, and how sure, min. */
const usualStart = 9 * 60 + 30;
const startDeviation = 40;
const priorStarts = 3;
/** Who is overdue at the store leaves in so many minutes, and in more the longer he is. */
const overdueMean = 20;
/** On the first day: halts are one part in 40 of a run, of four minutes each. Learnt halts count against so much, s. */
const priorOut = 10 * 3600;
const priorPause = priorOut / 40;
const priorSquares = (priorPause / 240) * 2 * 240 ** 2;

/**
 * When a run began: the first order of it went out, or, as that is forgotten, the van left the store with it, or was at
 * a first door. Undefined: it has not.
 */
export function startOf(
  stops: readonly DoorStop[],
  day: string,
  progress: Progress,
  stands: readonly Stand[],
  state: ArrivalState | undefined,
  godown: LatLon | undefined,
): number | undefined {
  const times: number[] = progress.firstVisit === undefined ? [] : [progress.firstVisit];
  let assigned = Number.POSITIVE_INFINITY;
  for (const { order } of stops) {
    if (order.day !== day) continue;
    if (order.outAt !== undefined) times.push(order.outAt);
    assigned = Math.min(assigned, order.assignedAt ?? assigned);
  }
  const left = godown === undefined ? undefined : leftAt(stands, state, godown);
  if (left !== undefined && left >= assigned) times.push(left);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When the van first left the store for somewhere else. */
function leftAt(stands: readonly Stand[], state: ArrivalState | undefined, godown: LatLon): number | undefined {
  let left: number | undefined;
  for (const stand of stands) {
    if (distance(stand, godown) > godownRadius) return left;
    left = stand.until;
  }
  if (state === undefined || state.fixTime < 0 || presentStand(state) !== undefined) return undefined;
  return distance(state, godown) > 2 * godownRadius ? left : undefined;
}

/** What a van's day teaches: its driving always, its stops and halts where it was on a run. */
export function lessonsOf(
  vanId: string,
  drives: readonly Drive[],
  visits: Visits,
  run: { stops: readonly DoorStop[]; startedAt: number | undefined; godown: LatLon | undefined },
  timeZone: string,
): Lessons {
  const lessons: Lessons = {};
  for (const drive of drives) teachDrive(lessons, vanId, drive, timeZone);
  let last = 0;
  for (const { order } of run.stops) {
    const visit = visits.of.get(order.id);
    if (visit?.leftAt === undefined || visit.by !== 'stand' || order.endedAt === undefined) continue;
    teachStop(lessons, vanId, order.consumerId, visit.leftAt - visit.arrivedAt);
    last = Math.max(last, visit.leftAt);
  }
  const { startedAt, godown } = run;
  if (startedAt === undefined || last <= startedAt) return lessons;
  teach(lessons, 'out', Math.round((last - startedAt) / 1000), 0);
  for (const stand of visits.others) {
    if (stand.from < startedAt || stand.until > last) continue;
    if (godown !== undefined && distance(stand, godown) <= godownRadius) continue;
    const seconds = Math.min(longestPause, Math.round((stand.until - stand.from) / 1000));
    teach(lessons, 'pause', seconds, seconds * seconds);
  }
  const minutes = minutesAt(startedAt, timeZone);
  teach(lessons, 'start', minutes, minutes * minutes);
  return lessons;
}

/** Halts on the way, per ms of it. */
export function pausesOf(learnt: Learnt): Pick<Common, 'pauses' | 'pausesSpread'> {
  const halts = learnt.of('pause');
  const seconds = learnt.of('out').a + priorOut;
  return {
    pauses: (halts.a + priorPause) / seconds,
    // s² per s are thousands of ms² per ms.
    pausesSpread: (1000 * (halts.b + priorSquares)) / seconds,
  };
}

/** Where a van is on its run, and what keeps it there. */
export function vanNow(input: {
  now: number;
  agency: Agency | undefined;
  state: ArrivalState | undefined;
  startedAt: number | undefined;
  progress: Progress;
  visits: Visits;
  stopTimes: StopTimes;
  learnt: Learnt;
}): VanNow {
  const { now, agency, state, startedAt, progress, visits, stopTimes } = input;
  const godown = agency?.godown;
  const known = state !== undefined && state.fixTime >= 0;
  const at: LatLon | undefined = known ? { latitude: state.latitude, longitude: state.longitude } : godown;
  if (startedAt === undefined) return { time: now, at, stays: departure(input.learnt, agency, now) };
  const act = lastAct(progress);
  if (act !== undefined && act.at <= now && (!known || act.at > state.fixTime)) {
    return { time: act.at, at: act.door ?? at, stays: spanOf(packingMean, packingDeviation) };
  }
  if (!known) return { time: startedAt, at, stays: spanOf(loadingMean, loadingDeviation) };
  const time = state.fixTime;
  const stand = presentStand(state);
  if (stand === undefined) return { time, at, stays: nothing };
  const here = progress.stops.find((one) => one.state === 'here');
  if (here?.visit !== undefined) {
    return { time, at, stays: residual(stopTimes.at(here.stop.order.consumerId), time - here.visit.arrivedAt) };
  }
  if (visits.leaving && act !== undefined) {
    return { time, at, stays: residual(spanOf(packingMean, packingDeviation), time - act.at) };
  }
  if (godown !== undefined && distance(stand, godown) <= godownRadius) {
    const since = Math.max(stand.from, startedAt);
    return { time, at, stays: residual(spanOf(loadingMean, loadingDeviation), time - since) };
  }
  return { time, at, stays: residual(spanOf(pauseMean, pauseDeviation), time - stand.from) };
}

const nothing: Span = { mean: 0, variance: 0 };

function spanOf(mean: number, deviation: number): Span {
  return { mean, variance: deviation ** 2 };
}

/** The last thing somebody said he did at a door of the run. */
function lastAct({ stops }: Progress): { at: number; door?: LatLon } | undefined {
  let last: { at: number; door?: LatLon } | undefined;
  for (const { stop, state } of stops) {
    const at = stop.order.endedAt;
    if (state === 'cancelled' || at === undefined || at <= (last?.at ?? 0)) continue;
    last = stop.door === undefined ? { at } : { at, door: stop.door };
  }
  return last;
}

/** Before the run has begun: until the time of day at which runs begin here. */
function departure(learnt: Learnt, agency: Agency | undefined, now: number): Span {
  const timeZone = agency?.timeZone ?? 'UTC';
  const opening = openingOf(agency, now, timeZone);
  const { n, a, b } = learnt.of('start');
  const mean = (a + priorStarts * opening) / (n + priorStarts);
  const within = n === 0 ? 0 : b - (a * a) / n;
  const variance = (Math.max(0, within) + priorStarts * startDeviation ** 2) / (n + priorStarts);
  const gap = mean - minutesAt(now, timeZone);
  const wait = gap > overdueMean ? gap : overdueMean + 0.3 * Math.max(0, -gap);
  return { mean: wait * minute, variance: (gap > overdueMean ? variance : wait * wait) * minute * minute };
}

function openingOf(agency: Agency | undefined, now: number, timeZone: string): number {
  const weekday = weekdayAt(now, timeZone);
  const hours = agency?.workingHours?.filter(({ days }) => days.includes(weekday)).map(({ from }) => from);
  const [hour, minutes] = hours?.sort()[0]?.split(':').map(Number) ?? [];
  // The first half hour goes into loading.
  return hour === undefined ? usualStart : hour * 60 + (minutes ?? 0) + 30;
}
