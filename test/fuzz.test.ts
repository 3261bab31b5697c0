import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './daemon-process.ts';
import { type FuzzRounds, startFuzz } from './fuzz-rounds.ts';
import { seededRandom } from './random.ts';

/**
 * A hundred thousand broken messages: the process lives, its memory is flat (a heap that grew with them would not fit
 * into the little it is given), and what it acknowledged it has. `npm run soak -- --only fuzz` sends a million.
 */
const payloads = 60_000;
const frames = 30_000;
const bodies = 10_000;

describe('broken input of every kind', () => {
  let fuzz: FuzzRounds;
  let removeFolder: () => Promise<void>;
  const seed = Date.now() % 2 ** 31;

  beforeAll(async () => {
    console.log(`fuzz seed ${seed}`);
    const { folder, remove } = await temporaryFolder();
    removeFolder = remove;
    fuzz = await startFuzz({ data: folder, random: seededRandom(seed), from: Date.now() - 3_600_000 });
  });
  afterAll(async () => {
    expect(fuzz.daemon.process.exitCode).toBeNull();
    expect(await fuzz.daemon.stop()).toBe(0);
    await removeFolder();
  });

  it('payloads: everything acknowledged is in the log, as a position or a dead letter', {
    timeout: 180_000,
  }, async () => {
    const got = await fuzz.payloads(payloads);
    expect(got.acknowledged).toBe(payloads);
    expect(got.accepted).toBeGreaterThan(1000);
    expect(got.rejected).toBeGreaterThan(1000);
    // A payload may hold several items, never none that is unaccounted for.
    expect(got.accepted + got.rejected + got.rest).toBeGreaterThanOrEqual(payloads);
    expect(got.deadLettersDropped).toBe(0);
    expect(got.logRecords).toBe(got.accepted + got.deadLetters);
  });

  it('MQTT frames', { timeout: 180_000 }, async () => {
    expect(await fuzz.frames(frames)).toBe(200);
  });

  it('HTTP bodies', { timeout: 180_000 }, async () => {
    const statuses = await fuzz.bodies(bodies);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect([...statuses.values()].reduce((a, b) => a + b, 0)).toBe(bodies);
  });
});
