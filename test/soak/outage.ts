import { setTimeout } from 'node:timers/promises';
import { kafkaLibs } from '../kafka/brokers.ts';
import { startCluster } from '../kafka/cluster.ts';
import { ClusterLoad } from '../kafka/cluster-load.ts';
import { broken, type Conditions, type Outcome, type Part } from './part.ts';

const perSecond = 1000;
const awayMs = 60_000;

/** All of Kafka is away for a minute while trackers publish, twice. Needs Java and Maven. */
async function run({ progress }: Conditions): Promise<Outcome> {
  if (kafkaLibs === undefined) return { figures: {}, faults: ['there is no Kafka here: Java 17 and Maven are needed'] };
  const cluster = await startCluster({ count: 1, daemons: 2, agency: 'outage' });
  const load = new ClusterLoad(cluster);
  try {
    await load.register(await cluster.at(0), 20);
    await cluster.settled();
    load.start(perSecond);
    await load.acknowledged(5 * perSecond);
    let memory = await cluster.figure(0, 'process_resident_memory_bytes');
    let [waited, drainSeconds] = [0, 0];
    for (let outage = 1; outage <= 2; outage++) {
      await cluster.brokers.kill(1);
      progress(`outage ${outage} of 2`);
      await setTimeout(awayMs);
      const waiting = await Promise.all([0, 1].map((n) => cluster.figure(n, 'vantrail_spool_waiting_records')));
      waited += waiting.reduce((sum, records) => sum + records, 0);
      await cluster.brokers.restart(1);
      const back = performance.now();
      for (const n of [0, 1]) {
        while ((await cluster.figure(n, 'vantrail_spool_waiting_records')) > perSecond / 10) await setTimeout(20);
      }
      drainSeconds += (performance.now() - back) / 1000;
    }
    load.stop();
    await cluster.settled();
    memory = (await cluster.figure(0, 'process_resident_memory_bytes')) / memory;
    const compared = await Promise.all([0, 1].map((n) => load.compare(n)));
    const lost = compared.reduce((sum, each) => sum + each.lost, 0);
    const doubled = compared.reduce((sum, each) => sum + each.doubled, 0);
    const acknowledged = load.total();
    return {
      figures: {
        ...{ published: load.published, acknowledged, lost, doubled, 'waited in the spools': waited },
        'drained, records/s': Math.round(waited / drainSeconds),
        'longest stall of an acknowledgement, ms': Math.round(load.longestStall),
        'memory after / before, %': Math.round(100 * memory),
      },
      faults: broken({
        'trackers are acknowledged without Kafka': waited > (perSecond * awayMs) / 1000,
        'nothing acknowledged is lost at any daemon': lost === 0,
        'nothing stands twice at any daemon': doubled === 0,
        'the spool drains at twice the intake or more': waited / drainSeconds >= 2 * perSecond,
      }),
    };
  } finally {
    load.stop();
    await cluster.stop();
  }
}

export const outage: Part = { minutes: 8, run };
