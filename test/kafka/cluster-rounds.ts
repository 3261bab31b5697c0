import { startCluster } from './cluster.ts';
import { ClusterLoad } from './cluster-load.ts';

export interface ClusterResult {
  rounds: number;
  daemonsKilled: number;
  brokersKilled: number;
  published: number;
  acknowledged: number;
  /** acknowledged points that some daemon does not show in the end */
  lost: number;
  /** points that some daemon shows twice */
  doubled: number;
  /** longest time without any acknowledgement, ms */
  longestStall: number;
}

/**
 * Three daemons on three brokers under 2,000 messages a second; in each round one of the six is killed with `kill -9` at
 * a random moment and started again later. In the end every daemon must show every acknowledged point exactly once.
 */
export async function clusterRounds(options: {
  rounds: number;
  random: () => number;
  onRound?: (round: number, killed: string) => void;
  /** asked after each round; true ends the rounds early */
  enough?: () => boolean;
}): Promise<ClusterResult> {
  const { random } = options;
  const below = (count: number) => Math.floor(random() * count);
  const cluster = await startCluster({ count: 3, daemons: 3, agency: 'crash' });
  try {
    const load = new ClusterLoad(cluster);
    await load.register(await cluster.at(0), 20);
    await cluster.settled();
    load.start(2000);
    let [rounds, daemonsKilled, brokersKilled] = [0, 0, 0];
    while (rounds < options.rounds && !(rounds > 0 && options.enough?.())) {
      await load.acknowledged(1000 + below(3000));
      const n = below(3);
      // A daemon in the first round, a broker in the second: in few rounds, too, both are tried.
      if (rounds === 0 || (rounds !== 1 && random() < 0.5)) {
        daemonsKilled++;
        await cluster.daemons[n]?.kill();
        options.onRound?.(rounds + 1, `daemon ${n}`);
        await load.acknowledged(1000 + below(2000));
        await cluster.restart(n);
      } else {
        brokersKilled++;
        await cluster.brokers.kill(n + 1);
        options.onRound?.(rounds + 1, `broker ${n + 1}`);
        await load.acknowledged(1000 + below(4000));
        await cluster.brokers.restart(n + 1);
      }
      rounds++;
    }
    await load.acknowledged(2000);
    load.stop();
    await cluster.settled();
    const compared = await Promise.all(cluster.daemons.map((_, n) => load.compare(n)));
    return {
      ...{ rounds, daemonsKilled, brokersKilled, published: load.published, acknowledged: load.total() },
      lost: compared.reduce((sum, { lost }) => sum + lost, 0),
      doubled: compared.reduce((sum, { doubled }) => sum + doubled, 0),
      longestStall: Math.round(load.longestStall),
    };
  } finally {
    await cluster.stop();
  }
}
