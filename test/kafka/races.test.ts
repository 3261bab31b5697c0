import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaLog } from '../../daemon/log/kafka.ts';
import { orderBursts } from '../order-bursts.ts';
import { raceRounds, type SharedLog } from '../race-rounds.ts';
import { type Brokers, kafkaLibs, startBrokers } from './brokers.ts';

describe.skipIf(kafkaLibs === undefined && process.env.CI !== 'true')('two daemons on one Kafka', () => {
  /** A prefix of its own for each race, on one broker. */
  const sharedKafka = (brokers: Brokers, prefix: string): SharedLog => ({
    open: async (number) => {
      const options = { brokers: brokers.addresses, prefix, partitions: 3, replication: 1 };
      const log = new KafkaLog({ ...options, origin: `daemon-${number}`, logger: pino({ level: 'silent' }) });
      await log.start();
      return log;
    },
    close: async () => {},
  });
  let brokers: Brokers;
  beforeAll(async () => {
    brokers = await startBrokers({ count: 1 });
  });
  afterAll(() => brokers?.stopAll());

  it('renaming one van at the same time, 200 times, have one winner each and never contradict one another', async () => {
    const result = await raceRounds(sharedKafka(brokers, 'vans'), 200);
    console.log(`wins ${result.wins.join(' and ')}`);
    expect(result).toMatchObject({ unfair: [], contradictions: [], different: [] });
    // Were it always the same one, nothing would have been a race.
    for (const wins of result.wins) expect(wins).toBeGreaterThan(0);
    expect(result.wins.reduce((sum, wins) => sum + wins, 0)).toBe(200);
  });

  it('told 200 things about one order at the same moment have one winner each time', async () => {
    for (const { name, winners, others, same } of await orderBursts(sharedKafka(brokers, 'orders'), 200)) {
      expect({ name, winners, others, same }).toEqual({ name, winners: 1, others: ['stale'], same: true });
    }
  });
});
