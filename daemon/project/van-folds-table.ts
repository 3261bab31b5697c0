import type { Database, Statement } from 'better-sqlite3';
import type { TimedFact } from '../domain/fold.ts';
import type { Checkpoint, KeptFact, Source, VanFold } from './van-folds-state.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** How long every checkpoint is kept, and how long one an hour; beyond, one a day remains, ms of fix time. */
const dense = 2 * hour;
const hourly = 36 * hour;

interface FactRow {
  at: number;
  step: string;
  document: string;
}

/** A van, as the file has it. */
type KeptVan = Pick<VanFold, 'key' | 'agency' | 'vanId' | 'end' | 'sources' | 'doubts' | 'savedStale'>;

/**
 * What the folds have found, and where each can begin again. The state at a van's end is not here: it is made again from
 * its newest checkpoint and the trail after it.
 */
export class VanFoldsTable {
  readonly #db: Database;
  readonly #putVan: Statement;
  readonly #putCheckpoint: Statement;
  readonly #putFact: Statement;
  readonly #clear: readonly Statement[];
  readonly #expire: readonly Statement[];
  readonly #thin: Statement;
  readonly #checkpointBefore: Statement<[number, number], { time: number; states: string }>;
  readonly #timeBefore: Statement<[number, number], { time: number }>;
  readonly #checkpointAt: Statement<[number, number], { states: string }>;
  readonly #foundIn: Statement<[number, number, number], FactRow>;
  readonly #from: Statement<[number, string, number, number], FactRow>;
  readonly #newestBefore: Statement<[number, string, number, number], FactRow>;

