import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database, { type Database as Db } from 'better-sqlite3';
import { migrate, NewerFile } from './schema.ts';

const name = 'trail.sqlite';

/** Another process has the cache. */
export class InUse extends Error {
  constructor() {
    super('another Vantrail uses the cache of this account');
    this.name = 'InUse';
  }
}

/** A look at the whole file has found it damaged. */
export class Damaged extends Error {
  constructor(found: string) {
    super(found);
    this.name = 'Damaged';
  }
}

/** The file as it is, only to be read. */
export function readOnly(folder: string): Db {
  return new Database(join(folder, name), { readonly: true, fileMustExist: true, timeout: 0 });
}

/**
 * Opens the file and brings it to the newest version. It is locked for this process alone as long as it is open: never
 * two writers, whoever else tries. Throws InUse, NewerFile, or what SQLite says of a damaged file.
 */
export function openFile(folder: string): Db {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new Database(join(folder, name), { timeout: 0 });
  try {
    // Before the first table: rows of 2 KB stay on their page, and the file gives back what retention frees.
    db.pragma('page_size = 8192');
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    // What a crash takes is asked for again; the file itself stays whole with NORMAL.
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -16000');
    db.exec('BEGIN IMMEDIATE; COMMIT');
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw codeOf(error)?.startsWith('SQLITE_BUSY') ? new InUse() : error;
  }
}

/** Puts the file aside, for whoever wants to look into it; only the newest such file is kept. */
export function setAside(folder: string, at: number): void {
  for (const old of readdirSync(folder)) if (old.startsWith('set-aside-')) rmSync(join(folder, old), { force: true });
  const mark = new Date(at).toISOString().replace(/[:.]/g, '-');
  for (const ending of ['', '-wal', '-shm']) {
    const file = join(folder, name + ending);
    if (existsSync(file)) renameSync(file, join(folder, `set-aside-${mark}-${name}${ending}`));
  }
}

/** Removes the cache of an account, what was set aside included. */
export function removeCache(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Whether this error says that the file itself is not what it should be. */
export function saysDamaged(error: unknown): boolean {
  const code = codeOf(error);
  return (
    error instanceof NewerFile ||
    error instanceof Damaged ||
    code?.startsWith('SQLITE_CORRUPT') === true ||
    code?.startsWith('SQLITE_NOTADB') === true ||
    // A table is missing, though the file says that it is complete.
    (code === 'SQLITE_ERROR' && /no such (table|column)|malformed/.test((error as Error).message))
  );
}

/** Whether this error says that nothing can be written now. */
export function saysFull(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code?.startsWith('SQLITE_FULL') === true || code?.startsWith('SQLITE_IOERR') === true || code === 'SQLITE_READONLY'
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}
