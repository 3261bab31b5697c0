import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import type { Cursor } from '../log/log.ts';
import { afterDeadLetter, afterPosition, type HealthState, newHealth, shown } from './health-state.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import type { DeviceHealth, HealthView } from './world.ts';

/** With more devices changed than this, writing them all each time would cost a noticeable pause (5 µs a row). */
const cheap = 500;
/** … so they are written with every so many-th save, and the log is read from there after a crash. */
const patience = 30;

/** How each device does, in memory; SQLite keeps a JSON document per device. Comes after the trails. */
export class HealthProjection implements Projection, HealthView {
  readonly name = 'health';
  readonly version = 1;
  readonly topics = ['positions', 'dead-letters'] as const;
  readonly #now: () => number;
  #agencies = new Map<string, Map<string, HealthState>>();
  #dirty = new Map<HealthState, { agency: string; device: string }>();
  /** saves since the documents were written */
  #skipped = 0;
  /** what the documents in the file are good up to; undefined: not written since the start */
  #written: Cursor | null | undefined;
  #writing: { cursor: Cursor | null } | undefined;

  /** `now`: UTC ms */
  constructor(deps: { now?: () => number } = {}) {
    this.#now = deps.now ?? Date.now;
  }

  device(agency: string, deviceId: string): DeviceHealth | undefined {
    const health = this.#agencies.get(agency)?.get(deviceId);
    return health === undefined ? undefined : shown(deviceId, health, this.#now());
  }

  /**
   * Counts fixes that ingest turned away because they were kept already: they never reach the log, so unlike all else
   * here these are counters, which a rebuild begins anew.
   */
  duplicate(agency: string, deviceId: string, fixes = 1): void {
    this.#of(agency, deviceId).duplicates += fixes;
  }

  open(db: Database): void {
    this.#agencies = new Map();
    this.#dirty = new Map();
    this.#written = undefined;
    db.exec(`CREATE TABLE IF NOT EXISTS health (
      agency TEXT NOT NULL, device TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, device)
    ) STRICT, WITHOUT ROWID`);
    const rows = db.prepare<[], [string, string, string]>('SELECT agency, device, document FROM health').raw();
    for (const [agency, device, document] of rows.iterate()) {
      this.#devices(agency).set(device, JSON.parse(document) as HealthState);
    }
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    if (record.topic === 'positions') {
      afterPosition(this.#of(record.agency, record.value.device), record.value, changes.duplicate);
    } else if (record.topic === 'dead-letters') {
      afterDeadLetter(this.#of(record.agency, record.value.device), record.value);
    }
  }

  save(db: Database, cursor: Cursor | null, closing: boolean): Cursor | null {
    this.#writing = undefined;
    if (!closing && this.#written !== undefined && this.#dirty.size > cheap && ++this.#skipped < patience) {
      return this.#written;
    }
    const put = db.prepare(
      'INSERT INTO health VALUES (?, ?, ?) ON CONFLICT (agency, device) DO UPDATE SET document = excluded.document',
    );
    for (const [health, { agency, device }] of this.#dirty) put.run(agency, device, JSON.stringify(health));
    this.#writing = { cursor };
    return cursor;
  }

  saved(): void {
    if (this.#writing === undefined) return;
    this.#written = this.#writing.cursor;
    this.#writing = undefined;
    this.#skipped = 0;
    this.#dirty.clear();
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS health');
  }

  #devices(agency: string): Map<string, HealthState> {
    let devices = this.#agencies.get(agency);
    if (devices === undefined) {
      devices = new Map();
      this.#agencies.set(agency, devices);
    }
    return devices;
  }

  /** The state of a device that is about to change. */
  #of(agency: string, device: string): HealthState {
    const devices = this.#devices(agency);
    let health = devices.get(device);
    if (health === undefined) {
      health = newHealth();
      devices.set(device, health);
    }
    if (!this.#dirty.has(health)) this.#dirty.set(health, { agency, device });
    return health;
  }
}
