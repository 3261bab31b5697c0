import type { Database } from 'better-sqlite3';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Cursor } from '../log/log.ts';
import { AuditTable } from './audit-table.ts';
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

/** Entries that are to be saved at once, to keep memory bounded during a rebuild. */
const manyUnwritten = 5000;

/**
 * The audit trail: every event that counted. It reads the log as any outside reader does (an event counts when each
 * subject it expects has the version it says, and raises them by one), so it needs none of the other projections and
 * can be rebuilt alone.
 */
export class AuditProjection implements Projection, AuditView {
  readonly name = 'audit';
  readonly version = 1;
  readonly topics = ['events'] as const;
  readonly #table = new AuditTable();
  #unwritten: { agency: string; entry: AuditEntry }[] = [];
  /** versions not written yet, by agency and subject */
  #versions = new Map<string, { agency: string; subject: string; version: number }>();
  #last = 0;

  list(agency: string, query: AuditQuery): AuditEntry[] {
    const { actor, type, about, from = 0, to = Infinity, before = Infinity, limit } = query;
    const unwritten = this.#unwritten
      .filter((one) => one.agency === agency)
      .map(({ entry }) => entry)
      .filter(
        (entry) =>
          entry.number < before &&
          (actor === undefined || entry.actor === actor) &&
          (type === undefined || entry.type === type) &&
          (about === undefined || entry.about === about) &&
          from <= entry.time &&
          entry.time < to,
      )
      .reverse();
    // What is not written yet is newer than all that is.
    const newest = unwritten.slice(0, limit);
    return [...newest, ...this.#table.list(agency, { ...query, limit: limit - newest.length })];
  }

  open(db: Database): void {
    this.#unwritten = [];
    this.#versions = new Map();
    this.#table.open(db);
    this.#last = this.#table.last();
  }

  apply(record: LogRecord): void {
    if (record.topic !== 'events') return;
    const { agency, value: event } = record;
    const present = event.expects.map(({ subject }) => this.#versionOf(agency, subject));
    if (event.expects.some(({ version }, i) => version !== present[i])) return;
    for (const { subject, version } of event.expects) {
      this.#versions.set(`${agency} ${subject}`, { agency, subject, version: version + 1 });
    }
    const { id, time, actor, type, data } = event;
    const entry = { number: ++this.#last, id, time, actor, type, about: aboutOf(event), data };
    this.#unwritten.push({ agency, entry });
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    for (const { agency, entry } of this.#unwritten) this.#table.put(agency, entry);
    for (const { agency, subject, version } of this.#versions.values()) {
      this.#table.putVersion(agency, subject, version);
    }
    return cursor;
  }

  saved(): void {
    this.#unwritten = [];
    this.#versions = new Map();
  }

  wantsSave(): boolean {
    return this.#unwritten.length >= manyUnwritten;
  }

  reset(db: Database): void {
    this.#table.reset(db);
  }

  #versionOf(agency: string, subject: string): number {
    return this.#versions.get(`${agency} ${subject}`)?.version ?? this.#table.version(agency, subject);
  }
}

/** Decisions name the thing itself first among what they expect. */
function aboutOf({ expects: [first] }: Event): string {
  return first?.subject ?? '';
}
