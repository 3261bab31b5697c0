import type { Database, Statement } from 'better-sqlite3';
import type { ZoneFact } from '../domain/zone-step.ts';

type Row = { at: number; van: string; what: ZoneFact['what']; more: string | null };

/** What happened between vans and zones, a row a fact. Which facts belong to one visit follows from their times. */
export class ZoneVisitTable {
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #forget: Statement;
  readonly #enters: Statement<[string, string, number, number, number], Row>;
  readonly #after: Statement<[string, string, string, number, number], Row>;
  readonly #enterBefore: Statement<[string, string, string, number], Row>;
  readonly #nextVan: Statement<[string, string, string], { van: string | null }>;
  readonly #entersOf: Statement<[string, string, number], Row & { zone: string }>;

  /** `madeBy`: the rules by which the facts were found; those found by others are forgotten. */
  constructor(db: Database, madeBy: string) {
    db.exec(`CREATE TABLE IF NOT EXISTS zone_facts (
        agency TEXT NOT NULL, zone TEXT NOT NULL, van TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL,
        more TEXT, PRIMARY KEY (agency, zone, van, at, what)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS zone_facts_enter ON zone_facts (agency, zone, at, van) WHERE what = 'enter';
      CREATE INDEX IF NOT EXISTS zone_facts_van ON zone_facts (agency, van, at) WHERE what = 'enter';
      CREATE INDEX IF NOT EXISTS zone_facts_at ON zone_facts (at);
      CREATE TABLE IF NOT EXISTS zone_facts_by (rules TEXT NOT NULL) STRICT;`);
    if (db.prepare('SELECT 1 FROM zone_facts_by WHERE rules = ?').get(madeBy) === undefined) {
      db.exec('DELETE FROM zone_facts; DELETE FROM zone_facts_by');
      db.prepare('INSERT INTO zone_facts_by VALUES (?)').run(madeBy);
    }
    this.#put = db.prepare('INSERT OR REPLACE INTO zone_facts VALUES (?, ?, ?, ?, ?, ?)');
    this.#delete = db.prepare(
      'DELETE FROM zone_facts WHERE agency = ? AND zone = ? AND van = ? AND at = ? AND what = ?',
    );
    this.#forget = db.prepare('DELETE FROM zone_facts WHERE at < ?');
    const ofZone = 'SELECT at, van, what, more FROM zone_facts WHERE agency = ? AND zone = ?';
    this.#enters = db.prepare(`${ofZone} AND what = 'enter' AND at >= ? AND at < ? ORDER BY at, van LIMIT ?`);
    this.#after = db.prepare(`${ofZone} AND van = ? AND at >= ? ORDER BY at LIMIT ?`);
    this.#enterBefore = db.prepare(`${ofZone} AND van = ? AND at < ? AND what = 'enter' ORDER BY at DESC LIMIT 1`);
    this.#nextVan = db.prepare('SELECT min(van) AS van FROM zone_facts WHERE agency = ? AND zone = ? AND van > ?');
    this.#entersOf = db.prepare(
      `SELECT at, van, what, more, zone FROM zone_facts
       WHERE agency = ? AND van = ? AND what = 'enter' AND at >= ? ORDER BY at, zone`,
    );
  }

  put(agency: string, { zoneId, vanId, at, what, by, speed, limit }: ZoneFact): void {
    const more = by === undefined && speed === undefined ? null : JSON.stringify({ by, speed, limit });
    this.#put.run(agency, zoneId, vanId, at, what, more);
  }

  delete(agency: string, { zoneId, vanId, at, what }: ZoneFact): void {
    this.#delete.run(agency, zoneId, vanId, at, what);
  }

  forget(before: number): void {
    this.#forget.run(before);
  }

  /** Who entered a zone at `from` ≤ time < `to`, by time, then van. */
  enters(agency: string, zoneId: string, from: number, to: number, limit: number): ZoneFact[] {
    return this.#enters.all(agency, zoneId, from, to, limit).map((row) => factOf(zoneId, row));
  }

  /** Which zones a van entered, by time, then zone. */
  entersOf(agency: string, vanId: string, from: number): ZoneFact[] {
    return this.#entersOf.all(agency, vanId, from).map((row) => factOf(row.zone, row));
  }

  /** The facts of a van and a zone from a time on, by time. */
  after(agency: string, zoneId: string, vanId: string, from: number, limit: number): ZoneFact[] {
    return this.#after.all(agency, zoneId, vanId, from, limit).map((row) => factOf(zoneId, row));
  }

  /** When each van, or this one, entered the zone last before a time. */
  *entersBefore(agency: string, zoneId: string, vanId: string | undefined, time: number): Generator<ZoneFact> {
    for (let van = vanId ?? this.#vanAfter(agency, zoneId, ''); van !== null; ) {
      const row = this.#enterBefore.get(agency, zoneId, van, time);
      if (row !== undefined) yield factOf(zoneId, row);
      van = vanId === undefined ? this.#vanAfter(agency, zoneId, van) : null;
    }
  }

  #vanAfter(agency: string, zoneId: string, van: string): string | null {
    return this.#nextVan.get(agency, zoneId, van)?.van ?? null;
  }
}

function factOf(zoneId: string, { at, van, what, more }: Row): ZoneFact {
  const rest = more === null ? {} : (JSON.parse(more) as Pick<ZoneFact, 'by' | 'speed' | 'limit'>);
  return { kind: 'zone', zoneId, vanId: van, what, from: at, at, ...rest };
}
