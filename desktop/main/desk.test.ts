import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeChunk } from '../../protocol/trail-chunk.ts';
import type { Bridge, CallName, Calls, FeedBatch, News } from '../shared/bridge.ts';
import { batch, minute, morning, pointAt, second, snapshot, times, timesOf, welcome } from './cache/cache.fixture.ts';
import { type DeskBed, makeDesk, server } from './desk.fixture.ts';

let bed: DeskBed;
let page: Bridge;
beforeEach(() => {
  bed = makeDesk(morning);
  page = bed.page(1);
});
afterEach(() => bed.remove());

const jwt = (expiresAt: number) => `h.${btoa(JSON.stringify({ exp: expiresAt / 1000 }))}.s`;
/** A daemon with one account, whose vans have reported every 5 s. */
const daemon = (path: string): Response => {
  const url = new URL(path, server);
  if (url.pathname === '/api/map') return Response.json({ kind: 'land' });
  if (url.pathname.startsWith('/api/session')) {
    return Response.json({
      accessToken: jwt(bed.clock.now + 900_000),
      agency: 'pune',
      subject: 'asha',
      refreshToken: `r${bed.asked.length}`,
    });
  }
  const from = Number(url.searchParams.get('from'));
  const points = times(morning, bed.clock.now, 5 * second)
    .filter((time) => time >= from && time < Number(url.searchParams.get('to')))
    .map(pointAt);
  if (points.length === 0) return new Response(new Uint8Array());
  const chunk = encodeChunk(points);
  const body = new Uint8Array(4 + chunk.length);
  new DataView(body.buffer).setUint32(0, chunk.length, true);
  body.set(chunk, 4);
  return new Response(body);
};
const value = async <N extends CallName>(
  name: N,
  input: Calls[N]['input'],
  from = page,
): Promise<Calls[N]['output']> => {
  const result = await from.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
};
const refusal = async <N extends CallName>(name: N, input: unknown, from = page) => {
  const result = await from.call(name, input as Calls[N]['input']);
  return result.ok ? 'fine' : result.error.code;
};
const signedIn = async () => {
  bed.answers.of = daemon;
  await value('server.set', { address: '127.0.0.1:8080' });
  await value('session.sign-in', { login: 'asha@pune', password: 'seven green parrots' });
  await value('desk.state', undefined);
};
const feed = (parts: FeedBatch, from = page) => value('cache.feed', parts, from);
const trailPaths = () => bed.asked.filter((path) => path.includes('/trail?'));

describe('the bridge', () => {
  it('answers our own pages alone', async () => {
    for (const address of ['https://example.com/console/', 'app://other/console/', 'file:///console/', '']) {
      expect(await refusal('desk.state', undefined, bed.page(9, address)), address).toBe('sender');
    }
    expect(await refusal('desk.state', undefined)).toBe('fine');
  });

  it.each([
    ['server.set', {}],
    ['server.set', { address: 'a', more: 1 }],
    ['server.set', { address: '' }],
    ['session.sign-in', { login: 'a', password: 7 }],
    ['cache.trail', { vanId: 'v1', from: -1, to: 5 }],
    ['cache.trail', { vanId: 'v1', from: 0, to: Number.NaN }],
    ['cache.feed', { link: 1, at: 1, messages: [], subjects: [], positions: ['text'] }],
    ['cache.search', { text: 'a', limit: 100_000 }],
    ['notify.show', { title: 'x', body: 'y', open: { kind: 'file', id: 'etc' } }],
    ['tray.unread', { alerts: -1 }],
    ['desk.state', { more: true }],
  ] as [CallName, unknown][])('%s is not done with %j', async (name, input) => {
    expect(await refusal(name, input)).toBe('input');
    expect(bed.failures).toEqual([]);
  });

  it('says where an input is wrong', async () => {
    const result = await page.call('cache.trail', { vanId: 'v1', from: -1, to: 5 });
    expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining('/from') } });
  });

  it('a subscription ends when it is told to', async () => {
    const heard: News['notice'][] = [];
    const end = page.on('notice', (notice) => heard.push(notice));
    await value('desk.state', undefined);
    bed.news.notice({ key: 'a', text: 'one' });
    end();
    bed.news.notice({ key: 'b', text: 'two' });
    expect(heard).toEqual([{ key: 'a', text: 'one' }]);
  });

  it('what happened while no page was there is told to the first that asks', async () => {
    bed.news.notice({ key: 'a', text: 'one' });
    bed.news.open(undefined, { kind: 'order', id: 'o1' });
    const missed = { notices: [{ key: 'a', text: 'one' }], open: { kind: 'order', id: 'o1' } };
    expect(await value('desk.state', undefined)).toMatchObject(missed);
    expect(await value('desk.state', undefined)).toMatchObject({ notices: [], open: undefined });
  });
});

