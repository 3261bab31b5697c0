import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { KafkaLog } from '../../daemon/log/kafka.ts';
import { raceRounds } from '../race-rounds.ts';
import { kafkaLibs, startBrokers } from './brokers.ts';

describe.skipIf(kafkaLibs === undefined && process.env.CI !== 'true')('two daemons on one Kafka', () => {
  it('renaming one van at the same time, 200 times, have one winner each and never contradict one another', async () => {
    const brokers = await startBrokers({ count: 1 });
    const options = { brokers: brokers.addresses, prefix: 'race', partitions: 3, replication: 1 };
    const result = await raceRounds(
      {
        open: async (number) => {
          const log = new KafkaLog({ ...options, origin: `daemon-${number}`, logger: pino({ level: 'silent' }) });
          await log.start();
          return log;
        },
        close: () => brokers.stopAll(),
      },
      200,
    );
    console.log(`wins ${result.wins.join(' and ')}`);
    expect(result).toMatchObject({ unfair: [], contradictions: [], different: [] });
    // Were it always the same one, nothing would have been a race.
    for (const wins of result.wins) expect(wins).toBeGreaterThan(0);
    expect(result.wins.reduce((sum, wins) => sum + wins, 0)).toBe(200);
  });
});
