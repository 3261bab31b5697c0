import type { Database, Statement } from 'better-sqlite3';

/** A chunk as it lies in the file. */
export interface ChunkRow {
  /** the chunk keeps the device's fixes from this time on, up to the start of the next; 0 for the first chunk */
  start: number;
  data: Uint8Array;
}

/**
 * The tables of the trails. A row per chunk, clustered by device and time, so that a day of one van lies together.
 * A row must stay under about 1 KB (a quarter of a page), or SQLite moves it to pages of its own: 15 instead of 8
 * bytes a point.
 *
 * The key of a chunk never changes; a chunk is divided by adding another one.
 */
export class TrailStore {
  #addDevice: Statement<[number, string, string]>;
  #devices: Statement<[], { key: number; agency: string; device: string }>;
  #covering: Statement<[number, number], ChunkRow>;
  #from: Statement<[number, number, number], ChunkRow>;
  #startAfter: Statement<[number, number], { start: number }>;
  #put: Statement<[number, number, Uint8Array]>;
  #remove: Statement<[number, number]>;
  #totals: Statement<[], { points: number; bytes: number }>;
  #setTotals: Statement<[number, number]>;

  /** Makes missing tables. */
  constructor(db: Database) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS trail_device (
        key INTEGER PRIMARY KEY, agency TEXT NOT NULL, device TEXT NOT NULL, UNIQUE (agency, device)) STRICT;
      CREATE TABLE IF NOT EXISTS trail_chunk (
        device INTEGER NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (device, start)) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS trail_total (
        id INTEGER PRIMARY KEY CHECK (id = 0), points INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
    `);
    this.#addDevice = db.prepare('INSERT OR IGNORE INTO trail_device (key, agency, device) VALUES (?, ?, ?)');
    this.#devices = db.prepare('SELECT key, agency, device FROM trail_device ORDER BY key');
    this.#covering = db.prepare(
      'SELECT start, data FROM trail_chunk WHERE device = ? AND start <= ? ORDER BY start DESC LIMIT 1',
    );
    this.#from = db.prepare(
      'SELECT start, data FROM trail_chunk WHERE device = ? AND start >= ? ORDER BY start LIMIT ?',
    );
    this.#startAfter = db.prepare(
      'SELECT start FROM trail_chunk WHERE device = ? AND start > ? ORDER BY start LIMIT 1',
    );
    this.#put = db.prepare(
      `INSERT INTO trail_chunk (device, start, data) VALUES (?, ?, ?)
       ON CONFLICT (device, start) DO UPDATE SET data = excluded.data`,
    );
    this.#remove = db.prepare('DELETE FROM trail_chunk WHERE device = ? AND start = ?');
    this.#totals = db.prepare('SELECT points, bytes FROM trail_total');
    this.#setTotals = db.prepare(
      `INSERT INTO trail_total (id, points, bytes) VALUES (0, ?, ?)
       ON CONFLICT (id) DO UPDATE SET points = excluded.points, bytes = excluded.bytes`,
    );
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS trail_device; DROP TABLE IF EXISTS trail_chunk; DROP TABLE IF EXISTS trail_total');
  }

  devices(): { key: number; agency: string; device: string }[] {
    return this.#devices.all();
  }

  addDevice(key: number, agency: string, device: string): void {
    this.#addDevice.run(key, agency, device);
  }

  /** The chunk that keeps the fixes of this time, if there is one. */
  covering(key: number, time: number): ChunkRow | undefined {
    return this.#covering.get(key, time);
  }

  /** The first `limit` chunks that start at `start` or later. */
  from(key: number, start: number, limit: number): ChunkRow[] {
    return this.#from.all(key, start, limit);
  }

  startAfter(key: number, start: number): number | undefined {
    return this.#startAfter.get(key, start)?.start;
  }

  put(key: number, start: number, data: Uint8Array): void {
    this.#put.run(key, start, data);
  }

  remove(key: number, start: number): void {
    this.#remove.run(key, start);
  }

  totals(): { points: number; bytes: number } {
    return this.#totals.get() ?? { points: 0, bytes: 0 };
  }

  setTotals(points: number, bytes: number): void {
    this.#setTotals.run(points, bytes);
  }
}