describe('the language', () => {
  it('of a page is that of menus and tray, and of the next start', async () => {
    await value('desk.language', { language: 'hi' });
    expect(bed.spoken).toEqual([{ file: 'फ़ाइल (&F)', tray: 'Vantrail: 2 बिना पढ़े अलर्ट' }]);
    await bed.desk.stop();
    bed = makeDesk(morning, bed.folder);
    page = bed.page(1);
    expect(bed.settings.get().language).toBe('hi');
    // A second page that says the same makes no new menu.
    await value('desk.language', { language: 'hi' });
    expect(bed.spoken).toEqual([]);
  });

  it('is one we speak', async () => {
    expect(await refusal('desk.language', { language: 'fr' } as never)).toBe('input');
    expect([bed.spoken, bed.settings.get().language]).toEqual([[], undefined]);
  });
});

describe('server and sign-in', () => {
  it('takes a server that answers like one, and begins every window anew', async () => {
    bed.answers.of = () => new Response('<html>a router</html>');
    expect(await refusal('server.set', { address: '127.0.0.1:8080' })).toBe('failed');
    bed.answers.of = daemon;
    expect(await value('server.set', { address: '127.0.0.1:8080' })).toEqual({ server });
    expect([bed.settings.get().server, bed.reloads]).toEqual([server, [undefined]]);
  });

  it('without a server or a sign-in there are words for it', async () => {
    expect(await refusal('session.token', undefined)).toBe('sign-in-needed');
    expect(await refusal('cache.picture', { after: undefined })).toBe('sign-in-needed');
    expect(await refusal('session.sign-in', { login: 'a', password: 'b' })).toBe('failed');
  });

  it('is signed in over a restart, in a cache of server, agency and account', async () => {
    await signedIn();
    expect(bed.reloads.at(-1)).toBe(1);
    await feed(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    await bed.desk.stop();
    const again = makeDesk(morning + minute, bed.folder);
    bed = again;
    again.desk.start();
    page = again.page(1);
    expect(await value('desk.state', undefined)).toMatchObject({ account: { login: 'asha@pune' }, signInKept: 'safe' });
    expect(await value('cache.picture', { after: undefined })).toMatchObject({ asOf: morning });
    expect(readdirSync(join(bed.folder, 'cache'))).toHaveLength(1);
  });

  it.each([
    ['keep', 1, true],
    ['remove', 0, true],
    [undefined, 1, false],
  ] as const)('signing out with %s leaves %i cache', async (choice, caches, signedOut) => {
    await signedIn();
    await feed(batch({ at: morning, messages: [welcome] }));
    bed.choice.of = choice;
    expect(await value('session.sign-out', { cache: 'ask' })).toEqual({ signedOut });
    expect(readdirSync(join(bed.folder, 'cache'))).toHaveLength(caches);
    expect(await refusal('cache.picture', { after: undefined })).toBe(signedOut ? 'sign-in-needed' : 'fine');
  });
});

describe('the cache behind the bridge', () => {
  it('two windows: the first feeds, the second reads what the first wrote and takes over', async () => {
    await signedIn();
    const other = bed.page(2);
    const told: number[] = [];
    other.on('feeds', () => told.push(2));
    expect(await value('desk.state', undefined, other)).toMatchObject({ feeds: false });
    const fixes = times(morning, morning + minute, 5 * second);
    await feed(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    expect(await feed(batch({ at: morning + minute, fixes: { v1: fixes } }))).toEqual({ taken: true });
    expect(await feed(batch({ link: 7, at: morning, messages: [snapshot({})] }), other)).toEqual({ taken: false });
    const period = { vanId: 'v1', from: morning, to: morning + minute };
    expect(timesOf(await value('cache.trail', period, other))).toEqual(fixes);
    bed.feeder.closed(1);
    expect(told).toEqual([2]);
    expect(await feed(batch({ link: 7, at: morning + 2 * minute }), other)).toEqual({ taken: true });
  });

  it('after a break asks the daemon for exactly the missing stretch, by itself, once', async () => {
    await signedIn();
    const before = times(morning, morning + 5 * minute, 5 * second);
    await feed(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    for (const time of before) await feed(batch({ at: time, fixes: { v1: [time] } }));
    const back = morning + 30 * minute;
    bed.clock.now = back;
    const filled = new Promise<News['filled']>((resolve) => page.on('filled', resolve));
    await feed(batch({ link: 2, at: back, messages: [welcome, snapshot({ vans: ['v1'] })], fixes: { v1: [back] } }));
    await feed(batch({ link: 2, at: back + second }));
    expect(await filled).toEqual({ vanId: 'v1' });
    const asked = `/api/vans/v1/trail?format=chunks&from=${(before.at(-1) ?? 0) + 1}&to=${back}`;
    expect(trailPaths()).toEqual([asked]);
    await feed(batch({ link: 2, at: back + 2 * second }));
    const all = await value('cache.trail', { vanId: 'v1', from: morning, to: back });
    expect(timesOf(all)).toEqual(times(morning, back + 1, 5 * second));
    expect(trailPaths()).toEqual([asked]);
  });

  it('opens a trail from what is here and asks for the rest; without the daemon it says so', async () => {
    await signedIn();
    bed.clock.now = morning + 120 * minute;
    await feed(batch({ at: bed.clock.now, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    const hour = { vanId: 'v1', from: morning, to: morning + 60 * minute };
    expect(await value('cache.fill', hour)).toEqual({ points: 720 });
    bed.answers.of = () => {
      throw new TypeError('fetch failed');
    };
    expect(timesOf(await value('cache.trail', hour))).toHaveLength(720);
    expect(await value('cache.fill', hour)).toEqual({ points: 0 });
    expect(await refusal('cache.fill', { ...hour, to: hour.to + 10 * minute })).toBe('offline');
  });

  it('its process may die: it is started again, the page begins anew, and after too many times it stays off', async () => {
    await signedIn();
    await feed(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    const begun = () => new Promise<void>((resolve) => page.on('feeds', () => resolve()));
    for (let death = 1; death <= 3; death++) {
      const again = begun();
      bed.cacheHere.children.at(-1)?.die();
      await again;
      expect(await value('cache.picture', { after: undefined })).toMatchObject({ asOf: morning });
    }
    bed.cacheHere.children.at(-1)?.die();
    expect(bed.notices.map(({ key }) => key)).toEqual(['cache-died', 'cache-died', 'cache-died', 'cache-off']);
    expect(await refusal('cache.picture', { after: undefined })).toBe('cache');
    expect(await value('cache.facts', undefined)).toMatchObject({ open: false });
    expect(await feed(batch({ at: morning }))).toEqual({ taken: false });
  });

  it('a batch that is none of the feed’s is refused and changes nothing', async () => {
    await signedIn();
    const wrong = { ...batch({ at: morning, fixes: { v1: [morning] } }), subjects: [] };
    expect(await refusal('cache.feed', wrong)).toBe('failed');
    expect(await value('cache.facts', undefined)).toMatchObject({ points: 0, things: 0 });
  });

  it('keeps notes until they are taken', async () => {
    await signedIn();
    const note = await value('notes.add', { about: { kind: 'consumer', id: 'c1' }, text: 'asks for the afternoon' });
    expect(await value('notes.list', undefined)).toEqual([note]);
    expect(await value('notes.remove', { id: note.id })).toEqual({ removed: true });
  });
});

describe('what a screen is for', () => {
  it('notifications open a thing, the tray counts', async () => {
    await value('notify.show', { title: 'Late', body: 'Van 1', open: { kind: 'van', id: 'v1' } });
    await value('tray.unread', { alerts: 3 });
    expect([bed.shown, bed.unread]).toEqual([[{ title: 'Late', open: { kind: 'van', id: 'v1' } }], [3]]);
  });
});
