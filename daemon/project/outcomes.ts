import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import { isOrderEvent } from '../domain/order.ts';
import type { OrdersView } from '../domain/order-view.ts';
import { type Driving, driverAfter, type Outcome, type OutcomesView, outcomeOf } from '../domain/outcome.ts';
import type { Cursor } from '../log/log.ts';
import type { Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';

/** Who drives a van from a time on (UTC ms). */
interface Shift {
  from: number;
  driverId: string | null;
  /** the van is no more */
  gone: boolean;
}

/**
 * How each attempt to deliver ended and who drove which van when: what reports about the past need, and orders, which
 * show the present, do not keep. Comes after the registry and the orders; what they have dropped it passes over. Where it
 * is to be built anew, the orders are to be built with it: they then show what each attempt was on.
 */
export class OutcomesProjection implements Projection, OutcomesView {
  readonly name = 'outcomes';
  readonly version = 1;
  readonly topics = ['events'] as const;
  readonly #orders: Pick<OrdersView, 'order'>;
  readonly #verdicts: Pick<Verdicts, 'dropped'>;
  /** by agency and van, oldest first */
  readonly #shifts = new Map<string, Map<string, Shift[]>>();
  #dirtyVans = new Map<string, [agency: string, vanId: string]>();
  #unsaved = new Map<string, { agency: string; outcome: Outcome }>();
  #saving = false;
  #db: Database | undefined;

  constructor(deps: { orders: Pick<OrdersView, 'order'>; verdicts: Pick<Verdicts, 'dropped'> }) {
    this.#orders = deps.orders;
    this.#verdicts = deps.verdicts;
  }

  open(db: Database): void {
    this.#db = db;
    this.#shifts.clear();
    this.#unsaved = new Map();
    this.#dirtyVans = new Map();
    db.exec(`CREATE TABLE IF NOT EXISTS outcomes (
        agency TEXT NOT NULL, order_id TEXT NOT NULL, attempt INTEGER NOT NULL, at INTEGER NOT NULL,
        delivered INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, order_id, attempt)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS outcomes_at ON outcomes (agency, at, delivered);
      CREATE TABLE IF NOT EXISTS shifts (
        agency TEXT NOT NULL, van TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, van)
      ) STRICT, WITHOUT ROWID;`);
    const rows = db.prepare<[], [string, string, string]>('SELECT agency, van, document FROM shifts').raw();
    for (const [agency, vanId, document] of rows.iterate()) {
      this.#vans(agency).set(vanId, JSON.parse(document) as Shift[]);
    }
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS outcomes; DROP TABLE IF EXISTS shifts');
  }

  apply(record: LogRecord): void {
    if (record.topic !== 'events') return;
    const { agency, value: event } = record;
    const driver = driverAfter(event);
    const order =
      isOrderEvent(event) && event.type !== 'run-planned' ? this.#orders.order(agency, event.data.id) : undefined;
    const outcome = order !== undefined && isOrderEvent(event) ? outcomeOf(event, order) : undefined;
    if (driver === undefined && outcome === undefined) return;
    if (this.#verdicts.dropped(agency, event.id)) return;
    if (outcome !== undefined) {
      this.#unsaved.set(`${agency}/${outcome.orderId}/${outcome.attempt}`, { agency, outcome });
    }
    if (driver !== undefined) {
      const { vanId, driverId, gone } = driver;
      const shifts = this.#vans(agency).get(vanId) ?? [];
      // Clocks of daemons differ a little: a shift never begins before the one it follows.
      const from = Math.max(event.time, shifts.at(-1)?.from ?? 0);
      this.#vans(agency).set(vanId, [...shifts, { from, driverId, gone }]);
      this.#dirtyVans.set(`${agency}/${vanId}`, [agency, vanId]);
    }
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    const put = db.prepare('INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?)');
    for (const { agency, outcome } of this.#unsaved.values()) {
      const { orderId, attempt, at, what } = outcome;
      put.run(agency, orderId, attempt, at, what === 'delivered' ? 1 : 0, JSON.stringify(outcome));
    }
    const putVan = db.prepare('INSERT OR REPLACE INTO shifts VALUES (?, ?, ?)');
    for (const [agency, vanId] of this.#dirtyVans.values()) {
      putVan.run(agency, vanId, JSON.stringify(this.#vans(agency).get(vanId) ?? []));
    }
    this.#saving = true;
    return cursor;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    if (!this.#saving) return;
    this.#saving = false;
    this.#unsaved = new Map();
    this.#dirtyVans = new Map();
  }

  between(agency: string, from: number, to: number): Outcome[] {
    const found = new Map<string, Outcome>();
    const rows = this.#table
      .prepare<[string, number, number], { document: string }>(
        'SELECT document FROM outcomes WHERE agency = ? AND at >= ? AND at < ?',
      )
      .all(agency, from, to);
    for (const { document } of rows) {
      const outcome = JSON.parse(document) as Outcome;
      found.set(`${outcome.orderId}/${outcome.attempt}`, outcome);
    }
    for (const { agency: of, outcome } of this.#unsaved.values()) {
      if (of !== agency) continue;
      const key = `${outcome.orderId}/${outcome.attempt}`;
      if (outcome.at >= from && outcome.at < to) found.set(key, outcome);
      else found.delete(key);
    }
    return [...found.values()].sort((a, b) => a.at - b.at || (a.orderId < b.orderId ? -1 : 1));
  }

  delivered(agency: string, from: number, to: number): number {
    if (this.#unsaved.size > 0) {
      return this.between(agency, from, to).filter(({ what }) => what === 'delivered').length;
    }
    const row = this.#table
      .prepare<[string, number, number], { count: number }>(
        'SELECT count(*) AS count FROM outcomes WHERE agency = ? AND at >= ? AND at < ? AND delivered = 1',
      )
      .get(agency, from, to);
    return row?.count ?? 0;
  }

  driving(agency: string, from: number, to: number): Driving[] {
    const found: Driving[] = [];
    const vans = [...(this.#shifts.get(agency) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [vanId, shifts] of vans) {
      for (const [i, shift] of shifts.entries()) {
        const first = Math.max(shift.from, from);
        const last = Math.min(shifts[i + 1]?.from ?? Number.POSITIVE_INFINITY, to);
        if (shift.gone || first >= last) continue;
        const driver = shift.driverId === null ? {} : { driverId: shift.driverId };
        found.push({ vanId, ...driver, from: first, to: last });
      }
    }
    return found;
  }

  #vans(agency: string): Map<string, Shift[]> {
    let vans = this.#shifts.get(agency);
    if (vans === undefined) {
      vans = new Map();
      this.#shifts.set(agency, vans);
    }
    return vans;
  }

  get #table(): Database {
    if (this.#db === undefined) throw new Error('the outcomes are not open');
    return this.#db;
  }
}
