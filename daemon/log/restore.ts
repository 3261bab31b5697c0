import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backedUp, checkSound } from './backup.ts';
import { type CheckedLog, checkLog } from './backup-check.ts';
import { BackupFile } from './backup-file.ts';
import { syncFile, syncFolder } from './durable-file.ts';
import { fileName } from './layout.ts';
import { LogFile } from './log-file.ts';

export interface RestoreResult extends CheckedLog {
  /** when the backup was made, UTC ms */
  made: number;
}

/**
 * Makes a data folder from a backup. The folder must be empty or not be there. The log gets an epoch of its own, so
 * that cursors from after the backup are refused (`cursor.ts`). Everything is checked before it gets its name; the log
 * comes last, so that a folder with a log in it is a whole one.
 */
export function restoreData(
  file: string,
  data: string,
  onProgress: (name: string, share: number) => void = () => {},
): RestoreResult {
  if (existsSync(data) && readdirSync(data).length > 0) throw new Error(`${data} is not empty: name another folder`);
  const backup = BackupFile.open(file);
  const scratch = join(data, 'restoring');
  const madeFolder = !existsSync(data);
  try {
    const stored = backup.files().filter(({ name }) => backedUp.includes(name));
    if (!stored.some(({ name }) => name === `log/${fileName}`)) throw new Error(`${file} has no log in it`);
    for (const one of stored) {
      const path = join(scratch, one.name);
      backup.extract(one, path, (share) => onProgress(one.name, share));
      checkSound(path, one.name);
    }
    const checked = checkLog(join(scratch, 'log', fileName));
    branch(join(scratch, 'log'));
    const whole = readdirSync(scratch).sort((a, b) => Number(a === 'log') - Number(b === 'log'));
    for (const name of whole) renameSync(join(scratch, name), join(data, name));
    syncFolder(data);
    rmSync(scratch, { recursive: true, force: true });
    return { ...checked, made: backup.made() };
  } catch (error) {
    // Only what was written here: the folder was empty.
    for (const name of existsSync(data) ? readdirSync(data) : []) rmSync(join(data, name), { recursive: true });
    if (madeFolder) rmSync(data, { recursive: true, force: true });
    throw error;
  } finally {
    backup.close();
  }
}

function branch(folder: string): void {
  const log = new LogFile({ folder, now: Date.now, onDamage: () => {} });
  log.open();
  try {
    log.branch();
  } finally {
    log.close();
  }
  syncFile(join(folder, fileName));
}
