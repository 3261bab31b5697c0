import type { Database, Statement } from 'better-sqlite3';
import type { AuditEntry, AuditQuery } from './audit.ts';

interface Row {
  number: number;
  id: string;
  time: number;
  actor: string;
  type: string;
  about: string;
  data: string;
}

/** The tables of the audit trail: one row an event, and the version of every subject that events ever expected. */
export class AuditTable {
  #db: Database | undefined;
  #put: Statement | undefined;
  #putVersion: Statement | undefined;
  #version: Statement<[string, string], { version: number }> | undefined;
  #last: Statement<[], { number: number | null }> | undefined;

  open(db: Database): void {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS audit (
        agency TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, actor TEXT NOT NULL,
        type TEXT NOT NULL, about TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (agency, number)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS audit_about ON audit (agency, about, number);
      CREATE INDEX IF NOT EXISTS audit_actor ON audit (agency, actor, number);
      CREATE TABLE IF NOT EXISTS audit_version (
        agency TEXT NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (agency, subject)
      ) WITHOUT ROWID;`);
    this.#put = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#putVersion = db.prepare('INSERT OR REPLACE INTO audit_version VALUES (?, ?, ?)');
    this.#version = db.prepare('SELECT version FROM audit_version WHERE agency = ? AND subject = ?');
    this.#last = db.prepare('SELECT max(number) AS number FROM audit');
  }

  /** The number of the newest entry of all agencies; 0: there is none. */
  last(): number {
    return this.#last?.get()?.number ?? 0;
  }

  put(agency: string, { number, id, time, actor, type, about, data }: AuditEntry): void {
    this.#put?.run(agency, number, id, time, actor, type, about, JSON.stringify(data));
  }

  putVersion(agency: string, subject: string, version: number): void {
    this.#putVersion?.run(agency, subject, version);
  }

  version(agency: string, subject: string): number {
    return this.#version?.get(agency, subject)?.version ?? 0;
  }

  /** Newest first. */
  list(agency: string, { actor, type, about, from, to, before, limit }: AuditQuery): AuditEntry[] {
    const where = ['agency = ?'];
    const values: (string | number)[] = [agency];
    const only = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      where.push(condition);
      values.push(value);
    };
    only('number < ?', before);
    only('actor = ?', actor);
    only('type = ?', type);
    only('about = ?', about);
    only('time >= ?', from);
    only('time < ?', to);
    const sql = `SELECT number, id, time, actor, type, about, data FROM audit
      WHERE ${where.join(' AND ')} ORDER BY number DESC LIMIT ?`;
    const rows = this.#db?.prepare<unknown[], Row>(sql).all(...values, limit) ?? [];
    return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as Record<string, unknown> }));
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS audit; DROP TABLE IF EXISTS audit_version');
  }
}
