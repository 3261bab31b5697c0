import type { Database } from 'better-sqlite3';
import type { Arrival, RunProgress } from '../../protocol/arrival.ts';
import type { Event, LogRecord } from '../../protocol/record.ts';
import { type ArrivalFact, arrivalStep } from '../domain/arrival-step.ts';
import type { TimedFact } from '../domain/fold.ts';
import { isOpen } from '../domain/order.ts';
import { dayAt } from '../domain/order-day.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Cursor } from '../log/log.ts';
import { LearntByAgency } from './arrivals-learnt.ts';
import type { AgencyLegs, ArrivalFolds } from './arrivals-runs.ts';
import { ArrivalsTable } from './arrivals-table.ts';
import type { EstimatesChange } from './arrivals-told.ts';
import { VanArrivals } from './arrivals-van.ts';
import type { Projection } from './projection.ts';

/** When vans come and how far they are, as everyone reads it. */
export interface ArrivalsView {
  /** when the van comes to an open order; undefined: it is on no run of today */
  stop(agency: string, orderId: string): Arrival | undefined;
  /** how far a van's run of today has come; undefined: it has none */
  run(agency: string, vanId: string): RunProgress | undefined;
}

type Found = readonly { step: string; fact: TimedFact }[];
/** As `FactsListener` of the folds. */
type FoldsListener = (agency: string, vanId: string, facts: Found, how: { late: boolean; withdrawn: Found }) => void;

export interface ArrivalsDeps {
  orders: OrdersView;
  registry: Pick<RegistryView, 'agency' | 'agencies' | 'consumer'>;
  folds: ArrivalFolds & { onFacts(listener: FoldsListener): () => void };
  legs: AgencyLegs;
  /** UTC ms */
  now?: () => number;
}

/** The others wait for their estimates no longer than this at a time, ms. */
const longestRefresh = 50;
/** Days in memory; older ones are read again when something is said about them. */
const daysInMemory = 3;
const dayLength = 86_400_000;

/**
 * Progress and arrivals. What happened is a function of two sets, the stands that the folds of the fixes find and the
 * orders as they are, so that it does not matter which came first; what it teaches is added up in whole numbers, and
 * taken back when a late fix knows better. Estimates are worked out from all that when they are read, and once a second
 * for those who listen (`refresh`). Comes after registry and orders among the projections,
 * and before the folds of the vans: it asks them when it is saved, which may bring up what they are to save too.
 */
export class Arrivals implements Projection, ArrivalsView {
  readonly name = 'arrivals';
  readonly version = 1;
  readonly topics = ['events', 'people'] as const;
  readonly repeatable = true;
  readonly #deps: ArrivalsDeps;
  readonly #now: () => number;
  readonly #agencies = new Map<string, Map<string, VanArrivals>>();
  /** of all agencies, and which of them is the next to be looked at */
  #vans: VanArrivals[] = [];
  #next = 0;
  readonly #learnt = new LearntByAgency();
  readonly #listeners = new Set<(change: EstimatesChange) => void>();
  /** the van each order was on when it was last looked at */
  readonly #vanOf = new Map<string, string>();
  readonly #unsettled = new Set<VanArrivals>();
  readonly #dirtyDays = new Map<string, { van: VanArrivals; day: string }>();
  #open: ArrivalsTable | undefined;
  #unsubscribe: () => void = () => {};

  constructor(deps: ArrivalsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#vans = [];
    this.#vanOf.clear();
    this.#unsettled.clear();
    this.#dirtyDays.clear();
    this.#open = new ArrivalsTable(db);
    this.#unsubscribe();
    this.#unsubscribe = this.#deps.folds.onFacts((...found) => this.#found(...found));
    this.#learnt.load(this.#open.sums());
    for (const { agency, van, day, record } of this.#open.days(this.#oldestDay())) {
      this.#van(agency, van).days.set(day, record);
      this.#learnt.remember(agency, day, record.lessons, 1);
    }
    const { registry, orders } = this.#deps;
    for (const { id: agency } of registry.agencies()) {
      for (const { id, vanId } of orders.recent(agency)) if (vanId !== undefined) this.#ordered(agency, id);
    }
  }

  reset(db: Database): void {
    ArrivalsTable.drop(db);
  }

