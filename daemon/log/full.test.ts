import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderForTest, openLog } from './embedded.fixture.ts';
import type { EmbeddedLog } from './embedded.ts';
import { all, appended, event, numberOf, position, until } from './log.fixture.ts';
import type { LogError } from './log.ts';
import type { Retention } from './writer-messages.ts';

const everything: Retention = {
  positionsMaxAgeMs: Number.MAX_SAFE_INTEGER,
  positionsMaxBytes: Number.MAX_SAFE_INTEGER,
  deadLettersMaxAgeMs: Number.MAX_SAFE_INTEGER,
  deadLettersMaxBytes: Number.MAX_SAFE_INTEGER,
};

describe('an embedded log without room', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let log: EmbeddedLog;

  beforeEach(async () => {
    ({ folder, remove } = await folderForTest());
  });
  afterEach(async () => {
    await log.stop();
    await remove();
  });

  /** Appends until it is refused; answers the error and the numbers that were acknowledged. */
  async function fill(): Promise<{ error: LogError; acknowledged: number[] }> {
    const acknowledged: number[] = [];
    for (let first = 0; ; first += 500) {
      const numbers = Array.from({ length: 500 }, (_, i) => first + i);
      const error = await appended(log, ...numbers.map((number) => position(number)));
      if (error) return { error, acknowledged };
      acknowledged.push(...numbers);
    }
  }

  it('refuses what does not fit, keeps what did, goes on reading, and recovers when there is room', async () => {
    log = await openLog(folder, { maxPageCount: 60 });
    const { error, acknowledged } = await fill();
    expect(error).toMatchObject({ name: 'LogError', kind: 'full' });
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(log.status().writable).toBe(false);
    expect(log.status().problem).toMatch(/^no room on the disk of .+ since .+; free some, the log goes on by itself$/);
    expect((await all(log)).map(numberOf)).toEqual(acknowledged);
    const seen: number[] = [];
    const end = await log.tail(null, ({ records }) => seen.push(...records.map(numberOf)));
    const many = Array.from({ length: 5000 }, (_, i) => position(90_000 + i));
    expect(await appended(log, ...many)).toMatchObject({ kind: 'full' });
    expect(log.status().writable).toBe(false);
    await log.limitPages(100_000);
    // Nothing is appended: it finds out by itself.
    await until(() => log.status().writable);
    expect(log.status().problem).toBeUndefined();
    expect(await appended(log, position(99_999))).toBeUndefined();
    end();
    expect(seen).toEqual([...acknowledged, 99_999]);
    await log.stop();
    log = await openLog(folder);
    expect((await all(log)).map(numberOf)).toEqual([...acknowledged, 99_999]);
  });

  it('settles in call order when some are refused', async () => {
    log = await openLog(folder, { maxPageCount: 60 });
    const { acknowledged } = await fill();
    const order: string[] = [];
    const settle = (name: string) => (error?: LogError) => order.push(`${name} ${error?.kind ?? 'durable'}`);
    const many = Array.from({ length: 20_000 }, (_, i) => position(i));
    for (let i = 0; i < 5; i++) log.append(many, settle(`large ${i}`));
    log.append([], settle('empty'));
    await until(() => order.length === 6);
    expect(order.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((i) => `large ${i} full`));
    expect(order[5]).toMatch(/^empty/);
    expect((await all(log)).map(numberOf)).toEqual(acknowledged);
  });

  it('makes room by removing what has expired', async () => {
    let now = 1_000_000;
    const retention = { ...everything, positionsMaxAgeMs: 10_000 };
    log = await openLog(folder, { maxPageCount: 60, now: () => now, retention });
    await fill();
    now += 60_000;
    // The next refusal or probe removes what has expired meanwhile.
    await log.retain();
    await until(() => log.status().writable);
    const fresh = Array.from({ length: 500 }, (_, i) => position(70_000 + i));
    expect(await appended(log, ...fresh)).toBeUndefined();
    expect(await all(log)).toEqual(fresh);
  });
});

describe('retention of an embedded log', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let log: EmbeddedLog;

  beforeEach(async () => {
    ({ folder, remove } = await folderForTest());
  });
  afterEach(async () => {
    await log.stop();
    await remove();
  });

  it('removes positions and dead letters by age, each by its own, and never events', async () => {
    let now = 0;
    const retention = { ...everything, positionsMaxAgeMs: 5000, deadLettersMaxAgeMs: 2000 };
    log = await openLog(folder, { now: () => now, retention });
    for (let i = 0; i < 10; i++) {
      now = i * 1000;
      await appended(log, position(i), event(i), letter(i));
    }
    const head = log.head();
    now = 10_000;
    await log.retain();
    const records = await all(log);
    const of = (topic: string) => records.filter((record) => record.topic === topic);
    expect(of('positions').map(numberOf)).toEqual([5, 6, 7, 8, 9]);
    expect(of('dead-letters')).toEqual([8, 9].map((i) => letter(i)));
    expect(of('events')).toHaveLength(10);
    expect(log.status().records).toBe(17);
    now = 1_000_000;
    await log.retain();
    expect(await all(log)).toHaveLength(10);
    expect(log.head()).toBe(head);
    await log.stop();
    log = await openLog(folder, { now: () => now, retention });
    expect(log.head()).toBe(head);
    expect(log.status().records).toBe(10);
    await appended(log, position(10));
    expect((await all(log, head)).map(numberOf)).toEqual([10]);
    expect(log.status().records).toBe(11);
  });

  it('does not forget its place when nothing at all is left', async () => {
    let now = 0;
    const retention = { ...everything, positionsMaxAgeMs: 1 };
    log = await openLog(folder, { now: () => now, retention });
    for (let i = 0; i < 3; i++) await appended(log, position(i));
    const head = log.head();
    now = 10;
    await log.retain();
    await log.stop();
    log = await openLog(folder, { now: () => now, retention });
    expect(await all(log)).toEqual([]);
    expect(log.head()).toBe(head);
    await appended(log, position(3));
    expect((await all(log, head)).map(numberOf)).toEqual([3]);
  });

  it('removes the oldest positions beyond a size, in steps', async () => {
    const retention = { ...everything, positionsMaxBytes: 60_000 };
    log = await openLog(folder, { retention });
    for (let i = 0; i < 1500; i++) {
      const settled = appended(log, position(i), event(i));
      if (i % 2 === 0) await settled;
    }
    await appended(log, position(1500));
    const before = (await all(log, null, ['positions'])).length;
    expect(before).toBe(1501);
    await log.retain();
    const kept = (await all(log, null, ['positions'])).map(numberOf);
    expect(kept.length).toBeLessThan(700);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 1501 - kept.length + i));
    expect(await all(log, null, ['events'])).toHaveLength(1500);
  });
});

function letter(number: number): Parameters<typeof appended>[1] {
  return {
    topic: 'dead-letters',
    agency: 'demo',
    value: {
      id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      time: number,
      device: 'van-1',
      reason: 'not-json',
      detail: 'no JSON',
      format: 'none',
      via: 'mqtt vantrail/van-1/position',
      bytes: 'e30=',
    },
  };
}
