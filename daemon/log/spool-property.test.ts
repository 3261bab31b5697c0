import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { position, until } from './log.fixture.ts';
import type { MemoryBrokers, Mishap } from './memory-remote.ts';
import { killed, openSpool, Seen, type SpoolUnderTest, spoolsForTest } from './spool.fixture.ts';

/**
 * Whatever is appended, cut off, restarted, killed, repeated, trimmed or rebuilt, in whatever order: every daemon ends
 * with every acknowledged position, and has been given none twice.
 */
const daemons = ['one', 'two'] as const;
const daemon = fc.nat(daemons.length - 1);
const count = fc.integer({ min: 1, max: 40 });
const mishap = fc.constantFrom<Mishap>('answer lost', 'half written', 'written, then cut');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append'), daemon, count }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('append while cut'), daemon, count }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('append with a mishap'), daemon, count, mishap }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mend'), daemon }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('save'), daemon }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('trim'), daemon }) },
  // Most of what can go wrong needs something to have happened.
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait'), daemon }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart'), daemon }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill'), daemon }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('forget'), daemon }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const acks = fc.constantFrom(
  undefined,
  undefined,
  { fallback: 'spool', limitMs: 15 } as const,
  { fallback: 'refuse', limitMs: 15 } as const,
);

/** A daemon over all its lives. */
class Life {
  readonly #world: World;
  readonly #name: string;
  #folder: string;
  #copies = 0;
  #spool: SpoolUnderTest | undefined;
  #end: Promise<() => void> | undefined;
  seen = new Seen();
  /** what a crash leaves of the reader */
  #saved = new Seen();

  constructor(world: World, name: string) {
    this.#world = world;
    this.#name = name;
    this.#folder = world.folder(name);
  }

  get spool(): SpoolUnderTest {
    if (this.#spool === undefined) throw new Error('it does not run');
    return this.#spool;
  }

  async start(): Promise<void> {
    const { brokers, ack } = this.#world;
    this.#spool = await openSpool(brokers, this.#folder, {
      daemon: this.#name,
      keptMs: -1,
      saved: () => (this.#saved.cursor === null ? [] : [this.#saved.cursor]),
      ...(ack === undefined ? {} : { ack }),
    });
    this.#follow();
  }

  #follow(): void {
    this.#end = this.seen.follow(this.spool.log);
    // Killed before it had caught up: nobody waits for it.
    this.#end.catch(() => {});
  }

  append(count: number): void {
    const { spool } = this;
    const numbers = Array.from({ length: count }, () => this.#world.next++);
    const records = numbers.map((number) => position(number, `agency-${number % 3}`));
    this.#world.unsettled++;
    spool.log.append(records, (error) => {
      this.#world.unsettled--;
      // What a killed daemon would still have said, nobody heard.
      if (error === undefined && this.#spool === spool)
        for (const number of numbers) this.#world.acknowledged.add(number);
    });
  }

  save(): void {
    this.#saved = copyOf(this.seen);
  }

  async restart(): Promise<void> {
    await this.spool.log.stop();
    this.save();
    this.seen = copyOf(this.#saved);
    await this.start();
  }

  async kill(): Promise<void> {
    const copy = this.#world.folder(`${this.#name} ${++this.#copies}`);
    const { spool } = this;
    const folder = this.#folder;
    this.seen = copyOf(this.#saved);
    this.#spool = undefined;
    await killed(spool, folder, copy);
    rmSync(folder, { recursive: true });
    this.#folder = copy;
    await this.start();
  }

  forget(): void {
    const end = this.#end;
    this.seen = new Seen();
    this.save();
    // A tail from nothing waits for the brokers: end it when it can be.
    void end?.then(
      (stop) => stop(),
      () => {},
    );
    this.#follow();
  }

  async stop(): Promise<void> {
    await this.spool.log.stop();
  }
}

interface World {
  brokers: MemoryBrokers;
  folder: (name: string) => string;
  ack: { fallback: 'spool' | 'refuse'; limitMs: number } | undefined;
  acknowledged: Set<number>;
  next: number;
  unsettled: number;
}

function copyOf(seen: Seen): Seen {
  const copy = new Seen();
  copy.cursor = seen.cursor;
  for (const [number, times] of seen.counts) copy.counts.set(number, times);
  return copy;
}

async function act(lives: readonly Life[], life: Life, what: Step): Promise<void> {
  const { log, remote } = life.spool;
  if (what.do === 'append while cut') remote.cut();
  if (what.do === 'append with a mishap') remote.mishaps.push(what.mishap);
  if ('count' in what) life.append(what.count);
  else if (what.do === 'mend') remote.mend();
  else if (what.do === 'save') life.save();
  else if (what.do === 'trim') await log.trim();
  else if (what.do === 'wait') await until(() => lives.every((each) => isQuiet(each.spool)));
  else if (what.do === 'restart') await life.restart();
  else if (what.do === 'kill') await life.kill();
  else if (what.do === 'forget') life.forget();
}

/** Whether nothing more happens by itself. */
function isQuiet({ log, remote }: SpoolUnderTest): boolean {
  if (log.waitingBytes() > 0) return false;
  return remote.unreachableSince() !== undefined || log.counts().waitingRecords === 0;
}

async function play(steps: readonly Step[], ack: World['ack']): Promise<void> {
  const { brokers, folder, remove } = await spoolsForTest();
  const world: World = { brokers, folder, ack, acknowledged: new Set(), next: 0, unsettled: 0 };
  const lives = daemons.map((name) => new Life(world, name));
  try {
    await Promise.all(lives.map((life) => life.start()));
    for (const what of steps) {
      const life = lives[what.daemon];
      if (life !== undefined) await act(lives, life, what);
    }
    for (const { spool } of lives) {
      spool.remote.mishaps.length = 0;
      spool.remote.mend();
    }
    await until(() => world.unsettled === 0 && lives.every(({ spool }) => spool.log.counts().waitingRecords === 0));
    const had = await numbersAt(lives[0]?.spool);
    await until(() => lives.every(({ seen }) => seen.has(had.size)));
    for (const { seen } of lives) {
      expect(seen.numbers).toEqual([...had].sort((a, b) => a - b));
      expect([...world.acknowledged].filter((number) => !seen.counts.has(number))).toEqual([]);
    }
  } finally {
    await Promise.all(lives.map((life) => life.stop()));
    await remove();
  }
}

async function numbersAt(spool: SpoolUnderTest | undefined): Promise<Set<number>> {
  const seen = new Seen();
  if (spool !== undefined) (await seen.follow(spool.remote))();
  return new Set(seen.counts.keys());
}

/** For many more runs than in the daily suite: number of runs, seed, end (ms). */
const asked = process.env.VANTRAIL_SPOOL_RUNS?.split(' ').map(Number);
const [numRuns = 10, seed = 1, limit = 60_000] = asked ?? [];

it('every interleaving: nothing lost, nothing twice', { timeout: limit + 120_000 }, async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), acks, async (steps, ack) => {
      await play(steps, ack);
      runs++;
      if (asked && runs % 10 === 0) console.log(`spool runs ${runs}`);
    }),
    { numRuns, seed, endOnFailure: true, ...(asked ? { interruptAfterTimeLimit: limit } : {}) },
  );
  if (asked) console.log(`spool runs ${runs}`);
});
