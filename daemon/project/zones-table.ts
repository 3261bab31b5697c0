import type { Database } from 'better-sqlite3';
import { godownZone } from '../../protocol/zone.ts';
import { plainName, present, type ZoneEntry } from '../domain/zone.ts';
import type { DoorStop } from '../domain/zone-doors.ts';
import type { AgencyZones, GodownVersion } from './zones-agency.ts';

/** What is not saved yet of one agency. */
export interface Unsaved {
  zones: Set<string>;
  names: Set<string>;
  orders: Set<string>;
}

export const nothingUnsaved = (): Unsaved => ({ zones: new Set(), names: new Set(), orders: new Set() });

/** The zones in SQLite, one JSON document each, with those of their past versions that are still needed. */
export class ZonesTable {
  readonly #db: Database;

  constructor(db: Database) {
    db.exec(`CREATE TABLE IF NOT EXISTS zones (
        agency TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS zone_names (
        agency TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (agency, name)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS zone_stops (
        agency TEXT NOT NULL, order_id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, order_id)
      ) STRICT, WITHOUT ROWID;`);
    this.#db = db;
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS zones; DROP TABLE IF EXISTS zone_names; DROP TABLE IF EXISTS zone_stops');
  }

  /** Fills the agencies that `zonesOf` gives with what was saved, not laid yet. */
  load(zonesOf: (agency: string) => AgencyZones): void {
    const rows = (table: string, id: string) =>
      this.#db.prepare<[], [string, string, string]>(`SELECT agency, ${id}, document FROM ${table}`).raw().iterate();
    for (const [agency, id, document] of rows('zones', 'id')) {
      const zones = zonesOf(agency);
      if (id === godownZone) zones.godown = JSON.parse(document) as GodownVersion[];
      else {
        const entry = JSON.parse(document) as ZoneEntry;
        zones.state.zones.set(id, entry);
        const zone = present(entry);
        if (zone === undefined) continue;
        zones.state.present++;
        zones.state.names.set(plainName(zone.name), { count: 0, holder: id });
      }
    }
    const names = this.#db.prepare<[], [string, string, number]>('SELECT agency, name, count FROM zone_names').raw();
    for (const [agency, name, count] of names.iterate()) {
      const { state } = zonesOf(agency);
      state.names.set(name, { ...state.names.get(name), count });
    }
    for (const [agency, orderId, document] of rows('zone_stops', 'order_id')) {
      zonesOf(agency).doors.load(orderId, JSON.parse(document) as DoorStop[]);
    }
  }

  save(agency: string, { state, godown, doors }: AgencyZones, unsaved: Unsaved): void {
    const put = this.#db.prepare('INSERT OR REPLACE INTO zones VALUES (?, ?, ?)');
    for (const id of unsaved.zones) {
      put.run(agency, id, JSON.stringify(id === godownZone ? godown : state.zones.get(id)));
    }
    const putName = this.#db.prepare('INSERT OR REPLACE INTO zone_names VALUES (?, ?, ?)');
    for (const name of unsaved.names) putName.run(agency, name, state.names.get(name)?.count ?? 0);
    const putStops = this.#db.prepare('INSERT OR REPLACE INTO zone_stops VALUES (?, ?, ?)');
    const noStops = this.#db.prepare('DELETE FROM zone_stops WHERE agency = ? AND order_id = ?');
    for (const orderId of unsaved.orders) {
      const kept = doors.stops(orderId);
      if (kept === undefined) noStops.run(agency, orderId);
      else putStops.run(agency, orderId, JSON.stringify(kept));
    }
  }
}
