import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Cursor, LogBatch } from '../log/log.ts';
import { Delivery } from './delivery.ts';
import type { Projection } from './projection.ts';
import type { Reader } from './projection-file.ts';

/** ms between writes to its file, which keep its memory as small as that of the running one */
const saveEveryMs = 1000;

/**
 * A projection that is built anew beside the running one, in a file of its own. It is worth nothing until it is
 * finished, so it is written without syncing; its tables are then copied from there (`ProjectionFile.exchange`).
 */
export class Rebuild {
  readonly file: string;
  readonly topics: readonly LogBatch['records'][number]['topic'][];
  /** it has everything up to here; null: nothing */
  cursor: Cursor | null = null;
  records = 0;
  readonly #parts: (Reader & { db: Database.Database })[] = [];
  /** nobody listens to what a rebuild changes */
  readonly #delivery: Delivery;
  #savedAt = performance.now();

  /** The last of `projections` is the one that is built; it may look at what those before it made of a record. */
  constructor(file: string, projections: readonly Projection[], logger: Logger) {
    this.file = file;
    this.#delivery = new Delivery(logger);
    this.topics = [...new Set(projections.flatMap(({ topics }) => topics))];
    Rebuild.remove(file);
    for (const [index, projection] of projections.entries()) {
      // An empty name is a temporary file that SQLite removes by itself.
      const db = new Database(index === projections.length - 1 ? file : '');
      db.pragma('journal_mode = MEMORY');
      db.pragma('synchronous = OFF');
      this.#parts.push({ projection, topics: new Set(projection.topics), cursor: null, db });
      projection.open(db);
    }
  }

  static remove(file: string): void {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  }

  take(batch: LogBatch): void {
    this.#delivery.give(batch.records, { before: this.cursor, after: batch.cursor }, this.#parts);
    this.#delivery.tell(batch.cursor);
    this.cursor = batch.cursor;
    this.records += batch.records.length;
    if (performance.now() - this.#savedAt >= saveEveryMs) this.#save(false);
  }

  /** Everything is in the file, and the file is closed. */
  finish(): void {
    this.#save(true);
    this.close();
  }

  close(): void {
    for (const { db } of this.#parts) db.close();
  }

  #save(closing: boolean): void {
    this.#savedAt = performance.now();
    for (const { projection, db } of this.#parts) {
      db.transaction(() => projection.save(db, this.cursor, closing))();
      projection.saved?.();
    }
  }
}
