import type { Database, Statement } from 'better-sqlite3';
import type { Stretch } from '../../shared/bridge.ts';

/** Of which times of a van everything is here. Stretches that touch become one. */
export class Held {
  #touching: Statement<[number, number, number], { start: number; until: number }>;
  #within: Statement<[number, number, number], Stretch>;
  #put: Statement<[number, number, number]>;
  #remove: Statement<[number, number]>;
  #removeVan: Statement<[number]>;

  constructor(db: Database) {
    this.#touching = db.prepare('SELECT start, until FROM held WHERE van = ? AND until >= ? AND start <= ?');
    this.#within = db.prepare(
      'SELECT start AS "from", until AS "to" FROM held WHERE van = ? AND until > ? AND start < ? ORDER BY start',
    );
    this.#put = db.prepare('INSERT OR REPLACE INTO held (van, start, until) VALUES (?, ?, ?)');
    this.#remove = db.prepare('DELETE FROM held WHERE van = ? AND start = ?');
    this.#removeVan = db.prepare('DELETE FROM held WHERE van = ?');
  }

  add(van: number, { from, to }: Stretch): void {
    if (from >= to) return;
    let start = from;
    let until = to;
    for (const each of this.#touching.all(van, from, to)) {
      start = Math.min(start, each.start);
      until = Math.max(until, each.until);
      this.#remove.run(van, each.start);
    }
    this.#put.run(van, start, until);
  }

  /** Takes a stretch out: its points are not here, or not to be trusted. */
  cut(van: number, { from, to }: Stretch): void {
    for (const each of this.#touching.all(van, from, to)) {
      this.#remove.run(van, each.start);
      if (each.start < from) this.#put.run(van, each.start, from);
      if (each.until > to) this.#put.run(van, to, each.until);
    }
  }

  within(van: number, { from, to }: Stretch): Stretch[] {
    return this.#within.all(van, from, to);
  }

  forget(van: number): void {
    this.#removeVan.run(van);
  }
}
