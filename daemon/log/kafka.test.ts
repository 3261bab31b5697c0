import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { type Brokers, kafkaLibs, startBrokers } from '../../test/kafka/brokers.ts';
import { makeSecurity, type Security } from '../../test/kafka/security.ts';
import type { TcpProxy } from '../../test/kafka/tcp-proxy.ts';
import { logContract } from './contract.ts';
import { freshPrefix, openKafkaLog, silent } from './kafka.fixture.ts';
import { KafkaExchange, KafkaLog } from './kafka.ts';
import { all, appended, event, numberOf, person, position, until } from './log.fixture.ts';
import { type LogBatch, UnknownCursor } from './log.ts';
import type { ExchangeMessage } from './remote.ts';

describe('kafkajs', () => {
  it('is the version whose inner parts we use', () => {
    // Another one may be as good, but first compare what kafka.ts and kafka-cluster.ts say of it.
    expect(createRequire(import.meta.url)('kafkajs/package.json')).toMatchObject({ version: '2.2.4' });
  });
});

describe.skipIf(kafkaLibs === undefined)('on one Kafka broker', () => {
  let folder: string;
  let security: Security;
  let brokers: Brokers;
  const logs: KafkaLog[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vantrail-kafka-keys-'));
    security = makeSecurity(folder, [{ name: 'daemon', password: 'right' }]);
    brokers = await startBrokers({ count: 1, security, proxied: true });
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.stop()));
  });
  afterAll(async () => {
    await brokers?.stopAll();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (options: Partial<ConstructorParameters<typeof KafkaLog>[0]> & { prefix: string }) => {
    const log = await openKafkaLog({ brokers: brokers.addresses, ...options });
    logs.push(log);
    return log;
  };
  const client = () => new Kafka({ brokers: brokers.addresses, logLevel: logLevel.NOTHING });
  /** What another program writes into a topic. */
  const write = async (
    topic: string,
    ...messages: { key: string | null; value: string | null; partition?: number }[]
  ) => {
    const producer = client().producer({
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  };

  logContract('Kafka log', async () => {
    const prefix = freshPrefix();
    const options = { brokers: brokers.addresses, prefix };
    let log = await openKafkaLog(options);
    return {
      log,
      reopen: async () => {
        await log.stop();
        log = await openKafkaLog(options);
        return log;
      },
      cleanup: () => log.stop(),
    };
  });

  it('shares its records with other daemons, each with its own place', async () => {
    const prefix = freshPrefix();
    const [one, two] = [await open({ prefix }), await open({ prefix })];
    const seen: LogRecord[] = [];
    const end = await two.tail(null, ({ records }) => seen.push(...records));
    await appended(one, position(1), event(1));
    await appended(two, position(2));
    await until(() => seen.length === 3);
    end();
    expect(seen.filter(({ topic }) => topic === 'positions').map(numberOf)).toEqual([1, 2]);
    expect(one.covers(two.head() ?? '', one.head() ?? '')).toBe(true);
    expect(await all(one)).toHaveLength(2);
    await until(() => one.status().records === 3);
    expect(await all(one)).toHaveLength(3);
  });

  it('sets poison records aside, says where they are, and reads on', async () => {
    const prefix = freshPrefix();
    const log = await open({ prefix, partitions: 1 });
    const seen: LogRecord[] = [];
    const batches: LogBatch[] = [];
    const end = await log.tail(null, (batch) => {
      batches.push(batch);
      seen.push(...batch.records);
    });
    await appended(log, position(1));
    await write(
      `${prefix}.positions.v1`,
      { key: 'demo', value: '{"device":' },
      { key: 'demo', value: '{"device":"x"}' },
      { key: null, value: '{}' },
    );
    await appended(log, position(2));
    end();
    expect(seen.map(numberOf)).toEqual([1, 2]);
    expect(log.poison().count).toBe(3);
    expect(log.poison().newest.map(({ topic, partition, offset }) => [topic, partition, offset])).toEqual([
      [`${prefix}.positions.v1`, 0, 3],
      [`${prefix}.positions.v1`, 0, 2],
      [`${prefix}.positions.v1`, 0, 1],
    ]);
    expect(await all(log, null, ['positions'])).toEqual([position(1), position(2)]);
    expect(log.poison().count).toBe(3);
    expect(batches.at(-1)?.cursor).toBe(log.head());
  });

  it('takes an ordinary client’s tombstone for an erasure', async () => {
    const prefix = freshPrefix();
    const log = await open({ prefix, partitions: 1 });
    await appended(log, person('a', 'Asha'));
    await write(`${prefix}.people.v1`, { key: 'demo/a', value: null });
    const reader = await open({ prefix });
    expect(await all(reader)).toEqual([person('a', 'Asha'), person('a', null)]);
  });

  it('forwards a spool once, however often it is sent', async () => {
    const prefix = freshPrefix();
    const log = await open({ prefix, origin: 'd1-abc' });
    const part = Array.from({ length: 3000 }, (_, i) => ({ record: position(i, `agency-${i % 5}`), sequence: i }));
    const seen: LogRecord[] = [];
    let cursor = '';
    const end = await log.tail(null, (batch) => {
      cursor = batch.cursor;
      seen.push(...batch.records);
    });
    await log.forward(part.slice(0, 2000));
    // As after a crash that took the note of what was forwarded.
    await log.forward(part.slice(1000));
    await until(() => log.lag() === 0);
    end();
    const expected = part.map(({ record, sequence }) => ({ ...record, origin: { daemon: 'd1-abc', sequence } }));
    const inOrder = (records: LogRecord[]) =>
      records.toSorted((a, b) => (a.origin?.sequence ?? 0) - (b.origin?.sequence ?? 0));
    expect(inOrder(seen)).toEqual(expected);
    expect(log.repeated()).toBe(1000);
    expect(log.forwarded()).toBe(4000);
    expect(inOrder(await all(log))).toEqual(expected);
    // The marks are in the cursor: a reader that goes on from there knows what it has had.
    await log.forward(part.slice(2999));
    const again = await open({ prefix });
    expect(await all(again, cursor)).toEqual([]);
  });

  it('goes on at the oldest record when its place is gone, and says so', async () => {
    const prefix = freshPrefix();
    const log = await open({ prefix, partitions: 1 });
    await appended(log, position(0));
    const from = log.head();
    for (let i = 1; i < 4; i++) await appended(log, position(i));
    const admin = client().admin();
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: [`${prefix}.positions.v1`] });
    await admin.deleteTopicRecords({ topic: `${prefix}.positions.v1`, partitions: [{ partition: 0, offset: '3' }] });
    await admin.disconnect();
    expect((await all(log, from)).map(numberOf)).toEqual([3]);
    expect(log.status().damage).toMatchObject([
      { file: `${prefix}.positions.v1-0`, records: 2, detail: expect.stringContaining('records 1 to 2 are gone') },
    ]);
    const seen: LogRecord[] = [];
    (await log.tail(from, ({ records }) => seen.push(...records)))();
    expect(seen.map(numberOf)).toEqual([3]);
    // From the beginning means from what there is.
    expect(await all(log)).toHaveLength(1);
    expect(log.status().damage).toHaveLength(2);
  });

  it('refuses the cursors of before when a topic was deleted and made again', async () => {
    const prefix = freshPrefix();
    const log = await open({ prefix });
    await appended(log, position(1));
    const head = log.head() ?? '';
    await log.stop();
    const admin = client().admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${prefix}.places.v1`] });
    await admin.disconnect();
    const later = await open({ prefix });
    expect(() => later.covers(head, head)).toThrow(UnknownCursor);
    expect(await all(later)).toEqual([position(1)]);
  });

  it('makes topics as they must be, warns of others, and refuses what would lose records', async () => {
    const prefix = freshPrefix();
    await open({ prefix, partitions: 3, retentionMs: { positions: 86_400_000 } });
    const admin = client().admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: ['positions', 'events', 'people'].map((topic) => ({ type: 2, name: `${prefix}.${topic}.v1` })),
    });
    const configOf = (i: number) =>
      Object.fromEntries(
        resources[i]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [],
      );
    expect(configOf(0)).toMatchObject({ 'retention.ms': '86400000', 'compression.type': 'zstd' });
    expect(configOf(1)).toMatchObject({ 'retention.ms': '-1', 'min.insync.replicas': '1' });
    expect(configOf(2)).toMatchObject({ 'cleanup.policy': 'compact' });

    const said: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) });
    const log = await open({ prefix, partitions: 5, logger });
    expect(said.join()).toContain(`topic ${prefix}.positions.v1 has 3 partitions, 5 are configured`);
    expect(said.join()).toContain('retention.ms=86400000');
    await appended(log, ...Array.from({ length: 20 }, (_, i) => position(i, `agency-${i}`)));
    expect(await all(log)).toHaveLength(20);

    const bad = freshPrefix();
    await admin.createTopics({ topics: [{ topic: `${bad}.people.v1` }, { topic: `${bad}.events.v1` }] });
    await admin.disconnect();
    const refused = new KafkaLog({
      brokers: brokers.addresses,
      prefix: bad,
      partitions: 1,
      replication: 1,
      logger: silent,
    });
    logs.push(refused);
    const error = await refused.start().catch((each: unknown) => each as Error);
    expect(error).toMatchObject({ name: 'LogError' });
    expect(error?.message).toContain(`${bad}.people.v1 has cleanup.policy=delete, wanted is cleanup.policy=compact`);
    expect(error?.message).toContain(`${bad}.events.v1 has retention.ms=604800000, wanted is retention.ms=-1`);
  });

  it('says what is wrong when the cluster is too small for the replicas', async () => {
    const log = new KafkaLog({
      brokers: brokers.addresses,
      prefix: freshPrefix(),
      partitions: 1,
      replication: 3,
      logger: silent,
    });
    logs.push(log);
    await expect(log.start()).rejects.toThrow(/Kafka does not make topic .*--kafka-replication/);
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('signs in over TLS with %s', async (mechanism) => {
    const { ca } = security;
    const access = { brokers: brokers.secureAddresses, tls: { ca } };
    const sasl = { mechanism, username: 'daemon', password: 'right' };
    const log = await open({ prefix: freshPrefix(), ...access, sasl });
    await appended(log, position(1));
    expect(await all(log)).toEqual([position(1)]);
    const wrong = new KafkaLog({
      ...access,
      prefix: freshPrefix(),
      partitions: 1,
      replication: 1,
      logger: silent,
      sasl: { ...sasl, password: 'wrong' },
    });
    logs.push(wrong);
    await expect(wrong.start()).rejects.toThrow(/the brokers refuse the sign-in .*--kafka-password/);
  });

  it('does not trust a broker whose certificate another CA has signed', async () => {
    const sasl = { mechanism: 'plain', username: 'daemon', password: 'right' } as const;
    for (const tls of [{ ca: security.otherCa }, {}]) {
      const log = new KafkaLog({
        brokers: brokers.secureAddresses,
        prefix: freshPrefix(),
        partitions: 1,
        replication: 1,
        logger: silent,
        tls,
        sasl,
      });
      logs.push(log);
      await expect(log.start()).rejects.toThrow(/certificate of the broker is not trusted .*--kafka-ca/);
    }
  });

  it('carries short messages between daemons, from now on and to oneself too', async () => {
    const options = { brokers: brokers.addresses, prefix: freshPrefix(), replication: 1, logger: silent };
    const [one, two] = [new KafkaExchange(options), new KafkaExchange(options)];
    await one.start();
    const early: ExchangeMessage = { type: 'connected', daemon: 'd1', username: 'u0', at: 0 };
    await one.send(early);
    await two.start();
    const heard: ExchangeMessage[][] = [[], []];
    one.onMessage((message) => heard[0]?.push(message));
    two.onMessage(() => {
      throw new Error('a listener that fails on purpose');
    });
    two.onMessage((message) => heard[1]?.push(message));
    const messages: ExchangeMessage[] = [
      { type: 'connected', daemon: 'd1', username: 'u1', at: 1 },
      { type: 'command', daemon: 'd2', id: 'c1', username: 'u1', payload: 'reboot "now"' },
    ];
    await one.send(messages[0] as ExchangeMessage);
    await write(`${options.prefix}.exchange.v1`, { key: null, value: 'no JSON' });
    await two.send(messages[1] as ExchangeMessage);
    await until(() => heard.every((each) => each.at(-1)?.type === 'command'));
    expect(heard[1]).toEqual(messages);
    expect(heard[0]?.slice(-2)).toEqual(messages);
    await Promise.all([one.stop(), two.stop()]);
    await expect(one.send(early)).rejects.toMatchObject({ name: 'LogError', kind: 'closed' });
  });

  it('waits while no broker answers, says since when, and goes on by itself', async () => {
    const proxy = brokers.proxies[0] as TcpProxy;
    const prefix = freshPrefix();
    const log = await open({ prefix, brokers: brokers.proxiedAddresses, partitions: 1, maxWaitingBytes: 100_000 });
    const seen: number[] = [];
    const end = await log.tail(null, ({ records }) => seen.push(...records.map(numberOf)));
    await appended(log, position(0));
    proxy.refuse(true);
    proxy.drop();
    const settled: (string | undefined)[] = [];
    for (let i = 1; i <= 1000; i++) log.append([position(i)], (error) => settled.push(error?.kind));
    await until(() => log.unreachableSince() !== undefined);
    expect(log.status()).toMatchObject({
      writable: false,
      problem: expect.stringContaining('no Kafka broker answers since'),
    });
    expect(log.status().problem).toContain(brokers.proxiedAddresses[0]);
    expect(log.lag()).toBeUndefined();
    expect(log.waitingBytes()).toBeGreaterThan(90_000);
    expect(log.waitingBytes()).toBeLessThanOrEqual(100_000);
    expect(settled).toEqual([]);
    const late = new KafkaLog({
      brokers: brokers.proxiedAddresses,
      prefix,
      partitions: 1,
      replication: 1,
      logger: silent,
    });
    logs.push(late);
    const started = late.start();
    await until(() => late.unreachableSince() !== undefined);
    proxy.refuse(false);
    await until(() => settled.length === 1000);
    await started;
    const taken = settled.filter((kind) => kind === undefined).length;
    expect(settled).toEqual([...Array(taken).fill(undefined), ...Array(1000 - taken).fill('io')]);
    expect(seen).toEqual(Array.from({ length: taken + 1 }, (_, i) => i));
    expect(log.unreachableSince()).toBeUndefined();
    expect(log.status().problem).toBeUndefined();
    expect(log.lag()).toBe(0);
    end();
  });

  it('loses and doubles nothing when answers are lost or cut off and the line is bad', async () => {
    const proxy = brokers.proxies[0] as TcpProxy;
    const log = await open({ prefix: freshPrefix(), brokers: brokers.proxiedAddresses, partitions: 3 });
    const seen: LogRecord[] = [];
    const end = await log.tail(null, ({ records }) => seen.push(...records));
    const agencies = ['one', 'two', 'three', 'four'];
    const settled: Promise<unknown>[] = [];
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 100; i++) {
        settled.push(...agencies.map((agency) => appended(log, position(100 * round + i, agency))));
      }
      proxy.throttle(round < 6 ? undefined : 20_000);
      if (round % 3 === 0) proxy.drop();
      else if (round % 3 === 1) proxy.loseAnswers(2);
      else proxy.cutAnswers(2);
      await settled.at(-1);
    }
    proxy.throttle(undefined);
    expect(new Set(await Promise.all(settled))).toEqual(new Set([undefined]));
    end();
    for (const records of [seen, await all(log)]) {
      for (const agency of agencies) {
        const numbers = records.filter((record) => record.agency === agency).map(numberOf);
        expect(numbers).toEqual(Array.from({ length: 1200 }, (_, i) => i));
      }
    }
  });

  it('never settles what was sent and not answered when it is stopped, and refuses what was not sent', async () => {
    const proxy = brokers.proxies[0] as TcpProxy;
    const log = await open({
      prefix: freshPrefix(),
      brokers: brokers.proxiedAddresses,
      partitions: 1,
      stopWithinMs: 300,
    });
    await appended(log, position(0));
    proxy.hold(true);
    const settled: string[] = [];
    log.append([position(1)], () => settled.push('in doubt'));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    log.append([position(2)], (error) => settled.push(error?.kind ?? 'durable'));
    const forwarded = log.stop();
    await forwarded;
    proxy.hold(false);
    expect(settled).toEqual(['closed']);
  });

  it('costs next to nothing while nothing happens', async () => {
    const log = await open({ prefix: freshPrefix(), partitions: 6 });
    const end = await log.tail(null, () => {});
    await appended(log, position(1));
    const from = process.cpuUsage();
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const { user, system } = process.cpuUsage(from);
    const percent = (user + system) / 10 / (performance.now() - began);
    console.log(`idle log on Kafka, a producer and a tail: ${percent.toFixed(2)} % of a core`);
    end();
    expect(percent).toBeLessThan(3);
  });
});
