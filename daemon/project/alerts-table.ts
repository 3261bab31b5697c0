import type { Database, Statement } from 'better-sqlite3';
import type { KeptAlert } from '../domain/alert-keep.ts';
import type { AlertPlace, AlertQuery } from '../domain/alert-view.ts';

type Row = [agency: string, document: string];

/** The alerts in SQLite: a document each, and the columns it is looked up by. */
export class AlertsTable {
  /** UTC ms since when there is this table */
  readonly began: number;
  readonly #db: Database;
  readonly #put: Statement;
  readonly #one: Statement<[string, string], { document: string }>;

  /** `now`: UTC ms */
  constructor(db: Database, now: number) {
    this.#db = db;
    db.exec(`CREATE TABLE IF NOT EXISTS alert (
        agency TEXT NOT NULL, id TEXT NOT NULL, opened INTEGER NOT NULL, closed INTEGER, kind TEXT NOT NULL,
        severity TEXT NOT NULL, vans TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS alert_opened ON alert (agency, opened, id) WHERE closed IS NOT NULL;
      CREATE INDEX IF NOT EXISTS alert_open ON alert (agency) WHERE closed IS NULL;
      CREATE TABLE IF NOT EXISTS alert_began (time INTEGER NOT NULL) STRICT;`);
    const began = db.prepare<[], { time: number }>('SELECT time FROM alert_began').get();
    if (began === undefined) db.prepare('INSERT INTO alert_began VALUES (?)').run(now);
    this.began = began?.time ?? now;
    this.#put = db.prepare('INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#one = db.prepare('SELECT document FROM alert WHERE agency = ? AND id = ?');
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS alert; DROP TABLE IF EXISTS alert_began');
  }

  put(agency: string, alert: KeptAlert): void {
    const { id, openedAt, closedAt = null, kind, severity, vanId, vanIds = [] } = alert;
    // Between slashes, which no id has, so that one can be found in the text.
    const vans = `/${[...(vanId === undefined ? [] : [vanId]), ...vanIds].join('/')}/`;
    this.#put.run(agency, id, openedAt, closedAt, kind, severity, vans, JSON.stringify(alert));
  }

  alert(agency: string, id: string): KeptAlert | undefined {
    const row = this.#one.get(agency, id);
    return row === undefined ? undefined : (JSON.parse(row.document) as KeptAlert);
  }

  *open(): Generator<{ agency: string; alert: KeptAlert }> {
    const rows = this.#db.prepare<[], Row>('SELECT agency, document FROM alert WHERE closed IS NULL').raw();
    for (const [agency, document] of rows.all()) yield { agency, alert: JSON.parse(document) as KeptAlert };
  }

  /** Newest first, some at a time: a statement that is being read would keep others from writing. */
  *closed(agency: string, { kind, severity, vanId }: AlertQuery, after?: AlertPlace): Generator<KeptAlert> {
    const wanted: [string, string][] = [];
    if (kind !== undefined) wanted.push(['kind = ?', kind]);
    if (severity !== undefined) wanted.push(['severity = ?', severity]);
    if (vanId !== undefined) wanted.push(['instr(vans, ?) > 0', `/${vanId}/`]);
    const page = this.#db.prepare<unknown[], { document: string }>(
      `SELECT document FROM alert WHERE agency = ? AND closed IS NOT NULL AND (opened, id) < (?, ?)
      ${wanted.map(([where]) => `AND ${where}`).join(' ')} ORDER BY opened DESC, id DESC LIMIT 200`,
    );
    for (let { openedAt, id } = after ?? { openedAt: Number.MAX_SAFE_INTEGER, id: '' }; ; ) {
      const rows = page.all(agency, openedAt, id, ...wanted.map(([, value]) => value));
      for (const { document } of rows) {
        const alert = JSON.parse(document) as KeptAlert;
        ({ openedAt, id } = alert);
        yield alert;
      }
      if (rows.length < 200) return;
    }
  }

  /** Forgets what closed before a time, UTC ms. */
  forget(before: number): void {
    this.#db.prepare('DELETE FROM alert WHERE closed < ?').run(before);
  }
}
