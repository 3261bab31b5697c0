import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * Keeps a folder to one process. The lock is SQLite's own on an empty file, so the system lifts it when the process
 * ends in whatever way, and a process id that was given to another program cannot deceive.
 * Answers the function that lifts it. Throws when another holds it.
 */
export function lockFolder(folder: string): () => void {
  const owner = join(folder, 'lock.pid');
  const lock = new Database(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new Error(`${folder} is in use by another daemon (process ${pidIn(owner)}); stop it, or give another --data`);
  }
  try {
    writeFileSync(owner, `${process.pid}\n`);
  } catch {
    // Only for the message above; a full disk must not keep the log from being read.
  }
  return () => {
    lock.close();
  };
}

function pidIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'unknown';
  } catch {
    return 'unknown';
  }
}
