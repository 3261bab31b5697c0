import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logContract } from './contract.ts';
import { folderForTest, openLog, silent } from './embedded.fixture.ts';
import { EmbeddedLog } from './embedded.ts';
import { checkVersion, settle } from './layout.ts';
import { all, appended, event, numberOf, person, position } from './log.fixture.ts';

logContract('embedded log', async () => {
  const { folder, remove } = await folderForTest();
  let log = await openLog(folder);
  return {
    log,
    reopen: async () => {
      await log.stop();
      log = await openLog(folder);
      return log;
    },
    cleanup: async () => {
      await log.stop();
      await remove();
    },
  };
});

const crashProgram = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url));

describe('embedded log', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let log: EmbeddedLog | undefined;
  const open = async (deps: Parameters<typeof openLog>[1] = {}) => {
    log = await openLog(folder, deps);
    return log;
  };

  beforeEach(async () => {
    ({ folder, remove } = await folderForTest());
  });
  afterEach(async () => {
    await log?.stop();
    await remove();
  });

  it('sets synchronous=FULL on every open, also where the file would say otherwise', () => {
    for (let i = 0; i < 2; i++) {
      const db = new Database(join(folder, 'x.sqlite'));
      settle(db);
      expect(db.pragma('synchronous', { simple: true })).toBe(2);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      db.exec('CREATE TABLE IF NOT EXISTS t (a)');
      db.close();
    }
    // A database in memory cannot have a write-ahead log: settings that do not hold are an error.
    expect(() => settle(new Database(':memory:'))).toThrow(/durable/);
  });

  it('refuses an SQLite that is too old', () => {
    expect(() => checkVersion('3.51.2')).toThrow(/3\.51\.3/);
    expect(() => checkVersion('3.9.9')).toThrow();
    for (const good of ['3.51.3', '3.54.1', '4.0.0']) expect(() => checkVersion(good)).not.toThrow();
  });

  it('shares commits among appends made at once', async () => {
    const one = await open();
    await Promise.all(Array.from({ length: 1000 }, (_, i) => appended(one, position(i))));
    const commits = Number(one.head()?.split('-')[1]);
    expect(commits).toBeLessThan(5);
  });

  it('gives the records of one append to tails and readers in one batch, whatever their topics', async () => {
    const one = await open();
    const sizes: number[] = [];
    const end = await one.tail(null, ({ records }) => sizes.push(records.length));
    await appended(one, position(1), event(1), person('a', 'Asha'), position(2));
    end();
    for await (const { records } of one.read(null)) sizes.push(records.length);
    expect(sizes).toEqual([4, 4]);
  });

  it('refuses a second opener of the folder, with a reason', async () => {
    const one = await open();
    await appended(one, position(1));
    const second = new EmbeddedLog({ folder, logger: silent });
    await expect(second.start()).rejects.toThrow(`in use by another daemon (process ${process.pid})`);
    await second.stop();
    expect(await appended(one, position(2))).toBeUndefined();
    await one.stop();
    expect(await all(await open())).toHaveLength(2);
  });

  it('refuses an opener in another process, too', async () => {
    await open();
    const child = spawn(process.execPath, [crashProgram, folder, '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(errors).toContain(`in use by another daemon (process ${process.pid})`);
  });

  it('does not start in a folder that cannot be made, and says why', async () => {
    const impossible = new EmbeddedLog({ folder: '/dev/null/log', logger: silent });
    await expect(impossible.start()).rejects.toThrow(/ENOTDIR|EEXIST|ENOENT/);
    await impossible.stop();
    expect(impossible.status().writable).toBe(false);
  });

  it('overwrites what was erased, in the file and in the write-ahead log', async () => {
    const one = await open();
    const names = Array.from({ length: 200 }, (_, i) => person(`c${i}`, `Unmistakable Name ${i}`));
    await appended(one, ...names);
    await appended(one, ...names.map((record) => ({ ...record, value: null }) as typeof record));
    await one.stop();
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name)).includes('Unmistakable'), name).toBe(false);
    }
  });

  it('loses nothing acknowledged to kill -9', async () => {
    let next = 0;
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [crashProgram, folder, String(next)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let acknowledged = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        acknowledged += chunk;
        // Not at a line's end nor at a commit's: whenever this much was acknowledged.
        if (acknowledged.length > 4000 + round * 3000) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const numbers = acknowledged.split('\n').slice(0, -1).map(Number);
      expect(numbers.length).toBeGreaterThan(100);
      const one = await open();
      const kept = new Set((await all(one)).map(numberOf));
      expect(numbers.filter((number) => !kept.has(number))).toEqual([]);
      expect(one.status().damage).toEqual([]);
      next = Math.max(...kept) + 1;
      await one.stop();
    }
  });
});
