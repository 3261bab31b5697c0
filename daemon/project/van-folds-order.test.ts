import { cpSync, existsSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import type { Fix } from '../domain/fold.ts';
import { Journey, morning } from '../domain/motion.fixture.ts';
import { MemoryLog } from '../log/memory.ts';
import { device, folder, moved, tidy, van } from './story.fixture.ts';
import { agencyEvent, FoldStory, sent } from './van-folds.fixture.ts';

afterAll(tidy);

/**
 * The same fixes and events give the same trips, stops, gaps and states of all vans: in any order, doubled, in batches
 * of any size, with the daemon stopped or killed in between; and what listeners heard, less what they were told was
 * none, is what is there.
 */
const leg = fc.oneof(
  fc.record({ does: fc.constant('stands' as const), of: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ does: fc.constant('drives' as const), of: fc.integer({ min: 50, max: 6000 }) }),
  fc.record({ does: fc.constant('silent' as const), of: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ does: fc.constant('spike' as const), of: fc.constantFrom(80, 300, 90_000) }),
);
const journey = fc
  .record({
    legs: fc.array(leg, { minLength: 1, maxLength: 8 }),
    every: fc.constantFrom(20, 30, 60),
    speed: fc.boolean(),
    seed: fc.nat(1000),
    start: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ legs, every, speed, seed, start }) => {
    const made = new Journey({ every, speed }, morning + start * 60_000, seed);
    for (const { does, of } of legs) {
      if (does === 'stands') made.stands(of);
      else if (does === 'drives') made.drives(of);
      else if (does === 'silent') made.silent(of, of > 30 ? 5000 : 0);
      else made.spike(of, of === 300 ? { accuracy: 900 } : {});
    }
    return made.fixes;
  });
const day = fc.record({ tracker: journey, phone: journey, roamer: journey });
type Day = Record<'tracker' | 'phone' | 'roamer', Fix[]>;

const agency: LogRecord[] = [
  van('a'),
  van('b'),
  device('tracker', 'a'),
  device('phone', 'a', 0, 'phone'),
  device('roamer', 'a'),
];
const events: LogRecord[] = [
  agencyEvent(morning - 1, 0),
  moved('roamer', 'b', 2 * 3600 + 600),
  moved('roamer', null, 2 * 3600 + 1500),
  moved('roamer', 'a', 2 * 3600 + 2500),
  agencyEvent(morning + 1_800_000, 1, { stopAfter: 60 }),
];

const telling = fc.record({
  shuffle: fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
  way: fc.constantFrom('some moved', 'all mixed', 'newest first', 'a block late'),
  again: fc.array(fc.nat(), { maxLength: 20 }),
  batch: fc.integer({ min: 1, max: 60 }),
  breaks: fc.array(fc.record({ after: fc.nat(20), kill: fc.boolean() }), { maxLength: 2 }),
  agencyAt: fc.constantFrom(0, 0.5),
  eventsAt: fc.constantFrom(0, 0.5, 1),
  saveEveryMs: fc.constantFrom(0, Number.POSITIVE_INFINITY),
  longestWait: fc.constantFrom(0, 600_000),
  workWithSave: fc.constantFrom(0, 100),
  asking: fc.boolean(),
});
type Telling = typeof telling extends fc.Arbitrary<infer T> ? T : never;

function told(of: Day, how: Telling): LogRecord[] {
  const records = (['tracker', 'phone', 'roamer'] as const)
    .flatMap((id) => sent(id, of[id]))
    .toSorted((a, b) => timeOf(a) - timeOf(b));
  for (const [i, n] of how.again.entries()) {
    const record = records[n % records.length];
    if (record !== undefined) records.splice((n + i * 7) % records.length, 0, record);
  }
  const [first = 0, second = 0] = how.shuffle;
  if (how.way === 'some moved') {
    for (const n of how.shuffle) records.splice((n * 31) % records.length, 0, ...records.splice(n % records.length, 1));
  } else if (how.way === 'all mixed') {
    records.sort((a, b) => mixed(a, first) - mixed(b, first));
  } else if (how.way === 'newest first') {
    records.reverse();
  } else {
    const block = records.splice(first % records.length, second % records.length);
    records.push(...block);
  }
  const at = (share: number) => Math.floor(share * records.length);
  const all = [...records];
  all.splice(at(how.eventsAt), 0, ...(how.eventsAt === 0 ? [...agency, ...events] : events));
  if (how.eventsAt !== 0) all.splice(Math.min(at(how.agencyAt), at(how.eventsAt)), 0, ...agency);
  return all;
}

