import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { all, appended, numberOf, position, until } from './log.fixture.ts';
import type { LogError } from './log.ts';
import type { MemoryBrokers } from './memory-remote.ts';
import {
  numbersFrom,
  openSpool,
  Seen,
  type SpoolOptions,
  type SpoolUnderTest,
  spoolsForTest,
} from './spool.fixture.ts';

describe('acknowledging when Kafka has it', () => {
  let brokers: MemoryBrokers;
  let folder: (name: string) => string;
  let remove: () => Promise<void>;
  let spool: SpoolUnderTest;
  const begin = async (options: SpoolOptions) => {
    spool = await openSpool(brokers, folder('one'), options);
    return spool;
  };

  beforeEach(async () => {
    ({ brokers, folder, remove } = await spoolsForTest());
  });
  afterEach(async () => {
    await spool.log.stop();
    await remove();
  });

  it('settles, and shows to the tails, what the shared log has taken, and nothing before', async () => {
    const { log, remote } = await begin({ ack: { fallback: 'spool', limitMs: 60_000 } });
    const seen = new Seen();
    await seen.follow(log);
    remote.cut();
    let settled: LogError | true | undefined;
    log.append([position(1), position(2)], (error) => {
      expect(seen.numbers).toEqual([1, 2]);
      settled = error ?? true;
    });
    await until(() => log.counts().waitingRecords === 2);
    expect(log.waitingBytes()).toBeGreaterThan(100);
    expect([settled, seen.numbers]).toEqual([undefined, []]);
    remote.mend();
    await until(() => settled !== undefined);
    expect(settled).toBe(true);
    expect(brokers.records).toBe(2);
    expect(log.waitingBytes()).toBe(0);
  });

  it('falls back to the spool when no broker answers in time, and returns when they do; nothing has two effects', async () => {
    const { log, remote } = await begin({
      ack: { fallback: 'spool', limitMs: 40 },
      // The first part is written; that it was is never known here.
      prepare: (made) => made.mishaps.push('written, then cut'),
    });
    const seen = new Seen();
    await seen.follow(log);
    expect(await appended(log, position(1))).toBeUndefined();
    expect(brokers.records).toBe(1);
    expect(log.status()).toMatchObject({ writable: true });
    expect(log.status().problem).toMatch(
      /^Kafka unreachable since .+; 1 records wait in the spool; positions are acknowledged from this daemon's disk$/,
    );
    // No longer waits for each.
    for (let number = 2; number < 40; number++) await appended(log, position(number));
    expect(seen.numbers).toEqual(numbersFrom(1, 39));
    remote.mend();
    await until(() => log.counts().waitingRecords === 0);
    expect(brokers).toMatchObject({ records: 39, repeated: 1 });
    expect(log.status().problem).toBeUndefined();
    remote.cut();
    let settled = false;
    log.append([position(40)], () => {
      settled = true;
    });
    await until(() => log.counts().waitingRecords === 1);
    expect([settled, seen.has(40)]).toEqual([false, false]);
    remote.mend();
    await until(() => settled);
    expect(seen.numbers).toEqual(numbersFrom(1, 40));
    expect((await all(remote)).map(numberOf)).toEqual(numbersFrom(1, 40));
  });

  it('refuses when no broker answers in time, keeps out what comes then, and goes on when they answer', async () => {
    const { log, remote } = await begin({ ack: { fallback: 'refuse', limitMs: 40 } });
    const seen = new Seen();
    await seen.follow(log);
    expect(await appended(log, position(0))).toBeUndefined();
    remote.cut();
    const order: string[] = [];
    for (const number of [1, 2]) log.append([position(number)], (error) => order.push(`${number} ${error?.kind}`));
    await until(() => order.length === 2);
    expect(order).toEqual(['1 io', '2 io']);
    expect(await appended(log, position(3))).toMatchObject({
      kind: 'io',
      message: 'Kafka has not answered within 0.04 s, and --ack-fallback refuse was chosen',
    });
    expect(log.counts().waitingRecords).toBe(2);
    const { writable, problem } = log.status();
    expect(writable).toBe(false);
    expect(problem).toMatch(/positions are refused until it answers \(--ack-fallback refuse\)$/);
    expect(seen.numbers).toEqual([0]);

    remote.mend();
    await until(() => log.status().writable);
    // The senders repeat what was refused; what had been in the spool comes to the log twice, with one fix time.
    for (const number of [1, 2, 3]) expect(await appended(log, position(number))).toBeUndefined();
    expect([...seen.counts.keys()]).toEqual([0, 1, 2, 3]);
    expect(brokers.records).toBe(6);
  });

  it('gives after a restart what it had fallen back for, and keeps back what it had not', async () => {
    const other = await openSpool(brokers, folder('other'), { daemon: 'two' });
    for (const [fallback, before, number] of [
      ['spool', 1, 2],
      ['refuse', 3, 4],
    ] as const) {
      const name = folder(fallback);
      const first = await openSpool(brokers, name, { ack: { fallback, limitMs: 30 } });
      const seen = new Seen();
      const end = await seen.follow(first.log);
      await appended(other.log, position(before));
      await until(() => seen.has(before));
      end();
      first.remote.cut();
      const error = await appended(first.log, position(number));
      expect(error?.kind).toBe(fallback === 'spool' ? undefined : 'io');
      await first.log.stop();
      spool = await openSpool(brokers, name, { ack: { fallback }, cut: true });
      // From a cursor a tail needs no broker: once this resolves it has been given what the spool has for it.
      await seen.follow(spool.log);
      expect(spool.log.counts().waitingRecords).toBe(1);
      expect(seen.numbers).toEqual(numbersFrom(1, fallback === 'spool' ? number : before));
      spool.remote.mend();
      await until(() => seen.has(number));
      expect(seen.numbers).toEqual(numbersFrom(1, number));
      if (fallback === 'spool') await spool.log.stop();
    }
    await other.log.stop();
  });
});
