import type { Database } from 'better-sqlite3';
import { consumerOfDevice } from '../../protocol/order.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { type SilenceCell, SilenceGrid } from '../domain/silence-grid.ts';
import type { Cursor } from '../log/log.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';

/** Cells that changed are written with every so many-th save: a visit more or less is nothing that a crash may not take. */
const patience = 60;

/** Where the vans of each agency fall silent often, learnt from the positions in the log. */
export class SilencesProjection implements Projection {
  readonly name = 'silences';
  readonly version = 1;
  readonly topics = ['positions'] as const;
  #grids = new Map<string, SilenceGrid>();
  #dirty = new Map<string, Set<number>>();
  #skipped = 0;
  #written = false;

  /** How long silences last that begin at a place, ms; undefined: none are usual there. */
  usual(agency: string, latitude: number, longitude: number): number | undefined {
    return this.#grids.get(agency)?.usual(latitude, longitude);
  }

  open(db: Database): void {
    this.#grids = new Map();
    this.#dirty = new Map();
    this.#skipped = 0;
    db.exec(`CREATE TABLE IF NOT EXISTS silence (
      agency TEXT NOT NULL, cell INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, cell)
    ) STRICT, WITHOUT ROWID`);
    const rows = db.prepare<[], [string, number, string]>('SELECT agency, cell, document FROM silence').raw();
    for (const [agency, cell, document] of rows.iterate()) {
      this.#grid(agency).cells.set(cell, JSON.parse(document) as SilenceCell);
    }
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS silence');
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    if (record.topic !== 'positions' || changes.duplicate) return;
    const { device, receivedAt, ignition } = record.value;
    if (consumerOfDevice(device) !== undefined) return;
    const cell = this.#grid(record.agency).hear(device, receivedAt, record.value, ignition);
    if (cell === undefined) return;
    const dirty = this.#dirty.get(record.agency);
    if (dirty === undefined) this.#dirty.set(record.agency, new Set([cell]));
    else dirty.add(cell);
  }

  save(db: Database, cursor: Cursor | null, closing: boolean): Cursor | null {
    this.#written = closing || ++this.#skipped >= patience;
    if (!this.#written) return cursor;
    const put = db.prepare('INSERT OR REPLACE INTO silence VALUES (?, ?, ?)');
    for (const [agency, cells] of this.#dirty) {
      const grid = this.#grid(agency);
      for (const cell of cells) put.run(agency, cell, JSON.stringify(grid.cells.get(cell)));
    }
    return cursor;
  }

  saved(): void {
    if (!this.#written) return;
    this.#dirty = new Map();
    this.#skipped = 0;
  }

  #grid(agency: string): SilenceGrid {
    let grid = this.#grids.get(agency);
    if (grid === undefined) {
      grid = new SilenceGrid();
      this.#grids.set(agency, grid);
    }
    return grid;
  }
}
