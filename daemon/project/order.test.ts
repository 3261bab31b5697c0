import { cpSync, existsSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Position } from '../../protocol/position.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { MemoryLog } from '../log/memory.ts';
import { device, fix, folder, moved, position, Story, tidy, van } from './story.fixture.ts';

afterAll(tidy);

/**
 * The same set of fixes and events gives the same live state and the same trails, marks included: in any order, doubled,
 * in batches of any size, with the daemon stopped or killed in between.
 */
const minute = 60;
const fixes = fc
  .uniqueArray(
    fc.record({
      device: fc.constantFrom('tracker', 'phone', 'roamer'),
      second: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 40 * minute })),
      // Mostly about the town, at times far away (jumps), at times vague.
      metres: fc.oneof(
        { weight: 5, arbitrary: fc.nat(1500) },
        { weight: 1, arbitrary: fc.constantFrom(60_000, 60_500) },
      ),
      vague: fc.nat(9).map((n) => n === 0),
    }),
    { minLength: 1, maxLength: 150, selector: (each) => `${each.device} ${each.second}` },
  )
  .map((list) =>
    list.map(({ device, second, metres, vague }) => fix(device, second, metres, vague ? { accuracy: 900 } : {})),
  );

/** The roamer drives on a, then b, then nowhere, then a again. */
const agency: LogRecord[] = [
  van('a'),
  van('b'),
  device('tracker', 'a'),
  device('phone', 'a', 0, 'phone'),
  device('roamer', 'a'),
];
const moves: LogRecord[] = [
  moved('roamer', 'b', 5 * minute),
  moved('roamer', null, 15 * minute),
  moved('roamer', 'a', 25 * minute),
];

/** What is done with the fixes: where each goes, what comes twice, where batches and lives of the daemon end. */
const telling = fc.record({
  shuffle: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
  forward: fc.boolean(),
  again: fc.array(fc.nat(), { maxLength: 20 }),
  batch: fc.integer({ min: 1, max: 40 }),
  breaks: fc.array(fc.record({ after: fc.nat(20), kill: fc.boolean() }), { maxLength: 3 }),
  movesFirst: fc.boolean(),
  saveEveryMs: fc.constantFrom(0, Number.POSITIVE_INFINITY),
  longestWait: fc.constantFrom(0, 600_000),
});
type Telling = typeof telling extends fc.Arbitrary<infer T> ? T : never;

function told(list: Position[], how: Telling): LogRecord[] {
  const records = list.toSorted((a, b) => a.fixTime - b.fixTime).map((value) => position(value));
  for (const [i, n] of how.again.entries()) {
    const record = records[n % records.length];
    if (record !== undefined) records.splice((n + i * 7) % records.length, 0, record);
  }
  if (how.forward) {
    for (const n of how.shuffle) records.splice((n * 31) % records.length, 0, ...records.splice(n % records.length, 1));
  } else {
    records.sort((a, b) => hash(a, how.shuffle) - hash(b, how.shuffle));
  }
  const middle = how.movesFirst ? 0 : records.length >> 1;
  return [...agency, ...records.slice(0, middle), ...moves, ...records.slice(middle)];
}
function hash(record: LogRecord, seeds: readonly number[]): number {
  const time = record.topic === 'positions' ? record.value.fixTime / 1000 : 0;
  return ((time % 9973) * ((seeds[0] ?? 1) % 7919)) % 1009;
}

async function tell(records: LogRecord[], how: Telling): Promise<unknown> {
  const log = new MemoryLog();
  const file = `${folder()}/projections.sqlite`;
  const options = { log, file, saveEveryMs: how.saveEveryMs, longestWait: how.longestWait };
  let story = await Story.begin(options);
  const killed: Story[] = [];
  let batches = 0;
  for (let i = 0; i < records.length; i += how.batch) {
    await story.tell(...records.slice(i, i + how.batch));
    // Asked in between, so that whatever is remembered must be right later too.
    seen(story);
    for (const { after, kill } of how.breaks) {
      if (after !== batches) continue;
      if (kill) {
        killed.push(story);
        story = await Story.begin({ ...options, file: copyOf(story.file) });
      } else {
        await story.projector.stop();
        story = await Story.begin({ ...options, file: story.file });
      }
    }
    batches++;
  }
  const state = seen(story);
  for (const each of [...killed, story]) await each.projector.stop();
  return state;
}

function seen(story: Story): unknown {
  const devices = ['tracker', 'phone', 'roamer'];
  return {
    vans: ['a', 'b'].map((id) => story.live.van('pune', id) ?? null),
    devices: devices.map((id) => story.live.device('pune', id) ?? null),
    trails: devices.map((id) => story.trail(id)),
    vanTrails: ['a', 'b'].map((id) => story.vanTrail(id)),
    points: story.trails.size().points,
  };
}

function copyOf(file: string): string {
  const copy = `${folder()}/projections.sqlite`;
  for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) cpSync(file + suffix, copy + suffix);
  return copy;
}

/** `npm run soak -- --only order` asks for many more runs, with another seed and an end (ms). */
const asked = process.env.VANTRAIL_ORDER_RUNS?.split(' ').map(Number);
const [numRuns = 150, seed = 1, limit = 25_000] = asked ?? [];

it('any order, doubling, batching, stopping and killing gives the same', { timeout: limit + 60_000 }, async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fixes, telling, async (list, how) => {
      const plain: Telling = {
        shuffle: [],
        forward: true,
        again: [],
        batch: 1000,
        breaks: [],
        movesFirst: true,
        saveEveryMs: Number.POSITIVE_INFINITY,
        longestWait: 600_000,
      };
      expect(await tell(told(list, how), how)).toEqual(await tell(told(list, plain), plain));
      runs++;
      if (asked && runs % 100 === 0) {
        tidy();
        console.log(`order runs ${runs}`);
      }
    }),
    { numRuns, seed, ...(asked ? { interruptAfterTimeLimit: limit } : {}) },
  );
  if (asked) console.log(`order runs ${runs}`);
});
