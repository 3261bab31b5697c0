import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import type { WebSocket } from 'ws';
import { Hub } from '../daemon/feed/hub.ts';
import { feedRoutes } from '../daemon/feed/server.ts';
import { socketFrame } from '../daemon/feed/socket-frame.ts';
import { positionView } from '../daemon/feed/views.ts';
import type { Change, World } from '../daemon/project/world.ts';
import type { Viewer } from '../protocol/claims.ts';
import type { Position } from '../protocol/position.ts';
import { answerOf, pinned } from './pinned.ts';

const sockets = 1000;
const vans = Array.from({ length: 100 }, (_, i) => `van-${i}`);
/** Frames to each socket in a burst: what lies unread in the kernel then, 50 KB of JSON, fits into its buffers. */
const burst = 5;
const bursts = 30;
/** What the feed's frame with these vans takes, without the WebSocket header. */
const frameBytes = 2028;

const position = (fixTime: number, i: number): Position => ({
  device: `tracker-${i}`,
  fixTime,
  receivedAt: fixTime,
  latitude: 21.123456 + i / 1000,
  longitude: 78.654321 - i / 1000,
  speed: 32.5,
  course: 271.3,
  battery: 88,
  ignition: true,
});

/** Frames per second of processor time: all of it, and without what the kernel takes. */
export interface Pace {
  all: number;
  own: number;
}

/**
 * Frames per CPU second of `send`, which gives every socket one frame. The readers pause while a burst is sent and read
 * it afterwards, unmeasured: over loopback the sender's core pays for waking a reader that waits, and how often one does
 * is chance and nothing a network has. That alone makes runs differ by half.
 */
async function framesPerCpuSecond(readers: Readers, send: () => Promise<void>): Promise<Pace> {
  let all = 0;
  let own = 0;
  for (let n = -1; n < bursts; n++) {
    await readers.tell('pause');
    const before = process.cpuUsage();
    for (let i = 0; i < burst; i++) await send();
    const { user, system } = process.cpuUsage(before);
    await readers.tell('resume');
    if (n < 0) continue; // the first one warms up
    all += (user + system) / 1e6;
    own += user / 1e6;
  }
  const frames = bursts * burst * sockets;
  return { all: frames / all, own: frames / own };
}

interface Readers {
  tell(word: 'pause' | 'resume'): Promise<void>;
  close(): Promise<void>;
}

async function readers(port: number, path: string, hello: string): Promise<Readers> {
  const child = pinned('./fanout-readers.ts', [String(port), path, String(sockets), hello], 1);
  await answerOf(child);
  return {
    tell: async (word) => {
      child.send(word);
      await answerOf(child);
    },
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/**
 * Fan-out to 1000 sockets, 100 vans a frame: the feed against `JSON.stringify` and `send` for each client. Run by
 * fanout.ts as a process of its own; answers {ours, other, bare}.
 */
async function measureFanout(): Promise<{ ours: Pace; other: Pace; bare: Pace }> {
  const state = new Map(vans.map((id, i) => [id, position(Date.now(), i)]));
  let listener: (change: Change) => void = () => {};
  const world = {
    registry: {
      agency: (id: string) => ({ id, name: id, timeZone: 'Asia/Kolkata', language: 'en' }),
      van: (_agency: string, id: string) => ({ id, name: id, kind: 'van', version: 1 }),
      vans: () => vans.map((id) => ({ id })),
      consumers: () => [],
    },
    live: { van: (_agency: string, id: string) => state.get(id) },
    health: { device: () => undefined },
    onChange: (each: typeof listener) => {
      listener = each;
      return () => {};
    },
  } as unknown as World;
  const viewer: Viewer = { role: 'DISPATCHER', agency: 'a', subject: 's', scopes: new Set(), expiresAt: 1e15 };
  const delivered = { resolve: () => {} };
  const audienceOf = () => ({ kind: 'agency' as const });
  // At once, so that both sides are measured with their core full.
  const hub = new Hub({ world, audienceOf, tick: 0, onDelay: () => delivered.resolve() });
  const app = Fastify();
  await app.register(
    feedRoutes({ hub, verify: async () => viewer, audienceOf, allowedOrigins: [], feedsPerViewer: sockets }),
  );
  const plain: WebSocket[] = [];
  await app.register(async (inner) => {
    await inner.register(websocket, { options: { perMessageDeflate: false } });
    inner.get('/plain', { websocket: true }, (socket) => void plain.push(socket));
  });
  await hub.start();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;

  const feed = await readers(port, '/feed', JSON.stringify({ type: 'hello', token: 't', format: 'binary' }));
  const change = { agency: 'a', cursor: '', vans: new Set<string>(), consumers: new Set<string>() };
  const ours = await framesPerCpuSecond(feed, () => {
    const sent = new Promise<void>((resolve) => {
      delivered.resolve = resolve;
    });
    listener({ ...change, moved: new Set(vans), oldestReceivedAt: 1 });
    return sent;
  });
  await feed.close();
  // A frame that was gathered instead of written would flatter us.
  if (hub.counts.gathered > 0) throw new Error(`${hub.counts.gathered} frames were gathered instead of sent`);

  // What the kernel takes for a frame of this size, and so the most that any feed could do here.
  const bareReaders = await readers(port, '/plain', '');
  const frame = socketFrame(Buffer.alloc(frameBytes));
  const raw = plain.map((socket) => (socket as unknown as { _socket: Socket })._socket);
  const bare = await framesPerCpuSecond(bareReaders, async () => {
    for (const socket of raw) socket.write(frame);
    await new Promise(setImmediate);
  });
  await bareReaders.close();
  plain.length = 0;

  const plainReaders = await readers(port, '/plain', '');
  const other = await framesPerCpuSecond(plainReaders, async () => {
    const positions = [...state].map(([id, each]) => positionView(id, each));
    for (const socket of plain) {
      socket.send(JSON.stringify({ type: 'positions', cursor: 'x', positions }));
    }
  });
  if (plain.some((socket) => socket.bufferedAmount > 0)) throw new Error('a burst did not fit into the buffers');
  await plainReaders.close();
  await hub.stop();
  await app.close();
  return { ours, other, bare };
}

process.send?.(await measureFanout(), () => process.exit(0));
