import type { Database } from 'better-sqlite3';
import { type AlertState, type AlertTurn, type KeptAlert, noAlerts } from '../domain/alert-keep.ts';
import type { AlertPlace, AlertQuery } from '../domain/alert-view.ts';
import type { Cursor } from '../log/log.ts';
import { AlertsTable } from './alerts-table.ts';
import type { Projection } from './projection.ts';

/** Closed alerts are kept for so long, ms: 90 days. */
const kept = 90 * 86_400_000;
const forgetEvery = 3_600_000;
/** What the clock opens and closes is written within this, ms, although nothing new came from the log. */
const writeWithin = 1000;

/**
 * The alerts, open and closed. They are not read from the log but found by the clock (`alerts.ts`), so this projection
 * looks at no records: it lies among the others to be saved with them. Open ones are in memory too.
 */
export class AlertsKept implements Projection {
  readonly name = 'alerts';
  readonly version = 1;
  /** a log is not read for no topic at all */
  readonly topics = ['events'] as const;
  readonly lasting = true;
  readonly repeatable = true;
  readonly #now: () => number;
  readonly #agencies = new Map<string, AlertState>();
  /** written with the next save; by `agency/id` */
  #dirty = new Map<string, { agency: string; alert: KeptAlert }>();
  #saving: Map<string, { agency: string; alert: KeptAlert }> | undefined;
  #open: AlertsTable | undefined;
  #triedAt = 0;
  #forgotAt = 0;

  /** `now`: UTC ms */
  constructor(deps: { now: () => number }) {
    this.#now = deps.now;
  }

  open(db: Database): void {
    this.#dirty = new Map();
    this.#agencies.clear();
    this.#open = new AlertsTable(db, this.#now());
    const open = new Map<string, Map<string, KeptAlert>>();
    for (const { agency, alert } of this.#open.open()) {
      const slots = open.get(agency) ?? new Map<string, KeptAlert>();
      slots.set(alert.slot, alert);
      open.set(agency, slots);
    }
    for (const [agency, slots] of open) this.#agencies.set(agency, { open: slots, seen: new Map() });
  }

  reset(db: Database): void {
    AlertsTable.drop(db);
  }

  apply(): void {}

  wantsSave(): boolean {
    return this.#dirty.size > 0 && this.#now() - this.#triedAt >= writeWithin;
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    this.#triedAt = this.#now();
    for (const { agency, alert } of this.#dirty.values()) this.#table.put(agency, alert);
    if (this.#triedAt - this.#forgotAt >= forgetEvery) {
      this.#forgotAt = this.#triedAt;
      this.#table.forget(this.#triedAt - kept);
    }
    this.#saving = this.#dirty;
    return cursor;
  }

  saved(): void {
    // Nothing is taken between save and saved: both run in one turn of the event loop.
    if (this.#saving === this.#dirty) this.#dirty = new Map();
    this.#saving = undefined;
  }

  /** UTC ms since when alerts are kept in this file; what was wrong before is no news. */
  get began(): number {
    return this.#table.began;
  }

  state(agency: string): AlertState {
    return this.#agencies.get(agency) ?? noAlerts;
  }

  /** Takes what a turn has come to. */
  take(agency: string, turn: AlertTurn): void {
    this.#agencies.set(agency, turn.state);
    for (const alert of [...turn.opened, ...turn.changed, ...turn.closed]) {
      this.#dirty.set(`${agency}/${alert.id}`, { agency, alert });
    }
  }

  /** An alert that was closed. */
  past(agency: string, id: string): KeptAlert | undefined {
    const alert = this.#dirty.get(`${agency}/${id}`)?.alert ?? this.#table.alert(agency, id);
    return alert?.closedAt === undefined ? undefined : alert;
  }

  alert(agency: string, id: string): KeptAlert | undefined {
    for (const alert of this.state(agency).open.values()) if (alert.id === id) return alert;
    return this.past(agency, id);
  }

  /** All that match, newest first, from after a place on. */
  *find(agency: string, query: AlertQuery, after?: AlertPlace): Generator<KeptAlert> {
    const inMemory = [...this.state(agency).open.values()];
    for (const { agency: of, alert } of this.#dirty.values()) {
      if (of === agency && alert.closedAt !== undefined) inMemory.push(alert);
    }
    const first = inMemory.filter((alert) => matches(alert, query) && (after === undefined || isAfter(alert, after)));
    first.sort((a, b) => (isAfter(a, b) ? 1 : -1));
    if (query.state === 'open') {
      yield* first;
      return;
    }
    const memory = first.values();
    let next = memory.next();
    for (const alert of this.#table.closed(agency, query, after)) {
      while (next.done !== true && isAfter(alert, next.value)) {
        yield next.value;
        next = memory.next();
      }
      // The table may be a second behind; memory is not.
      if (!first.some(({ id }) => id === alert.id) && !this.#isOpen(agency, alert)) yield alert;
    }
    while (next.done !== true) {
      yield next.value;
      next = memory.next();
    }
  }

  #isOpen(agency: string, { slot, id }: KeptAlert): boolean {
    return this.state(agency).open.get(slot)?.id === id;
  }

  get #table(): AlertsTable {
    if (this.#open === undefined) throw new Error('the alerts are not open');
    return this.#open;
  }
}

/** Whether it comes after a place in a list that is newest first. */
function isAfter({ openedAt, id }: AlertPlace, place: AlertPlace): boolean {
  return openedAt < place.openedAt || (openedAt === place.openedAt && id < place.id);
}

function matches(alert: KeptAlert, { state, kind, severity, vanId }: AlertQuery): boolean {
  return (
    (state === undefined || (alert.closedAt === undefined) === (state === 'open')) &&
    (kind === undefined || alert.kind === kind) &&
    (severity === undefined || alert.severity === severity) &&
    (vanId === undefined || alert.vanId === vanId || alert.vanIds?.includes(vanId) === true)
  );
}
