import type { Database } from 'better-sqlite3';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Verdict } from '../domain/registry.ts';
import type { Cursor } from '../log/log.ts';
import type { Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';

/** An event about which somebody is to be told. */
export interface Due {
  agency: string;
  event: Event;
  /** how the keys of its messages begin: one on record, and it is done */
  doneBy: string;
}

/** What happened longer ago than this is nobody's news any more, ms: after a long outage nobody is rung up for it. */
const freshFor = 3_600_000;
/** Keys of what was said are remembered this long, ms; nothing is tried for longer. */
const remembered = 2 * 86_400_000;

/**
 * Who was told what (the event `notified`), and which events nobody was told about yet. It says nothing to anyone by
 * itself: `daemon/effects/` does, and only once the log has been read to its end, so that a rebuild is silent.
 */
export class NoticesProjection implements Projection {
  readonly name = 'notices';
  readonly version = 1;
  readonly topics = ['events'] as const;
  readonly #doneBy: (event: Event) => string | undefined;
  readonly #verdicts: Pick<Verdicts, 'take'>;
  readonly #now: () => number;
  /** by `agency/key`, UTC ms */
  readonly #told = new Map<string, number>();
  /** by `agency/` and how its keys begin */
  readonly #due = new Map<string, Due>();
  readonly #listeners = new Set<(due: Due) => void>();
  #dirty = new Set<string>();
  #saving: Set<string> | undefined;

  /** `doneBy`: how the keys of the messages about an event begin; undefined: nobody is told about it */
  constructor(deps: {
    doneBy: (event: Event) => string | undefined;
    verdicts: Pick<Verdicts, 'take'>;
    now: () => number;
  }) {
    this.#doneBy = deps.doneBy;
    this.#verdicts = deps.verdicts;
    this.#now = deps.now;
  }

  /** Whether this message is on record. */
  told(agency: string, key: string): boolean {
    return this.#told.has(`${agency}/${key}`);
  }

  /** Events that are fresh and about which nobody was told yet, oldest first. */
  due(): Due[] {
    const now = this.#now();
    return [...this.#due.values()].filter(({ event }) => now - event.time <= freshFor);
  }

  /** Calls `listener` with each event that becomes due from now on; returns an unsubscribe. */
  onDue(listener: (due: Due) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(db: Database): void {
    this.#told.clear();
    this.#due.clear();
    this.#dirty = new Set();
    db.exec(`CREATE TABLE IF NOT EXISTS notice (key TEXT PRIMARY KEY, told INTEGER, event TEXT) WITHOUT ROWID`);
    const rows = db.prepare<[], { key: string; told: number | null; event: string | null }>('SELECT * FROM notice');
    const waiting: [string, Due][] = [];
    for (const { key, told, event } of rows.iterate()) {
      if (told !== null) this.#told.set(key, told);
      else if (event !== null) waiting.push([key, JSON.parse(event) as Due]);
    }
    waiting.sort(([, a], [, b]) => a.event.time - b.event.time);
    for (const [key, due] of waiting) this.#due.set(key, due);
  }

  apply(record: LogRecord): void {
    if (record.topic !== 'events') return;
    const { agency, value: event } = record;
    if (event.type === 'notified') {
      this.#verdicts.take(agency, event, this.#takeDown(`${agency}/${event.data.key}`, event.time));
      return;
    }
    const doneBy = this.#doneBy(event);
    if (doneBy === undefined || this.#now() - event.time > freshFor) return;
    const key = `${agency}/${doneBy}`;
    // Another event that says the same, and lost its race, is not said after all.
    for (const told of this.#told.keys()) if (told.startsWith(key)) return;
    const due = { agency, event, doneBy };
    this.#due.set(key, due);
    this.#dirty.add(key);
    for (const listener of this.#listeners) listener(due);
  }

  #takeDown(key: string, time: number): Verdict {
    if (this.#told.has(key)) return { dropped: `notified:${key} is on record` };
    this.#told.set(key, time);
    this.#dirty.add(key);
    for (const due of this.#due.keys()) {
      if (!key.startsWith(due)) continue;
      this.#due.delete(due);
      this.#dirty.add(due);
    }
    return 'applied';
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    this.#forget();
    const put = db.prepare('INSERT OR REPLACE INTO notice VALUES (?, ?, ?)');
    const erase = db.prepare('DELETE FROM notice WHERE key = ?');
    for (const key of this.#dirty) {
      const told = this.#told.get(key);
      const due = this.#due.get(key);
      if (told === undefined && due === undefined) erase.run(key);
      else put.run(key, told ?? null, due === undefined ? null : JSON.stringify(due));
    }
    this.#saving = this.#dirty;
    return cursor;
  }

  saved(): void {
    if (this.#saving === this.#dirty) this.#dirty = new Set();
    this.#saving = undefined;
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS notice');
  }

  #forget(): void {
    const now = this.#now();
    for (const [key, { event }] of this.#due) {
      if (now - event.time <= freshFor) continue;
      this.#due.delete(key);
      this.#dirty.add(key);
    }
    for (const [key, time] of this.#told) {
      if (now - time <= remembered) continue;
      this.#told.delete(key);
      this.#dirty.add(key);
    }
  }
}
