import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { all, appended, event, numberOf, position, until } from './log.fixture.ts';
import type { MemoryBrokers } from './memory-remote.ts';
import { headOf, numbersFrom, openSpool, Seen, type SpoolUnderTest, spoolsForTest } from './spool.fixture.ts';

let brokers: MemoryBrokers;
let folder: (name: string) => string;
let remove: () => Promise<void>;
const open: SpoolUnderTest[] = [];

async function begin(...[name, options]: [string, Parameters<typeof openSpool>[2]?]): Promise<SpoolUnderTest> {
  const spool = await openSpool(brokers, folder(name), options);
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

describe('Kafka away for ten minutes', () => {
  it('costs no acknowledgement, shows own positions at once, says so, and carries everything over afterwards', async () => {
    let now = Date.UTC(2026, 3, 1, 6);
    const { log, remote } = await begin('one', { now: () => now });
    const seen = new Seen();
    await seen.follow(log);
    await appended(log, position(0));
    await until(() => log.counts().forwarded === 1);
    expect(log.status()).toMatchObject({ writable: true });
    expect(log.status().problem).toBeUndefined();

    remote.cut();
    for (let second = 1; second <= 600; second++) {
      now += 1000;
      const numbers = numbersFrom(second * 50, 50);
      expect(await appended(log, ...numbers.map((number) => position(number)))).toBeUndefined();
      // Settled, so the tail has them.
      expect(seen.counts.has(second * 50 + 49)).toBe(true);
    }
    expect(brokers.records).toBe(1);
    expect(log.counts()).toMatchObject({
      waitingRecords: 30_000,
      oldestSeconds: 599,
      forwarded: 1,
      unreachableSince: now - 600_000,
    });
    expect(log.counts().waitingBytes).toBeGreaterThan(100_000);
    expect(log.status()).toMatchObject({
      writable: true,
      problem: 'Kafka unreachable since 2026-04-01T06:00:00.000Z; 30000 records wait in the spool',
    });

    remote.mend();
    await until(() => log.counts().waitingRecords === 0);
    expect(log.counts()).toMatchObject({ waitingBytes: 0, oldestSeconds: 0, forwarded: 30_001 });
    expect(log.status().problem).toBeUndefined();
    expect((await all(remote)).map(numberOf)).toEqual([0, ...numbersFrom(50, 30_000)]);
    expect(seen.numbers).toEqual([0, ...numbersFrom(50, 30_000)]);
  });

  it('refuses commands meanwhile, which do not pass the spool', async () => {
    const { log, remote } = await begin('one');
    remote.cut();
    expect(await appended(log, event(1))).toMatchObject({ kind: 'io' });
    // All of a call becomes durable together or not at all.
    expect(await appended(log, event(2), position(2))).toMatchObject({ kind: 'io' });
    expect(log.counts().waitingRecords).toBe(0);
    remote.mend();
    expect(await appended(log, event(3))).toBeUndefined();
    expect(await all(log)).toEqual([event(3)]);
  });
});

describe('a start while no broker answers', () => {
  it('goes on from a saved cursor with what the spool has, and with the rest when they answer', async () => {
    const first = await begin('one');
    const other = await begin('two', { daemon: 'two' });
    const seen = new Seen();
    await seen.follow(first.log);
    await appended(first.log, position(1));
    await until(() => brokers.records === 1);
    first.remote.cut();
    await appended(first.log, position(2));
    const saved = new Seen();
    saved.cursor = seen.cursor;
    await first.log.stop();
    await appended(other.log, position(3));
    await until(() => brokers.records === 2);

    const { log, remote } = await begin('one', { cut: true });
    const head = headOf(log);
    expect(log.covers(head, saved.cursor ?? '')).toBe(true);
    expect(await appended(log, position(4))).toBeUndefined();
    await saved.follow(log);
    expect(saved.numbers).toEqual([4]);
    expect(log.status().problem).toMatch(/^Kafka unreachable since .+; 2 records wait in the spool$/);
    expect(await appended(log, event(1))).toMatchObject({ kind: 'io' });
    await appended(log, position(5));
    expect(saved.numbers).toEqual([4, 5]);
    remote.mend();
    await until(() => saved.has(3));
    expect(saved.numbers).toEqual([3, 4, 5]);
    await until(() => brokers.records === 5);
    expect(log.status().problem).toBeUndefined();
  });

  it('waits for the brokers when there is no cursor', async () => {
    const first = await begin('one');
    const other = await begin('two', { daemon: 'two' });
    const saved = new Seen();
    await saved.follow(first.log);
    await appended(other.log, position(1));
    await until(() => saved.has(1));
    await first.log.stop();
    const { log, remote } = await begin('one', { cut: true });
    await appended(log, position(2));
    const seen = new Seen();
    let followed = false;
    const following = seen.follow(log).then(() => {
      followed = true;
    });
    await until(() => seen.has(1));
    // With a cursor it is answered, though asked later.
    await saved.follow(log);
    expect(followed).toBe(false);
    remote.mend();
    await following;
    expect(seen.numbers).toEqual([1, 2]);
  });
});

describe('the limit of the spool', () => {
  it('acknowledges nothing more, says so, and recovers by itself as it drains', async () => {
    const { log, remote } = await begin('one', { maxBytes: 20_000 });
    remote.cut();
    let kept = 0;
    for (;;) {
      const error = await appended(log, ...numbersFrom(kept, 100).map((number) => position(number)));
      if (error !== undefined) {
        expect(error).toMatchObject({ name: 'LogError', kind: 'full' });
        expect(error.message).toMatch(
          /^the spool in .+ has been full since .+: 20000 bytes \(--spool-max-bytes\) wait/,
        );
        break;
      }
      kept += 100;
    }
    expect(kept).toBeGreaterThan(100);
    expect(log.counts().waitingBytes).toBeGreaterThanOrEqual(20_000);
    expect(log.counts().waitingBytes).toBeLessThan(40_000);
    const { writable, problem } = log.status();
    expect(writable).toBe(false);
    expect(problem).toMatch(/nothing is acknowledged until some of it has been forwarded; Kafka unreachable since/);
    remote.mend();
    await until(() => log.status().writable);
    expect(await appended(log, position(kept))).toBeUndefined();
    expect((await all(log)).map(numberOf).sort((a, b) => a - b)).toEqual(numbersFrom(0, kept + 1));
  });

  it('settles refusals in the order of the calls', async () => {
    const { log, remote } = await begin('one', { maxBytes: 1 });
    remote.cut();
    const order: string[] = [];
    const settle = (name: string) => (error?: { kind: string }) => order.push(`${name} ${error?.kind ?? 'durable'}`);
    log.append([position(1)], settle('first'));
    await until(() => order.length === 1);
    log.append([position(2)], settle('second'));
    log.append([], settle('empty'));
    await until(() => order.length === 3);
    expect(order).toEqual(['first durable', 'second full', 'empty full']);
  });
});
