import type { Database, Statement } from 'better-sqlite3';
import type { Order, Run } from '../../protocol/order.ts';
import { isLate } from '../domain/order.ts';
import type { OrderQuery } from '../domain/order-view.ts';

/** Every order and run there ever was, one JSON document each, beside the columns they are looked for by. */
export class OrdersTable {
  readonly #db: Database;
  readonly #putOrder: Statement;
  readonly #putRun: Statement;
  readonly #order: Statement<[string, string], { document: string }>;
  readonly #run: Statement<[string, string, string], { document: string }>;

  constructor(db: Database) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS orders (
        agency TEXT NOT NULL, id TEXT NOT NULL, consumer TEXT NOT NULL, van TEXT, day TEXT, state TEXT NOT NULL,
        ended INTEGER, late INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS orders_consumer ON orders (agency, consumer, id);
      CREATE INDEX IF NOT EXISTS orders_van ON orders (agency, van, id) WHERE van IS NOT NULL;
      CREATE INDEX IF NOT EXISTS orders_late ON orders (agency, id) WHERE late = 1;
      CREATE INDEX IF NOT EXISTS orders_recent ON orders (ended);
      CREATE INDEX IF NOT EXISTS orders_refused ON orders (agency) WHERE document ->> 'refused' IS NOT NULL;
      CREATE TABLE IF NOT EXISTS order_runs (
        agency TEXT NOT NULL, van TEXT NOT NULL, day TEXT NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (agency, van, day)
      ) STRICT, WITHOUT ROWID;`);
    this.#db = db;
    this.#putOrder = db.prepare('INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#putRun = db.prepare('INSERT OR REPLACE INTO order_runs VALUES (?, ?, ?, ?)');
    this.#order = db.prepare('SELECT document FROM orders WHERE agency = ? AND id = ?');
    this.#run = db.prepare('SELECT document FROM order_runs WHERE agency = ? AND van = ? AND day = ?');
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS order_runs');
  }

  put(agency: string, order: Order): void {
    const { id, consumerId, vanId = null, day = null, state, endedAt = null } = order;
    // What is open gets later by itself; those are found in memory.
    const late = endedAt !== null && isLate(order, endedAt) ? 1 : 0;
    this.#putOrder.run(agency, id, consumerId, vanId, day, state, endedAt, late, JSON.stringify(order));
  }

  putRun(agency: string, run: Run): void {
    this.#putRun.run(agency, run.vanId, run.day, JSON.stringify(run));
  }

  order(agency: string, id: string): Order | undefined {
    const row = this.#order.get(agency, id);
    return row === undefined ? undefined : (JSON.parse(row.document) as Order);
  }

  run(agency: string, vanId: string, day: string): Run | undefined {
    const row = this.#run.get(agency, vanId, day);
    return row === undefined ? undefined : (JSON.parse(row.document) as Run);
  }

  /** Those that have not ended, or not before `endedSince` (UTC ms), or of which a refused act is not settled. */
  *recent(endedSince: number): Generator<{ agency: string; order: Order }> {
    type Row = { agency: string; document: string };
    const recent = this.#db.prepare<[number], Row>(
      'SELECT agency, document FROM orders WHERE ended IS NULL OR ended >= ?',
    );
    const refused = this.#db.prepare<[number], Row>(
      "SELECT agency, document FROM orders WHERE document ->> 'refused' IS NOT NULL AND ended < ?",
    );
    for (const rows of [recent, refused]) {
      for (const { agency, document } of rows.iterate(endedSince)) {
        yield { agency, order: JSON.parse(document) as Order };
      }
    }
  }

  /** Ended ones that match, by id, after `after`. To be read to its end or left before anything else is asked. */
  *ended(agency: string, query: OrderQuery, after: string | undefined): Generator<Order> {
    const wanted = ['agency = ?', 'ended IS NOT NULL'];
    const values: string[] = [agency];
    const want = (column: string, value: string | undefined) => {
      if (value === undefined) return;
      wanted.push(column);
      values.push(value);
    };
    want('id > ?', after);
    want('consumer = ?', query.consumerId);
    want('van = ?', query.vanId);
    want('day = ?', query.day);
    if (query.late !== undefined) wanted.push(`late = ${query.late ? 1 : 0}`);
    if (query.states !== undefined) {
      wanted.push(`state IN (${query.states.map(() => '?').join(', ')})`);
      values.push(...query.states);
    }
    const rows = this.#db
      .prepare<string[], { document: string }>(`SELECT document FROM orders WHERE ${wanted.join(' AND ')} ORDER BY id`)
      .iterate(...values);
    for (const { document } of rows) yield JSON.parse(document) as Order;
  }
}
