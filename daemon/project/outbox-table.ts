import type { Database } from 'better-sqlite3';
import type { WebhookNews } from '../../protocol/webhook.ts';
import type { Outbox } from './outbox.ts';

interface Row {
  agency: string;
  webhook: string;
  key: string;
  seq: number;
  type: WebhookNews;
  time: number;
  body: string;
  derived: number;
  failed: number | null;
  why: string | null;
}

/** What waits for webhooks and what they did not take, in SQLite: what came and was taken within a second never is. */
export class OutboxTable {
  readonly #db: Database;

  constructor(db: Database) {
    db.exec(`CREATE TABLE IF NOT EXISTS outbox (
        agency TEXT NOT NULL, webhook TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL,
        time INTEGER NOT NULL, body TEXT NOT NULL, derived INTEGER NOT NULL, failed INTEGER, why TEXT,
        PRIMARY KEY (agency, webhook, key)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS outbox_told (
        agency TEXT NOT NULL, webhook TEXT NOT NULL, key TEXT NOT NULL, time INTEGER NOT NULL,
        PRIMARY KEY (agency, webhook, key)
      ) STRICT, WITHOUT ROWID;`);
    this.#db = db;
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS outbox; DROP TABLE IF EXISTS outbox_told');
  }

  load(of: (agency: string, webhook: string) => Outbox): void {
    const rows = this.#db.prepare<[], Row>('SELECT * FROM outbox ORDER BY failed, seq').all();
    for (const { agency, webhook, derived, failed, why, ...item } of rows) {
      const read = { ...item, derived: derived === 1 };
      of(agency, webhook).load(failed === null ? read : { ...read, failedAt: failed, why: why ?? '' });
    }
    const told = this.#db.prepare<[], [string, string, string, number]>('SELECT * FROM outbox_told').raw().all();
    for (const [agency, webhook, key, time] of told) of(agency, webhook).told.set(key, time);
  }

  save(agency: string, webhook: string, outbox: Outbox): void {
    const put = this.#db.prepare('INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const erase = this.#db.prepare('DELETE FROM outbox WHERE agency = ? AND webhook = ? AND key = ?');
    const putTold = this.#db.prepare('INSERT OR REPLACE INTO outbox_told VALUES (?, ?, ?, ?)');
    const eraseTold = this.#db.prepare('DELETE FROM outbox_told WHERE agency = ? AND webhook = ? AND key = ?');
    for (const key of outbox.dirty) {
      const failure = outbox.failed.get(key);
      const item = outbox.waiting.get(key) ?? failure;
      if (item === undefined) erase.run(agency, webhook, key);
      else {
        const { seq, type, time, body, derived } = item;
        const ended = [failure?.failedAt ?? null, failure?.why ?? null];
        put.run(agency, webhook, key, seq, type, time, body, derived ? 1 : 0, ...ended);
      }
      const told = outbox.told.get(key);
      if (told === undefined) eraseTold.run(agency, webhook, key);
      else putTold.run(agency, webhook, key, told);
    }
  }

  erase(agency: string, webhook: string): void {
    for (const table of ['outbox', 'outbox_told']) {
      this.#db.prepare(`DELETE FROM ${table} WHERE agency = ? AND webhook = ?`).run(agency, webhook);
    }
  }
}
