import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { MemoryLog } from '../log/memory.ts';
import { fixes, Street } from './arrivals.fixture.ts';
import { tidy } from './story.fixture.ts';

afterAll(tidy);

/** A day with everything in it: late buttons, a stop left out, tea, a silence, two vans. */
async function day(): Promise<{ others: LogRecord[]; positions: LogRecord[]; end: number }> {
  const street = await Street.open();
  await street.run('v1', 'o1', 'o2', 'o3', 'o4');
  await street.run('v2', 'o5', 'o6');
  const positions: LogRecord[] = [
    ...[fixes('v1', 0, 10, 0), fixes('v1', 10, 14, 0, 1), fixes('v1', 14, 18, 1), fixes('v1', 18, 26, 1, 3)],
    ...[fixes('v1', 26, 31, 3), fixes('v1', 31, 33, 3, 3.4), fixes('v1', 33, 41, 3.4), fixes('v1', 48, 52, 3, 4)],
    ...[fixes('v2', 0, 6, 0), fixes('v2', 6, 20, 0, 5), fixes('v2', 20, 24, 5), fixes('v2', 24, 28, 5, 6)],
  ].flat();
  street.clock(10);
  await street.starts('o1', 'o2', 'o3', 'o4');
  street.clock(19);
  await street.delivers('o1');
  street.clock(30);
  await street.delivers('o3');
  street.clock(32);
  await street.assigns('o4', 'v2');
  street.clock(52);
  const others: LogRecord[] = [];
  for await (const { records } of street.log.read(null)) others.push(...records);
  const end = street.now;
  await street.end();
  return { others, positions, end };
}

/** What the whole day comes to when the log holds it in this order. */
async function outcome(records: readonly LogRecord[], end: number): Promise<unknown> {
  const log = new MemoryLog();
  await log.start();
  const street = await Street.begin({ log, now: end });
  for (let first = 0; first < records.length; first += 50) await street.tell(...records.slice(first, first + 50));
  // All late fixes are gone through; then, later than what is kept for two minutes.
  street.arrivals.refresh();
  street.now = end + 180_000;
  const known = ['v1', 'v2'].map((van) => street.arrivals.run('pune', van));
  await street.end();
  return known;
}

describe('progress, plan and estimates', () => {
  it('are the same in whatever order fixes came, how often, and before or after the events', async () => {
    const { others, positions, end } = await day();
    const expected = await outcome([...others, ...positions], end);
    expect(JSON.stringify(expected)).toContain('"planned"');
    expect(JSON.stringify(expected)).toContain('"skipped"');
    // Whose fixes they are must be known to ask about them; orders may come before, after and among them.
    const known = others.findIndex(
      ({ topic, value }) => topic === 'events' && (value as { type: string }).type === 'order-booked',
    );
    const [before, after] = [others.slice(0, known), others.slice(known)];
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, doubled) => {
        const random = mulberry(seed);
        const all = doubled ? [...positions, ...positions] : [...positions];
        for (let i = all.length - 1; i > 0; i--) {
          const j = Math.floor(random() * (i + 1));
          [all[i], all[j]] = [all[j] as LogRecord, all[i] as LogRecord];
        }
        const mixed: LogRecord[] = [...before];
        let next = 0;
        for (const event of after) {
          for (
            let more = Math.floor((random() * 2 * all.length) / after.length);
            more > 0 && next < all.length;
            more--
          ) {
            mixed.push(all[next++] as LogRecord);
          }
          mixed.push(event);
        }
        mixed.push(...all.slice(next));
        expect(await outcome(mixed, end)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

/** Seeded, so that a failure can be had again. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
