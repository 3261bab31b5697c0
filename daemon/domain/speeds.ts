import { hourAt, minutesAt } from './arrival-hours.ts';
import type { Drive } from './arrival-step.ts';
import { type Learnt, type Lessons, teach } from './arrival-sums.ts';

/** On the first day: 18 km/h from door to door, m/s. */
const priorSpeed = 5;
/** so much driving the prior is worth, an hour's own speed against the day's, and a van's against the agency's, s */
const priorTime = 3 * 3600;
const hourTime = 1200;
/** how much the hours beside an hour count for it */
const besides = [
  [-1, 0.3],
  [0, 1],
  [1, 0.3],
] as const;
const vanTime = 3600;
const todayTime = 12 * 60;
/** What was driven this long ago says half as much about the present traffic, ms. */
const halfLife = 60 * 60_000;
/** Less driving than this within a quarter of an hour is parking, s; nobody drives so slowly or fast, m/s. */
const leastDriving = 30;
const slowest = 0.5;
const fastest = 30;

/** What a quarter's driving teaches about its hour of the day. */
export function teachDrive(lessons: Lessons, vanId: string, { from, metres, ms }: Drive, timeZone: string): void {
  const seconds = Math.round(ms / 1000);
  if (seconds < leastDriving || metres < slowest * seconds || metres > fastest * seconds) return;
  const hour = hourAt(from, timeZone);
  teach(lessons, `drive/${hour}`, metres, seconds);
  teach(lessons, `drive/${hour}/${vanId}`, metres, seconds);
}

/** The last answers of `hourSpeeds`: many vans ask between two lessons. */
const asked = new WeakMap<Learnt, { version: number; speeds: readonly number[] }>();

/** The speeds of the hours of a day at an agency, m/s. */
export function hourSpeeds(learnt: Learnt): readonly number[] {
  const known = asked.get(learnt);
  if (known?.version === learnt.version) return known.speeds;
  const speeds = speedsOf(learnt);
  asked.set(learnt, { version: learnt.version, speeds });
  return speeds;
}

function speedsOf(learnt: Learnt): number[] {
  const hours = Array.from({ length: 24 }, (_, hour) => learnt.of(`drive/${hour}`));
  let metres = priorSpeed * priorTime;
  let seconds = priorTime;
  for (const { a, b } of hours) {
    metres += a;
    seconds += b;
  }
  const usual = metres / seconds;
  // Traffic comes and goes slowly: what is known of the hours beside one says something of it too.
  return hours.map((_, hour) => {
    let a = hourTime * usual;
    let b = hourTime;
    for (const [by, weight] of besides) {
      const near = hours[(hour + by + 24) % 24];
      a += weight * (near?.a ?? 0);
      b += weight * (near?.b ?? 0);
    }
    return a / b;
  });
}

/** The speed at a time, m/s: between the middles of the hours. */
export function speedAt(speeds: readonly number[], time: number, timeZone: string): number {
  const hours = minutesAt(time, timeZone) / 60 - 0.5;
  const before = Math.floor(hours);
  const part = hours - before;
  const first = speeds[(before + 24) % 24] ?? priorSpeed;
  return first + part * ((speeds[(before + 25) % 24] ?? first) - first);
}

/** How much longer than usual a van needs for the same way: usually, and today so far. */
export interface Pace {
  factor: number;
  /** how well it is known, as a deviation of the factor */
  deviation: number;
}

export function paceOf(
  learnt: Learnt,
  speeds: readonly number[],
  vanId: string,
  today: readonly Drive[],
  now: number,
  timeZone: string,
): Pace {
  let needed = vanTime;
  let expected = vanTime;
  for (const [hour, speed] of speeds.entries()) {
    const { a, b } = learnt.of(`drive/${hour}/${vanId}`);
    needed += b;
    expected += a / speed;
  }
  const usual = needed / expected;
  let neededToday = todayTime;
  let expectedToday = todayTime;
  for (const { from, metres, ms } of today) {
    const weight = 0.5 ** (Math.max(0, now - from) / halfLife);
    const speed = speedAt(speeds, from, timeZone);
    neededToday += (weight * ms) / 1000;
    expectedToday += (weight * usual * metres) / speed;
  }
  const factor = (usual * neededToday) / expectedToday;
  return { factor, deviation: factor * (0.05 + 0.15 / Math.sqrt(1 + (neededToday - todayTime) / todayTime)) };
}
