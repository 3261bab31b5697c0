import { describe, expect, it } from 'vitest';
import type { FeedMessage, FeedOptions } from '../../protocol/feed-client.ts';
import { createConsole } from './console.ts';
import { SignInNeeded } from './session.ts';
import { createConsoleStore, selected } from './store.ts';

/** Signing in is another test's business. */
const no = async () => Promise.reject(new Error('not here'));
const nobody = {
  signIn: no,
  invitation: no,
  accept: no,
  signOut: no,
  signedIn: () => false,
  write: no,
  send: no,
  fetch: no,
};

function setUp(token: () => Promise<string> = async () => 't') {
  const store = createConsoleStore(0);
  let feed: FeedOptions | undefined;
  let closed = false;
  let time = 1_000_000;
  const asked: string[] = [];
  const parts = createConsole({
    store,
    session: {
      ...nobody,
      token,
      read: async (path) => {
        asked.push(path);
        return { items: [] };
      },
    },
    feedUrl: () => 'ws://here/feed',
    connect: (options) => {
      feed = options;
      return {
        close() {
          closed = true;
        },
      };
    },
    now: () => time,
  });
  parts.start();
  if (feed === undefined) throw new Error('no feed was opened');
  return { parts, store, feed, asked, isClosed: () => closed, pass: (ms: number) => (time += ms), time: () => time };
}
const agency = { id: 'demo', name: 'Demo', timeZone: 'Asia/Kolkata', language: 'en' } as const;
const van = {
  index: 0,
  van: { id: 'a', name: 'A', kind: 'van', version: 1 },
  position: { device: 'd', fixTime: 990_000, receivedAt: 990_000, latitude: 1, longitude: 2, speed: 30 },
} as const;
const snapshot: FeedMessage = { type: 'snapshot', cursor: 'c', page: 0, last: true, vans: [van], consumers: [] };

describe('the console', () => {
  it('tells time by the daemon, not by this desk', () => {
    const { parts, feed, time } = setUp();
    feed.onMessage({ type: 'heartbeat', cursor: 'c', serverTime: time() + 90_000 });
    expect(parts.now()).toBe(time() + 90_000);
  });

  it('keeps the statuses of the last moment with a link, and lets them age again afterwards', () => {
    const { parts, feed, pass, time } = setUp();
    feed.onState({ kind: 'live', since: time() });
    const heard = time();
    pass(600_000);
    feed.onState({ kind: 'offline', since: heard, retryAt: time() });
    expect(parts.statusTime()).toBe(heard);
    feed.onState({ kind: 'catching-up', since: time() });
    expect(parts.statusTime()).toBe(heard);
    feed.onState({ kind: 'live', since: time() });
    expect(parts.statusTime()).toBe(time());
    parts.stop();
  });

  it('loads the trail again after a time without a link', async () => {
    const { parts, store, feed, asked, time } = setUp();
    feed.onMessage(snapshot);
    store.setState(selected(store.getState(), { kind: 'van', id: 'a' }));
    feed.onState({ kind: 'live', since: time() });
    expect(asked).toHaveLength(1);
    feed.onState({ kind: 'offline', since: time(), retryAt: time() });
    feed.onState({ kind: 'live', since: time() });
    expect(asked).toHaveLength(2);
    parts.stop();
  });

  it('forgets the selection of a van that is gone', () => {
    const { parts, store, feed } = setUp();
    feed.onMessage({
      type: 'welcome',
      viewer: { role: 'ADMIN', agency: 'demo', subject: 'x' },
      agency,
      serverTime: 1,
      resumed: false,
    });
    feed.onMessage(snapshot);
    expect(store.getState()).toMatchObject({ agency, loaded: true });
    store.setState(selected(store.getState(), { kind: 'van', id: 'a' }));
    feed.onMessage({ type: 'gone', cursor: 'c', kind: 'van', subject: 'a' });
    expect(store.getState().selection).toBeUndefined();
    parts.stop();
  });

  it('tells the map of each step at once', () => {
    const { parts, feed } = setUp();
    const told: string[] = [];
    const end = parts.listen({
      moved: (vans) => told.push(`moved ${vans.length}`),
      vansChanged: () => told.push('vans'),
      consumersChanged: () => told.push('consumers'),
    });
    feed.onMessage(snapshot);
    feed.onMessage({
      type: 'frame',
      cursor: 'c',
      positions: [{ index: 0, fixTime: 995_000, latitude: 1, longitude: 2 }],
    });
    end();
    feed.onMessage({ type: 'gone', cursor: 'c', kind: 'van', subject: 'a' });
    expect(told).toEqual(['moved 1', 'vans', 'moved 1']);
    parts.stop();
  });

  it('stops trying when only a person can help', async () => {
    const { store, feed, isClosed } = setUp(() => Promise.reject(new SignInNeeded(true)));
    await expect(feed.token()).rejects.toBeInstanceOf(SignInNeeded);
    expect(store.getState().signIn).toBe('expired');
    expect(isClosed()).toBe(true);
  });
});
