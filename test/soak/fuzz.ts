import { temporaryFolder } from '../daemon-process.ts';
import { type FuzzRounds, type PayloadFigures, startFuzz } from '../fuzz-rounds.ts';
import { seededRandom } from '../random.ts';
import { broken, type Conditions, type Outcome, type Part } from './part.ts';

/** One round; a million packets in all. */
const payloads = 6000;
const frames = 3000;
const bodies = 1000;
const rounds = 100;
/** The payloads' fixes are 13 ms apart: two hours of them, clear of those in the bodies, ms. */
const ago = 6 * 3_600_000;

/** The fuzz test, round after round, against one daemon that never gets a new heap. */
async function run(conditions: Conditions): Promise<Outcome> {
  const { folder, remove } = await temporaryFolder();
  const fuzz = await startFuzz({ data: folder, random: seededRandom(conditions.seed), from: Date.now() - ago });
  try {
    return await runOn(fuzz, conditions);
  } finally {
    fuzz.daemon.process.kill('SIGKILL');
    await remove();
  }
}

async function runOn(fuzz: FuzzRounds, { deadline, progress }: Conditions): Promise<Outcome> {
  const total: PayloadFigures = {
    acknowledged: 0,
    accepted: 0,
    rejected: 0,
    rest: 0,
    deadLettersDropped: 0,
    logRecords: 0,
    deadLetters: 0,
  };
  const statuses = new Map<number, number>();
  let unready = 0;
  let done = 0;
  const packets = () => done * (payloads + frames + bodies);
  while (done < rounds && (done === 0 || Date.now() < deadline)) {
    const got = await fuzz.payloads(payloads);
    for (const key of Object.keys(total) as (keyof PayloadFigures)[]) total[key] += got[key];
    if ((await fuzz.frames(frames)) !== 200) unready++;
    for (const [status, count] of await fuzz.bodies(bodies)) statuses.set(status, (statuses.get(status) ?? 0) + count);
    done++;
    progress(`${packets()} of ${rounds * (payloads + frames + bodies)} packets`);
  }
  const lives = fuzz.daemon.process.exitCode === null;
  const ended = await fuzz.daemon.stop();
  const failed = [...statuses].reduce((sum, [status, count]) => sum + (status >= 500 ? count : 0), 0);
  const answered = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const { acknowledged, accepted, rejected, rest, logRecords, deadLetters, deadLettersDropped } = total;
  return {
    figures: { packets: packets(), acknowledged, accepted, rejected, 'dead letters': deadLetters, answered, failed },
    faults: broken({
      'the daemon lives, in its small heap': lives && ended === 0,
      'every payload is acknowledged': acknowledged === done * payloads,
      'some payloads are good and some are not': accepted > 1000 && rejected > 1000,
      'every payload is accounted for': accepted + rejected + rest >= acknowledged,
      'no dead letter is dropped': deadLettersDropped === 0,
      'the log has every position and dead letter': logRecords === accepted + deadLetters,
      'the daemon is ready after broken frames': unready === 0,
      'every body is answered': answered === done * bodies,
      'no body is answered with a 5xx': failed === 0,
    }),
  };
}

export const fuzz: Part = { minutes: 8, run };
