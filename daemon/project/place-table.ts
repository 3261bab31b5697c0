import { randomUUID } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import type { Place } from '../../protocol/place.ts';
import type { PlaceLayer } from '../domain/place.ts';

/** A layer's word about a place, as it lies in the table. */
export interface PlaceRow {
  id: number;
  agency: string;
  key: string;
  /** rises with every change of any row: what has a larger one than an index has seen is new to it */
  change: number;
  version: number;
  removed: number;
  /** JSON of the place; null where an agency only hides one of the base */
  document: string | null;
}

export const placeColumns = 'id, agency, key, change, version, removed, document';

/**
 * The places by layer and key, in the file of the projections. The index by name and by position is another file, which
 * a thread of its own keeps up with this table (`place-index.ts`): a country's worth of index takes a minute to write.
 */
export class PlaceTable {
  #get: Statement<[string, string], PlaceRow> | undefined;
  #put: Statement | undefined;
  /** of the newest change, and of the table's life */
  change = 0;
  life = '';

  open(db: Database): void {
    db.exec(`
      CREATE TABLE IF NOT EXISTS place (
        id INTEGER PRIMARY KEY, agency TEXT NOT NULL, key TEXT NOT NULL, change INTEGER NOT NULL UNIQUE,
        version INTEGER NOT NULL, removed INTEGER NOT NULL, document TEXT, UNIQUE (agency, key)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS place_life (life TEXT NOT NULL) STRICT;`);
    const life = db.prepare<[], string>('SELECT life FROM place_life').pluck().get();
    this.life = life ?? randomUUID();
    if (life === undefined) db.prepare('INSERT INTO place_life VALUES (?)').run(this.life);
    this.change = db.prepare<[], number>('SELECT COALESCE(MAX(change), 0) FROM place').pluck().get() ?? 0;
    this.#get = db.prepare(`SELECT ${placeColumns} FROM place WHERE agency = ? AND key = ?`);
    this.#put = db.prepare(`INSERT INTO place (agency, key, change, version, removed, document)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (agency, key) DO UPDATE SET change = excluded.change,
      version = excluded.version, removed = excluded.removed, document = excluded.document`);
  }

  get(agency: string, key: string): PlaceLayer | undefined {
    const row = this.#get?.get(agency, key);
    return row === undefined ? undefined : layerOf(row);
  }

  /** Writes rows; `change` moves on when the transaction is known to be committed. */
  put(changed: Iterable<{ agency: string; key: string; layer: PlaceLayer }>): number {
    let { change } = this;
    for (const { agency, key, layer } of changed) {
      const document = layer.place === null ? null : JSON.stringify(layer.place);
      this.#put?.run(agency, key, ++change, layer.version, Number(layer.removed), document);
    }
    return change;
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS place; DROP TABLE IF EXISTS place_life');
  }
}

export function layerOf({
  version,
  removed,
  document,
}: Pick<PlaceRow, 'version' | 'removed' | 'document'>): PlaceLayer {
  return { version, removed: removed === 1, place: document === null ? null : (JSON.parse(document) as Place) };
}
