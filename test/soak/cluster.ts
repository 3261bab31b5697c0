import { kafkaLibs } from '../kafka/brokers.ts';
import { clusterRounds } from '../kafka/cluster-rounds.ts';
import { seededRandom } from '../random.ts';
import { broken, type Conditions, type Outcome, type Part } from './part.ts';

const rounds = 20;

/** kill -9 of daemons and brokers, three of each, under 2,000 messages a second. Needs Java and Maven. */
async function run({ deadline, seed, progress }: Conditions): Promise<Outcome> {
  if (kafkaLibs === undefined) return { figures: {}, faults: ['there is no Kafka here: Java 17 and Maven are needed'] };
  const result = await clusterRounds({
    rounds,
    random: seededRandom(seed),
    onRound: (round, killed) => progress(`round ${round} of ${rounds}: ${killed}`),
    enough: () => Date.now() >= deadline,
  });
  return {
    figures: { ...result },
    faults: broken({
      'something was acknowledged': result.acknowledged > 0,
      'nothing acknowledged is lost at any daemon': result.lost === 0,
      'nothing stands twice at any daemon': result.doubled === 0,
    }),
  };
}

export const cluster: Part = { minutes: 15, run };
