import type { Database } from 'better-sqlite3';
import type { Order, Run } from '../../protocol/order.ts';
import type { LogRecord } from '../../protocol/record.ts';
import {
  applyOrder,
  isLate,
  isOrderEvent,
  type OrderBook,
  type OrderEvent,
  ofOrder,
  ofRun,
  versionIn,
} from '../domain/order.ts';
import type { OrderQuery, OrdersView } from '../domain/order-view.ts';
import type { Verdict } from '../domain/registry.ts';
import type { Cursor } from '../log/log.ts';
import { OrdersMemory } from './orders-memory.ts';
import { OrdersTable } from './orders-table.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';

const day = 86_400_000;
/** Ended orders stay in memory this long, ms: what people still look at, and what a driver's run of today shows. */
const recentFor = 2 * day;
/** How often memory is looked through for what has ended long ago, ms. */
const forgetEvery = 60_000;
/** Runs that the table was asked for are at hand until then, so many at most. */
const mostAsked = 50_000;

/**
 * The refill orders and the runs. Open and recent ones are in memory; SQLite has all of them, and answers for the old
 * ones. The state and its rules are `daemon/domain/order.ts`.
 */
export class OrdersProjection implements Projection, OrdersView {
  readonly name = 'orders';
  readonly version = 1;
  readonly topics = ['events'] as const;
  readonly #verdicts: Pick<Verdicts, 'take'>;
  readonly #now: () => number;
  readonly #agencies = new Map<string, OrdersMemory>();
  /** subjects that are not saved yet, by agency */
  #dirty = new Map<string, Set<string>>();
  #saving: Map<string, Set<string>> | undefined;
  #open: OrdersTable | undefined;
  #forgotAt = 0;
  /** what the table said of runs that are not in memory, most of which nobody planned */
  readonly #asked = new Map<string, Run>();

  /** `now`: UTC ms */
  constructor(deps: { verdicts: Pick<Verdicts, 'take'>; now?: () => number }) {
    this.#verdicts = deps.verdicts;
    this.#now = deps.now ?? Date.now;
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#asked.clear();
    this.#dirty = new Map();
    this.#open = new OrdersTable(db);
    for (const { agency, order } of this.#open.recent(this.#now() - recentFor)) this.#memory(agency).put(order);
  }

  reset(db: Database): void {
    OrdersTable.drop(db);
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    if (record.topic !== 'events' || !isOrderEvent(record.value)) return;
    const event: OrderEvent = record.value;
    let verdict: Verdict = { dropped: 'it cannot be read' };
    try {
      verdict = applyOrder(this.#book(record.agency, changes), event);
    } finally {
      this.#verdicts.take(record.agency, event, verdict);
    }
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    for (const [agency, subjects] of this.#dirty) {
      const memory = this.#memory(agency);
      for (const subject of subjects) {
        const order = subject.startsWith('order:') ? memory.orders.get(subject.slice(6)) : undefined;
        if (order !== undefined) this.#table.put(agency, order);
        const run = memory.runs.get(subject);
        if (run !== undefined) this.#table.putRun(agency, run);
      }
    }
    this.#saving = this.#dirty;
    return cursor;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    if (this.#saving === this.#dirty) this.#dirty = new Map();
    this.#saving = undefined;
    const now = this.#now();
    if (now - this.#forgotAt < forgetEvery) return;
    this.#forgotAt = now;
    // Those that leave the memory are otherwise in the table now.
    this.#asked.clear();
    const runsFrom = new Date(now - recentFor - day).toISOString().slice(0, 10);
    for (const [agency, memory] of this.#agencies) {
      memory.forget(now - recentFor, runsFrom, this.#dirty.get(agency) ?? none);
    }
  }

  order(agency: string, id: string): Order | undefined {
    return this.#agencies.get(agency)?.orders.get(id) ?? this.#table.order(agency, id);
  }

  run(agency: string, vanId: string, day: string): Run {
    return this.#agencies.get(agency)?.runs.get(ofRun(vanId, day)) ?? this.#savedRun(agency, vanId, day);
  }

  #savedRun(agency: string, vanId: string, day: string): Run {
    const key = `${agency}/${vanId}/${day}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    if (this.#asked.size >= mostAsked) this.#asked.clear();
    const saved = this.#table.run(agency, vanId, day) ?? { vanId, day, stops: [], version: 0 };
    this.#asked.set(key, saved);
    return saved;
  }

  recent(agency: string): Iterable<Order> {
    return this.#agencies.get(agency)?.orders.values() ?? [];
  }

  recentOf(agency: string, of: { consumerId: string } | { vanId: string }): Iterable<Order> {
    const memory = this.#agencies.get(agency);
    if (memory === undefined) return [];
    return memory.of('vanId' in of ? `van:${of.vanId}` : `consumer:${of.consumerId}`);
  }

  find(agency: string, query: OrderQuery, page: { after?: string; atLeast: number; now: number }): Iterable<Order> {
    const memory = this.#memory(agency);
    const indexed = query.consumerId ?? query.vanId;
    const candidates =
      indexed === undefined
        ? memory.orders.values()
        : memory.of(query.consumerId === undefined ? `van:${indexed}` : `consumer:${indexed}`);
    const found = [...candidates].filter(
      (order) => (page.after === undefined || order.id > page.after) && matches(order, query, page.now),
    );
    let more = page.atLeast;
    if (query.states === undefined || query.states.some((state) => endStates.has(state))) {
      for (const order of this.#table.ended(agency, query, page.after)) {
        // The table may be a second behind; memory is not.
        if (memory.orders.has(order.id)) continue;
        found.push(order);
        if (--more <= 0) break;
      }
    }
    return found;
  }

  count(agency: string, subject: string): number {
    return versionIn(this.#reader(agency), subject);
  }

  #reader(agency: string): Pick<OrderBook, 'order' | 'run'> {
    return { order: (id) => this.order(agency, id), run: (vanId, day) => this.run(agency, vanId, day) };
  }

  #book(agency: string, changes: ChangeCollector): OrderBook {
    const memory = this.#memory(agency);
    let dirty = this.#dirty.get(agency);
    if (dirty === undefined) {
      dirty = new Set();
      this.#dirty.set(agency, dirty);
    }
    return {
      order: (id) => this.order(agency, id),
      run: (vanId, day) => this.run(agency, vanId, day),
      putOrder: (order) => {
        memory.put(order);
        dirty.add(ofOrder(order.id));
        changes.order(agency, order.id);
      },
      putRun: (run) => {
        memory.putRun(run);
        dirty.add(ofRun(run.vanId, run.day));
      },
    };
  }

  #memory(agency: string): OrdersMemory {
    let memory = this.#agencies.get(agency);
    if (memory === undefined) {
      memory = new OrdersMemory();
      this.#agencies.set(agency, memory);
    }
    return memory;
  }

  get #table(): OrdersTable {
    if (this.#open === undefined) throw new Error('the orders are not open');
    return this.#open;
  }
}

const none: ReadonlySet<string> = new Set();
const endStates: ReadonlySet<string> = new Set(['delivered', 'failed', 'cancelled']);

function matches(order: Order, query: OrderQuery, now: number): boolean {
  return (
    (query.states?.includes(order.state) ?? true) &&
    (query.vanId === undefined || order.vanId === query.vanId) &&
    (query.consumerId === undefined || order.consumerId === query.consumerId) &&
    (query.day === undefined || order.day === query.day) &&
    (query.late === undefined || isLate(order, now) === query.late)
  );
}
