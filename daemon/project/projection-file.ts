import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { type Cursor, type Log, UnknownCursor } from '../log/log.ts';
import type { Projection } from './projection.ts';

/** A projection and how far it has come. */
export interface Reader {
  projection: Projection;
  topics: ReadonlySet<string>;
  /** it has everything up to here; null: nothing */
  cursor: Cursor | null;
}

/**
 * The SQLite file in which all projections keep their tables, and the cursors that belong to them. It holds nothing
 * that the log does not (but for trails older than the log reaches back), so it is not worth an fsync a second.
 */
export class ProjectionFile {
  #file: string;
  #log: Log;
  #logger: Logger;
  #db: Database.Database | undefined;
  #setCursor: Database.Statement<[string, number, string | null]> | undefined;
  #cursors = new Map<string, Cursor | null>();

  constructor(deps: { file: string; log: Log; logger: Logger }) {
    this.#file = deps.file;
    this.#log = deps.log;
    this.#logger = deps.logger;
  }

  get isOpen(): boolean {
    return this.#db !== undefined;
  }

  /** Opens the file and every projection in it; a damaged file is put aside and everything rebuilt. */
  open(readers: readonly Reader[]): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    try {
      this.#open(readers);
    } catch (error) {
      this.close();
      if (!isDamage(error)) throw error;
      const aside = `${this.#file}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
      for (const suffix of ['', '-wal', '-shm']) {
        if (existsSync(this.#file + suffix)) renameSync(this.#file + suffix, aside + suffix);
      }
      this.#logger.error({ err: error, file: this.#file, aside }, 'the file of the projections is damaged: rebuilding');
      this.#open(readers);
    }
  }

  /** Writes what is new in all projections, and how far each has come, in one transaction. */
  save(readers: readonly Reader[], closing: boolean): void {
    const db = this.#db;
    if (db === undefined) return;
    const cursors = new Map<string, Cursor | null>();
    db.transaction(() => {
      for (const { projection, cursor } of readers) {
        const from = projection.save(db, cursor, closing);
        this.#setCursor?.run(projection.name, projection.version, from);
        cursors.set(projection.name, from);
      }
    })();
    this.#cursors = cursors;
    for (const { projection } of readers) projection.saved?.();
  }

  /** Where each projection would read on after a restart; undefined while one would begin at the beginning. */
  cursors(): readonly Cursor[] | undefined {
    const cursors = [...this.#cursors.values()].filter((cursor) => cursor !== null);
    return cursors.length > 0 && cursors.length === this.#cursors.size ? cursors : undefined;
  }

  /**
   * Puts the tables of a projection that was built in a file of its own in the place of its present ones, with the
   * cursor of its reader, in one transaction; then it loads them. When that fails, tables and state are the old ones.
   */
  exchange({ projection, cursor }: Reader, built: string): void {
    const db = this.#db;
    if (db === undefined) throw new Error('the projections are closed');
    db.prepare('ATTACH ? AS built').run(built);
    try {
      db.transaction(() => {
        projection.reset(db);
        const parts = db
          .prepare<[], { type: string; name: string; sql: string }>(
            `SELECT type, name, sql FROM built.sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'table' DESC`,
          )
          .all();
        for (const { type, name, sql } of parts) {
          // Says no database, so it is made in the main one.
          db.exec(sql);
          if (type === 'table') db.exec(`INSERT INTO main."${name}" SELECT * FROM built."${name}"`);
        }
        this.#setCursor?.run(projection.name, projection.version, cursor);
      })();
      this.#cursors.set(projection.name, cursor);
    } finally {
      db.exec('DETACH built');
    }
    projection.open(db);
  }

  /** Makes derived projections read anew. */
  reopenDerived(readers: readonly Reader[]): void {
    const db = this.#db;
    if (db === undefined) return;
    for (const { projection } of readers) if (projection.derived === true) projection.open(db);
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
  }

  #open(readers: readonly Reader[]): void {
    const db = new Database(this.#file);
    this.#db = db;
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    // Whoever is erased is not to be found in free pages either.
    db.pragma('secure_delete = ON');
    db.pragma('cache_size = -32000');
    db.exec(`CREATE TABLE IF NOT EXISTS projection_cursor (
      projection TEXT PRIMARY KEY, version INTEGER NOT NULL, cursor TEXT) STRICT, WITHOUT ROWID`);
    const saved = new Map(
      db
        .prepare<[], { projection: string; version: number; cursor: string | null }>('SELECT * FROM projection_cursor')
        .all()
        .map((row) => [row.projection, row]),
    );
    this.#setCursor = db.prepare(`INSERT INTO projection_cursor (projection, version, cursor) VALUES (?, ?, ?)
      ON CONFLICT (projection) DO UPDATE SET version = excluded.version, cursor = excluded.cursor`);
    for (const reader of readers) {
      const { name, version, lasting } = reader.projection;
      const row = saved.get(name);
      const known = row?.version === version && this.#known(row.cursor);
      reader.cursor = row !== undefined && known ? row.cursor : null;
      this.#cursors.set(name, reader.cursor);
      if (!known && !(row?.version === version && lasting === true)) {
        if (row !== undefined) this.#logger.warn({ projection: name }, 'a projection is rebuilt from the log');
        db.transaction(() => reader.projection.reset(db))();
      }
      reader.projection.open(db);
    }
  }

  /** Whether the log goes on from this cursor. */
  #known(cursor: Cursor | null): boolean {
    if (cursor === null) return true;
    const head = this.#log.head();
    try {
      return head !== null && this.#log.covers(head, cursor);
    } catch (error) {
      if (error instanceof UnknownCursor) return false;
      throw error;
    }
  }
}

/** Whether SQLite says that the file is no database, or a broken one. */
export function isDamage(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}
