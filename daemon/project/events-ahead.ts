import type { Database } from 'better-sqlite3';

/**
 * Ids of the events that a saved state has already, although the log is read again from before them (see
 * `RegistryPages`). There are some only while a part of the state waits to be written.
 */
export class EventsAhead {
  /** in the table; after a restart these come again */
  #saved = new Set<string>();
  /** taken since the last save */
  #taken: string[] = [];

  open(db: Database): void {
    db.exec('CREATE TABLE IF NOT EXISTS registry_ahead (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID');
    this.#saved = new Set(db.prepare<[], string>('SELECT id FROM registry_ahead').pluck().all());
    this.#taken = [];
  }

  /** Whether the state has this event already; if not, it has it from now on. */
  has(id: string): boolean {
    if (this.#saved.has(id)) return true;
    this.#taken.push(id);
    return false;
  }

  /** `whole`: nothing waits, and the log is read on from here. */
  save(db: Database, whole: boolean): void {
    if (whole) {
      if (this.#saved.size > 0) db.prepare('DELETE FROM registry_ahead').run();
      return;
    }
    const put = db.prepare('INSERT OR IGNORE INTO registry_ahead VALUES (?)');
    for (const id of this.#taken) put.run(id);
  }

  saved(whole: boolean): void {
    if (whole) this.#saved.clear();
    else for (const id of this.#taken) this.#saved.add(id);
    this.#taken = [];
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS registry_ahead');
  }
}
