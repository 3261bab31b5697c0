import Database from 'better-sqlite3';
import type { LatLon } from '../../protocol/geo.ts';
import { baseGazetteer, type Place, type PlaceKind } from '../../protocol/place.ts';
import { fold } from '../domain/place-text.ts';
import { cellOf, PlaceGrid } from './place-grid.ts';
import { large, PlaceSearch } from './place-search.ts';
import { layerOf, type PlaceRow, placeColumns } from './place-table.ts';

/** A place that was found: its key, and what it is ordered by. */
export interface FoundPlace {
  key: string;
  rank: number;
  /** m from the point that was asked for */
  distance?: number;
}

/** Rows that are taken over in one transaction. */
const together = 500;
/** Of its tables: another number, and it is built anew. */
const version = 1;

/**
 * The index of the gazetteer by name, position and pincode: a SQLite file of its own that may be deleted while the
 * daemon is down. It is made from the table of places (`place-table.ts`), which it only reads. What is removed stays in
 * it, found by its full name alone, so that it can be restored.
 */
export class PlaceIndexFile {
  readonly #db: Database.Database;
  readonly #truth: Database.Database;
  readonly #search: PlaceSearch;
  readonly #grid: PlaceGrid;
  readonly #statements: ReturnType<typeof statements>;
  #change = 0;

  /** `truth`: the file with the table of places; `file`: of the index */
  constructor(truth: string, file: string) {
    this.#truth = new Database(truth, { readonly: true });
    this.#db = open(file);
    this.#search = new PlaceSearch(this.#db);
    this.#grid = new PlaceGrid(this.#db);
    this.#statements = statements(this.#db, this.#truth);
  }

  close(): void {
    this.#db.close();
    this.#truth.close();
  }

  /** Takes over a part of what is new in the table; false: nothing was, it is up to `written`. */
  catchUp(written: { life: string; change: number }): boolean {
    const { life, change } = this.#progress();
    this.#change = change;
    if (life !== written.life || change > written.change) this.#begin(written.life);
    const rows = this.#statements.changed.all(this.#change, written.change, together);
    const last = rows.at(-1);
    if (last === undefined) return false;
    this.#db.transaction(() => {
      for (const row of rows) this.#take(row);
      this.#db.prepare('UPDATE progress SET life = ?, change = ?').run(written.life, last.change);
    })();
    this.#change = last.change;
    return last.change < written.change;
  }

  /** Number of the newest change that is in the index. */
  get change(): number {
    return this.#change;
  }

  search(
    agency: string,
    query: string,
    limit: number,
    kind: PlaceKind | undefined,
    near: LatLon | undefined,
  ): FoundPlace[] {
    const passes = (row: { agency: string; key: string; kind: PlaceKind }) =>
      (kind === undefined || row.kind === kind) && this.#shown(agency, row);
    const found = this.#search.find(agency, query, near === undefined ? limit : 200, passes, near);
    return found.slice(0, limit);
  }

  near(agency: string, point: LatLon, limit: number, kinds: readonly PlaceKind[] | undefined): FoundPlace[] {
    const found = this.#grid.nearest(
      point,
      limit,
      (row) => (kinds === undefined || kinds.includes(row.kind)) && this.#shown(agency, row),
    );
    return found.map(({ key, distance }) => ({ key, rank: 0, distance }));
  }

  /** By the beginning of a pincode. */
  byPincode(agency: string, pincode: string, limit: number): FoundPlace[] {
    const plain = plainPincode(pincode);
    return this.#statements.byPincode
      .all(plain, `${plain}\u{10ffff}`, 10 * limit)
      .filter((row) => this.#shown(agency, row))
      .slice(0, limit)
      .map(({ key }) => ({ key, rank: 0 }));
  }

  /** Keys of the cities of this name in a state, those that are removed too, in the agency's own layer and the base. */
  named(agency: string, name: string, state: string): string[] {
    const { named } = this.#statements;
    const layers = [...new Set([agency, baseGazetteer])];
    return [...new Set(layers.flatMap((layer) => named.all(layer, fold(name), fold(state))))];
  }

  /** A place of the base is not shown to an agency that has an own one under its key, or hides it. */
  #shown(agency: string, { agency: layer, key }: { agency: string; key: string }): boolean {
    if (layer === agency) return true;
    if (layer !== baseGazetteer) return false;
    return (this.#statements.covers.get(agency, key) ?? 0) === 0;
  }

  #progress(): { life: string; change: number } {
    return this.#db.prepare<[], { life: string; change: number }>('SELECT life, change FROM progress').get() ?? none;
  }

  #begin(life: string): void {
    this.#db.exec('DELETE FROM entry; DELETE FROM pincode; DROP TABLE entry_text;');
    createText(this.#db);
    this.#db.prepare('UPDATE progress SET life = ?, change = 0').run(life);
    this.#search.reload();
    this.#change = 0;
  }

  #take(row: PlaceRow): void {
    const { isShown, dropText, dropPincodes, put, addText, addPincode } = this.#statements;
    if (isShown.get(row.id) === 1) {
      dropText.run(row.id);
      dropPincodes.run(row.id);
    }
    const { place, removed } = layerOf(row);
    if (place === null) return;
    const names = namesOf(place);
    const shown = !removed;
    const district = place.district === undefined ? null : fold(place.district);
    put.run(
      ...[row.id, row.agency, row.key, Number(shown), place.kind, fold(place.name), fold(place.state), district],
      ...[place.population ?? 0, shown ? cellOf(place) : null, place.latitude, place.longitude, names.join('\n')],
    );
    if (!shown) return;
    addText.run(row.id, ` ${names.join(' \n ')} `);
    for (const pincode of pincodesOf(place)) addPincode.run(pincode, row.id);
    this.#search.add(row.id, names, place.population ?? 0, [fold(place.state), district ?? '']);
  }
}

