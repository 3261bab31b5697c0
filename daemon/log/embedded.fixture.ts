import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { EmbeddedLog, type EmbeddedLogDeps } from './embedded.ts';

export const silent = pino({ level: 'silent' });

/** For tests: a folder of its own, and embedded logs in it that write their own log nowhere. */
export async function folderForTest(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'vantrail-log-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

export async function openLog(folder: string, deps: Partial<EmbeddedLogDeps> = {}): Promise<EmbeddedLog> {
  const log = new EmbeddedLog({ folder, logger: silent, ...deps });
  await log.start();
  return log;
}