  /** Takes down whom it concerns; what became of it is read from orders and registry when it is needed. */
  apply(record: LogRecord): void {
    const { agency } = record;
    if (record.topic === 'people') {
      if (record.id === undefined) return;
      for (const { id, vanId } of this.#deps.orders.recentOf(agency, { consumerId: record.id })) {
        if (vanId !== undefined) this.#van(agency, vanId).runs.forgetDoors(record.id);
        this.#ordered(agency, id);
      }
    } else if (record.topic === 'events') {
      this.#happened(agency, record.value);
    }
  }

  stop(agency: string, orderId: string): Arrival | undefined {
    const order = this.#deps.orders.order(agency, orderId);
    if (order?.vanId === undefined || !isOpen(order)) return undefined;
    return this.#renewed(agency, order.vanId)?.arrival(orderId);
  }

  run(agency: string, vanId: string): RunProgress | undefined {
    return this.#renewed(agency, vanId)?.progress(this.#now());
  }

  /** Called with the orders whose estimates moved, after `refresh`; returns an unsubscribe. */
  onEstimates(listener: (change: EstimatesChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Brings the estimates up to date and tells listeners what moved. To be called about once a second; when there is
   * much to do, as after a start, the rest of the vans come the next time. Answers of how many it was worked out.
   */
  refresh(): number {
    let renewed = 0;
    this.#settle();
    const now = this.#now();
    const until = performance.now() + longestRefresh;
    const vans = this.#vans;
    for (let looked = 0; looked < vans.length; looked++) {
      const van = vans[this.#next++ % vans.length];
      if (van === undefined || !van.isDue(now) || (van.idle && van.told.nothing)) continue;
      const { agency, id: vanId } = van;
      if (!van.look(now, this.#learnt.of(agency))) continue;
      renewed++;
      const orders = van.told.moved(van.awaited, van.arrivals, now);
      if (orders.length > 0) for (const listener of this.#listeners) listener({ agency, vanId, orders });
      if (performance.now() > until) break;
    }
    return renewed;
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    this.#settle();
    const table = this.#table;
    for (const { van, day } of this.#dirtyDays.values()) table.putDay(van.agency, van.id, day, van.record(day));
    this.#learnt.save(table);
    return cursor;
  }

  saved(): void {
    // Nothing happens between save and saved: both run in one turn of the event loop.
    this.#dirtyDays.clear();
    this.#learnt.saved();
    for (const [agency, vans] of this.#agencies) {
      for (const { days, orders } of vans.values()) {
        if (days.size <= daysInMemory) continue;
        for (const day of [...days.keys()].sort().slice(0, -daysInMemory)) {
          this.#learnt.remember(agency, day, days.get(day)?.lessons ?? {}, -1);
          days.delete(day);
        }
        const oldest = [...days.keys()].sort()[0] ?? '';
        for (const id of orders) {
          const order = this.#deps.orders.order(agency, id);
          if (order !== undefined && (isOpen(order) || (order.day ?? '') >= oldest)) continue;
          orders.delete(id);
          this.#vanOf.delete(`${agency}/${id}`);
        }
      }
    }
  }

  #happened(agency: string, event: Event): void {
    switch (event.type) {
      case 'order-started':
        this.#ordered(agency, event.data.id);
        this.#started(agency, event.data.id);
        break;
      case 'order-assigned':
      case 'order-unassigned':
      case 'order-arrived':
      case 'order-away':
      case 'order-delivered':
      case 'order-confirmed':
      case 'order-failed':
      case 'order-cancelled':
      case 'order-reattempted':
        this.#ordered(agency, event.data.id);
        break;
      case 'run-planned': {
        const { vanId, day, stops } = event.data;
        const van = this.#van(agency, vanId);
        // Those that left the run are booked again.
        for (const id of new Set([...van.orders, ...stops])) this.#ordered(agency, id);
        van.runs.forgetStops();
        this.#touch(van, day);
        break;
      }
      case 'agency-changed':
        for (const van of this.#agencies.get(agency)?.values() ?? []) van.change();
        break;
    }
  }

  /** Something is new about an order: its van, and the one it was on, look at their runs again. */
  #ordered(agency: string, id: string): void {
    const key = `${agency}/${id}`;
    const order = this.#deps.orders.order(agency, id);
    const before = this.#vanOf.get(key);
    if (before !== undefined && before !== order?.vanId) {
      this.#vanOf.delete(key);
      const van = this.#van(agency, before);
      van.orders.delete(id);
      van.runs.forgetStops();
      for (const day of van.days.keys()) this.#touch(van, day);
      van.change();
    }
    if (order?.vanId === undefined || order.day === undefined) return;
    this.#vanOf.set(key, order.vanId);
    const van = this.#van(agency, order.vanId);
    van.orders.add(id);
    van.runs.forgetStops();
    this.#touch(van, order.day);
  }

  /** The first start of a run keeps its plan at once, before anybody plans anew. */
  #started(agency: string, id: string): void {
    const { vanId, day } = this.#deps.orders.order(agency, id) ?? {};
    if (vanId === undefined || day === undefined) return;
    const van = this.#van(agency, vanId);
    if (this.#record(van, day).planned === undefined) this.#settleDay(van, day);
  }

  #touch(van: VanArrivals, day: string): void {
    van.change();
    van.unsettled.add(day);
    this.#unsettled.add(van);
  }

  /** The fixes came to something else: the days it is about are looked at again. */
  #found(agency: string, vanId: string, facts: Found, { late, withdrawn }: { late: boolean; withdrawn: Found }): void {
    const changed = [...facts, ...withdrawn].filter(({ step }) => step === arrivalStep.name);
    if (changed.length === 0) return;
    const van = this.#van(agency, vanId);
    const timeZone = this.#deps.registry.agency(agency)?.timeZone ?? 'UTC';
    for (const one of changed) {
      const fact = one.fact as ArrivalFact;
      const day = dayAt(fact.until, timeZone);
      this.#touch(van, day);
      if (late || withdrawn.length > 0 || van.runs.facts?.day !== day) van.runs.facts = undefined;
      else if (fact.kind === 'stand') van.runs.facts.stands.push(fact);
      else van.runs.facts.drives.push(fact);
    }
  }

  /** Draws the lessons of what changed. */
  #settle(): void {
    // Reading the folds may bring up more.
    while (this.#unsettled.size > 0) {
      const vans = [...this.#unsettled];
      this.#unsettled.clear();
      for (const van of vans) {
        const days = [...van.unsettled];
        van.unsettled.clear();
        for (const day of days) this.#settleDay(van, day);
      }
    }
  }

  #settleDay(van: VanArrivals, day: string): void {
    const { agency } = van;
    const record = this.#record(van, day);
    const lessons = van.settle(day, () => this.#learnt.before(agency, day));
    this.#learnt.learn(agency, day, record.lessons, -1);
    this.#learnt.learn(agency, day, lessons, 1);
    record.lessons = lessons;
    this.#dirtyDays.set(`${agency}/${van.id}/${day}`, { van, day });
  }

  #renewed(agency: string, vanId: string): VanArrivals | undefined {
    const van = this.#agencies.get(agency)?.get(vanId);
    if (van === undefined) return undefined;
    // Late fixes are gone through when the state is asked for; what they teach is to be known below.
    void van.runs.state;
    this.#settle();
    const now = this.#now();
    van.renew(now, this.#learnt.of(agency));
    return van;
  }

  #record(van: VanArrivals, day: string) {
    const known = van.days.get(day);
    if (known !== undefined) return known;
    const kept = this.#open?.day(van.agency, van.id, day);
    if (kept === undefined) return van.record(day);
    van.days.set(day, kept);
    this.#learnt.remember(van.agency, day, kept.lessons, 1);
    return kept;
  }

  #van(agency: string, id: string): VanArrivals {
    let vans = this.#agencies.get(agency);
    if (vans === undefined) {
      vans = new Map();
      this.#agencies.set(agency, vans);
    }
    let van = vans.get(id);
    if (van === undefined) {
      van = new VanArrivals(agency, id, this.#deps);
      vans.set(id, van);
      this.#vans.push(van);
    }
    return van;
  }

  #oldestDay(): string {
    return new Date(this.#now() - daysInMemory * dayLength).toISOString().slice(0, 10);
  }

  get #table(): ArrivalsTable {
    if (this.#open === undefined) throw new Error('the arrivals are not open');
    return this.#open;
  }
}