const none = { life: '', change: 0 };

/** Dropping the text index changes the schema, after which SQLite prepares them again by itself. */
function statements(db: Database.Database, truth: Database.Database) {
  return {
    changed: truth.prepare<[number, number, number], PlaceRow>(
      `SELECT ${placeColumns} FROM place WHERE change > ? AND change <= ? ORDER BY change LIMIT ?`,
    ),
    covers: truth
      .prepare<[string, string], number>(
        'SELECT removed = 1 OR document IS NOT NULL FROM place WHERE agency = ? AND key = ?',
      )
      .pluck(),
    byPincode: db.prepare<[string, string, number], { agency: string; key: string }>(
      `SELECT DISTINCT agency, key, pincode, kind FROM pincode JOIN entry ON entry.id = place
       WHERE pincode >= ? AND pincode < ? ORDER BY pincode, kind != 'pincode' LIMIT ?`,
    ),
    named: db
      .prepare<[string, string, string], string>(
        "SELECT key FROM entry WHERE agency = ? AND name = ? AND state = ? AND kind = 'city' LIMIT 200",
      )
      .pluck(),
    isShown: db.prepare<[number], number>('SELECT shown FROM entry WHERE id = ?').pluck(),
    dropText: db.prepare('DELETE FROM entry_text WHERE rowid = ?'),
    dropPincodes: db.prepare('DELETE FROM pincode WHERE place = ?'),
    put: db.prepare('INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    addText: db.prepare('INSERT INTO entry_text (rowid, names) VALUES (?, ?)'),
    addPincode: db.prepare('INSERT OR IGNORE INTO pincode VALUES (?, ?)'),
  };
}

function open(file: string): Database.Database {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  // It can be made again at any time.
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -64000');
  if (db.pragma('user_version', { simple: true }) !== version) {
    db.exec(`DROP TABLE IF EXISTS entry_text; DROP TABLE IF EXISTS pincode; DROP TABLE IF EXISTS entry;
      DROP TABLE IF EXISTS progress;
      CREATE TABLE progress (life TEXT NOT NULL, change INTEGER NOT NULL) STRICT;
      INSERT INTO progress VALUES ('', 0);
      CREATE TABLE entry (
        id INTEGER PRIMARY KEY, agency TEXT NOT NULL, key TEXT NOT NULL, shown INTEGER NOT NULL, kind TEXT NOT NULL,
        name TEXT NOT NULL, state TEXT NOT NULL, district TEXT, population INTEGER NOT NULL, cell INTEGER,
        latitude REAL NOT NULL, longitude REAL NOT NULL, names TEXT NOT NULL) STRICT;
      CREATE INDEX entry_name ON entry (agency, name, shown, population);
      CREATE INDEX entry_large ON entry (agency, name) WHERE population >= ${large} AND shown = 1;
      CREATE INDEX entry_cell ON entry (cell) WHERE cell IS NOT NULL;
      CREATE TABLE pincode (pincode TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (pincode, place)) STRICT, WITHOUT ROWID;
      CREATE INDEX pincode_place ON pincode (place);`);
    createText(db);
    db.pragma(`user_version = ${version}`);
  }
  return db;
}

function createText(db: Database.Database): void {
  db.exec(`CREATE VIRTUAL TABLE entry_text USING fts5 (
    names, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram')`);
}

/** All names of a place, folded, its own name first. */
function namesOf(place: Place): string[] {
  const own = place.city === undefined || place.city === place.name ? [place.name] : [place.name, place.city];
  return [...new Set([...own, ...(place.names ?? [])].map(fold))].filter((name) => name !== '');
}

/** As they are compared: without spaces. */
function plainPincode(pincode: string): string {
  return pincode.replace(/[\s-]/g, '').toUpperCase();
}

function pincodesOf(place: Place): string[] {
  const all = [...(place.pincode === undefined ? [] : [place.pincode]), ...(place.pincodes ?? [])];
  return [...new Set(all.map(plainPincode))];
}
