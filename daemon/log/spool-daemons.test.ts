import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { device, fix, moved, position, Story, tidy, van } from '../project/story.fixture.ts';
import { until } from './log.fixture.ts';
import type { Cursor } from './log.ts';
import { MemoryLog } from './memory.ts';
import type { MemoryBrokers } from './memory-remote.ts';
import { killed, makeSpool, type SpoolUnderTest, spoolsForTest } from './spool.fixture.ts';

afterAll(tidy);

interface Daemon extends SpoolUnderTest {
  story: Story;
  folder: string;
}

const minute = 60;
const agency: LogRecord[] = [
  van('a'),
  van('b'),
  device('tracker', 'a'),
  device('phone', 'a', 0, 'phone'),
  device('roamer', 'a'),
];
const moves: LogRecord[] = [moved('roamer', 'b', 5 * minute), moved('roamer', 'a', 20 * minute)];
const devices = ['tracker', 'phone', 'roamer'];

/** A drive of three devices, with far jumps in it; `part` of `parts` of it. */
function drive(part: number, parts: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (let second = 0; second < 30 * minute; second += 10) {
    for (const [i, name] of devices.entries()) {
      if ((second / 10 + i) % parts !== part) continue;
      const metres = second % 290 === 0 ? 60_000 : second * (i + 1);
      records.push(position(fix(name, second, metres)));
    }
  }
  return records;
}

function seen(story: Story): unknown {
  return {
    vans: ['a', 'b'].map((id) => story.live.van('pune', id) ?? null),
    devices: devices.map((id) => story.live.device('pune', id) ?? null),
    trails: devices.map((id) => story.trail(id)),
    vanTrails: ['a', 'b'].map((id) => story.vanTrail(id)),
    points: story.trails.size().points,
  };
}

/** What one daemon with a log of its own makes of it. */
async function canonical(): Promise<unknown> {
  const story = await Story.begin({ log: new MemoryLog() });
  await story.tell(...agency, ...moves, ...drive(0, 1));
  const state = seen(story);
  await story.end();
  return state;
}

describe('several daemons on one shared log', () => {
  const running: Daemon[] = [];
  let remove = async () => {};
  let brokers: MemoryBrokers;
  let folderOf: (name: string) => string;

  afterEach(async () => {
    for (const { story } of running.splice(0)) await story.end();
    await remove();
  });

  async function start(name: string, folder = folderOf(name), file?: string): Promise<Daemon> {
    const saved: readonly Cursor[] = [];
    const spool = makeSpool(brokers, folder, { daemon: name, saved: () => saved, keptMs: 0 });
    const story = await Story.begin({ log: spool.log, ...(file === undefined ? {} : { file }) });
    const daemon: Daemon = {
      story,
      folder,
      log: spool.log,
      get remote() {
        return spool.remote;
      },
    };
    running.push(daemon);
    return daemon;
  }

  async function tellInParts(daemon: Daemon, records: readonly LogRecord[]): Promise<void> {
    for (let i = 0; i < records.length; i += 17) await daemon.story.tell(...records.slice(i, i + 17));
  }

  it('two daemons end in the state of one, though each sees its own positions first', async () => {
    ({ brokers, folder: folderOf, remove } = await spoolsForTest());
    const [one, two] = [await start('one'), await start('two')];
    await one.story.tell(...agency);
    one.remote.cut();
    await Promise.all([tellInParts(one, drive(0, 2)), tellInParts(two, drive(1, 2))]);
    // One has seen its half only, the other its own.
    expect(one.story.trails.size().points).toBe(270);
    expect(two.story.trails.size().points).toBe(270);
    one.remote.mend();
    await two.story.tell(...moves);
    await until(() => [one, two].every(({ story }) => story.trails.size().points === 540));
    expect(seen(one.story)).toEqual(await canonical());
    expect(seen(two.story)).toEqual(await canonical());
  });

  it('three daemons too: one is killed, one loses its disk, one forgets its projections', async () => {
    ({ brokers, folder: folderOf, remove } = await spoolsForTest());
    const [one, two, three] = [await start('one'), await start('two'), await start('three')];
    await two.story.tell(...agency);
    three.remote.mishaps.push('answer lost', 'half written', 'answer lost');
    await Promise.all([one, two, three].map((daemon, part) => tellInParts(daemon, drive(part, 3).slice(0, 100))));
    // The first is killed with a part on its way, and comes back on the same disk with what its projections had saved.
    one.remote.mishaps.push('written, then cut');
    await one.story.tell(...drive(0, 3).slice(100));
    await until(() => one.remote.unreachableSince() !== undefined);
    const file = one.story.file;
    await killed(one, one.folder, folderOf('one again'));
    await one.story.projector.stop();
    running.splice(running.indexOf(one), 1);
    const again = await start('one', folderOf('one again'), file);
    // The second loses its disk when everything was forwarded; the third its projections, after a trimming.
    await two.story.tell(...drive(1, 3).slice(100));
    await until(() => two.log.counts().waitingRecords === 0);
    await two.story.end();
    running.splice(running.indexOf(two), 1);
    const fresh = await start('two', folderOf('a new disk'), two.story.file);
    await three.story.tell(...drive(2, 3).slice(100));
    await until(() => three.log.counts().waitingRecords === 0);
    await three.story.end();
    running.splice(running.indexOf(three), 1);
    const forgetful = await start('three', three.folder);
    await forgetful.log.trim();
    await forgetful.story.end();
    running.splice(running.indexOf(forgetful), 1);
    const rebuilt = await start('three', three.folder);
    await rebuilt.story.tell(...moves);

    const all = [again, fresh, rebuilt];
    await until(() => all.every(({ story }) => story.trails.size().points === 540));
    await until(() => all.every(({ log }) => log.counts().waitingRecords === 0 && log.counts().lag === 0));
    const expected = await canonical();
    for (const { story } of all) expect(seen(story)).toEqual(expected);
    expect(brokers.repeated).toBeGreaterThan(0);
    expect(brokers.records).toBe(540 + agency.length + moves.length);
  });
});
