import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  batch,
  minute,
  morning,
  openCache,
  second,
  snapshot,
  temporary,
  times,
  timesOf,
  welcome,
} from './cache.fixture.ts';
import type { TrailCache } from './cache.ts';
import { InUse } from './file.ts';
import { migrate, newestVersion } from './schema.ts';

let place: ReturnType<typeof temporary>;
let file: string;
const open: TrailCache[] = [];
beforeEach(() => {
  place = temporary();
  file = join(place.folder, 'trail.sqlite');
});
afterEach(() => {
  for (const cache of open.splice(0)) cache.stop();
  place.remove();
});
const reopen = (folder = place.folder) => {
  for (const cache of open.splice(0)) cache.stop();
  const opened = openCache(folder, { now: () => morning + 86_400_000 });
  open.push(opened.cache);
  return opened;
};
const hour = { from: morning, to: morning + 60 * minute };
const fixTimes = times(hour.from, hour.to, 5 * second);
const people = Array.from({ length: 300 }, (_, i) => ({ id: `c${i}`, name: `Consumer ${i}`, version: 1 }));
/** What a page tells after signing in, and the daemon's answers to what is missing. */
const fillIn = (cache: TrailCache) => {
  cache.take(batch({ at: hour.to, messages: [welcome, snapshot({ vans: ['v1'], consumers: people })] }));
  for (const stretch of cache.missing('v1', hour)) {
    const answered = fixTimes.filter((time) => time >= stretch.from && time < stretch.to);
    cache.keep('v1', stretch, answer(answered), hour.to + 60 * minute);
  }
};

describe('two processes', () => {
  it('never write one file: the second is told', () => {
    reopen();
    expect(() => openCache(place.folder)).toThrow(InUse);
  });
});

describe('kill -9 while writing', { timeout: 120_000 }, () => {
  it('loses nothing that was written, breaks nothing, and knows what is missing', async () => {
    for (let round = 0; round < 3; round++) {
      const child = fork(fileURLToPath(new URL('crash.fixture.ts', import.meta.url)), [place.folder]);
      let written = 0;
      const enough = 20 + 17 * round;
      await new Promise<void>((resolve) => {
        let messages = 0;
        child.on('message', (message: { written: number }) => {
          written = message.written;
          if (++messages === enough) resolve();
        });
      });
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { cache, notices } = reopen();
      expect(notices).toEqual([]);
      const asOf = cache.picture(undefined)?.asOf ?? 0;
      expect(asOf).toBeGreaterThanOrEqual(written);
      for (const van of ['v1', 'v2', 'v3']) {
        const held = timesOf(cache.trail(van, { from: morning, to: asOf }), morning, written);
        expect(held).toEqual(times(morning, written, 5 * second));
        // The van has reported until now and nobody heard it: that is what has to be asked for.
        const later = asOf + 10 * minute;
        expect(cache.missing(van, { from: morning, to: later }).at(-1)).toMatchObject({ to: later });
      }
      for (const each of open.splice(0)) each.stop();
    }
  });
});

describe('a damaged file', () => {
  it('that is no database is put aside, said, and filled again', () => {
    fillIn(reopen().cache);
    for (const cache of open.splice(0)) cache.stop();
    writeFileSync(file, Buffer.alloc(100_000, 'no database '));
    const { cache, notices } = reopen();
    expect(notices.map(({ key }) => key)).toEqual(['cache-damaged']);
    expect(cache.picture(undefined)).toBeUndefined();
    expect(readdirSync(place.folder).filter((name) => name.startsWith('set-aside-'))).toHaveLength(1);
    expect(cache.missing('v1', hour)).toEqual([hour]);
    fillIn(cache);
    expect(timesOf(cache.trail('v1', hour))).toEqual(fixTimes);
  });

  it('that ends in the middle is put aside too', () => {
    fillIn(reopen().cache);
    for (const cache of open.splice(0)) cache.stop();
    truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
    const { cache, notices } = reopen();
    fillIn(cache);
    cache.flush();
    expect(notices.map(({ key }) => key)).toContain('cache-damaged');
    expect(timesOf(cache.trail('v1', hour))).toEqual(fixTimes);
    expect(cache.search('consumer', 500)).toHaveLength(300);
  });

  it('with flipped bytes anywhere: it opens, shows no wrong point, and is whole after the next filling', () => {
    for (let seed = 1; seed <= 40; seed++) {
      fillIn(reopen().cache);
      for (const cache of open.splice(0)) cache.stop();
      flip(file, seed);
      const { cache } = reopen();
      const trail = timesOf(cache.trail('v1', hour), hour.from, hour.to);
      expect(trail.filter((time) => !fixTimes.includes(time))).toEqual([]);
      let after: string | undefined;
      do after = cache.picture(after)?.next;
      while (after !== undefined);
      cache.check();
      fillIn(cache);
      fillIn(cache);
      expect(timesOf(cache.trail('v1', hour), hour.from, hour.to), `seed ${seed}`).toEqual(fixTimes);
      expect(cache.search('consumer', 500), `seed ${seed}`).toHaveLength(300);
      for (const each of open.splice(0)) each.stop();
      for (const name of readdirSync(place.folder)) rmSync(join(place.folder, name));
    }
  });

  it('takes no notes with it', () => {
    fillIn(reopen().cache);
    for (const cache of open.splice(0)) cache.stop();
    // What SQLite says of a damaged schema: a table is not there, though the file claims to be complete.
    const db = new Database(file);
    db.exec('DROP TABLE held');
    db.close();
    const noted = new Database(file);
    noted.exec(`INSERT INTO note (kind, subject, text, at) VALUES ('order', 'o1', 'ring twice', 1)`);
    noted.close();
    const { cache, notices } = reopen();
    expect(notices.map(({ key }) => key)).toEqual(['cache-damaged']);
    expect(cache.waitingNotes().map(({ text }) => text)).toEqual(['ring twice']);
  });
});

