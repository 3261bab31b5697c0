import { AgencyLearnt, epochOf, type Lessons, type Sums } from '../domain/arrival-sums.ts';

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

  load(kept: Iterable<KeptSums>): void {
    this.#agencies.clear();
    this.#unsaved.clear();
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

  /** Adds the lessons of a day, or takes them back. */
  learn(agency: string, day: string, lessons: Lessons, sign: 1 | -1): void {
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
