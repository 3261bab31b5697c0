import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import type { LogRecord, Topic } from '../../protocol/record.ts';
import { EmbeddedLog } from '../log/embedded.ts';
import type { Cursor } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import { Projector } from './projector.ts';
import { at, device, fix, folder, position, Story, silent, tidy, told, van } from './story.fixture.ts';

afterAll(tidy);

/** Counts the records it is given, and remembers the count. */
class Count implements Projection {
  readonly name: string;
  version = 1;
  readonly topics: readonly Topic[];
  count = 0;
  given: LogRecord[] = [];
  fails = false;

  constructor(name = 'count', topics: readonly Topic[] = ['positions']) {
    this.name = name;
    this.topics = topics;
  }
  open(db: Database): void {
    db.exec(`CREATE TABLE IF NOT EXISTS ${this.name} (count INTEGER)`);
    this.count = (db.prepare(`SELECT count FROM ${this.name}`).pluck().get() as number | undefined) ?? 0;
    this.given = [];
  }
  reset(db: Database): void {
    db.exec(`DROP TABLE IF EXISTS ${this.name}`);
  }
  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    if (record.topic === 'positions' && record.value.speed === 13) throw new Error('thirteen');
    this.count++;
    this.given.push(record);
    if (record.topic === 'positions') changes.moved(record.agency, record.value.device, record.value.receivedAt);
  }
  save(db: Database, cursor: Cursor | null): Cursor | null {
    if (this.fails) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    db.exec(`DELETE FROM ${this.name}; INSERT INTO ${this.name} VALUES (${this.count})`);
    return cursor;
  }
}

async function reading(file: string, log: MemoryLog, projections: Projection[], saveEveryMs = 2 ** 31 - 1) {
  const projector = new Projector({ log, file, projections, logger: silent, saveEveryMs });
  await projector.start();
  await projector.caughtUp;
  return projector;
}
const append = (log: MemoryLog, ...records: LogRecord[]) =>
  new Promise<void>((resolve, reject) => log.append(records, (error) => (error ? reject(error) : resolve())));
async function begin() {
  const log = new MemoryLog();
  await log.start();
  return { log, file: join(folder(), 'projections.sqlite') };
}

describe('projector', () => {
  it('gives a projection its topics, and after a restart only what is new', async () => {
    const { log, file } = await begin();
    const first = new Count();
    const projector = await reading(file, log, [first]);
    await append(log, van('v1'), position(fix('t1', 0, 0)));
    await append(log, position(fix('t1', 10, 0)));
    expect(first.count).toBe(2);
    expect(projector.cursor()).toBe(log.head());
    await projector.stop();
    await projector.stop();
    await append(log, position(fix('t1', 20, 0)));
    const second = new Count();
    const again = await reading(file, log, [second]);
    expect([second.count, second.given.length]).toEqual([3, 1]);
    expect(again.status()).toMatchObject({ ready: true, poisoned: 0 });
    await again.stop();
  });

  it('gives a projection that is new, or of a new version, everything, and the others nothing twice', async () => {
    const { log, file } = await begin();
    const projector = await reading(file, log, [new Count()]);
    await append(log, position(fix('t1', 0, 0)), position(fix('t1', 1, 0)));
    await projector.stop();
    const [known, added] = [new Count(), new Count('added')];
    await (await reading(file, log, [added, known])).stop();
    expect([known.given.length, added.given.length]).toEqual([0, 2]);
    const changed = new Count();
    changed.version = 2;
    await (await reading(file, log, [new Count('added'), changed])).stop();
    expect([changed.count, changed.given.length]).toEqual([2, 2]);
  });

  it('gives nobody a record twice where their cursors lie within what the log reads at once', async () => {
    const { log, file } = await begin();
    for (const [name, commits] of Object.entries({ a: 1, b: 4, c: 3, d: 2 })) {
      await (await reading(file, log, [new Count(name)])).stop();
      for (let i = 0; i < commits; i++) await append(log, position(fix('t1', i, 0)), van('v1'));
    }
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => new Count(name));
    const projector = await reading(file, log, all);
    expect(all.map(({ count }) => count)).toEqual([10, 10, 10, 10, 10]);
    expect(all.map(({ given }) => given.length)).toEqual([10, 9, 5, 2, 10]);
    expect(projector.cursor()).toBe(log.head());
    await append(log, position(fix('t1', 11, 0)));
    expect(all.map(({ count }) => count)).toEqual([11, 11, 11, 11, 11]);
    await projector.stop();
  });

  it('skips a poison record for the projection it poisons, and counts it', async () => {
    const { log, file } = await begin();
    const [poisoned, events] = [new Count(), new Count('both', ['events', 'positions'])];
    const projector = await reading(file, log, [poisoned, events]);
    await append(log, position(fix('t1', 0, 0)), position(fix('t1', 1, 0, { speed: 13 })), van('v1'));
    await append(log, position(fix('t1', 2, 0)));
    expect([poisoned.count, events.count]).toEqual([2, 3]);
    expect(projector.status()).toMatchObject({ ready: true, poisoned: 2 });
    await projector.stop();
  });

  it('rebuilds when the log has lost its end, or is another one', async () => {
    const { log, file } = await begin();
    const projector = await reading(file, log, [new Count()]);
    for (const second of [0, 1, 2]) await append(log, position(fix('t1', second, 0)));
    await projector.stop();
    log.lose(1);
    const second = new Count();
    await (await reading(file, log, [second])).stop();
    expect([second.count, second.given.length]).toEqual([2, 2]);
    const other = new MemoryLog({ life: 'other' });
    await other.start();
    const third = new Count();
    await (await reading(file, other, [third])).stop();
    expect(third.count).toBe(0);
  });

  it('puts a damaged file aside and rebuilds', async () => {
    const { log, file } = await begin();
    const projector = await reading(file, log, [new Count()]);
    await append(log, position(fix('t1', 0, 0)));
    await projector.stop();
    writeFileSync(file, Buffer.alloc(8192, 'x'));
    const count = new Count();
    await (await reading(file, log, [count])).stop();
    expect(count.count).toBe(1);
    expect(readdirSync(join(file, '..')).filter((name) => name.includes('damaged'))).toHaveLength(1);
  });

  it('says so while nothing can be saved, goes on, and recovers by itself', async () => {
    const { log, file } = await begin();
    const count = new Count();
    const projector = await reading(file, log, [count], 0);
    count.fails = true;
    await append(log, position(fix('t1', 0, 0)));
    expect(projector.status()).toMatchObject({ ready: false, problem: expect.stringContaining('disk is full') });
    expect(count.count).toBe(1);
    count.fails = false;
    await append(log, position(fix('t1', 1, 0)));
    expect(projector.status().ready).toBe(true);
    await projector.stop();
    const again = new Count();
    await (await reading(file, log, [again])).stop();
    expect([again.count, again.given.length]).toEqual([2, 0]);
  });

  it('tells once per batch and agency what changed; a listener that throws harms nobody', async () => {
    const { log, file } = await begin();
    const projector = await reading(file, log, [new Count()]);
    const heard: unknown[] = [];
    projector.onChange(() => {
      throw new Error('deaf');
    });
    const unsubscribe = projector.onChange(({ agency, cursor, moved, oldestReceivedAt }) => {
      heard.push([agency, cursor === log.head(), [...moved], oldestReceivedAt - at(0)]);
    });
    await append(log, position(fix('b', 10, 0)), position(fix('a', 5, 0)), position(fix('c', 7, 0), 'nagpur'));
    expect(heard).toEqual([
      ['pune', true, ['b', 'a'], 5500],
      ['nagpur', true, ['c'], 7500],
    ]);
    await append(log, van('v1'));
    unsubscribe();
    await append(log, position(fix('b', 11, 0)));
    expect(heard).toHaveLength(2);
    await projector.stop();
  });
});

