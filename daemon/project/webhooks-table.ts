import type { Database } from 'better-sqlite3';
import type { WebhookSecret } from '../../protocol/webhook.ts';
import type { Subscription, WebhookState } from '../domain/webhook.ts';

/** What is kept of one webhook; all but the counts goes with its removal. */
interface Kept {
  subscription?: Subscription;
  secret?: WebhookSecret;
  counts: [subject: string, version: number][];
}

/** The subscriptions in SQLite: a JSON document for each. */
export class WebhooksTable {
  readonly #db: Database;

  constructor(db: Database) {
    db.exec(`CREATE TABLE IF NOT EXISTS webhooks (
      agency TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, id)
    ) STRICT, WITHOUT ROWID`);
    this.#db = db;
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS webhooks');
  }

  load(of: (agency: string) => { state: WebhookState; secrets: Map<string, WebhookSecret> }): void {
    const rows = this.#db.prepare<[], [string, string, string]>('SELECT agency, id, document FROM webhooks').raw();
    for (const [agency, id, document] of rows.iterate()) {
      const { state, secrets } = of(agency);
      const { subscription, secret, counts } = JSON.parse(document) as Kept;
      if (subscription !== undefined) state.subscriptions.set(id, subscription);
      if (secret !== undefined) secrets.set(id, secret);
      for (const [subject, version] of counts) state.counts.set(subject, version);
    }
  }

  put(agency: string, id: string, kept: Kept): void {
    this.#db.prepare('INSERT OR REPLACE INTO webhooks VALUES (?, ?, ?)').run(agency, id, JSON.stringify(kept));
  }
}
