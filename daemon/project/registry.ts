import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import { apply, type Verdict } from '../domain/registry.ts';
import { documentOf, restore, type SubjectDocument } from '../domain/registry-documents.ts';
import { RegistryReader } from '../domain/registry-reader.ts';
import { clear, emptyRegistry } from '../domain/registry-state.ts';
import { isRegistryEvent, type Subject, subjectOf } from '../domain/subject.ts';
import { unerased } from '../domain/unerased.ts';
import type { Cursor } from '../log/log.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import { Verdicts } from './verdicts.ts';

/**
 * Who and what is registered, of all agencies, in memory; SQLite keeps one JSON document per subject so that a start
 * does not read the whole log. The state and its rules are `daemon/domain/registry.ts`.
 */
export class RegistryProjection implements Projection {
  readonly name = 'registry';
  readonly version = 2;
  readonly topics = ['events', 'people', 'accounts'] as const;
  readonly #state = emptyRegistry();
  /** how everyone reads it; one object for the life of the projection */
  readonly view = new RegistryReader(this.#state);
  /** what became of the commands of the last day */
  readonly verdicts: Verdicts;
  /** subjects whose document is not saved yet, by agency */
  #dirty = new Map<string, Set<Subject>>();
  #saving: Map<string, Set<Subject>> | undefined;

  /** `now`: UTC ms */
  constructor(deps: { now?: () => number } = {}) {
    this.verdicts = new Verdicts(deps.now ?? Date.now);
  }

  open(db: Database): void {
    clear(this.#state);
    this.#dirty = new Map();
    db.exec(`CREATE TABLE IF NOT EXISTS registry (
      agency TEXT NOT NULL, subject TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, subject)
    ) WITHOUT ROWID`);
    const rows = db.prepare<[], [string, Subject, string]>('SELECT agency, subject, document FROM registry').raw();
    for (const [agency, subject, document] of rows.iterate()) {
      restore(this.#state, agency, subject, JSON.parse(document) as SubjectDocument);
    }
    this.verdicts.open(db);
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    let verdict: Verdict = { dropped: 'it cannot be read' };
    try {
      verdict = apply(this.#state, record, (agency, subject) => this.#touched(agency, subject, changes));
    } finally {
      // Other events have projections of their own, which tell what became of them.
      if (record.topic === 'events' && isRegistryEvent(record.value)) {
        this.verdicts.take(record.agency, record.value, verdict);
      }
    }
  }

  #touched(agency: string, subject: Subject, changes: ChangeCollector): void {
    const dirty = this.#dirty.get(agency);
    if (dirty === undefined) this.#dirty.set(agency, new Set([subject]));
    else dirty.add(subject);
    const { kind, id } = subjectOf(subject);
    if (kind === 'van') changes.van(agency, id);
    else if (kind === 'device' || kind === 'credential') changes.device(agency, id);
    else if (kind === 'consumer' || kind === 'person') changes.consumer(agency, id);
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    const put = db.prepare(
      'INSERT INTO registry VALUES (?, ?, ?) ON CONFLICT (agency, subject) DO UPDATE SET document = excluded.document',
    );
    const erase = db.prepare('DELETE FROM registry WHERE agency = ? AND subject = ?');
    for (const [agency, subjects] of this.#dirty) {
      for (const subject of subjects) {
        const document = documentOf(this.#state, agency, subject);
        if (document === undefined) erase.run(agency, subject);
        else put.run(agency, subject, JSON.stringify(document));
      }
    }
    this.verdicts.save(db);
    this.#saving = this.#dirty;
    return cursor;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    if (this.#saving === this.#dirty) this.#dirty = new Map();
    this.#saving = undefined;
    this.verdicts.saved();
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS registry');
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
