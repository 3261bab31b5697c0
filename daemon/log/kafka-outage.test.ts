import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Brokers, kafkaLibs, startBrokers } from '../../test/kafka/brokers.ts';
import { Arrivals, compare, readBack, startLoad } from '../../test/kafka/paced-load.ts';
import { freshPrefix, openKafkaLog } from './kafka.fixture.ts';
import type { KafkaLog } from './kafka.ts';
import { messageOf } from './kafka-record.ts';
import { partitionOf } from './kafka-topics.ts';
import { all, appended, event, position, until } from './log.fixture.ts';

describe.skipIf(kafkaLibs === undefined)('on three Kafka brokers', () => {
  let brokers: Brokers;
  let client: Kafka;
  const logs: KafkaLog[] = [];
  beforeAll(async () => {
    brokers = await startBrokers({ count: 3 });
    client = new Kafka({
      brokers: brokers.addresses,
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1000,
      requestTimeout: 3000,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: Number.MAX_SAFE_INTEGER },
    });
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.stop()));
  });
  afterAll(() => brokers?.stopAll());

  const open = async (prefix: string) => {
    const log = await openKafkaLog({ brokers: brokers.addresses, prefix, partitions: 6, replication: 3 });
    logs.push(log);
    return log;
  };
  const positionsOf = async (prefix: string) => {
    const admin = client.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [`${prefix}.positions.v1`] });
    await admin.disconnect();
    return topics[0]?.partitions ?? [];
  };
  /** Until every replica is in sync again, so that the next broker may go. */
  const healed = async (prefix: string) => {
    while (!(await positionsOf(prefix)).every(({ isr, replicas }) => isr.length === replicas.length)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

  /** 2,000 records a second from one daemon, read by another, while `trouble` happens. */
  async function underLoad(name: string, trouble: (prefix: string) => Promise<void>) {
    const prefix = freshPrefix();
    const [writer, reader] = [await open(prefix), await open(prefix)];
    const arrivals = new Arrivals();
    const end = await reader.tail(null, ({ records }) => arrivals.add(records));
    // A tail of the writer as well: its appends wait for it.
    const endOwn = await writer.tail(null, () => {});
    const load = startLoad(writer, { perSecond: 2000, agencies: 20 });
    await seconds(1);
    await trouble(prefix);
    await seconds(1);
    await load.stop();
    await until(() => arrivals.count >= load.sent);
    end();
    endOwn();
    console.log(
      `${name}: ${load.sent} records, longest stall of an acknowledgement ${Math.round(load.longestStall)} ms, ` +
        `longest gap of another daemon’s reader ${Math.round(arrivals.longestGap)} ms`,
    );
    expect(load.refused).toEqual(new Map());
    const nothing = { lost: 0, doubled: 0, disordered: 0 };
    expect(compare(load.acknowledged, arrivals)).toEqual(nothing);
    await healed(prefix);
    expect(compare(load.acknowledged, await readBack(await open(prefix)))).toEqual(nothing);
    return { load, arrivals };
  }

  it('loses, doubles and reorders nothing when a leader is killed', async () => {
    await underLoad('leader killed', async (prefix) => {
      const controller = await brokers.controller();
      const leader = (await positionsOf(prefix)).find(({ leader: each }) => each !== controller)?.leader ?? 1;
      await brokers.kill(leader);
      await seconds(4);
      await brokers.restart(leader);
    });
  });

  it('loses, doubles and reorders nothing when the controller is killed', async () => {
    await underLoad('controller killed', async () => {
      const controller = await brokers.controller();
      await brokers.kill(controller);
      await seconds(5);
      await brokers.restart(controller);
    });
  });

  it('loses, doubles and reorders nothing when a leader hangs for 30 s', async () => {
    const { load } = await underLoad('leader paused for 30 s', async (prefix) => {
      const controller = await brokers.controller();
      const leader = (await positionsOf(prefix)).find(({ leader: each }) => each !== controller)?.leader ?? 1;
      brokers.pause(leader);
      await seconds(30);
      brokers.resume(leader);
    });
    // The others took over long before it came back.
    expect(load.longestStall).toBeLessThan(20_000);
  });

  /**
   * One record for each partition while one leader hangs, which then dies: what `send` is told of, and what is there.
   * `send` calls `others` when all other leaders have what they were sent.
   */
  async function leaderDies(send: (topic: Topic, others: () => void) => Promise<void>) {
    const prefix = freshPrefix();
    const log = await open(prefix);
    const name = `${prefix}.positions.v1`;
    const partitions = await positionsOf(prefix);
    const controller = await brokers.controller();
    const victim = partitions.find(({ leader }) => leader !== controller)?.leader ?? 1;
    const survivors = partitions.filter(({ leader }) => leader !== victim);
    const otherLeaders = new Set(survivors.map(({ leader }) => leader)).size;
    const others = Promise.withResolvers<void>();
    const pause = () => brokers.pause(victim);
    const count = { partitions: partitions.length, survivors: survivors.length, otherLeaders };
    const sent = send({ log, name, ...count, pause }, others.resolve);
    await others.promise;
    await brokers.kill(victim);
    await sent;
    await brokers.restart(victim);
    await healed(prefix);
    const reader = await open(prefix);
    return { partitions: partitions.length, there: (await all(reader, null, ['positions'])).length };
  }
  interface Topic {
    log: KafkaLog;
    name: string;
    partitions: number;
    /** partitions that the other brokers lead */
    survivors: number;
    /** brokers that lead those */
    otherLeaders: number;
    pause: () => void;
  }
  const messageTo = (partition: number) => {
    const { key, value } = messageOf(position(partition), undefined);
    return { key, value, partition };
  };

  it('has everything it acknowledged when a leader dies in the middle of it', async () => {
    const { partitions, there } = await leaderDies(async ({ log, partitions, survivors, pause }, others) => {
      const agencies = Array.from({ length: partitions }, (_, partition) => {
        const names = Array.from({ length: 1000 }, (_, i) => `agency-${i}`);
        return names.find((name) => partitionOf(name, partitions) === partition) ?? '';
      });
      let arrived = 0;
      const end = await log.tail(null, ({ records }) => {
        arrived += records.filter(({ topic }) => topic === 'positions').length;
        if (arrived >= survivors) others();
      });
      // With an event for each, connections and leaders are known before the trouble begins.
      await appended(log, ...agencies.map((agency) => event(1, agency)));
      pause();
      expect(await appended(log, ...agencies.map((agency) => position(1, agency)))).toBeUndefined();
      end();
    });
    expect(there).toBe(partitions);
  });

  it('would lose records if it trusted the answer to one send over several leaders', async () => {
    let said = '';
    const { partitions, there } = await leaderDies(async ({ name, partitions, otherLeaders, pause }, others) => {
      const producer = client.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      });
      await producer.connect();
      // Leaders are known before the trouble begins.
      await producer.send({ topic: name, messages: [] });
      let answers = 0;
      producer.on(producer.events.REQUEST, ({ payload }) => {
        if (payload.apiName === 'Produce' && ++answers === otherLeaders) others();
      });
      pause();
      const messages = Array.from({ length: partitions }, (_, partition) => messageTo(partition));
      await producer.send({ topic: name, acks: -1, messages });
      said = 'done';
      await producer.disconnect();
    });
    expect(said).toBe('done');
    console.log(`control, one send over all partitions: said to be written ${partitions}, in the log ${there}`);
    expect(there).toBeLessThan(partitions);
  });

  it('would lose records without waiting for acknowledgements', async () => {
    const { partitions, there } = await leaderDies(async ({ name, partitions, pause }, others) => {
      const producer = client.producer({
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      });
      await producer.connect();
      pause();
      const messages = Array.from({ length: partitions }, (_, partition) => messageTo(partition));
      await producer.send({ topic: name, acks: 0, messages });
      others();
      await producer.disconnect();
    });
    console.log(`control, acks=0: said to be written ${partitions}, in the log ${there}`);
    expect(there).toBeLessThan(partitions);
  });
});