describe('trails and live state after a crash', () => {
  const agency = [van('v1'), van('v2'), device('t1', 'v1'), device('t2', 'v2')];
  const state = (story: Story) => ({
    live: [story.live.van('pune', 'v1'), story.live.van('pune', 'v2')],
    trails: [story.trail('t1'), story.trail('t2'), story.vanTrail('v1')],
    points: story.trails.size().points,
  });

  it('are what they were: from the file as it was at some save, and from none', async () => {
    const story = await Story.begin({ saveEveryMs: Number.POSITIVE_INFINITY, longestWait: 300_000 });
    await story.tell(...agency);
    const left = join(folder(), 'left.sqlite');
    for (let second = 0; second < 1500; second++) {
      const late = second % 7 === 0 ? [position(fix('t1', 100 + second / 3, 50))] : [];
      await story.tell(position(fix('t1', second * 2, second)), ...late, position(fix('t2', second * 5, second)));
      if (second === 900) {
        // As a crash would leave it: a save some time ago, and nothing since.
        for (const suffix of ['', '-wal']) {
          if (readdirSync(join(story.file, '..')).includes(`projections.sqlite${suffix}`)) {
            cpSync(story.file + suffix, left + suffix);
          }
        }
      }
    }
    const before = state(story);
    const { log, file } = story;
    await story.end();
    for (const [name, from] of Object.entries({ left, none: join(folder(), 'none.sqlite'), file })) {
      const again = await Story.begin({ log, file: from });
      expect(state(again), name).toEqual(before);
      await again.end();
    }
    rmSync(file);
    const rebuilt = await Story.begin({ log, file });
    expect(state(rebuilt)).toEqual(before);
    await rebuilt.end();
  });

  it('are what they were on the embedded log, too', async () => {
    const place = folder();
    const embedded = () => new EmbeddedLog({ folder: join(place, 'log'), logger: silent });
    const file = join(place, 'projections.sqlite');
    const story = await Story.begin({ log: embedded(), file });
    await story.tell(...agency);
    for (let second = 0; second < 300; second++) {
      await story.tell(position(fix('t1', second * 2, second)), position(fix('t2', 2000 - second * 5, second)));
    }
    const before = state(story);
    await story.end();
    for (const from of [file, join(place, 'none.sqlite')]) {
      const again = await Story.begin({ log: embedded(), file: from });
      expect(state(again)).toEqual(before);
      await again.end();
    }
  });

  it('keep the past when the log no longer has it', async () => {
    const story = await Story.begin();
    await story.tell(...agency, position(fix('t1', 0, 0)));
    await story.end();
    const log = new MemoryLog({ life: 'another' });
    const again = await Story.begin({ log, file: story.file });
    await again.tell(...agency, position(fix('t1', 0, 0)), position(fix('t1', 10, 0)));
    expect(told(again.vanTrail('v1'))).toEqual(['0', '10']);
    expect(again.trails.size().points).toBe(2);
    await again.end();
  });
});
