import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { tuneCollector } from '../daemon/collector.ts';
import { MemoryLog } from '../daemon/log/memory.ts';
import { Changes } from '../daemon/project/changes.ts';
import type { Projection } from '../daemon/project/projection.ts';
import { projectionsOf } from '../daemon/projections.ts';
import { Detours } from '../daemon/route/detour.ts';
import { RouteCache } from '../daemon/route/route-cache.ts';
import type { LogRecord } from '../protocol/record.ts';
import { Drive, worldOf } from './oversight-world.ts';
import { forComparison, lessIsBetter, type Row } from './row.ts';

/**
 * What it costs a position that the daemon knows what the vans do: motion, zones, arrivals with their estimates and the
 * watch of the alerts, together, as `daemon/projections.ts` wires them. 10,000 vans of one agency, each on a run of 20
 * stops among 10,000 zones; estimates are renewed as the running daemon does, and what is found is saved once a second.
 * Everything beyond trails, live state and health is counted, deliveries too. Time of this thread alone: other programs
 * of the machine do not count, and the collection of garbage does.
 */
const vans = 10_000;
const zones = 10_000;
const stops = 20;
const most = 15;
const began = Date.UTC(2026, 3, 2, 3, 30);
/** Until everything has been looked at again at least once, s. */
const warmUp = { interval: 5, seconds: 150 };
/** s between the fixes of a van; those of all vans are spread over it. 10,000 a second are what the way bench sends. */
const often = { interval: 1, seconds: 30 };
const seldom = { interval: 5, seconds: 120 };

export async function oversightBench(): Promise<Row[]> {
  tuneCollector(); // as the daemon does
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-oversight-'));
  const day = new WatchedDay(join(folder, 'projections.sqlite'));
  try {
    const drives = Array.from({ length: vans }, (_, i) => new Drive(i, stops));
    day.begin(worldOf(drives, zones, began));
    day.runs(drives, warmUp);
    const slow = day.runs(drives, seldom);
    const fast = day.runs(drives, often);
    const { longest } = slow;
    const name = (pace: typeof often) => `oversight: a position, 10,000 vans and zones, every ${pace.interval} s`;
    return [
      lessIsBetter(name(often), fast.all, most, 1, 'µs'),
      forComparison('oversight: of it motion, zones, arrivals, watch', fast.steps, fast.all, 'µs'),
      forComparison('oversight: of it estimates', fast.estimates, fast.all, 'µs'),
      forComparison('oversight: of it writing', fast.saves, fast.all, 'µs'),
      forComparison(`${name(seldom)}, beside ${most}`, slow.all, most, 'µs'),
      forComparison('oversight: of that estimates', slow.estimates, slow.all, 'µs'),
      forComparison('oversight: the longest turn of all that, beside 100', longest / 1000, 100, 'ms'),
    ];
  } finally {
    day.close();
    rmSync(folder, { recursive: true });
  }
}

/** CPU µs, by what they went into. */
const nothing = () => ({ steps: 0, deliveries: 0, saves: 0, estimates: 0, longest: 0 });

class WatchedDay {
  #took = nothing();
  #facts = 0;
  #renewed = 0;
  readonly #db: Database.Database;
  readonly #changes = new Changes();
  readonly #place = { before: null, after: 'x' };
  readonly #all: ReturnType<typeof projectionsOf>;
  /** what a fix goes through with and without oversight */
  readonly #base: readonly Projection[];
  readonly #found: readonly Projection[];
  #now = began;

  constructor(file: string) {
    this.#db = new Database(file);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = NORMAL');
    this.#all = projectionsOf({
      log: new MemoryLog(),
      file,
      config: { trailsKeptDays: 30, deadLettersKeptDays: 30 },
      ways: new RouteCache({ detours: new Detours() }),
      logger: () => pino({ level: 'silent' }),
      now: () => this.#now,
    });
    const { registry, orders, motionSettings, alertActs, trails, live, health, silences } = this.#all;
    const { arrivals, folds, zones: drawn } = this.#all;
    this.#base = [registry, orders, alertActs, motionSettings, trails, live, health, silences];
    this.#found = [arrivals, folds, drawn];
    folds.onFacts((_agency, _van, facts) => {
      this.#facts += facts.length;
    });
    for (const projection of [...this.#base, ...this.#found]) projection.open(this.#db);
  }

  begin(records: Iterable<LogRecord>): void {
    for (const record of records) {
      this.#give(this.#base, [record]);
      this.#give(this.#found, [record]);
    }
    this.#all.arrivals.refresh();
    this.#save();
  }

  /** Some seconds of all vans; µs a position, by what they went into. */
  runs(drives: readonly Drive[], { interval, seconds }: typeof often) {
    this.#took = nothing();
    this.#facts = 0;
    this.#renewed = 0;
    let positions = 0;
    for (let second = 0; second < seconds; second++) {
      const some = drives.filter((_, i) => i % interval === second % interval);
      positions += some.length;
      this.#second(some, interval);
    }
    if (this.#facts === 0 || this.#renewed === 0) throw new Error('the vans did nothing');
    const { steps, deliveries, saves, estimates, longest } = this.#took;
    const each = (took: number) => took / positions;
    return {
      all: each(steps + deliveries + saves + estimates),
      steps: each(steps + deliveries),
      ...{ saves: each(saves), estimates: each(estimates), longest },
    };
  }

  /** The fixes of one second: taken, then estimates renewed and everything saved, as the clock has it once a second. */
  #second(drives: readonly Drive[], interval: number): void {
    const took = this.#took;
    const told = drives.map((drive, i) => drive.next(this.#now + Math.round((1000 * i) / drives.length), interval));
    this.#now += 1000;
    const fixes = told.map(({ fix }) => fix);
    const delivered = told.flatMap((one) => one.delivered ?? []);
    this.#give(this.#base, fixes);
    took.steps += this.#timed(() => this.#give(this.#found, fixes));
    this.#give(this.#base, delivered);
    took.deliveries += this.#timed(() => this.#give(this.#found, delivered));
    took.estimates += this.#timed(() => {
      this.#renewed += this.#all.arrivals.refresh();
    });
    took.saves += this.#save();
    this.#changes.take('x');
  }

  close(): void {
    this.#db.close();
  }

  /** Each record to every projection before the next one would give the same: no two are of one van. */
  #give(projections: readonly Projection[], records: readonly LogRecord[]): void {
    for (const projection of projections) {
      const topics = new Set<string>(projection.topics);
      for (const record of records) {
        if (topics.has(record.topic)) projection.apply(record, this.#place, this.#changes);
      }
    }
  }

  #save(): number {
    let took = 0;
    this.#db.transaction(() => {
      for (const projection of this.#base) projection.save(this.#db, 'x', false);
      took += this.#timed(() => {
        for (const projection of this.#found) projection.save(this.#db, 'x', false);
      });
    })();
    for (const projection of this.#base) projection.saved?.();
    return (
      took +
      this.#timed(() => {
        for (const projection of this.#found) projection.saved?.();
      })
    );
  }

  /** µs this thread worked. */
  #timed(work: () => void): number {
    const { user, system } = process.threadCpuUsage();
    work();
    const after = process.threadCpuUsage();
    const took = after.user + after.system - user - system;
    this.#took.longest = Math.max(this.#took.longest, took);
    return took;
  }
}
