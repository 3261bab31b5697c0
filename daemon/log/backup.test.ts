import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupData } from './backup.ts';
import { folderForTest, openLog } from './embedded.fixture.ts';
import type { EmbeddedLog } from './embedded.ts';
import { all, appended, event, numberOf, person, position } from './log.fixture.ts';
import { UnknownCursor } from './log.ts';
import { restoreData } from './restore.ts';

describe('backup and restore', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let log: EmbeddedLog;
  const path = (...names: string[]) => join(folder, ...names);

  beforeEach(async () => {
    ({ folder, remove } = await folderForTest());
    log = await openLog(path('data', 'log'));
  });
  afterEach(async () => {
    await log.stop();
    await remove();
  });

  it('copies a log that is being written to, as it was at one moment, and gives the copy a life of its own', async () => {
    for (let i = 0; i < 200; i++) await appended(log, position(i), event(i), person(`c${i}`, `Name ${i}`));
    const before = log.head();
    let written = 200;
    let going = true;
    const next = () => {
      if (going) log.append([position(written++)], next);
    };
    next();
    const made = await backupData(path('data'), path('b.backup'));
    going = false;
    await appended(log, position(100_000));
    const after = log.head();
    expect(made.records).toBeGreaterThanOrEqual(600);
    expect(made.damagedRows).toBe(0);
    const whole = await all(log);
    await log.stop();

    const restored = restoreData(path('b.backup'), path('new'));
    expect(restored.records).toBe(made.records);
    log = await openLog(path('new', 'log'));
    const records = await all(log);
    expect(records).toEqual(whole.slice(0, records.length));
    expect(records).toHaveLength(made.records);
    // Both lives are one up to the backup; what came after it is not known here.
    expect((await all(log, before)).length).toBe(records.length - 600);
    await appended(log, position(200_000));
    await expect(all(log, after)).rejects.toThrow(UnknownCursor);
    const head = log.head() ?? '';
    expect(head.split('-')[0]).not.toBe(before?.split('-')[0]);
    expect(log.covers(head, before ?? '')).toBe(true);
    expect((await all(log, before)).map(numberOf).at(-1)).toBe(200_000);
  });

  it('has the projections in it, and not the keys', async () => {
    await appended(log, position(1));
    const projections = new Database(path('data', 'projections.sqlite'));
    projections.pragma('journal_mode = WAL');
    projections.exec("CREATE TABLE t (a); INSERT INTO t VALUES ('still in the write-ahead log')");
    mkdirSync(path('data', 'keys'));
    await writeFile(path('data', 'keys', 'k1'), 'secret-key-material');
    await backupData(path('data'), path('b.backup'));
    projections.close();
    restoreData(path('b.backup'), path('new'));
    expect(readdirSync(path('new')).sort()).toEqual(['log', 'projections.sqlite']);
    const copy = new Database(path('new', 'projections.sqlite'), { readonly: true });
    expect(copy.prepare('SELECT a FROM t').pluck().all()).toEqual(['still in the write-ahead log']);
    copy.close();
  });

  it('leaves nothing behind but the backup', async () => {
    await appended(log, position(1));
    await backupData(path('data'), path('b.backup'));
    expect(readdirSync(folder).sort()).toEqual(['b.backup', 'data']);
    await expect(backupData(path('data'), path('b.backup'))).rejects.toThrow('exists already');
    await expect(backupData(path('nowhere'), path('c.backup'))).rejects.toThrow('there is no log in');
    expect(readdirSync(folder).sort()).toEqual(['b.backup', 'data']);
  });

  it('refuses a folder that is not empty, and what is no whole backup, and leaves nothing half done', async () => {
    for (let i = 0; i < 50; i++) await appended(log, position(i));
    await backupData(path('data'), path('b.backup'));
    expect(() => restoreData(path('b.backup'), path('data'))).toThrow('is not empty');
    expect(() => restoreData(path('none.backup'), path('new'))).toThrow('there is no file');
    await writeFile(path('text.backup'), 'not a backup at all');
    expect(() => restoreData(path('text.backup'), path('new'))).toThrow('is no backup');
    const bytes = await readFile(path('b.backup'));
    const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
    for (const at of [bytes.indexOf(zstd) + 50, bytes.indexOf(zstd) + 300]) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 0x10;
      await writeFile(path('broken.backup'), broken);
      expect(() => restoreData(path('broken.backup'), path('new'))).toThrow('is not what was put in');
      expect(existsSync(path('new'))).toBe(false);
    }
    mkdirSync(path('empty'));
    await writeFile(path('half.backup'), bytes.subarray(0, bytes.length >> 1));
    expect(() => restoreData(path('half.backup'), path('empty'))).toThrow();
    expect(readdirSync(path('empty'))).toEqual([]);
    restoreData(path('b.backup'), path('empty'));
    expect(existsSync(path('empty', 'log', 'log.sqlite'))).toBe(true);
  });

  it('says when rows of the log were damaged before the backup, which the restored log then sets aside', async () => {
    for (let i = 0; i < 10; i++) await appended(log, position(i));
    const other = new Database(path('data', 'log', 'log.sqlite'));
    other.exec("UPDATE positions SET body = replace(body, 'van', 'Van') WHERE commit_number = 4");
    other.close();
    expect(await backupData(path('data'), path('b.backup'))).toMatchObject({ records: 9, damagedRows: 1 });
    expect(restoreData(path('b.backup'), path('new'))).toMatchObject({ records: 9, damagedRows: 1 });
    await log.stop();
    log = await openLog(path('new', 'log'));
    expect((await all(log)).map(numberOf)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    expect(log.status().damage).toMatchObject([{ records: 1 }]);
  });
});
