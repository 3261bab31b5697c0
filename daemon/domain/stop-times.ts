import { type Learnt, type Lessons, teach } from './arrival-sums.ts';

/** A length of time that is not known: its mean, ms, and variance, ms². */
export interface Span {
  mean: number;
  variance: number;
}

/**
 * How long a van stands at a door. Logarithms of seconds are learnt, as whole thousandths, since such times are skewed:
 * a mean of minutes would be ruled by the one door with a wedding. On the first day a stop takes four minutes, give or
 * take a factor; what is known of a van or of a door pulls away from the agency's mean as it becomes more.
 */
const priorMean = Math.log(240);
const priorDeviation = 0.5;
/** so many stops the prior is worth */
const priorStops = 10;
/** … and before a van's, a door's and this day's own times are believed half */
const vanStops = 15;
const doorStops = 2;
const dayStops = 12;
/** Longer ones teach as if they were this, s: a breakdown at a door. Shorter ones were cut out of a shared stand. */
const longest = 10 * 60;
const shortest = 60;
/** The part of the spread that is between doors: floors, lanes, how far to carry. */
const betweenDoors = 0.5;

/** What a stop of so many ms teaches. */
export function teachStop(lessons: Lessons, vanId: string, consumerId: string, ms: number): void {
  if (ms < 1000 * shortest) return;
  const x = Math.round(1000 * Math.log(Math.min(longest, ms / 1000)));
  for (const key of ['stop', `stop/${vanId}`, `door/${consumerId}`]) teach(lessons, key, x, x * x);
}

/** Tells how long the stops of a van will take, after those of today. */
export class StopTimes {
  readonly #learnt: Learnt;
  readonly #mean: number;
  readonly #variance: number;
  readonly #own: number;

  constructor(learnt: Learnt, vanId: string, today: Lessons = {}) {
    this.#learnt = learnt;
    const { n, a, b } = learnt.of('stop');
    const sum = a / 1000;
    this.#mean = (sum + priorStops * priorMean) / (n + priorStops);
    const within = n === 0 ? 0 : b / 1e6 - (sum * sum) / n;
    this.#variance = (Math.max(0, within) + priorStops * priorDeviation ** 2) / (n + priorStops);
    const van = learnt.of(`stop/${vanId}`);
    const usual = (van.a / 1000 - van.n * this.#mean) / (van.n + vanStops);
    const now = today[`stop/${vanId}`] ?? { n: 0, a: 0 };
    this.#own = usual + (now.a / 1000 - now.n * (this.#mean + usual)) / (now.n + dayStops);
  }

  at(consumerId: string): Span {
    const door = this.#learnt.of(`door/${consumerId}`);
    const own = (door.a / 1000 - door.n * this.#mean) / (door.n + doorStops);
    const known = door.n / (door.n + doorStops);
    const variance = this.#variance * (1 - betweenDoors * known);
    const mean = 1000 * Math.exp(this.#mean + this.#own + own + variance / 2);
    return { mean, variance: mean * mean * Math.expm1(variance) };
  }
}
