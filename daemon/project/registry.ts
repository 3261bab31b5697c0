import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import { apply, type Verdict } from '../domain/registry.ts';
import { RegistryReader } from '../domain/registry-reader.ts';
import { clear, emptyRegistry } from '../domain/registry-state.ts';
import { type EventKind, isRegistryEvent, type ValueKind } from '../domain/subject.ts';
import { unerased } from '../domain/unerased.ts';
import type { Cursor } from '../log/log.ts';
import { EventsAhead } from './events-ahead.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import { RegistryPages } from './registry-pages.ts';
import { Verdicts } from './verdicts.ts';

/**
 * Who and what is registered, of all agencies, in memory; SQLite keeps it as JSON documents so that a start does not
 * read the whole log. The state and its rules are `daemon/domain/registry.ts`.
 */
export class RegistryProjection implements Projection {
  readonly name = 'registry';
  readonly version = 3;
  readonly topics = ['events', 'people', 'accounts'] as const;
  readonly #state = emptyRegistry();
  /** how everyone reads it; one object for the life of the projection */
  readonly view = new RegistryReader(this.#state);
  /** what became of the commands of the last day */
  readonly verdicts: Verdicts;
  readonly #pages: RegistryPages;
  readonly #ahead = new EventsAhead();
  /** the last save left pages that wait */
  #behind = false;

  /** `now`: UTC ms; `leastInSlice`: see RegistryPages */
  constructor(deps: { now?: () => number; leastInSlice?: number } = {}) {
    this.verdicts = new Verdicts(deps.now ?? Date.now);
    this.#pages = new RegistryPages(this.#state, deps.leastInSlice);
  }

  open(db: Database): void {
    clear(this.#state);
    this.#pages.open(db);
    this.#ahead.open(db);
    this.verdicts.open(db);
  }

  apply(record: LogRecord, { before }: Place, changes: ChangeCollector): void {
    let verdict: Verdict = { dropped: 'it cannot be read' };
    const alone = isOfOneConsumer(record);
    if (!alone && this.#isHere(record)) return;
    try {
      verdict = apply(this.#state, record, (agency, kind, id) => {
        this.#pages.touch(agency, kind, id, before, alone);
        takeDown(agency, kind, id, changes);
      });
    } finally {
      // Other events have projections of their own, which tell what became of them.
      if (record.topic === 'events' && isRegistryEvent(record.value)) {
        this.verdicts.take(record.agency, record.value, verdict);
      }
    }
  }

  #isHere(record: LogRecord): boolean {
    if (record.topic !== 'events' || !isRegistryEvent(record.value)) return false;
    const { id } = record.value;
    return typeof id === 'string' && this.#ahead.has(id);
  }

  save(db: Database, cursor: Cursor | null, closing: boolean): Cursor | null {
    this.verdicts.save(db);
    const waiting = this.#pages.save(db, closing);
    this.#behind = waiting !== undefined;
    this.#ahead.save(db, !this.#behind);
    return waiting === undefined ? cursor : waiting.from;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    this.#pages.saved();
    this.#ahead.saved(!this.#behind);
    this.verdicts.saved();
  }

  wantsSave(): boolean {
    return this.#pages.wantsSave;
  }

  reset(db: Database): void {
    RegistryPages.drop(db);
    EventsAhead.drop(db);
    Verdicts.drop(db);
  }

  everything(changes: ChangeCollector): void {
    for (const [agency, { vans, devices, consumers }] of this.#state.agencies) {
      for (const id of vans.keys()) {
        changes.van(agency, id);
        changes.moved(agency, id, 0);
      }
      for (const id of devices.keys()) changes.device(agency, id);
      for (const id of consumers.keys()) changes.consumer(agency, id);
    }
  }

  /** Erasures that a crash cut off (see `unerased`). */
  unerased(now: number): LogRecord[] {
    return unerased(this.#state, now);
  }
}

/** See `RegistryPages`: what may be given once more after a crash, whatever else was written by then. */
function isOfOneConsumer(record: LogRecord): boolean {
  if (record.topic === 'people') return true;
  if (record.topic !== 'events' || !consumerEvents.has(record.value.type)) return false;
  return record.value.expects.length === 1 && record.value.expects[0]?.subject.startsWith('consumer:') === true;
}
const consumerEvents: ReadonlySet<string> = new Set(['consumer-added', 'consumer-changed', 'consumer-removed']);

function takeDown(agency: string, kind: EventKind | ValueKind, id: string, changes: ChangeCollector): void {
  if (kind === 'van') changes.van(agency, id);
  else if (kind === 'device' || kind === 'credential') changes.device(agency, id);
  else if (kind === 'consumer' || kind === 'person') changes.consumer(agency, id);
}
