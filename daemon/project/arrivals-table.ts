import type { Database, Statement } from 'better-sqlite3';
import type { DayRecord } from '../domain/arrival-day.ts';
import type { Sums } from '../domain/arrival-sums.ts';

/** Vans' days, one JSON document each, and the sums of what they taught. */
export class ArrivalsTable {
  readonly #db: Database;
  readonly #putDay: Statement;
  readonly #putSums: Statement;
  readonly #eraseSums: Statement;

  constructor(db: Database) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS arrival_days (
        agency TEXT NOT NULL, van TEXT NOT NULL, day TEXT NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (agency, van, day)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS arrival_days_day ON arrival_days (day);
      CREATE TABLE IF NOT EXISTS arrival_learnt (
        agency TEXT NOT NULL, key TEXT NOT NULL, epoch INTEGER NOT NULL, n INTEGER NOT NULL, a INTEGER NOT NULL,
        b INTEGER NOT NULL, PRIMARY KEY (agency, key, epoch)
      ) STRICT, WITHOUT ROWID;`);
    this.#db = db;
    this.#putDay = db.prepare('INSERT OR REPLACE INTO arrival_days VALUES (?, ?, ?, ?)');
    this.#putSums = db.prepare('INSERT OR REPLACE INTO arrival_learnt VALUES (?, ?, ?, ?, ?, ?)');
    this.#eraseSums = db.prepare('DELETE FROM arrival_learnt WHERE agency = ? AND key = ? AND epoch = ?');
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS arrival_days; DROP TABLE IF EXISTS arrival_learnt');
  }

  putDay(agency: string, van: string, day: string, record: DayRecord): void {
    this.#putDay.run(agency, van, day, JSON.stringify(record));
  }

  day(agency: string, van: string, day: string): DayRecord | undefined {
    const row = this.#db
      .prepare<[string, string, string], { document: string }>(
        'SELECT document FROM arrival_days WHERE agency = ? AND van = ? AND day = ?',
      )
      .get(agency, van, day);
    return row === undefined ? undefined : (JSON.parse(row.document) as DayRecord);
  }

  /** The days from `since` (as 2026-11-21) on. */
  *days(since: string): Generator<{ agency: string; van: string; day: string; record: DayRecord }> {
    const rows = this.#db
      .prepare<[string], { agency: string; van: string; day: string; document: string }>(
        'SELECT agency, van, day, document FROM arrival_days WHERE day >= ?',
      )
      .iterate(since);
    for (const { document, ...row } of rows) yield { ...row, record: JSON.parse(document) as DayRecord };
  }

  putSums(agency: string, key: string, epoch: number, { n, a, b }: Sums): void {
    if (n === 0) this.#eraseSums.run(agency, key, epoch);
    else this.#putSums.run(agency, key, epoch, n, a, b);
  }

  *sums(): Generator<{ agency: string; key: string; epoch: number } & Sums> {
    yield* this.#db
      .prepare<[], { agency: string; key: string; epoch: number } & Sums>('SELECT * FROM arrival_learnt')
      .iterate();
  }
}
