import { AgencyLearnt, epochOf, type Learnt, type Lessons, type Sums, without } from '../domain/arrival-sums.ts';

/** The sums of one key in one span of days. */
export interface KeptSums extends Sums {
  agency: string;
  key: string;
  epoch: number;
}

/** What each agency has learnt, and which sums are not saved yet. */
export class LearntByAgency {
  readonly #agencies = new Map<string, AgencyLearnt>();
  readonly #unsaved = new Map<string, KeptSums>();
  /** of them what the days taught that are in memory, by agency and day */
  readonly #days = new Map<string, Map<string, Map<string, Sums>>>();

  load(kept: Iterable<KeptSums>): void {
    this.#agencies.clear();
    this.#unsaved.clear();
    this.#days.clear();
    for (const { agency, key, epoch, ...sums } of kept) this.of(agency).add(key, epoch, sums, 1);
  }

  of(agency: string): AgencyLearnt {
    let learnt = this.#agencies.get(agency);
    if (learnt === undefined) {
      learnt = new AgencyLearnt();
      this.#agencies.set(agency, learnt);
    }
    return learnt;
  }

  /** What was known on the morning of a day, as far as the days since are in memory. */
  before(agency: string, day: string): Learnt {
    const since = [...(this.#days.get(agency) ?? [])].filter(([one]) => one >= day).map(([, sums]) => sums);
    return without(this.of(agency), since);
  }

  /** A van's day that was learnt before comes into memory, or leaves it. */
  remember(agency: string, day: string, lessons: Lessons, sign: 1 | -1): void {
    let days = this.#days.get(agency);
    if (days === undefined) {
      days = new Map();
      this.#days.set(agency, days);
    }
    let known = days.get(day);
    if (known === undefined) {
      known = new Map();
      days.set(day, known);
    }
    for (const [key, { n, a, b }] of Object.entries(lessons)) {
      const sums = known.get(key) ?? { n: 0, a: 0, b: 0 };
      sums.n += sign * n;
      sums.a += sign * a;
      sums.b += sign * b;
      if (sums.n === 0) known.delete(key);
      else known.set(key, sums);
    }
    if (known.size === 0) days.delete(day);
  }

  /** Adds the lessons of a day in memory, or takes them back. */
  learn(agency: string, day: string, lessons: Lessons, sign: 1 | -1): void {
    this.remember(agency, day, lessons, sign);
    const learnt = this.of(agency);
    for (const [key, sums] of Object.entries(lessons)) {
      const epoch = epochOf(key, day);
      this.#unsaved.set(`${agency}/${key}/${epoch}`, { agency, key, epoch, ...learnt.add(key, epoch, sums, sign) });
    }
  }

  save(table: { putSums(agency: string, key: string, epoch: number, sums: Sums): void }): void {
    for (const { agency, key, epoch, ...sums } of this.#unsaved.values()) table.putSums(agency, key, epoch, sums);
  }

  saved(): void {
    this.#unsaved.clear();
  }
}
