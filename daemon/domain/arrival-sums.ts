/**
 * What is learnt is kept as sums of whole numbers: adding and taking away in any order gives the same to the last
 * digit, so that a late fix can take back what it disproves.
 */
export interface Sums {
  n: number;
  /** sum of the first measure, and of its squares or of a second measure */
  a: number;
  b: number;
}

const noSums: Readonly<Sums> = { n: 0, a: 0, b: 0 };

/** What one van's day teaches, by key. */
export type Lessons = Record<string, Sums>;

/** Lessons are forgotten by and by: those of the present and of the last of such spans count, days. */
const span = 28;
const day = 86_400_000;

/** The span of lessons that are kept: a consumer is called on once a month. */
const always = -1;

/** The span a lesson of a day (as 2026-11-21) counts in. */
export function epochOf(key: string, localDay: string): number {
  return key.startsWith('door/') ? always : Math.floor(Date.parse(`${localDay}T00:00:00Z`) / day / span);
}

/** Adds one measured thing to a day's lessons. */
export function teach(lessons: Lessons, key: string, a: number, b: number): void {
  const sums = lessons[key];
  if (sums === undefined) lessons[key] = { n: 1, a, b };
  else {
    sums.n++;
    sums.a += a;
    sums.b += b;
  }
}

/** What an agency has learnt, as the estimates read it. */
export interface Learnt {
  /** of the present and the last span; of doors of all times */
  of(key: string): Readonly<Sums>;
  /** goes up with every change */
  readonly version: number;
}

/** The lessons of an agency, added up by key and span. */
export class AgencyLearnt implements Learnt {
  version = 0;
  /** the newest span a lesson was about */
  #epoch = 0;
  readonly #sums = new Map<string, Map<number, Sums>>();

  of(key: string): Readonly<Sums> {
    const spans = this.#sums.get(key);
    if (spans === undefined) return noSums;
    const now = spans.get(always) ?? spans.get(this.#epoch);
    const before = spans.get(this.#epoch - 1);
    if (now === undefined || before === undefined) return now ?? before ?? noSums;
    return { n: now.n + before.n, a: now.a + before.a, b: now.b + before.b };
  }

  /** Changes by one key's sums in a span; answers what they are now. */
  add(key: string, epoch: number, by: Readonly<Sums>, sign: 1 | -1): Sums {
    this.version++;
    this.#epoch = Math.max(this.#epoch, epoch);
    let spans = this.#sums.get(key);
    if (spans === undefined) {
      spans = new Map();
      this.#sums.set(key, spans);
    }
    const sums = spans.get(epoch) ?? { n: 0, a: 0, b: 0 };
    sums.n += sign * by.n;
    sums.a += sign * by.a;
    sums.b += sign * by.b;
    if (sums.n === 0) spans.delete(epoch);
    else spans.set(epoch, sums);
    if (spans.size === 0) this.#sums.delete(key);
    for (const old of spans.keys()) if (old !== always && old < this.#epoch - 1) spans.delete(old);
    return sums;
  }
}

/** What was learnt without the sums of some days: what was known on the morning of the first of them. */
export function without(learnt: Learnt, days: readonly ReadonlyMap<string, Readonly<Sums>>[]): Learnt {
  return {
    version: learnt.version,
    of(key) {
      let { n, a, b } = learnt.of(key);
      for (const day of days) {
        const gone = day.get(key);
        if (gone === undefined) continue;
        n -= gone.n;
        a -= gone.a;
        b -= gone.b;
      }
      return { n, a, b };
    },
  };
}