function mixed(record: LogRecord, seed: number): number {
  return ((timeOf(record) % 99_991) * ((seed % 7919) + 1)) % 10_007;
}

function timeOf(record: LogRecord): number {
  return record.topic === 'positions' ? record.value.fixTime : 0;
}

async function tell(records: LogRecord[], how: Telling): Promise<unknown> {
  const log = new MemoryLog();
  const { saveEveryMs, longestWait, workWithSave } = how;
  const options = { log, file: `${folder()}/projections.sqlite`, saveEveryMs, longestWait, workWithSave };
  let story = await FoldStory.begin(options);
  const heard: string[] = [];
  const killed: FoldStory[] = [];
  let batches = 0;
  for (let i = 0; i < records.length; i += how.batch) {
    await story.tell(...records.slice(i, i + how.batch));
    if (how.asking) seen(story);
    for (const { after, kill } of how.breaks) {
      if (after !== batches) continue;
      if (kill) {
        killed.push(story);
        story = await FoldStory.begin({ ...options, file: copyOf(story.file) });
      } else {
        await story.projector.stop();
        heard.push(...story.heard);
        story = await FoldStory.begin({ ...options, file: story.file });
      }
    }
    batches++;
  }
  const state = seen(story);
  if (killed.length === 0) expect(remaining([...heard, ...story.heard])).toEqual(emitted(story));
  for (const each of [...killed, story]) await each.projector.stop();
  return state;
}

function seen(story: FoldStory): unknown {
  return ['a', 'b'].map((id) => ({
    // A van that has no fix has no state, or an empty one.
    state: story.motion.state('pune', id, morning) ?? null,
    facts: story.folds.facts('pune', id, 'motion', 0, Number.MAX_SAFE_INTEGER),
  }));
}

/** What was heard and not taken back, in order of text. */
function remaining(heard: readonly string[]): string[] {
  const left: string[] = [];
  for (const each of heard) {
    const [id, how, ...rest] = each.split(' ');
    const fact = [id, ...rest].join(' ');
    if (how === 'not') left.splice(left.indexOf(fact), 1);
    else left.push(fact);
  }
  return left.sort();
}

function emitted(story: FoldStory): string[] {
  const all = ['a', 'b'].flatMap((id) => {
    const state = story.motion.state('pune', id, 0);
    const open = state?.current?.from;
    return story.facts(id, 0).flatMap((fact, i) => (fact.from === open ? [] : [`${id} ${story.told(id, 0)[i]}`]));
  });
  return all.sort();
}

function copyOf(file: string): string {
  const copy = `${folder()}/projections.sqlite`;
  for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) cpSync(file + suffix, copy + suffix);
  return copy;
}

/** Runs and a seed, where more are asked for. */
const [numRuns = 40, seed = 1] = process.env.VANTRAIL_FOLD_RUNS?.split(' ').map(Number) ?? [];

it('any order, doubling, batching, stopping and killing gives the same', { timeout: 540_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(day, telling, async (of, how) => {
      const plain: Telling = {
        shuffle: [],
        way: 'some moved',
        again: [],
        batch: 5000,
        breaks: [],
        agencyAt: 0,
        eventsAt: 0,
        saveEveryMs: Number.POSITIVE_INFINITY,
        longestWait: 600_000,
        workWithSave: 100,
        asking: false,
      };
      expect(await tell(told(of, how), how)).toEqual(await tell(told(of, plain), plain));
    }),
    { numRuns, seed },
  );
});