describe('versions', () => {
  it('brings an old file to the newest version, with what is in it', () => {
    const db = new Database(file);
    db.pragma('auto_vacuum = INCREMENTAL');
    migrate(db, 1);
    db.exec(`INSERT INTO thing (kind, id, json, text, heard) VALUES ('van', 'v9', '{"id":"v9"}', 'v9', 1)`);
    db.close();
    const { cache, notices } = reopen();
    expect([cache.find('van', 'v9')?.json, notices]).toEqual(['{"id":"v9"}', []]);
    expect(cache.addNote({ kind: 'van', id: 'v9' }, 'brakes').id).toBe(1);
  });

  it('an old file knows afterwards which of its alerts have closed', () => {
    const db = new Database(file);
    migrate(db, 2);
    const put = db.prepare(`INSERT INTO thing (kind, id, json, text, heard) VALUES ('alert', ?, ?, '', 1)`);
    put.run('a', '{"id":"a","closedAt":7}');
    put.run('b', '{"id":"b"}');
    put.run('c', 'not JSON');
    migrate(db);
    const rows = db.prepare('SELECT id, ended FROM thing ORDER BY id').raw().all();
    db.close();
    expect(rows).toEqual([
      ['a', 7],
      ['b', null],
      ['c', null],
    ]);
  });

  it('puts a file of a newer app aside, and says so', () => {
    reopen();
    for (const cache of open.splice(0)) cache.stop();
    const db = new Database(file);
    db.pragma(`user_version = ${newestVersion + 1}`);
    db.close();
    expect(reopen().notices).toMatchObject([{ key: 'cache-damaged', newer: true }]);
  });
});

const small = mountSmallDisk();
describe.skipIf(small === undefined)('a full disk (a small one is mounted)', () => {
  it('is said once; what is here can be read; later all of it is written again, and the break is missing', () => {
    if (small === undefined) throw new Error('there was a small disk a moment ago');
    const { cache, notices } = reopen(small.folder);
    try {
      fillIn(cache);
      const filler = join(small.folder, 'filler');
      const { bavail, bsize } = statfsSync(small.folder);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
      let refused = 0;
      const more = Array.from({ length: 4000 }, (_, i) => ({ id: `d${i}`, name: `Consumer ${i}`, version: 1 }));
      for (let i = 0; i < 5; i++) {
        try {
          cache.take(
            batch({
              link: 2,
              at: hour.to + i * minute,
              messages: [welcome, snapshot({ vans: ['v1'], consumers: more })],
            }),
          );
        } catch (error) {
          expect((error as Error).name).toBe('NotWritten');
          refused++;
        }
      }
      expect([refused, notices.map(({ key }) => key)]).toEqual([5, ['cache-full']]);
      expect(timesOf(cache.trail('v1', hour), hour.from, hour.to)).toEqual(fixTimes);
      rmSync(filler);
      const later = hour.to + 10 * minute;
      cache.take(
        batch({
          link: 3,
          at: later,
          messages: [welcome, snapshot({ vans: ['v1'], consumers: people })],
          fixes: { v1: [later] },
        }),
      );
      expect(notices.map(({ key }) => key)).toEqual(['cache-full', 'cache-writes']);
      expect(cache.missing('v1', { from: hour.from, to: later })).toEqual([{ from: hour.to, to: later }]);
    } finally {
      for (const each of open.splice(0)) each.stop();
      small.unmount();
    }
  });
});

/** Flips some bytes of a file, always the same for a seed. */
function flip(path: string, seed: number): void {
  const size = statSync(path).size;
  const handle = openSync(path, 'r+');
  let state = seed * 2654435761;
  for (let i = 0; i < 8; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const at = state % size;
    const byte = Buffer.alloc(1);
    readSync(handle, byte, 0, 1, at);
    writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ (1 + (state & 0x7f))]), 0, 1, at);
  }
  closeSync(handle);
}

function mountSmallDisk(): { folder: string; unmount: () => void } | undefined {
  const { folder, remove } = temporary();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'vantrail-test', folder], { stdio: 'ignore' });
  } catch {
    remove();
    return undefined;
  }
  const unmount = () => {
    process.off('exit', unmount);
    execFileSync('umount', ['-l', folder]);
    rmdirSync(folder);
  };
  process.on('exit', unmount);
  return { folder, unmount };
}
