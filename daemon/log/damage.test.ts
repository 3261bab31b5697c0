import { copyFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { folderForTest, openLog } from './embedded.fixture.ts';
import type { EmbeddedLog } from './embedded.ts';
import { all, appended, event, numberOf, person, position } from './log.fixture.ts';

describe('a damaged embedded log', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let log: EmbeddedLog;
  const open = async (where = folder) => {
    log = await openLog(where);
    return log;
  };
  const path = () => join(folder, 'log.sqlite');

  beforeEach(async () => {
    ({ folder, remove } = await folderForTest());
  });
  afterEach(async () => {
    await log.stop();
    await remove();
  });

  /** Writes `count` commits of one position each, stops, and answers the file's bytes. */
  async function written(count: number): Promise<Buffer> {
    await open();
    for (let i = 0; i < count; i++) await appended(log, position(i));
    await log.stop();
    return await readFile(path());
  }

  it('sets a row with a flipped bit aside when it opens, and goes on after it', async () => {
    const bytes = await written(20);
    const at = bytes.indexOf(String(1_764_000_000_000 + 13));
    expect(at).toBeGreaterThan(0);
    bytes[at] = (bytes[at] ?? 0) ^ 0x04;
    await writeFile(path(), bytes);
    await open();
    const { damage, records } = log.status();
    expect(damage).toMatchObject([{ records: 1, detail: expect.stringContaining('commit 14 of positions') }]);
    expect(records).toBe(19);
    const raw = await readFile(join(folder, damage[0]?.file ?? ''), 'utf8');
    expect(raw).toContain('"device":"van-6"');
    await appended(log, position(20));
    const expected = Array.from({ length: 21 }, (_, i) => i).filter((i) => i !== 13);
    expect((await all(log)).map(numberOf)).toEqual(expected);
    await log.stop();
    await open();
    expect(log.status().damage).toEqual(damage);
    expect((await all(log)).map(numberOf)).toEqual(expected);
  });

  it('sets damaged rows aside that are met while reading, once', async () => {
    await open();
    const head = [];
    for (let i = 0; i < 10; i++) {
      await appended(log, position(i), event(i), person(`c${i}`, `Name ${i}`));
      head.push(log.head());
    }
    const other = new Database(path());
    other.exec(`UPDATE positions SET body = replace(body, 'van', 'Van') WHERE commit_number = 4`);
    other.exec('UPDATE events SET records = 7 WHERE commit_number = 5');
    other.exec(`UPDATE newest SET value = '{"id":"c6"}' WHERE commit_number = 7`);
    other.close();
    const topics = (records: LogRecord[], topic: string) => records.filter((record) => record.topic === topic);
    for (let i = 0; i < 2; i++) {
      const records = await all(log);
      expect(topics(records, 'positions').map(numberOf)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
      expect(topics(records, 'events')).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9].map((n) => event(n)));
      expect(topics(records, 'people').map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 9].map((n) => `c${n}`));
      expect(log.status().damage).toHaveLength(3);
    }
    expect(await all(log, head[8] ?? null)).toHaveLength(3);
    expect(await appended(log, position(10))).toBeUndefined();
  });

  it('keeps the place of the head when the newest row was the damaged one', async () => {
    const bytes = await written(5);
    const head = log.head();
    const at = bytes.indexOf(String(1_764_000_000_000 + 4));
    bytes[at] = 0x7a;
    await writeFile(path(), bytes);
    await open();
    expect(log.status().damage).toHaveLength(1);
    expect(log.head()).toBe(head);
    await appended(log, position(5));
    expect((await all(log, head)).map(numberOf)).toEqual([5]);
  });

  it('salvages the readable rows of a truncated file', async () => {
    const bytes = await written(400);
    const head = log.head();
    await truncate(path(), Math.floor(bytes.length / 2 / 4096) * 4096 + 1000);
    await open();
    const [damage] = log.status().damage;
    expect(damage?.file).toMatch(/^damaged-.*log\.sqlite$/);
    expect((await stat(join(folder, damage?.file ?? ''))).size).toBeLessThan(bytes.length);
    const kept = (await all(log)).map(numberOf);
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.length).toBeLessThan(400);
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
    // Cursors stay good, and nothing new hides behind one that was given before.
    expect(await all(log, head)).toEqual([]);
    await appended(log, position(400));
    expect((await all(log, head)).map(numberOf)).toEqual([400]);
    await log.stop();
    await open();
    expect((await all(log)).map(numberOf)).toEqual([...kept, 400]);
  });

  it('salvages large rows too, over their chains of pages', async () => {
    await open();
    const many = Array.from({ length: 3000 }, (_, i) => position(i));
    await appended(log, ...many);
    for (let i = 3000; i < 3100; i++) await appended(log, position(i), event(i), person(`c${i}`, `Name ${i}`));
    await appended(log, person('c3000', null));
    await log.stop();
    const bytes = await readFile(path());
    bytes.fill(0xa5, 0, 100); // the header
    await writeFile(path(), bytes);
    await open();
    const records = await all(log);
    expect(records.filter(({ topic }) => topic === 'positions').map(numberOf)).toEqual(
      Array.from({ length: 3100 }, (_, i) => i),
    );
    expect(records.filter(({ topic }) => topic === 'events')).toHaveLength(100);
    expect(records.filter(({ topic }) => topic === 'people')).toHaveLength(100);
    expect(records).toContainEqual(person('c3000', null));
    expect(log.status().damage).toMatchObject([{ records: 0 }]);
  });

  it.each([
    ['garbage', Buffer.alloc(20_000, 'no database at all. ')],
    ['nothing', Buffer.alloc(0)],
  ])('starts afresh from a file with %s in it, and keeps that file', async (_, bytes) => {
    await open();
    await appended(log, position(1));
    const cursor = log.head();
    await log.stop();
    await writeFile(path(), bytes);
    await open();
    const [damage] = log.status().damage;
    expect(await readFile(join(folder, damage?.file ?? ''))).toEqual(bytes);
    expect(await all(log)).toEqual([]);
    await expect(all(log, cursor)).rejects.toThrow('another log');
    expect(await appended(log, position(2))).toBeUndefined();
    expect(await all(log)).toEqual([position(2)]);
  });

  it('salvages while it runs when a page turns out to be broken', async () => {
    await open();
    for (let i = 0; i < 3000; i++) log.append([position(i)], () => {});
    for (let i = 3000; i < 3400; i++) await appended(log, position(i));
    const head = log.head();
    await log.stop();
    await open();
    const bytes = await readFile(path());
    const at = bytes.indexOf(String(1_764_000_000_000 + 3200));
    bytes.fill(0xff, Math.floor(at / 4096) * 4096, Math.floor(at / 4096) * 4096 + 8);
    await writeFile(path(), bytes);
    // Another connection's commit makes the log's own one forget the pages it remembers.
    const other = new Database(path());
    other.exec("INSERT OR REPLACE INTO meta VALUES ('touched', '')");
    other.close();
    const kept = (await all(log)).map(numberOf);
    expect(kept.length).toBeLessThan(3400);
    expect(kept.length).toBeGreaterThan(3300);
    expect(log.status().damage).toHaveLength(1);
    expect(log.status().damage[0]?.records).toBe(3400 - kept.length);
    expect(await appended(log, position(3400))).toBeUndefined();
    expect((await all(log, head)).map(numberOf)).toEqual([3400]);
  });

  it.each([
    ['first', 'events', 1],
    ['middle', 'positions', 5],
    ['last', 'positions', 10],
  ])('misses rows that are gone without a trace: the %s of %s', async (_, table, number) => {
    await open();
    for (let i = 1; i <= 10; i++) await appended(log, position(i), event(i));
    await log.stop();
    const other = new Database(path());
    other.exec(`DELETE FROM ${table} WHERE commit_number = ${number}`);
    other.close();
    await open();
    expect(log.status()).toMatchObject({ records: 19, damage: [{ records: 1 }] });
    expect(await all(log)).toHaveLength(19);
    await log.stop();
    await open();
    await appended(log, position(11));
    expect(await all(log)).toHaveLength(20);
    expect(log.status()).toMatchObject({ records: 20, damage: [{ records: 1 }] });
  });

  it('misses rows that are gone from the middle of a page it reads', async () => {
    await open();
    for (let i = 0; i < 10; i++) await appended(log, position(i));
    const other = new Database(path());
    other.exec('DELETE FROM positions WHERE commit_number IN (4, 5)');
    other.close();
    expect((await all(log)).map(numberOf)).toEqual([0, 1, 2, 5, 6, 7, 8, 9]);
    expect(log.status().damage).toMatchObject([{ records: 2, detail: expect.stringContaining('missing') }]);
    expect(await all(log)).toHaveLength(8);
    expect(log.status().damage).toHaveLength(1);
  });

  /** The files as a crash would leave them: the log is still open while they are copied. */
  async function copied(count: number): Promise<string> {
    await open();
    for (let i = 0; i < count; i++) await appended(log, position(i));
    const copy = join(folder, 'copy');
    await mkdir(copy);
    for (const suffix of ['', '-wal']) await copyFile(path() + suffix, join(copy, `log.sqlite${suffix}`));
    await log.stop();
    return copy;
  }

  it('opens with a torn write-ahead log: whole commits, up to the tear', async () => {
    const copy = await copied(30);
    const wal = join(copy, 'log.sqlite-wal');
    const { size } = await stat(wal);
    await truncate(wal, size - 4096 - 300);
    await open(copy);
    const kept = (await all(log)).map(numberOf);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => i));
    expect(kept.length).toBeGreaterThanOrEqual(28);
    expect(kept.length).toBeLessThan(30);
    expect(await appended(log, position(99))).toBeUndefined();
  });

  it('takes a last frame that was not written to its end for an unfinished commit, and no damage', async () => {
    const copy = await copied(30);
    const wal = join(copy, 'log.sqlite-wal');
    const bytes = await readFile(wal);
    const frames = Math.floor((bytes.length - 32) / 4120);
    const salt = bytes.subarray(16, 24);
    const last = Array.from({ length: frames }, (_, i) => 32 + i * 4120).findLast((at) =>
      bytes.subarray(at + 8, at + 16).equals(salt),
    );
    if (last === undefined) throw new Error('no frame in the write-ahead log');
    bytes.fill(0, last + 24, last + 4120);
    await writeFile(wal, bytes);
    await open(copy);
    expect((await all(log)).map(numberOf)).toEqual(Array.from({ length: 29 }, (_, i) => i));
    expect(log.status().damage).toEqual([]);
  });

  it('saves the commits that lie behind a damaged frame of the write-ahead log, and reports it', async () => {
    const copy = await copied(200);
    const wal = join(copy, 'log.sqlite-wal');
    const bytes = await readFile(wal);
    const at = bytes.indexOf(String(1_764_000_000_000 + 50));
    bytes[at + 2000] = (bytes[at + 2000] ?? 0) ^ 0x55;
    await writeFile(wal, bytes);
    await open(copy);
    expect(log.status().damage).toHaveLength(1);
    expect(log.status().damage[0]?.detail).toContain('write-ahead log');
    expect(await readdir(copy)).toContain(`${log.status().damage[0]?.file}-wal`);
    const kept = new Set((await all(log)).map(numberOf));
    // SQLite alone would have kept the first fifty or so; later frames have newer images of the damaged page.
    expect(kept.size).toBe(200);
  });

  it('never gives a record that was not written, nor loses one in silence, wherever a byte is wrong', async () => {
    const bytes = await written(150);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % Math.floor(below);
    };
    for (let round = 0; round < 40; round++) {
      // Every other time where the structure of a page is, which hides many rows when it is wrong.
      const at = round % 2 === 0 ? random(bytes.length) : random(bytes.length / 4096) * 4096 + random(40);
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ (1 + random(255));
      const place = join(folder, `round-${round}`);
      await mkdir(place);
      await writeFile(join(place, 'log.sqlite'), broken);
      await open(place);
      const records = await all(log);
      const numbers = records.map(numberOf);
      expect(records, `byte ${at}`).toEqual(numbers.map((number) => position(number)));
      expect(numbers, `byte ${at}`).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      if (numbers.length < 150) expect(log.status().damage.length, `byte ${at}`).toBeGreaterThan(0);
      expect(await appended(log, position(1000)), `byte ${at}`).toBeUndefined();
      await log.stop();
    }
  });
});
