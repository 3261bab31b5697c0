import type { Database } from 'better-sqlite3';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Cursor } from '../log/log.ts';
import { aboutOf, fits } from './audit-page.ts';
import { AuditTable, type Heard } from './audit-table.ts';
import type { Projection } from './projection.ts';

/** Who did what when. */
export interface AuditEntry {
  /** counts up, in the order of the log */
  number: number;
  /** of the event */
  id: string;
  /** UTC ms */
  time: number;
  /** role:subject */
  actor: string;
  type: string;
  /** the subject it is about first of all, as `van:v1` */
  about: string;
  /** ids and numbers; nobody's name, address or secret is in an event */
  data: Record<string, unknown>;
}

export interface AuditQuery {
  actor?: string | undefined;
  type?: string | undefined;
  about?: string | undefined;
  /** UTC ms, `from` ≤ time < `to` */
  from?: number | undefined;
  to?: number | undefined;
  /** those older than this entry */
  before?: number | undefined;
  limit: number;
}

export interface AuditView {
  /** newest first */
  list(agency: string, query: AuditQuery): AuditEntry[];
}

/** Events that are to be saved at once, to keep memory bounded during a rebuild. */
const manyUnwritten = 5000;

/**
 * The audit trail: every event that counted. It reads the log as any outside reader does (an event counts when each
 * subject it expects has the version it says, and raises them by one), so it needs none of the other projections and
 * can be rebuilt alone. Whether an event counts is found where it is written, or when somebody asks before that.
 */
export class AuditProjection implements Projection, AuditView {
  readonly name = 'audit';
  readonly version = 2;
  readonly topics = ['events'] as const;
  readonly #table = new AuditTable();
  #unwritten: Heard[] = [];
  /** the number of the newest entry in the table, and of the newest one that the last save wrote */
  #last = 0;
  #written = 0;
  /** those of `#unwritten` that count, as far as they were looked through, and the versions after them */
  #counted: { agency: string; entry: AuditEntry }[] = [];
  #lookedThrough = 0;
  readonly #versions = new Map<string, number>();

  list(agency: string, query: AuditQuery): AuditEntry[] {
    this.#lookThrough();
    // What is not written yet is newer than all that is.
    const unwritten = this.#counted.filter((one) => one.agency === agency && fits(one.entry, query));
    const newest = unwritten
      .map(({ entry }) => entry)
      .reverse()
      .slice(0, query.limit);
    return [...newest, ...this.#table.list(agency, { ...query, limit: query.limit - newest.length })];
  }

  open(db: Database): void {
    this.#table.open(db);
    this.#last = this.#table.last();
    this.#forget();
  }

  apply(record: LogRecord): void {
    if (record.topic !== 'events') return;
    const { agency, value: event } = record;
    // What cannot be written must not come as far as the save, where it would keep everything from being saved.
    if (!isWhole(event)) throw new TypeError('an event lacks what the audit trail tells of it');
    this.#unwritten.push({ agency, event });
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    this.#written = this.#table.write(db, this.#unwritten, this.#last);
    return cursor;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    this.#last = this.#written;
    this.#forget();
  }

  wantsSave(): boolean {
    return this.#unwritten.length >= manyUnwritten;
  }

  reset(db: Database): void {
    this.#table.reset(db);
  }

  #forget(): void {
    this.#unwritten = [];
    this.#counted = [];
    this.#lookedThrough = 0;
    this.#versions.clear();
  }

  /** Finds which of the events that are not written yet count. */
  #lookThrough(): void {
    for (; this.#lookedThrough < this.#unwritten.length; this.#lookedThrough++) {
      const { agency, event } = this.#unwritten[this.#lookedThrough] as Heard;
      if (!event.expects.every(({ subject, version }) => this.#versionOf(agency, subject) === version)) continue;
      for (const { subject, version } of event.expects) this.#versions.set(`${agency} ${subject}`, version + 1);
      const { id, time, actor, type, data } = event;
      const number = this.#last + this.#counted.length + 1;
      this.#counted.push({ agency, entry: { number, id, time, actor, type, about: aboutOf(event), data } });
    }
  }

  #versionOf(agency: string, subject: string): number {
    return this.#versions.get(`${agency} ${subject}`) ?? this.#table.version(agency, subject);
  }
}

function isWhole({ id, time, actor, type, expects, data }: Event): boolean {
  return (
    typeof id === 'string' &&
    Number.isFinite(time) &&
    typeof actor === 'string' &&
    typeof type === 'string' &&
    typeof data === 'object' &&
    expects.every(({ subject, version }) => typeof subject === 'string' && Number.isSafeInteger(version))
  );
}