  constructor(db: Database) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS van_folds (
        key INTEGER PRIMARY KEY, agency TEXT NOT NULL, van TEXT NOT NULL, sources TEXT NOT NULL, doubts TEXT,
        stale INTEGER
      ) STRICT;
      CREATE TABLE IF NOT EXISTS van_checkpoint (
        van INTEGER NOT NULL, time INTEGER NOT NULL, states TEXT NOT NULL, PRIMARY KEY (van, time)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS van_fact (
        van INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL, step TEXT NOT NULL, start INTEGER NOT NULL,
        document TEXT NOT NULL, PRIMARY KEY (van, at, n)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS van_fact_start ON van_fact (van, step, start);
      CREATE TABLE IF NOT EXISTS van_folds_steps (steps TEXT NOT NULL) STRICT;`);
    this.#db = db;
    this.#putVan = db.prepare('INSERT OR REPLACE INTO van_folds VALUES (?, ?, ?, ?, ?, ?)');
    this.#putCheckpoint = db.prepare('INSERT OR REPLACE INTO van_checkpoint VALUES (?, ?, ?)');
    this.#putFact = db.prepare('INSERT OR REPLACE INTO van_fact VALUES (?, ?, ?, ?, ?, ?)');
    this.#clear = [
      db.prepare('DELETE FROM van_checkpoint WHERE van = ? AND time > ? AND time <= ?'),
      db.prepare('DELETE FROM van_fact WHERE van = ? AND at > ? AND at <= ?'),
    ];
    this.#expire = [
      db.prepare('DELETE FROM van_checkpoint WHERE van = ? AND time < ?'),
      db.prepare('DELETE FROM van_fact WHERE van = ? AND at < ?'),
    ];
    this.#thin =
      db.prepare(`DELETE FROM van_checkpoint WHERE van = :van AND time >= :from AND time < :to AND time NOT IN
      (SELECT min(time) FROM van_checkpoint WHERE van = :van AND time >= :from AND time < :to GROUP BY time / CAST(:each AS INTEGER))`);
    this.#checkpointBefore = db.prepare(
      'SELECT time, states FROM van_checkpoint WHERE van = ? AND time < ? ORDER BY time DESC LIMIT 1',
    );
    this.#timeBefore = db.prepare(
      'SELECT time FROM van_checkpoint WHERE van = ? AND time < ? ORDER BY time DESC LIMIT 1',
    );
    this.#checkpointAt = db.prepare('SELECT states FROM van_checkpoint WHERE van = ? AND time = ?');
    this.#foundIn = db.prepare(
      'SELECT at, step, document FROM van_fact WHERE van = ? AND at > ? AND at <= ? ORDER BY at, n',
    );
    const ofStep = 'SELECT at, step, document FROM van_fact WHERE van = ? AND step = ?';
    this.#from = db.prepare(`${ofStep} AND start >= ? AND start < ? ORDER BY start`);
    this.#newestBefore = db.prepare(`${ofStep} AND start < ? ORDER BY start DESC LIMIT ?`);
  }

  static drop(db: Database): void {
    for (const table of ['van_folds', 'van_checkpoint', 'van_fact', 'van_folds_steps']) {
      db.exec(`DROP TABLE IF EXISTS ${table}`);
    }
  }

  /** Forgets what other steps have found; the vans stay. */
  keepOnly(steps: string): boolean {
    const found = this.#db.prepare<[], { steps: string }>('SELECT steps FROM van_folds_steps').get()?.steps;
    if (found === steps) return true;
    this.#db.exec('DELETE FROM van_checkpoint; DELETE FROM van_fact; DELETE FROM van_folds_steps');
    this.#db.prepare('INSERT INTO van_folds_steps VALUES (?)').run(steps);
    return false;
  }

  *vans(): Generator<KeptVan> {
    const ends = new Map(
      this.#db
        .prepare<[], { van: number; time: number }>('SELECT van, max(time) AS time FROM van_checkpoint GROUP BY van')
        .all()
        .map(({ van, time }) => [van, time]),
    );
    const rows = this.#db
      .prepare<
        [],
        { key: number; agency: string; van: string; sources: string; doubts: string | null; stale: number | null }
      >('SELECT * FROM van_folds')
      .all();
    for (const { key, agency, van, sources, doubts, stale } of rows) {
      yield {
        key,
        agency,
        vanId: van,
        end: ends.get(key) ?? -1,
        sources: JSON.parse(sources) as Source[],
        doubts: doubts === null ? undefined : new Map(JSON.parse(doubts) as [string, number][]),
        savedStale: stale ?? undefined,
      };
    }
  }

  /** Writes what is new in a fold. The same again changes nothing. */
  put(fold: VanFold): void {
    const { key, agency, vanId, sources, doubts, unsaved } = fold;
    if (fold.changed) {
      const doubtful = doubts === undefined ? null : JSON.stringify([...doubts]);
      this.#putVan.run(key, agency, vanId, JSON.stringify(sources), doubtful, fold.savedStale ?? null);
    }
    if (unsaved === undefined) return;
    const clears = unsaved.replaces ? this.#clear : [];
    for (const clear of clears) clear.run(key, unsaved.after, Math.min(unsaved.until, Number.MAX_SAFE_INTEGER));
    for (const [n, { at, step, fact }] of unsaved.facts.entries()) {
      this.#putFact.run(key, at, n, step, fact.from, JSON.stringify(fact));
    }
    for (const { time, states } of unsaved.checkpoints) {
      const before = this.#timeBefore.get(key, time)?.time ?? time;
      this.#putCheckpoint.run(key, time, JSON.stringify(states));
      if (Math.floor(before / hour) === Math.floor(time / hour)) continue;
      this.#thin.run({ van: key, from: time - hourly - day, to: time - dense, each: hour });
      if (Math.floor(before / day) === Math.floor(time / day)) continue;
      this.#thin.run({ van: key, from: 0, to: time - hourly, each: day });
    }
  }

  /** Drops what is older than `time` (UTC ms of fix time). */
  expire(key: number, time: number): void {
    for (const expire of this.#expire) expire.run(key, time);
  }

  checkpointBefore(key: number, time: number): Checkpoint | undefined {
    const row = this.#checkpointBefore.get(key, Math.min(time, Number.MAX_SAFE_INTEGER));
    return row && { time: row.time, states: JSON.parse(row.states) as unknown[] };
  }

  /** The states of a checkpoint as JSON. */
  checkpointAt(key: number, time: number): string | undefined {
    return this.#checkpointAt.get(key, time)?.states;
  }

  /** Facts that were found at `after` < fixTime ≤ `until`, in the order in which they were found. */
  foundIn(key: number, after: number, until: number): KeptFact[] {
    return this.#foundIn.all(key, after, Math.min(until, Number.MAX_SAFE_INTEGER)).map(keptFact);
  }

  /** Facts of a step that begin at `from` ≤ time < `to`, in order. */
  from(key: number, step: string, from: number, to: number): KeptFact[] {
    return this.#from.all(key, step, from, Math.min(to, Number.MAX_SAFE_INTEGER)).map(keptFact);
  }

  /** The newest few that begin before a time, newest first. */
  newestBefore(key: number, step: string, time: number, count: number): KeptFact[] {
    return this.#newestBefore.all(key, step, time, count).map(keptFact);
  }
}

function keptFact({ at, step, document }: FactRow): KeptFact {
  return { at, step, fact: JSON.parse(document) as TimedFact };
}
