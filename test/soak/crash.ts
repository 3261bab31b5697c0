import { crashRounds } from '../crash-rounds.ts';
import { temporaryFolder } from '../daemon-process.ts';
import { seededRandom } from '../random.ts';
import { broken, type Conditions, type Outcome, type Part } from './part.ts';

const rounds = 200;
const controlRounds = 5;
const trackers = 20;

/**
 * kill -9 while trackers publish, two hundred times. First the control, a daemon that acknowledges too early: were
 * nothing lost there, the rounds could not see a loss.
 */
async function run({ deadline, seed, progress }: Conditions): Promise<Outcome> {
  const control = await inFolder((data) =>
    crashRounds({
      data,
      rounds: controlRounds,
      trackers,
      random: seededRandom(seed),
      program: 'test/early-ack.ts',
      onRound: (round) => progress(`control round ${round} of ${controlRounds}`),
    }),
  );
  const result = await inFolder((data) =>
    crashRounds({
      data,
      rounds,
      trackers,
      random: seededRandom(seed),
      onRound: (round, published) => progress(`round ${round} of ${rounds}, ${published} published`),
      enough: () => Date.now() >= deadline,
    }),
  );
  return {
    figures: { ...result, 'control published': control.published, 'control lost': control.lost },
    faults: broken({
      'something was acknowledged': result.acknowledged > 0,
      'nothing acknowledged is lost': result.lost === 0,
      'nothing stands twice': result.doubled === 0,
      'the control, acknowledging too early, loses': control.lost > 0,
    }),
  };
}

async function inFolder<T>(use: (data: string) => Promise<T>): Promise<T> {
  const { folder, remove } = await temporaryFolder();
  try {
    return await use(folder);
  } finally {
    await remove();
  }
}

export const crash: Part = { minutes: 12, run };
