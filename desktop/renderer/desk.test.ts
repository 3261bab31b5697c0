import { describe, expect, it } from 'vitest';
import type { FeedMessage } from '../../protocol/feed-client.ts';
import { encodeChunk } from '../../protocol/trail-chunk.ts';
import type { Calls, DeskState, PicturePart, Result } from '../shared/bridge.ts';
import { createConsole } from './console.ts';
import { deskFeedUrl, deskSession, openDesk } from './desk.ts';
import { showPicture } from './desk-picture.ts';
import { Refused, SignInNeeded } from './session.ts';
import { createConsoleStore } from './store.ts';
import { trailCache } from './trail/cached-trail.ts';

const now = 1_800_000_000_000;
const state = { version: '1', server: 'https://dispatch.example.in', notices: [] } as unknown as DeskState;
type Answers = { [N in keyof Calls]?: (input: Calls[N]['input']) => Result<unknown> };
/** A page's window with the bridge in it; what passes is carried as Electron carries it. */
const withBridge = (answers: Answers) => ({
  vantrail: {
    call: async (name: keyof Calls, input: never) =>
      structuredClone((answers[name] as ((input: unknown) => Result<unknown>) | undefined)?.(structuredClone(input))),
    on: () => () => {},
  },
});
const deskWith = async (answers: Answers) => {
  const desk = await openDesk(withBridge({ 'desk.state': () => ({ ok: true, value: state }), ...answers }));
  if (desk === undefined) throw new Error('there is a bridge');
  return desk;
};
const no = (code: string, status?: number) => () =>
  ({ ok: false, error: { code, message: 'why', ...(status === undefined ? {} : { status }) } }) as Result<never>;

describe('the seam to the desktop app', () => {
  it('is not there in a browser', async () => {
    expect(await openDesk({})).toBeUndefined();
  });

  it('gives errors as a browser would have', async () => {
    const token = async (answer: () => Result<never>) =>
      (await deskWith({ 'session.token': answer })).ask('session.token', undefined);
    await expect(token(no('offline'))).rejects.toBeInstanceOf(TypeError);
    await expect(token(no('refused', 401))).rejects.toBeInstanceOf(Refused);
    await expect(token(no('sign-in-needed'))).rejects.toMatchObject({ name: SignInNeeded.name, expired: false });
    await expect(token(no('sign-in-needed', 401))).rejects.toMatchObject({ expired: true });
    await expect(token(no('cache'))).rejects.toThrow('why');
  });

  it('reads with the app’s token, listens at its server, and may stay signed in', async () => {
    const desk = await deskWith({
      'session.token': () => ({ ok: true, value: { token: 'abc' } }),
      'session.sign-out': () => ({ ok: true, value: { signedOut: false } }),
    });
    expect(deskFeedUrl(desk)).toBe('wss://dispatch.example.in/feed');
    const asked: (string | null)[] = [];
    const session = deskSession(desk, (async (path: string, init: RequestInit) => {
      asked.push(path, new Headers(init.headers).get('authorization'));
      return Response.json({ id: 'v1' });
    }) as typeof fetch);
    expect([await session.read('/api/vans/v1'), await session.signOut(), session.signedIn()]).toEqual([
      { id: 'v1' },
      false,
      false,
    ]);
    expect(asked).toEqual(['/api/vans/v1', 'Bearer abc']);
  });

  it('draws a trail from chunks that reach further and tell a point twice', async () => {
    const at = (fixTime: number) => ({ fixTime, receivedAt: fixTime, latitude: 18, longitude: 73 });
    const desk = await deskWith({
      'cache.trail': () => ({
        ok: true,
        value: { chunks: [encodeChunk([at(1), at(5)]), encodeChunk([at(5), at(8), at(9)])], missing: [] },
      }),
    });
    const trail = await trailCache(desk).read('v1', 5, 9);
    expect([trail?.points.map(({ fixTime }) => fixTime), trail?.isWhole]).toEqual([[5, 8], true]);
    expect(await trailCache(await deskWith({ 'cache.trail': no('cache') })).read('v1', 5, 9)).toBeUndefined();
  });
});

describe('the last picture', () => {
  const van = (id: string, index: number) => ({
    index,
    van: { id, name: id, kind: 'van', version: 1 },
    position: { fixTime: now - 60_000, latitude: 18, longitude: 73 },
  });
  const part = (page: number, vans: object[], next?: string): PicturePart => ({
    message: JSON.stringify({ type: 'snapshot', cursor: '', page, last: next === undefined, vans, consumers: [] }),
    agency: JSON.stringify({ id: 'pune', name: 'Pune Gas', timeZone: 'Asia/Kolkata' }),
    asOf: now - 50_000,
    next,
  });
  async function openConsole() {
    const parts = [part(0, [van('v1', 2 ** 24)], 'more'), part(1, [van('v2', 2 ** 24 + 1)])];
    const desk = await deskWith({ 'cache.picture': () => ({ ok: true, value: parts.shift() }) });
    const store = createConsoleStore(now);
    let tell: (message: FeedMessage) => void = () => {};
    const heard: string[] = [];
    const console = createConsole({
      store,
      session: { token: async () => 't', read: async () => ({}) } as never,
      feedUrl: () => 'ws://x/feed',
      now: () => now,
      desk: () => ({
        trails: trailCache(desk),
        picture: (wanted, show) => showPicture(desk, wanted, show),
        heard: ({ type }) => heard.push(type),
      }),
      connect: ({ onMessage }) => {
        tell = onMessage;
        return { close() {} };
      },
    });
    console.start();
    return { console, store, heard, tell: (message: unknown) => tell(message as FeedMessage) };
  }
  const welcome = {
    type: 'welcome',
    viewer: { role: 'DISPATCHER', agency: 'pune', subject: 'a1' },
    agency: { id: 'pune', name: 'Pune Gas' },
    serverTime: now,
    resumed: false,
  };
  const settled = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };

  it('is shown before any network, with its age; statuses are those of its time', async () => {
    const { console, store, heard } = await openConsole();
    await console.firstPicture();
    // The list has its first lines with the first part, not at the next turn of its clock.
    expect([...console.world.vans.keys(), store.getState().vansRevision]).toEqual(['v1', 1]);
    await settled();
    expect([...console.world.vans.keys()]).toEqual(['v1', 'v2']);
    expect(store.getState()).toMatchObject({ loaded: true, picture: now - 50_000, agency: { name: 'Pune Gas' } });
    expect([console.statusTime(), heard]).toEqual([now - 50_000, []]);
    console.stop();
  });

  it('gives way to the daemon: what the snapshot does not name goes, and so does the word about it', async () => {
    const { console, store, tell } = await openConsole();
    await settled();
    tell(welcome);
    tell({ type: 'snapshot', cursor: 'a', page: 0, last: true, vans: [van('v2', 0)], consumers: [] });
    expect([...console.world.vans.keys()]).toEqual(['v2']);
    expect(store.getState().picture).toBeUndefined();
    // A live position by the daemon's number moves its van, not one of the picture's.
    tell({ type: 'frame', cursor: 'b', positions: [{ index: 0, fixTime: now, latitude: 19, longitude: 74 }] });
    expect(console.world.vans.get('v2')?.position?.latitude).toBe(19);
    console.stop();
  });

  it('is not begun once the daemon has spoken', async () => {
    const { console, store, tell } = await openConsole();
    tell(welcome);
    // Whoever waits for a picture waits no longer.
    await console.firstPicture();
    await settled();
    expect([console.world.vans.size, store.getState().picture]).toEqual([0, undefined]);
    console.stop();
  });
});
