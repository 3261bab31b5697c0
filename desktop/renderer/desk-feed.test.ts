import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedMessage } from '../../protocol/feed-client.ts';
import { decodePositions } from '../../protocol/feed-frame.ts';
import type { FeedBatch } from '../shared/bridge.ts';
import { type DeskFeed, deskFeed } from './desk-feed.ts';
import { World } from './world/world.ts';

const now = 1_800_000_000_000;
let sent: FeedBatch[];
let world: World;
let feed: DeskFeed;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  world = new World();
  feed = made(true);
});
afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});
const made = (feeds: boolean) =>
  deskFeed({
    // What Electron could not carry throws here too.
    send: async (batch) => sent.push(structuredClone(batch)),
    now: () => now + 0.4,
    world,
    feeds,
  });
const hear = (message: unknown) => {
  world.apply(message as FeedMessage);
  feed.heard(message as FeedMessage);
};
const gathered = () => vi.advanceTimersByTimeAsync(2500);
const van = (id: string, index: number) => ({ index, van: { id, name: id, kind: 'van', version: 1 }, position: null });
const snapshot = {
  type: 'snapshot',
  cursor: 'a',
  page: 0,
  last: true,
  vans: [van('v1', 3), van('v2', 5)],
  consumers: [],
};
const frame = (...indexes: number[]) => ({
  type: 'frame',
  cursor: 'b',
  positions: indexes.map((index) => ({ index, fixTime: now + index, latitude: 18.5, longitude: 73.8, speed: 20 })),
});
const welcome = { type: 'welcome', agency: { id: 'pune', name: 'Pune' }, serverTime: now, resumed: false };

describe('what the desktop app’s cache is told', () => {
  it('messages as they came, positions with whose they are, so that a batch needs no other', async () => {
    hear(welcome);
    hear(snapshot);
    await gathered();
    hear(frame(5, 3, 5, 77));
    await gathered();
    expect(sent.map(({ messages }) => messages.map((text) => JSON.parse(text).type))).toEqual([
      ['welcome', 'snapshot'],
      [],
    ]);
    const [, second] = sent;
    expect(second).toMatchObject({ at: now, subjects: ['van/v2', 'van/v1'] });
    const positions = (second?.positions ?? []).flatMap((bytes) => decodePositions(bytes).positions);
    expect(positions.map(({ index, fixTime }) => [second?.subjects[index], fixTime - now])).toEqual([
      ['van/v2', 5],
      ['van/v1', 3],
      ['van/v2', 5],
    ]);
  });

  it('each connection has a number of its own', async () => {
    hear(welcome);
    hear(snapshot);
    await gathered();
    hear(frame(3));
    hear(welcome);
    await gathered();
    const links = sent.map(({ link }) => link);
    expect(links[1]).toBe(links[0]);
    expect(links.at(-1)).toBe((links[0] ?? 0) + 1);
  });

  it('what was heard of a thing before it was gone goes before', async () => {
    hear(snapshot);
    hear(frame(3));
    hear({ type: 'gone', cursor: 'c', kind: 'van', subject: 'v1' });
    await gathered();
    expect(sent.map(({ messages, subjects }) => [messages.length, subjects])).toEqual([
      [1, ['van/v1']],
      [1, []],
    ]);
  });

  it('a page that does not feed tells nothing, until it does: then all it knows, and that is no whole snapshot', async () => {
    feed.stop();
    feed = made(false);
    hear(welcome);
    hear(snapshot);
    hear(frame(3));
    await gathered();
    expect(sent).toEqual([]);
    feed.begin();
    await gathered();
    const [first] = sent;
    const known = JSON.parse(first?.messages[0] ?? '{}');
    expect(known).toMatchObject({ type: 'snapshot', last: false });
    expect(known.vans.map((each: { van: { id: string } }) => each.van.id)).toEqual(['v1', 'v2']);
    hear(frame(5));
    await gathered();
    expect(sent.at(-1)?.subjects).toEqual(['van/v2']);
  });
});
