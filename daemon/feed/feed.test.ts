import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { everything } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { ServerMessage } from '../../protocol/feed.ts';
import { connectFeed, type FeedMessage, type LinkState } from '../../protocol/feed-client.ts';
import { decodePositions } from '../../protocol/feed-frame.ts';
import type { Position } from '../../protocol/position.ts';
import type { Consumer, Van } from '../../protocol/registry.ts';
import type { Change, World } from '../project/world.ts';
import type { Audience } from './audience.ts';
import { Hub } from './hub.ts';
import { feedRoutes } from './server.ts';

/** A world of one agency whose state the test sets by hand. */
class HandWorld {
  vans = new Map<string, Van>();
  consumers = new Map<string, Consumer>();
  positions = new Map<string, Position>();
  #listeners = new Set<(change: Change) => void>();
  #tick = 0;

  world = {
    registry: {
      agency: (id: string) => (id === 'a' ? { id, name: 'A', timeZone: 'Asia/Kolkata', language: 'en' } : undefined),
      van: (_agency: string, id: string) => this.vans.get(id),
      vans: () => this.vans.values(),
      consumer: (_agency: string, id: string) => this.consumers.get(id),
      consumers: () => this.consumers.values(),
    },
    live: { van: (_agency: string, id: string) => this.positions.get(id) },
    health: { device: () => ({ interval: 5000 }) },
    onChange: (listener: (change: Change) => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  } as unknown as World;

  change(what: { moved?: string[]; vans?: string[]; consumers?: string[] }) {
    const change: Change = {
      agency: 'a',
      cursor: String(++this.#tick),
      moved: new Set(what.moved),
      vans: new Set(what.vans),
      consumers: new Set(what.consumers),
      oldestReceivedAt: 0,
    };
    for (const listener of this.#listeners) listener(change);
  }

  addVan(id: string) {
    this.vans.set(id, { id, name: `Van ${id}`, kind: 'van', version: 1 });
  }

  move(id: string, fixTime: number, latitude = 21, longitude = 78) {
    this.positions.set(id, { device: `d-${id}`, fixTime, receivedAt: fixTime, latitude, longitude, speed: 30 });
    this.change({ moved: [id] });
  }
}

const viewers: Record<string, Viewer> = {};
for (const [token, role] of [
  ['dispatcher', 'DISPATCHER'],
  ['other', 'DISPATCHER'],
  ['driver', 'DELIVERY_PARTNER'],
  ['service', 'INTERNAL_SERVICE'],
] as const) {
  viewers[token] = { role, agency: 'a', subject: token, scopes: new Set(), expiresAt: Number.MAX_SAFE_INTEGER };
}
viewers.stranger = { ...(viewers.dispatcher as Viewer), agency: 'nowhere' };

let hand: HandWorld;
let hub: Hub;
let app: FastifyInstance;
let driverSees: Set<string>;
const open: { close(): void }[] = [];
const upgraded: Duplex[] = [];

const audienceOf = (viewer: Viewer): Audience =>
  viewer.role === 'DISPATCHER'
    ? { kind: 'agency' }
    : viewer.role === 'INTERNAL_SERVICE'
      ? { kind: 'vans' }
      : {
          kind: 'some',
          vans: new Map([...driverSees].map((id) => [id, everything])),
          consumers: new Map(),
          orders: new Set(),
          reviewAt: Number.POSITIVE_INFINITY,
        };

const address = () => `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}/feed`;

beforeEach(async () => {
  hand = new HandWorld();
  driverSees = new Set(['v2']);
  for (const id of ['v1', 'v2', 'v3']) hand.addVan(id);
  hand.consumers.set('c1', { id: 'c1', name: 'Consumer', version: 1 });
  hub = new Hub({ world: hand.world, audienceOf });
  app = Fastify();
  await app.register(
    feedRoutes({
      hub,
      verify: async (token) => viewers[token] ?? null,
      audienceOf,
      allowedOrigins: ['https://console.example'],
      feedsPerViewer: 3,
    }),
  );
  await hub.start();
  app.server.on('upgrade', (_request, socket) => upgraded.push(socket));
  await app.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(async () => {
  for (const each of open.splice(0)) each.close();
  await hub.stop();
  await app.close();
});

/** A plain client that collects what it hears and lets a test wait for it. */
class Client {
  socket: WebSocket;
  heard: (ServerMessage | ReturnType<typeof decodePositions>)[] = [];
  closed: Promise<number>;
  #wake: () => void = () => {};

  constructor(options: { origin?: string } = {}) {
    this.socket = new WebSocket(address(), options);
    open.push({ close: () => this.socket.terminate() });
    this.closed = new Promise((resolve) => this.socket.on('close', (code) => resolve(code)));
    this.socket.on('error', () => {});
    this.socket.on('message', (data: Buffer, binary) => {
      this.heard.push(binary ? decodePositions(data) : JSON.parse(String(data)));
      this.#wake();
    });
  }

  async hello(token: string, more: object = {}) {
    await once(this.socket, 'open');
    this.socket.send(JSON.stringify({ type: 'hello', token, ...more }));
    return this;
  }

  async until<T>(find: (heard: Client['heard']) => T | undefined): Promise<T> {
    for (;;) {
      const found = find(this.heard);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  message<T extends ServerMessage['type']>(type: T) {
    return this.until((heard) => heard.find((each) => 'type' in each && each.type === type)) as Promise<
      Extract<ServerMessage, { type: T }>
    >;
  }
}

describe('the feed', () => {
  it('greets, sends a snapshot and then what moves', async () => {
    const client = await new Client().hello('dispatcher');
    const welcome = await client.message('welcome');
    expect(welcome).toMatchObject({ resumed: false, viewer: { role: 'DISPATCHER', agency: 'a' } });
    const snapshot = await client.message('snapshot');
    expect(snapshot.last).toBe(true);
    expect(snapshot.vans.map((each) => each.van.id)).toEqual(['v1', 'v2', 'v3']);
    expect(snapshot.consumers.map((each) => each.consumer.id)).toEqual(['c1']);
    hand.move('v2', 1000);
    const { positions } = await client.message('positions');
    expect(positions).toEqual([{ subject: 'v2', kind: 'van', fixTime: 1000, latitude: 21, longitude: 78, speed: 30 }]);
  });

  it('packs positions when asked, under the index it announced', async () => {
    const client = await new Client().hello('dispatcher', { format: 'binary' });
    const snapshot = await client.message('snapshot');
    const index = snapshot.vans.find((each) => each.van.id === 'v3')?.index;
    hand.move('v3', 5000, 21.5, 78.25);
    const frame = await client.until((heard) => heard.find((each) => !('type' in each)));
    expect(frame).toMatchObject({ positions: [{ index, fixTime: 5000, latitude: 21.5, longitude: 78.25 }] });
  });

  it('sends the newest position once when a van moves twice within a tick', async () => {
    const client = await new Client().hello('dispatcher');
    await client.message('snapshot');
    hand.move('v1', 1000);
    hand.move('v1', 2000);
    const { positions } = await client.message('positions');
    expect(positions.map((each) => each.fixTime)).toEqual([2000]);
  });

  it('announces what is added and says what is gone', async () => {
    const client = await new Client().hello('dispatcher');
    await client.message('snapshot');
    hand.addVan('v9');
    hand.change({ vans: ['v9'] });
    expect(await client.message('event')).toMatchObject({ name: 'van', van: { id: 'v9' } });
    hand.vans.delete('v9');
    hand.change({ vans: ['v9'] });
    expect(await client.message('gone')).toMatchObject({ kind: 'van', subject: 'v9' });
  });

  it('resumes from a cursor without a snapshot, and only with what was missed', async () => {
    const first = await new Client().hello('dispatcher');
    await first.message('snapshot');
    hand.move('v1', 1000);
    const { cursor } = await first.message('positions');
    first.socket.terminate();
    const watcher = await new Client().hello('other');
    await watcher.message('snapshot');
    hand.move('v2', 2000);
    await watcher.message('positions');
    const again = await new Client().hello('dispatcher', { resume: cursor });
    expect(await again.message('welcome')).toMatchObject({ resumed: true });
    const { positions } = await again.message('positions');
    expect(positions.map((each) => each.subject)).toEqual(['v2']);
    await again.message('heartbeat');
    expect(again.heard.some((each) => 'type' in each && each.type === 'snapshot')).toBe(false);
  });

  it.each(['nonsense', 'ffffffff.3', '.', 'a.b', ''])(
    'answers the foreign cursor %j with a snapshot',
    async (resume) => {
      const client = await new Client().hello('dispatcher', { resume });
      expect(await client.message('welcome')).toMatchObject({ resumed: false });
      await client.message('snapshot');
    },
  );

  it('shows a driver the own van alone, numbered so that it tells nothing of others', async () => {
    const driver = await new Client().hello('driver');
    const snapshot = await driver.message('snapshot');
    expect(snapshot.vans.map((each) => [each.index, each.van.id])).toEqual([[0, 'v2']]);
    expect(snapshot.consumers).toEqual([]);
    const watcher = await new Client().hello('dispatcher');
    await watcher.message('snapshot');
    hand.move('v1', 1000);
    hand.move('v2', 1000);
    const { positions } = await driver.message('positions');
    expect(positions.map((each) => each.subject)).toEqual(['v2']);
    driverSees = new Set(['v3']);
    hand.change({ vans: ['v2', 'v3'] });
    expect(await driver.message('gone')).toMatchObject({ subject: 'v2' });
    expect(await driver.message('event')).toMatchObject({ van: { id: 'v3' } });
    const seen = JSON.stringify(driver.heard);
    expect(seen).not.toContain('v1');
    expect(seen).not.toContain('c1');
  });

  it('shows a service the vans and no consumer', async () => {
    const service = await new Client().hello('service');
    const snapshot = await service.message('snapshot');
    expect([snapshot.vans.length, snapshot.consumers.length]).toEqual([3, 0]);
    hand.change({ consumers: ['c1'], vans: ['v1'] });
    await service.message('event');
    expect(JSON.stringify(service.heard)).not.toContain('"c1"');
  });

  it('pages a large snapshot', async () => {
    for (let i = 0; i < 1200; i++) hand.consumers.set(`k${i}`, { id: `k${i}`, name: 'K', version: 1 });
    const client = await new Client().hello('dispatcher');
    const pages = await client.until((heard) => {
      const found = heard.filter((each) => 'type' in each && each.type === 'snapshot');
      return found.some((each) => 'last' in each && each.last) ? found : undefined;
    });
    expect(pages.map((each) => ('page' in each ? each.page : -1))).toEqual([0, 1, 2]);
    expect(pages.reduce((sum, each) => sum + ('consumers' in each ? each.consumers.length : 0), 0)).toBe(1201);
  });

  it('gathers for a reader that stalls and gives it the newest state when it reads again', async () => {
    for (let i = 0; i < 2000; i++) hand.addVan(`w${i}`);
    const slow = await new Client().hello('dispatcher');
    await slow.until((heard) => heard.find((each) => 'last' in each && each.last));
    const fast = await new Client().hello('other');
    await fast.until((heard) => heard.find((each) => 'last' in each && each.last));
    slow.socket.pause();
    let round = 0;
    while (hub.counts.gathered === 0) {
      round++;
      for (let i = 0; i < 2000; i++) hand.positions.set(`w${i}`, position(round));
      hand.change({ moved: Array.from({ length: 2000 }, (_, i) => `w${i}`) });
      await fast.until((heard) => heard.find((each) => 'positions' in each && each.positions[0]?.fixTime === round));
    }
    slow.socket.resume();
    const last = await slow.until((heard) =>
      heard.find(
        (each) => 'positions' in each && each.positions.length === 2000 && each.positions[0]?.fixTime === round,
      ),
    );
    expect(last).toBeDefined();
    const frames = slow.heard.filter((each) => 'positions' in each).length;
    expect(frames).toBeLessThanOrEqual(round);
  });

  it.each([
    ['no token', { type: 'hello' }, 4400],
    ['an unknown token', { type: 'hello', token: 'forged' }, 4401],
    ['a token of no agency', { type: 'hello', token: 'stranger' }, 4401],
    ['a token message first', { type: 'token', token: 'dispatcher' }, 4400],
    ['an unknown field', { type: 'hello', token: 'dispatcher', admin: true }, 4400],
  ])('closes on %s', async (_name, message, code) => {
    const client = new Client();
    await once(client.socket, 'open');
    client.socket.send(JSON.stringify(message));
    expect(await client.closed).toBe(code);
  });

  it.each(['not json', '[1', '"hello"', 'null'])('closes on %j', async (text) => {
    const client = new Client();
    await once(client.socket, 'open');
    client.socket.send(text);
    expect(await client.closed).toBe(4400);
  });

  it('closes on a message of 1 MB without reading it all', async () => {
    const client = new Client();
    await once(client.socket, 'open');
    client.socket.send('x'.repeat(1_000_000));
    expect(await client.closed).toBe(1009);
  });

  it.each([
    ['https://evil.example', 4403],
    ['null', 4403],
  ])('refuses the origin %s', async (origin, code) => {
    expect(await new Client({ origin }).closed).toBe(code);
  });

  it('serves its own and configured origins', async () => {
    for (const origin of [address().replace('ws:', 'http:').replace('/feed', ''), 'https://console.example']) {
      await (await new Client({ origin }).hello('dispatcher')).message('welcome');
    }
  });

  it('bounds the feeds of one person', async () => {
    for (let i = 0; i < 3; i++) await (await new Client().hello('dispatcher')).message('welcome');
    expect(await (await new Client().hello('dispatcher')).closed).toBe(4429);
    await (await new Client().hello('other')).message('welcome');
  });

  it('renews a token in place, but not for someone else', async () => {
    const client = await new Client().hello('dispatcher');
    await client.message('snapshot');
    client.socket.send(JSON.stringify({ type: 'token', token: 'dispatcher' }));
    client.socket.send(JSON.stringify({ type: 'token', token: 'other' }));
    expect(await client.closed).toBe(4401);
  });
});

const position = (fixTime: number): Position => ({
  device: 'd',
  fixTime,
  receivedAt: fixTime,
  latitude: 21,
  longitude: 78,
});

describe('the feed client', () => {
  it('is live after the snapshot, comes back by itself and resumes', async () => {
    const states: LinkState['kind'][] = [];
    const messages: FeedMessage[] = [];
    let wake = () => {};
    const until = async (done: () => boolean) => {
      while (!done()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const feed = connectFeed({
      url: address,
      token: async () => 'dispatcher',
      format: 'binary',
      random: () => 0,
      WebSocket: WebSocket as unknown as new (url: string) => globalThis.WebSocket,
      onState: (state) => {
        states.push(state.kind);
        wake();
      },
      onMessage: (message) => {
        messages.push(message);
        wake();
      },
    });
    open.push(feed);
    await until(() => states.at(-1) === 'live');
    expect(states).toEqual(['connecting', 'catching-up', 'live']);
    for (const each of upgraded.splice(0)) each.destroy();
    await until(() => states.includes('offline'));
    hand.move('v1', 7000);
    await until(() => states.at(-1) === 'live');
    await until(() => messages.some((each) => each.type === 'frame' && each.positions[0]?.fixTime === 7000));
    const welcomes = messages.filter((each) => each.type === 'welcome');
    expect(welcomes.map((each) => each.resumed)).toEqual([false, true]);
    expect(states).toEqual(['connecting', 'catching-up', 'live', 'offline', 'catching-up', 'live']);
  });

  it('says why it is refused and keeps trying', async () => {
    const seen = await new Promise<LinkState[]>((resolve) => {
      const states: LinkState[] = [];
      const feed = connectFeed({
        url: address,
        token: async () => 'forged',
        random: () => 0,
        WebSocket: WebSocket as unknown as new (url: string) => globalThis.WebSocket,
        onMessage: () => {},
        onState: (state) => {
          states.push(state);
          if (states.filter((each) => each.kind === 'refused').length === 2) resolve(states);
        },
      });
      open.push(feed);
    });
    expect(seen.at(-1)).toMatchObject({ kind: 'refused', detail: expect.stringContaining('sign-in') });
  });
});
