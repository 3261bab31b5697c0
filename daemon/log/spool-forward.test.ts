import { cpSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { openLog, silent } from './embedded.fixture.ts';
import { all, appended, event, numberOf, position, until } from './log.fixture.ts';
import { UnknownCursor } from './log.ts';
import { MemoryBrokers } from './memory-remote.ts';
import {
  headOf,
  killed,
  numbersFrom,
  openSpool,
  Seen,
  type SpoolOptions,
  type SpoolUnderTest,
  spoolsForTest,
} from './spool.fixture.ts';

import { SpoolFile } from './spool-file.ts';

let brokers: MemoryBrokers;
let folder: (name: string) => string;
let remove: () => Promise<void>;
const open: SpoolUnderTest[] = [];

async function begin(name: string, options?: SpoolOptions, on = brokers): Promise<SpoolUnderTest> {
  const spool = await openSpool(on, folder(name), options);
  open.push(spool);
  return spool;
}

beforeEach(async () => {
  ({ brokers, folder, remove } = await spoolsForTest());
});
afterEach(async () => {
  for (const { log } of open.splice(0)) await log.stop();
  await remove();
});

const positions = (first: number, count: number) => numbersFrom(first, count).map((number) => position(number));

/** The origins of what is at the brokers, in order. */
async function origins({ remote }: SpoolUnderTest): Promise<{ daemon: string; sequence: number }[]> {
  return (await all(remote)).map(({ origin }) => origin ?? { daemon: '', sequence: 0 });
}

function letter(number: number): LogRecord {
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

describe('forwarding the spool', () => {
  it('gives every record one number, the same whether it is read from the file or from memory', async () => {
    const first = await begin('one', { gatherMs: 5 });
    const records = [letter(1), ...positions(0, 3), letter(2), position(3)];
    for (let i = 0; i < 30; i++) await appended(first.log, ...records);
    await until(() => brokers.records === 180);
    const live = await origins(first);
    expect(live.map(({ sequence }) => sequence)).toEqual(numbersFrom(1, 180));
    const kinds = (await all(first.remote)).map(({ topic }) => topic);
    await first.log.stop();

    // The note is gone: everything is read from the file and sent again, to brokers that have nothing.
    const again = new MemoryBrokers({ life: 'again' });
    const file = new SpoolFile({ folder: folder('one'), logger: silent });
    await file.start();
    await file.log.ask({ kind: 'forwarded', mark: { commit: 0, records: 0, bytes: 0 } });
    await file.stop();
    const second = await begin('one', {}, again);
    await until(() => again.records === 180);
    expect(await origins(second)).toEqual(live);
    expect((await all(second.remote)).map(({ topic }) => topic)).toEqual(kinds);
  });

  it('sends again what a crash took the note of, and readers drop it', async () => {
    const reader = await begin('two', { daemon: 'two' });
    const seen = new Seen();
    await seen.follow(reader.log);
    const first = await begin('one');
    await appended(first.log, ...positions(0, 10));
    await until(() => brokers.records === 10);
    // Written, but the daemon is killed before it hears of that.
    first.remote.mishaps.push('written, then cut');
    await appended(first.log, ...positions(10, 500));
    await until(() => brokers.records === 510);
    expect(first.log.counts().waitingRecords).toBe(500);
    await killed(first, folder('one'), folder('copy'));

    const { log } = await begin('copy');
    await until(() => log.counts().waitingRecords === 0);
    expect(brokers).toMatchObject({ records: 510 });
    expect(brokers.repeated).toBeGreaterThanOrEqual(500);
    await appended(log, position(510));
    await until(() => seen.has(511));
    expect(seen.numbers).toEqual(numbersFrom(0, 511));
  });

  it('repeats a part of which half arrived, and the rest is not taken for a repetition', async () => {
    const { log, remote } = await begin('one', { prepare: (made) => made.mishaps.push('half written', 'answer lost') });
    await appended(log, ...positions(0, 100));
    await until(() => log.counts().waitingRecords === 0);
    expect(brokers).toMatchObject({ records: 100, repeated: 150 });
    expect((await all(remote)).map(numberOf)).toEqual(numbersFrom(0, 100));
  });

  it('carries over what a dead daemon left when its disk returns', async () => {
    const first = await begin('one');
    first.remote.cut();
    await appended(first.log, ...positions(0, 50));
    await killed(first, folder('one'), folder('disk'));
    const other = await begin('two', { daemon: 'two' });
    const seen = new Seen();
    await seen.follow(other.log);
    await appended(other.log, position(100));
    await until(() => brokers.records === 1);
    expect(seen.numbers).toEqual([100]);
    await begin('disk');
    await until(() => seen.has(51));
    expect(seen.numbers).toEqual([...numbersFrom(0, 50), 100]);
  });

  it('keeps the name of what it forwards when the daemon is called something else', async () => {
    const first = await begin('one', { daemon: 'host-a' });
    const seen = new Seen();
    await seen.follow(first.log);
    await appended(first.log, ...positions(0, 10));
    await until(() => first.log.counts().waitingRecords === 0);
    first.remote.mishaps.push('written, then cut');
    await appended(first.log, ...positions(10, 10));
    await until(() => brokers.records === 20);
    await killed(first, folder('one'), folder('moved'));
    const { log } = await begin('moved', { daemon: 'host-b' });
    await seen.follow(log);
    await appended(log, ...positions(20, 10));
    await until(() => log.counts().waitingRecords === 0);
    expect(brokers.records).toBe(30);
    expect(seen.numbers).toEqual(numbersFrom(0, 30));
  });

  it('begins new numbers with a new disk, and whoever goes on from an old cursor rebuilds', async () => {
    const first = await begin('one');
    const seen = new Seen();
    await seen.follow(first.log);
    await appended(first.log, ...positions(0, 20));
    await until(() => brokers.records === 20);
    const old = headOf(first.log);
    await first.log.stop();

    const second = await begin('new disk');
    expect(() => second.log.covers(headOf(second.log), old)).toThrow(UnknownCursor);
    await expect(seen.follow(second.log)).rejects.toThrow(UnknownCursor);
    const fresh = new Seen();
    await fresh.follow(second.log);
    await appended(second.log, ...positions(20, 20));
    await until(() => brokers.records === 40);
    expect(fresh.numbers).toEqual(numbersFrom(0, 40));
    const names = new Set((await origins(second)).map(({ daemon }) => daemon));
    expect([...names]).toEqual([expect.stringMatching(/^one-[a-z0-9]+$/), expect.stringMatching(/^one-[a-z0-9]+$/)]);
  });
});

it('takes nothing more when its disk was put back to an older state, and says what to do', async () => {
  const first = await begin('one');
  await appended(first.log, ...positions(0, 10));
  await until(() => first.log.counts().waitingRecords === 0);
  cpSync(folder('one'), folder('older'), { recursive: true, filter: (path) => !path.endsWith('-shm') });
  await appended(first.log, ...positions(10, 10));
  await until(() => brokers.records === 20);
  await first.log.stop();
  const { log } = await begin('older');
  expect(log.status().writable).toBe(true);
  await log.tail(null, () => {});
  expect(log.status().writable).toBe(false);
  expect(log.status().problem).toMatch(/the folder is an older copy, or another daemon uses a copy of it; stop/);
  expect(await appended(log, position(20))).toMatchObject({ kind: 'io' });
});

describe('trimming the spool', () => {
  let now: number;
  const minute = 60_000;

  beforeEach(() => {
    now = Date.UTC(2026, 3, 1, 6);
  });

  /** Numbers that are still in the spool of a log that nobody reads from the brokers. */
  async function inSpool(name: string): Promise<number[]> {
    const log = await openLog(folder(name));
    const numbers = (await all(log)).filter(({ topic }) => topic === 'positions').map(numberOf);
    await log.stop();
    return numbers;
  }

  it('removes what is forwarded, saved and old enough, of both topics, and nothing else', async () => {
    const saved = new Seen();
    const { log, remote } = await begin('one', { now: () => now, saved: () => undefined });
    const end = await saved.follow(log);
    await appended(log, ...positions(0, 10), letter(1));
    const early = headOf(log);
    now += minute;
    await appended(log, ...positions(10, 10), letter(2));
    const later = headOf(log);
    await until(() => brokers.records === 22);
    remote.cut();
    await appended(log, ...positions(20, 10));
    now += 9 * minute;
    // Nobody knows yet from where projections would read.
    await log.trim();
    expect(log.counts().waitingRecords).toBe(10);
    end();
    await log.stop();
    expect(await inSpool('one')).toEqual(numbersFrom(0, 30));

    const open = async (cursors: readonly string[], at: number) => {
      const next = await begin('one', { now: () => at, saved: () => cursors, cut: true });
      await next.log.trim();
      await next.log.stop();
      return await inSpool('one');
    };
    // Old enough are the first ten after eleven minutes, but somebody may still read from the beginning of the second …
    expect(await open([later], now)).toEqual(numbersFrom(0, 30));
    expect(await open([early, later], now + 1)).toEqual(numbersFrom(10, 20));
    expect(await open([early, later], now + 60 * minute)).toEqual(numbersFrom(10, 20));
    expect(await open([later], now + 60 * minute)).toEqual(numbersFrom(20, 10));
    // … and what is not forwarded stays in any case.
    expect(await open([], now + 60 * minute)).toEqual(numbersFrom(20, 10));
  });

  it('rebuilds from nothing: what was trimmed from the brokers, the rest from the spool, each once', async () => {
    const first = await begin('one', { now: () => now, keptMs: minute });
    const other = await begin('two', { daemon: 'two' });
    await appended(first.log, ...positions(0, 100), letter(1));
    await appended(other.log, ...positions(1000, 10));
    await until(() => brokers.records === 111);
    now += 2 * minute;
    await appended(first.log, ...positions(100, 50));
    await until(() => brokers.records === 161);
    await first.log.stop();
    const { log, remote } = await begin('one', { now: () => now, keptMs: minute });
    await log.trim();
    remote.cut();
    await appended(log, ...positions(150, 50));
    remote.mend();
    const expected = [...numbersFrom(0, 200), ...numbersFrom(1000, 10)];
    const seen = new Seen();
    await seen.follow(log);
    expect(seen.numbers).toEqual(expected);
    const read = (await all(log)).filter(({ topic }) => topic === 'positions').map(numberOf);
    expect(read.sort((a, b) => a - b)).toEqual(expected);
    // It goes on from there: own records that come back are not taken twice.
    const cursor = seen.cursor ?? '';
    await appended(log, ...positions(200, 10), letter(2));
    await until(() => brokers.records === 222);
    expect(seen.numbers).toEqual([...numbersFrom(0, 210), ...numbersFrom(1000, 10)]);
    const next = new Seen();
    next.cursor = cursor;
    await next.follow(log);
    expect(next.numbers).toEqual(numbersFrom(200, 10));
    await log.stop();
    expect(await inSpool('one')).toEqual(numbersFrom(100, 110));
  });

  it('refuses a cursor from before what was trimmed', async () => {
    const { log } = await begin('one', { now: () => now, keptMs: 0 });
    await appended(log, position(0));
    const old = headOf(log);
    for (let number = 1; number < 5; number++) await appended(log, position(number));
    await until(() => brokers.records === 5);
    await log.stop();
    now += 1;
    const next = await begin('one', { now: () => now, keptMs: 0 });
    await next.log.trim();
    expect(() => next.log.covers(headOf(next.log), old)).toThrow(UnknownCursor);
    await expect(all(next.log, old)).rejects.toThrow(UnknownCursor);
    await expect(next.log.tail(old, () => {})).rejects.toThrow(UnknownCursor);
  });

  it('lets one reader catch up from nothing to the cursor of another, each record once', async () => {
    const ahead = new Seen();
    const first = await begin('one', { now: () => now, keptMs: 0, saved: () => (ahead.cursor ? [ahead.cursor] : []) });
    const other = await begin('two', { daemon: 'two' });
    await ahead.follow(first.log);
    for (let round = 0; round < 6; round++) {
      await appended(first.log, ...positions(round * 20, 10), event(round, 'x'));
      await appended(other.log, ...positions(round * 20 + 10, 10));
    }
    await until(() => ahead.has(120) && brokers.records === 126);
    const upTo = ahead.cursor ?? '';
    // More after it, and all that was forwarded is trimmed.
    await appended(first.log, ...positions(120, 10));
    await until(() => brokers.records === 136);
    now += minute;
    await first.log.stop();
    const { log } = await begin('one', { now: () => now, keptMs: 0, saved: () => [upTo] });
    await log.trim();
    const numbers: number[] = [];
    for await (const batch of log.read(null, ['positions'], upTo)) {
      numbers.push(...batch.records.map(numberOf));
      expect(log.covers(upTo, batch.cursor)).toBe(true);
      // Going on from any of its cursors gives the rest.
      const rest: number[] = [];
      for await (const more of log.read(batch.cursor, ['positions'], upTo)) rest.push(...more.records.map(numberOf));
      expect([...numbers, ...rest].sort((a, b) => a - b)).toEqual(numbersFrom(0, 120));
    }
    expect(numbers.sort((a, b) => a - b)).toEqual(numbersFrom(0, 120));
  });
});
