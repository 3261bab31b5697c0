import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeChunk } from '../../protocol/trail-chunk.ts';
import { at, device, fix, folder, moved, position, Story, tidy, told, van } from './story.fixture.ts';

afterAll(tidy);

const upTo = (count: number, step = 1) => Array.from({ length: count }, (_, i) => i * step);

describe('trails', () => {
  it('keep every fix once, in order of fixTime', async () => {
    const story = await Story.begin();
    await story.tell(...[30, 10, 20, 10, 30].map((second) => position(fix('t1', second, second))));
    await story.tell(position(fix('t1', 20, 7777)));
    expect(story.trail('t1')).toEqual(
      [10, 20, 30].map((second) => {
        const { device: _, ...point } = fix('t1', second, second);
        return point;
      }),
    );
    expect(story.trails.has('pune', 't1', at(20))).toBe(true);
    expect(story.trails.has('pune', 't1', at(21))).toBe(false);
    expect(story.trails.has('nagpur', 't1', at(20))).toBe(false);
    expect(story.trails.size().points).toBe(3);
    await story.end();
  });

  it.each([
    ['after every batch', 0],
    ['only at the end', Number.POSITIVE_INFINITY],
  ])('take a backlog, newest first, when saved %s', async (_, saveEveryMs) => {
    const story = await Story.begin({ saveEveryMs });
    const live = [...upTo(90), ...upTo(90).map((second) => 2000 + second)];
    for (const second of live) await story.tell(position(fix('t1', second, second)));
    for (let second = 1999; second >= 90; second -= 10) {
      await story.tell(...upTo(10).map((i) => position(fix('t1', second - i, second - i))));
    }
    await story.tell(...upTo(500).map((second) => position(fix('t1', second, second))));
    expect(told(story.trail('t1'))).toEqual(upTo(2090).map(String));
    expect(told(story.trail('t1', at(100), at(103)))).toEqual(['100', '101', '102']);
    expect(story.trails.size().points).toBe(2090);
    await story.end();

    const db = new Database(story.file, { readonly: true });
    const rows = db.prepare('SELECT length(data) AS bytes FROM trail_chunk').all() as { bytes: number }[];
    db.close();
    expect(rows.length).toBeLessThan(2090 / 25);
    expect(Math.max(...rows.map((row) => row.bytes))).toBeLessThan(1000);
  });

  it('come in pages, and in pages come whole', async () => {
    const story = await Story.begin();
    for (const start of upTo(20, 100)) {
      await story.tell(...upTo(100).map((i) => position(fix('t1', start + i, start + i))));
    }
    const pages = [...story.trails.device('pune', 't1', at(5), at(1995))];
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThan(500);
    expect(pages.length).toBeGreaterThan(4);
    expect(told(pages.flat())).toEqual(upTo(1990).map((i) => String(i + 5)));
    expect(story.trail('t1', at(50), at(50))).toEqual([]);
    expect(story.trail('unknown')).toEqual([]);
    await story.end();
  });

  it('may grow while they are read', async () => {
    const story = await Story.begin({ saveEveryMs: 0 });
    for (const start of upTo(20, 100)) {
      await story.tell(...upTo(50).map((i) => position(fix('t1', start + 2 * i, start))));
    }
    const read: string[] = [];
    for (const page of story.trails.device('pune', 't1', 0, at(9999))) {
      read.push(...told(page));
      await story.tell(...upTo(50).map((i) => position(fix('t1', read.length * 2 + 2 * i + 1, read.length * 2))));
    }
    expect(read).toEqual([...new Set(read)].sort((a, b) => Number(a) - Number(b)));
    expect(read).toEqual(expect.arrayContaining(upTo(1000, 2).map(String)));
    await story.end();
  });

  it('come once, though a chunk is divided under the reader', async () => {
    const story = await Story.begin({ saveEveryMs: 0 });
    for (const start of upTo(21, 300)) {
      await story.tell(...upTo(300).map((i) => position(fix('t1', 2 * (start + i), start + i))));
    }
    const read: string[] = [];
    for (const page of story.trails.device('pune', 't1', 0, at(99_999))) {
      read.push(...told(page));
      // The hundredth chunk, the last of those that are read from the file at once, is filled up to twice its size.
      if (read.length === page.length) {
        await story.tell(...upTo(59).map((i) => position(fix('t1', 2 * (99 * 60 + i) + 1, 99 * 60 + i))));
      }
    }
    expect(read).toEqual(upTo(6300).map((i) => String(2 * i)));
    await story.end();
  });

  it('mark a jump the same, wherever a reader begins and ends', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('t1', 'v1'));
    const day = [0, 10, 20, 30, 40, 50].map((second) => fix('t1', second, second === 20 ? 60_000 : second));
    await story.tell(...day.map((each) => position(each)));
    expect(told(story.vanTrail('v1'))).toEqual(['0', '10', '20 jump', '30', '40', '50']);
    expect(told(story.trail('t1', at(20), at(30)))).toEqual(['20 jump']);
    expect(told(story.trail('t1', at(30), at(40)))).toEqual(['30']);
    expect(told(story.trail('t1', at(10), at(20)))).toEqual(['10']);
    await story.end();
  });

  it('can be had packed', async () => {
    const story = await Story.begin({ saveEveryMs: 0 });
    for (const second of upTo(200)) await story.tell(position(fix('t1', second, second)));
    const points = [...story.trails.packed('pune', 't1', at(70), at(190))].flat().flatMap(decodeChunk);
    expect(told(points)).toEqual(upTo(140).map((i) => String(i + 60)));
    expect(points).toEqual(story.trail('t1', at(60), at(200)));
    expect([...story.trails.packed('pune', 't1', at(300), at(400))]).toEqual([]);
    await story.end();
  });

  it('know the newest points of a device', async () => {
    const story = await Story.begin({ saveEveryMs: 0 });
    for (const second of upTo(130)) await story.tell(position(fix('t1', second, second)));
    expect(told(story.trails.newest('pune', 't1', 3))).toEqual(['127', '128', '129']);
    expect(story.trails.newest('pune', 't1', 500)).toHaveLength(130);
    expect(told(story.trails.newest('pune', 't1', 2, at(61)))).toEqual(['59', '60']);
    expect(story.trails.newest('pune', 't2', 3)).toEqual([]);
    await story.end();
  });

  it('are kept as long as they are kept, and go chunk by chunk', async () => {
    let now = at(0);
    const keep = 1000_000;
    const story = await Story.begin({ saveEveryMs: 0, now: () => now, keep });
    for (const start of upTo(10, 60)) {
      await story.tell(...upTo(60).map((i) => position(fix('t1', start + i, start + i))));
    }
    expect(story.trails.size().points).toBe(600);
    now = at(1180);
    await story.tell(position(fix('t1', 1000, 0)), position(fix('t1', 100, 0)));
    expect(told(story.trail('t1'))[0]).toBe('180');
    expect(story.trails.size().points).toBe(421);
    // A late fix from before what is left, not too old.
    await story.tell(position(fix('t1', 180.5, 0)));
    now = at(3000);
    // What waited in memory is written with the first of these and goes with the second.
    for (const second of [2998, 2999]) await story.tell(position(fix('t2', second, 0)));
    expect(told(story.trail('t1'))).toEqual([]);
    expect(story.trails.size().points).toBe(2);
    await story.end();
  });

  it('write a chunk that waits too long, and go on with it', async () => {
    let now = at(0);
    const story = await Story.begin({ saveEveryMs: 0, now: () => now, longestWait: 600_000 });
    const chunks = () => {
      const db = new Database(story.file, { readonly: true });
      const row = db.prepare('SELECT count(*) AS count FROM trail_chunk').get() as { count: number };
      db.close();
      return row.count;
    };
    await story.tell(position(fix('slow', 0, 0)));
    await story.tell(position(fix('slow', 300, 0)));
    expect(chunks()).toBe(0);
    // Log time goes on with other devices' positions.
    await story.tell(position(fix('other', 601, 0)));
    expect(chunks()).toBe(1);
    await story.tell(position(fix('slow', 900, 0)));
    // A quiet log: the wall clock alone.
    now = at(2000);
    expect(story.trails.wantsSave()).toBe(true);
    await story.tell(position(fix('slow', 1000, 0)));
    expect(chunks()).toBe(2);
    expect(told(story.trail('slow'))).toEqual(['0', '300', '900', '1000']);
    await story.end();
  });
});

