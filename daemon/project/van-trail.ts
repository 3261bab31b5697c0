import type { Device } from '../../protocol/registry.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { Rhythm, shown, tellingFixes } from './freshness.ts';
import { inaccurate } from './jumps.ts';
import type { Trails } from './trails.ts';

/** Points a page holds, about. */
const page = 300;

/** When a device was on a van: from ≤ fixTime < to, UTC ms, oldest first. */
export function intervalsOn(device: Device, vanId: string): { from: number; to: number }[] {
  return device.assignments
    .map((assignment, i) => ({
      vanId: assignment.vanId,
      from: assignment.from,
      to: device.assignments[i + 1]?.from ?? Number.POSITIVE_INFINITY,
    }))
    .filter((interval) => interval.vanId === vanId && interval.from < interval.to)
    .map(({ from, to }) => ({ from, to }));
}

/**
 * The trail of a van: of each of its devices what it sent while it was on this van, as the van would have shown it had
 * everything come at once. Where its first device is fresh its spare's points are left out, so that two sources never
 * make the line zigzag.
 */
export function* vanTrail(
  trails: Trails,
  registry: RegistryView,
  agency: string,
  vanId: string,
  from: number,
  to: number,
): Generator<TrailPoint[]> {
  const sources = registry
    .devicesOfVan(agency, vanId)
    .map((device) => new Source(trails, agency, device, vanId, from, to))
    .filter((source) => source.next !== undefined || source.fixTime >= 0);
  const [only, second] = sources;
  if (only === undefined) return;
  if (second === undefined) {
    yield* only.pages();
    return;
  }
  let out: TrailPoint[] = [];
  for (;;) {
    let oldest: Source | undefined;
    for (const source of sources) {
      if (source.next !== undefined && source.next.fixTime < (oldest?.next?.fixTime ?? Number.POSITIVE_INFINITY)) {
        oldest = source;
      }
    }
    const point = oldest?.next;
    if (oldest === undefined || point === undefined) break;
    const before = sources.slice(0, sources.indexOf(oldest)).filter((source) => source.fixTime >= 0);
    const candidate = { fixTime: point.fixTime, freshFor: () => 0 };
    if (shown([...before, candidate]) === candidate) out.push(point);
    oldest.advance();
    if (out.length >= page) {
      yield out;
      out = [];
    }
  }
  if (out.length > 0) yield out;
}

/** One device of the van, point by point. */
class Source {
  /** its next point; undefined at the end */
  next: TrailPoint | undefined;
  /** of its last believed fix before `next`; −1: none */
  fixTime = -1;
  /** as of its last accurate fix on this van: of all its fixes until then, wherever they were made */
  #rhythm: Rhythm;
  /** the start of the interval that fix lies in, UTC ms */
  #since = -1;
  readonly #intervals: readonly { from: number; to: number }[];
  readonly #rhythmBefore: (time: number) => Rhythm;
  #pages: Iterator<TrailPoint[]>;
  #page: readonly TrailPoint[] = [];
  #at = 0;

  constructor(trails: Trails, agency: string, device: Device, vanId: string, from: number, to: number) {
    const intervals = intervalsOn(device, vanId);
    const newest = (count: number, time: number) =>
      trails.newest(agency, device.id, count, time, (point) => !inaccurate(point)).map((point) => point.fixTime);
    this.#intervals = intervals;
    this.#rhythmBefore = (time) => new Rhythm(newest(tellingFixes, time));
    this.#rhythm = new Rhythm();
    for (const interval of intervals) {
      if (interval.from >= from) break;
      const until = Math.min(interval.to, from);
      const believed = trails.believed(agency, device.id, interval.from, until);
      if (believed !== undefined) this.fixTime = believed.point.fixTime;
      const [last = -1] = newest(1, until);
      if (last < interval.from) continue;
      this.#rhythm = this.#rhythmBefore(last + 1);
      this.#since = interval.from;
    }
    this.#pages = (function* () {
      for (const interval of intervals) {
        const [first, last] = [Math.max(interval.from, from), Math.min(interval.to, to)];
        if (first < last) yield* trails.device(agency, device.id, first, last);
      }
    })();
    this.#turn();
  }

  freshFor(): number {
    return this.#rhythm.freshFor();
  }

  advance(): void {
    if (this.next !== undefined && this.next.mark !== 'inaccurate') {
      const { fixTime } = this.next;
      const since = this.#intervals.findLast((interval) => interval.from <= fixTime)?.from ?? -1;
      // Back on the van: what it sent elsewhere counts as well.
      if (since !== this.#since) this.#rhythm = this.#rhythmBefore(fixTime);
      this.#since = since;
      this.#rhythm.add(fixTime);
      if (this.next.mark === undefined) this.fixTime = this.next.fixTime;
    }
    this.next = this.#page[++this.#at];
    if (this.next === undefined) this.#turn();
  }

  /** What is left of it, in pages. */
  *pages(): Generator<TrailPoint[]> {
    while (this.next !== undefined) {
      yield this.#page.slice(this.#at);
      this.#turn();
    }
  }

  #turn(): void {
    const result = this.#pages.next();
    this.#page = result.done === true ? [] : result.value;
    this.#at = 0;
    this.next = this.#page[0];
  }
}
