import type { Database, Statement } from 'better-sqlite3';
import type { Event } from '../../protocol/record.ts';
import type { AuditEntry, AuditQuery } from './audit.ts';
import { type AuditPage, aboutOf, emptyPage, fits, packed, roomOfPage, unpacked } from './audit-page.ts';

/** An event that counts if each subject it expects has the version it says. */
export interface Heard {
  agency: string;
  event: Event;
}

type Run<P extends unknown[]> = Statement<P, unknown>;

/**
 * The tables of the audit trail: pages of some entries each, a row each, and the version of every subject that events
 * ever expected. With a row and two index entries for each event, an import spent most of its time here.
 *
 *   audit_page     the entries of an agency; its number is that of its first entry
 *   audit_subject  a subject's version, and the page of its first event; most of a long list have no other
 *   audit_about    the pages of the later events about a subject
 *   audit_actor    the pages on which somebody did something
 */
export class AuditTable {
  #db: Database | undefined;
  #version: Statement<[string, string], number> | undefined;

  open(db: Database): void {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS audit_page (
        number INTEGER PRIMARY KEY, agency TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
        last INTEGER NOT NULL, entries TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS audit_page_agency ON audit_page (agency, number);
      CREATE TABLE IF NOT EXISTS audit_subject (
        agency TEXT NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL, first INTEGER,
        PRIMARY KEY (agency, subject)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS audit_about (
        agency TEXT NOT NULL, about TEXT NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (agency, about, page)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS audit_actor (
        agency TEXT NOT NULL, actor TEXT NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (agency, actor, page)
      ) WITHOUT ROWID;`);
    this.#version = db
      .prepare<[string, string], number>('SELECT version FROM audit_subject WHERE agency = ? AND subject = ?')
      .pluck();
  }

  reset(db: Database): void {
    for (const table of ['audit_page', 'audit_subject', 'audit_about', 'audit_actor', ...former]) {
      db.exec(`DROP TABLE IF EXISTS ${table}`);
    }
  }

  /** The number of the newest entry of all agencies; 0: there is none. */
  last(): number {
    const newest = 'SELECT max(number) FROM audit_page GROUP BY agency';
    const last = this.#db?.prepare<[], number | null>(`SELECT max(last) FROM audit_page WHERE number IN (${newest})`);
    return last?.pluck().get() ?? 0;
  }

  version(agency: string, subject: string): number {
    return this.#version?.get(agency, subject) ?? 0;
  }

  /** Writes the events that count, in their order, numbered after `last`; answers the number of the last one. */
  write(db: Database, heard: readonly Heard[], last: number): number {
    const put = db.prepare(`INSERT INTO audit_page VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET
      since = excluded.since, until = excluded.until, last = excluded.last, entries = excluded.entries`);
    const putActor: Run<[string, string, number]> = db.prepare('INSERT OR IGNORE INTO audit_actor VALUES (?, ?, ?)');
    const subjects = new Subjects(db, (agency, subject) => this.version(agency, subject));
    const filling = new Map<string, AuditPage>();
    const write = ({ number, agency, since, until, last: newest, entries, actors }: AuditPage) => {
      put.run(number, agency, since, until, newest, packed(entries));
      for (const actor of actors) putActor.run(agency, actor, number);
    };
    let number = last;
    for (const { agency, event } of heard) {
      let page = filling.get(agency) ?? this.#lastPage(agency);
      if (page === undefined || page.entries.length >= roomOfPage) {
        if (page !== undefined && page.actors.size > 0) write(page);
        page = emptyPage(agency);
      }
      filling.set(agency, page);
      if (page.entries.length === 0) page.number = number + 1;
      if (!subjects.raise(agency, event, page.number)) continue;
      number++;
      page.entries.push([number, event.id, event.time, event.actor, event.type, aboutOf(event), event.data]);
      page.since = Math.min(page.since, event.time);
      page.until = Math.max(page.until, event.time);
      page.last = number;
      page.actors.add(event.actor);
    }
    for (const page of filling.values()) if (page.actors.size > 0) write(page);
    return number;
  }

  /** Newest first. */
  list(agency: string, query: AuditQuery): AuditEntry[] {
    const db = this.#db;
    const { type, from = -Infinity, to = Infinity, limit } = query;
    const found: AuditEntry[] = [];
    if (db === undefined || limit <= 0) return found;
    const read = db
      .prepare<[number, number, number, string], string>(
        `SELECT entries FROM audit_page WHERE number = ? AND until >= ? AND since < ? AND instr(entries, ?) > 0`,
      )
      .pluck();
    for (const page of this.#pagesFor(db, agency, query)) {
      // The texts of most pages need not be parsed to see that what is looked for is not on them.
      const entries = read.get(page, from, to, type === undefined ? '' : JSON.stringify(type));
      if (entries === undefined) continue;
      for (const entry of unpacked(entries).reverse()) {
        if (fits(entry, query)) found.push(entry);
        if (found.length >= limit) return found;
      }
    }
    return found;
  }

  /** The pages that may have what is looked for, newest first. */
  #pagesFor(db: Database, agency: string, { actor, about, before = Infinity }: AuditQuery): Iterable<number> {
    if (about !== undefined) {
      return db
        .prepare<[string, string, number, string, string, number], number>(
          `SELECT page FROM audit_about WHERE agency = ? AND about = ? AND page < ?
          UNION SELECT first FROM audit_subject WHERE agency = ? AND subject = ? AND first < ? ORDER BY 1 DESC`,
        )
        .pluck()
        .iterate(agency, about, before, agency, about, before);
    }
    if (actor !== undefined) {
      return db
        .prepare<[string, string, number], number>(
          'SELECT page FROM audit_actor WHERE agency = ? AND actor = ? AND page < ? ORDER BY page DESC',
        )
        .pluck()
        .iterate(agency, actor, before);
    }
    return db
      .prepare<[string, number], number>(
        'SELECT number FROM audit_page WHERE agency = ? AND number < ? ORDER BY number DESC',
      )
      .pluck()
      .iterate(agency, before);
  }

  /** As it is in the table. What a failed save has put on it is not. */
  #lastPage(agency: string): AuditPage | undefined {
    const row = this.#db
      ?.prepare<[string], Pick<AuditPage, 'number' | 'since' | 'until' | 'last'> & { entries: string }>(
        'SELECT number, since, until, last, entries FROM audit_page WHERE agency = ? ORDER BY number DESC LIMIT 1',
      )
      .get(agency);
    return row && { ...row, agency, entries: JSON.parse(row.entries) as AuditPage['entries'], actors: new Set() };
  }
}
/** as an earlier version had them */
const former = ['audit', 'audit_version'];

/** The versions of subjects while events are written. */
class Subjects {
  readonly #version: (agency: string, subject: string) => number;
  readonly #add: Run<[string, string, number | null]>;
  readonly #raise: Run<[string, string, number]>;
  readonly #putAbout: Run<[string, string, number]>;

  constructor(db: Database, version: (agency: string, subject: string) => number) {
    this.#version = version;
    this.#add = db.prepare('INSERT OR IGNORE INTO audit_subject VALUES (?, ?, 1, ?)');
    this.#raise = db.prepare(
      'UPDATE audit_subject SET version = version + 1 WHERE agency = ? AND subject = ? AND version = ?',
    );
    this.#putAbout = db.prepare('INSERT OR IGNORE INTO audit_about VALUES (?, ?, ?)');
  }

  /** Raises what the event expects by one if all of it is so, and says whether it is; `page`: where it comes. */
  raise(agency: string, event: Event, page: number): boolean {
    const { expects } = event;
    // Of one subject nothing need be looked up first.
    if (expects.length > 1 && !expects.every(({ subject, version }) => this.#version(agency, subject) === version)) {
      return false;
    }
    const about = aboutOf(event);
    let isNew = false;
    for (const [i, { subject, version }] of expects.entries()) {
      if (version === 0) isNew ||= i === 0;
      const { changes } =
        version === 0
          ? this.#add.run(agency, subject, i === 0 ? page : null)
          : this.#raise.run(agency, subject, version);
      if (expects.length === 1 && changes === 0) return false;
    }
    if (!isNew) this.#putAbout.run(agency, about, page);
    return true;
  }
}
