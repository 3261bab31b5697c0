import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashRounds } from './crash-rounds.ts';
import { temporaryFolder } from './daemon-process.ts';
import { seededRandom } from './random.ts';

/** `npm run soak -- --only crash` runs many more rounds. */
describe('kill -9 while trackers publish', () => {
  const folders: { remove(): Promise<void> }[] = [];
  let seed: number;

  beforeAll(() => {
    seed = Date.now() % 2 ** 31;
    console.log(`crash test seed ${seed}`);
  });
  afterAll(async () => {
    for (const folder of folders) await folder.remove();
  });

  const data = async () => {
    const folder = await temporaryFolder();
    folders.push(folder);
    return folder.folder;
  };

  it('loses nothing that was acknowledged and repeats nothing', { timeout: 180_000 }, async () => {
    const result = await crashRounds({ data: await data(), rounds: 5, trackers: 20, random: seededRandom(seed) });
    expect(result.acknowledged).toBeGreaterThan(1000);
    expect(result).toMatchObject({ rounds: 5, lost: 0, doubled: 0 });
  });

  it('sees a loss when the acknowledgement does not wait for the log', { timeout: 180_000 }, async () => {
    const result = await crashRounds({
      data: await data(),
      rounds: 5,
      trackers: 20,
      random: seededRandom(seed),
      program: 'test/early-ack.ts',
    });
    expect(result.lost).toBeGreaterThan(0);
  });
});
