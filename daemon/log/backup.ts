import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type CheckedLog, checkLog } from './backup-check.ts';
import { BackupFile } from './backup-file.ts';
import { fileName } from './layout.ts';

/**
 * What of a data folder is in a backup, in this order: the projections before the log, so that what they have applied
 * is in the log beside them, and a trail that reaches further back than the log is not lost.
 *
 * The keys that sign tokens are not in it: whoever has them can sign in as anyone, and a backup travels. After a restore
 * the daemon makes new ones and people sign in again; trackers keep their keys, of which the log has only hashes.
 */
export const backedUp: readonly string[] = ['projections.sqlite', `log/${fileName}`];

export interface BackupResult extends CheckedLog {
  /** size of the backup, bytes */
  bytes: number;
}

/**
 * Copies a data folder into one file, while a daemon may be writing to it. The file appears under its name when it is
 * complete, checked and durable. Throws when it exists or there is no log.
 */
export async function backupData(
  data: string,
  target: string,
  onProgress: (name: string, share: number) => void = () => {},
): Promise<BackupResult> {
  if (existsSync(target)) throw new Error(`${target} exists already: give another name`);
  const log = join(data, 'log', fileName);
  if (!existsSync(log)) throw new Error(`there is no log in ${data}: name the daemon's folder with --data`);
  const copy = `${target}.copy`;
  const backup = BackupFile.create(target, Date.now());
  let checked: CheckedLog | undefined;
  try {
    for (const name of backedUp) {
      if (!existsSync(join(data, name))) continue;
      await backupDatabase(join(data, name), copy, (share) => onProgress(name, share));
      checkSound(copy, name);
      if (name === `log/${fileName}`) checked = checkLog(copy);
      backup.add(name, copy);
    }
    if (checked === undefined) throw new Error(`the log in ${data} is gone`);
    return { ...checked, bytes: backup.finish() };
  } finally {
    backup.close();
    removeDatabase(copy);
  }
}

/** Pages copied in one step. */
const step = 2000;

/** A copy of a database as it is at one moment, with SQLite's online backup; `target` is overwritten. */
async function backupDatabase(
  source: string,
  target: string,
  onProgress: (share: number) => void = () => {},
): Promise<void> {
  removeDatabase(target);
  const db = new Database(source, { readonly: true, timeout: 10_000 });
  try {
    // While it is open, this transaction holds the moment: without it a busy daemon would make the copy begin again
    // and again.
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(target, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress(totalPages === 0 ? 0 : 1 - remainingPages / totalPages);
        return step;
      },
    });
    db.exec('COMMIT');
  } finally {
    db.close();
  }
  onProgress(1);
  // One file, with no write-ahead log beside it.
  const copy = new Database(target);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

/** Throws unless SQLite finds nothing wrong with a database. */
export function checkSound(path: string, name: string): void {
  const db = new Database(path, { readonly: true });
  try {
    const [first] = db.pragma('integrity_check(1)') as { integrity_check: string }[];
    if (first?.integrity_check !== 'ok') throw new Error(first?.integrity_check);
  } catch (error) {
    const detail = (error as Error).message.replaceAll('\n', ' ');
    throw new Error(`${name} is damaged (${detail}): start the daemon once, it saves what can be read`, {
      cause: error,
    });
  } finally {
    db.close();
  }
}

export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}
