import type { Database, Statement } from 'better-sqlite3';
import type { DeadLetter, Reason } from '../../protocol/record.ts';

interface Row {
  id: string;
  time: number;
  device: string;
  reason: Reason;
  detail: string;
  format: string;
  via: string;
  clockAhead: number | null;
  bytes: string;
}

/** What a letter takes beside its bytes and detail: other columns and three index entries. */
const overhead = 500;
const columns = 'id, time, device, reason, detail, format, via, clockAhead, bytes';

/** The table of the dead letters: one row each, found by time, by reason and by device. */
export class LetterTable {
  #db: Database | undefined;
  #put: Statement | undefined;
  #get: Statement<[string, string], Row> | undefined;
  #count: Statement<[string, string, number], { many: number }> | undefined;

  open(db: Database): void {
    this.#db = db;
    // The blob comes last, so that looking at the other columns does not read through it.
    db.exec(`
      CREATE TABLE IF NOT EXISTS dead_letter (
        agency TEXT NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, device TEXT NOT NULL, reason TEXT NOT NULL,
        size INTEGER NOT NULL, detail TEXT NOT NULL, format TEXT NOT NULL, via TEXT NOT NULL, clockAhead INTEGER,
        bytes TEXT NOT NULL, UNIQUE (agency, id)
      ) STRICT;
      CREATE INDEX IF NOT EXISTS dead_letter_time ON dead_letter (agency, time, id, size);
      CREATE INDEX IF NOT EXISTS dead_letter_reason ON dead_letter (agency, reason, time, id);
      CREATE INDEX IF NOT EXISTS dead_letter_device ON dead_letter (agency, device, time, id);`);
    this.#put = db.prepare(`INSERT INTO dead_letter (agency, size, ${columns})
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
    this.#get = db.prepare(`SELECT ${columns} FROM dead_letter WHERE agency = ? AND id = ?`);
    this.#count = db.prepare('SELECT COUNT(*) AS many FROM dead_letter WHERE agency = ? AND device = ? AND time >= ?');
  }

  put(agency: string, letter: DeadLetter): void {
    const { id, time, device, reason, detail, format, via, clockAhead = null, bytes } = letter;
    this.#put?.run(agency, sizeOf(letter), id, time, device, reason, detail, format, via, clockAhead, bytes);
  }

  get(agency: string, id: string): DeadLetter | undefined {
    const row = this.#get?.get(agency, id);
    return row === undefined ? undefined : letterOf(row);
  }

  countOf(agency: string, device: string, since: number): number {
    return this.#count?.get(agency, device, since)?.many ?? 0;
  }

  /** Newest first, those older than `before`. */
  list(
    agency: string,
    query: { reason: Reason | undefined; device: string | undefined; before: DeadLetter | undefined; limit: number },
  ): DeadLetter[] {
    const { reason, device, before, limit } = query;
    const where = ['agency = ?'];
    const values: (string | number)[] = [agency];
    if (reason !== undefined) {
      where.push('reason = ?');
      values.push(reason);
    }
    if (device !== undefined) {
      where.push('device = ?');
      values.push(device);
    }
    if (before !== undefined) {
      where.push('(time, id) < (?, ?)');
      values.push(before.time, before.id);
    }
    const sql = `SELECT ${columns} FROM dead_letter WHERE ${where.join(' AND ')} ORDER BY time DESC, id DESC LIMIT ?`;
    return (this.#db?.prepare<unknown[], Row>(sql).all(...values, limit) ?? []).map(letterOf);
  }

  /** Drops the oldest letters of an agency until the others take no more than `bytes`. */
  shrink(agency: string, bytes: number): void {
    const db = this.#db;
    const total = db
      ?.prepare<[string], { bytes: number | null }>('SELECT SUM(size) AS bytes FROM dead_letter WHERE agency = ?')
      .get(agency)?.bytes;
    let excess = (total ?? 0) - bytes;
    if (db === undefined || excess <= 0) return;
    const drop = db.prepare('DELETE FROM dead_letter WHERE agency = ? AND id = ?');
    const oldest = db
      .prepare<[string], { id: string; size: number }>(
        'SELECT id, size FROM dead_letter WHERE agency = ? ORDER BY time, id',
      )
      .iterate(agency);
    const doomed: string[] = [];
    for (const { id, size } of oldest) {
      if (excess <= 0) break;
      doomed.push(id);
      excess -= size;
    }
    for (const id of doomed) drop.run(agency, id);
  }

  /** Drops what is older than `time` (UTC ms). */
  expire(time: number): void {
    const db = this.#db;
    const agencies = db?.prepare<[], { agency: string }>('SELECT DISTINCT agency FROM dead_letter').all() ?? [];
    const drop = db?.prepare('DELETE FROM dead_letter WHERE agency = ? AND time < ?');
    for (const { agency } of agencies) drop?.run(agency, time);
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS dead_letter');
  }
}

/** What a letter takes on the disk, bytes. */
export function sizeOf(letter: DeadLetter): number {
  return overhead + letter.detail.length + letter.bytes.length;
}

function letterOf({ clockAhead, ...row }: Row): DeadLetter {
  return clockAhead === null ? row : { ...row, clockAhead };
}