describe('the trail of a van', () => {
  it('is made of what its devices sent while on it', async () => {
    const story = await Story.begin();
    await story.tell(van('a'), van('b'), device('t1', 'a'), device('t2', 'b'));
    await story.tell(moved('t1', 'b', 30), moved('t2', null, 25), moved('t1', 'a', 60));
    for (const second of upTo(9, 10)) {
      await story.tell(position(fix('t1', second, second)), position(fix('t2', second + 1, second)));
    }
    expect(told(story.vanTrail('a'))).toEqual(['0', '10', '20', '60', '70', '80']);
    // The spare's are left out from 25 + 60 s of t2's being fresh on.
    expect(told(story.vanTrail('b'))).toContain('1');
    expect(told(story.vanTrail('b'))).not.toContain('31');
    expect(told(story.vanTrail('c'))).toEqual([]);
    await story.end();
  });

  it('leaves the spare out while the tracker is fresh, and takes it where the tracker is silent', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('tracker', 'v1'), device('phone', 'v1', 0, 'phone'));
    const tracker = [...upTo(10, 10), ...upTo(10, 10).map((second) => second + 400)];
    await story.tell(...tracker.map((second) => position(fix('tracker', second, second))));
    await story.tell(...upTo(50, 10).map((second) => position(fix('phone', second + 5, second))));
    const expected = [...upTo(10, 10), ...upTo(25, 10).map((second) => second + 155), ...tracker.slice(10)];
    expect(told(story.vanTrail('v1'))).toEqual(expected.map(String));
    // The same when only a part is asked for: the tracker was fresh just before.
    expect(told(story.vanTrail('v1', at(95), at(200)))).toEqual(['155', '165', '175', '185', '195']);
    await story.end();
  });
});

it('a trail is there again after a restart, without reading the log again', async () => {
  const file = `${folder()}/projections.sqlite`;
  const story = await Story.begin({ file });
  for (const second of upTo(100)) await story.tell(position(fix('t1', second, second)));
  const before = story.trail('t1');
  const { log } = story;
  await story.end();
  const again = await Story.begin({ file, log });
  expect(again.trail('t1')).toEqual(before);
  expect(again.trails.size()).toEqual(story.trails.size());
  await again.tell(position(fix('t1', 50, 9)), position(fix('t1', 100, 100)));
  expect(told(again.trail('t1'))).toEqual(upTo(101).map(String));
  await again.end();
});
