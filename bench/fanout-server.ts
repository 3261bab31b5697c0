import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import type { WebSocket } from 'ws';
import { Hub } from '../daemon/feed/hub.ts';
import { feedRoutes } from '../daemon/feed/server.ts';
import { positionView } from '../daemon/feed/views.ts';
import type { Change, World } from '../daemon/project/world.ts';
import type { Viewer } from '../protocol/claims.ts';
import type { Position } from '../protocol/position.ts';
import { answerOf, pinned } from './pinned.ts';

const sockets = 1000;
const vans = Array.from({ length: 100 }, (_, i) => `van-${i}`);
const rounds = 60;

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

/** Runs `send` for some rounds, each until every socket has taken its frames, and answers frames per CPU second. */
async function framesPerCpuSecond(send: () => Promise<void>): Promise<number> {
  await send();
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round++) await send();
  const { user, system } = process.cpuUsage(before);
  return (rounds * sockets) / ((user + system) / 1e6);
}

async function readers(port: number, path: string, hello: string) {
  const child = pinned('./fanout-readers.ts', [String(port), path, String(sockets), hello], 1);
  await answerOf(child);
  return async () => {
    child.disconnect();
    await once(child, 'exit');
  };
}

/**
 * Fan-out to 1000 sockets, 100 vans a frame: the feed against `JSON.stringify` and `send` for each client. Run by
 * fanout.ts as a process of its own; answers {ours, other} in frames per CPU second.
 */
async function measureFanout(): Promise<{ ours: number; other: number }> {
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

  const closeFeed = await readers(port, '/feed', JSON.stringify({ type: 'hello', token: 't', format: 'binary' }));
  const change = { agency: 'a', cursor: '', vans: new Set<string>(), consumers: new Set<string>() };
  const ours = await framesPerCpuSecond(() => {
    const sent = new Promise<void>((resolve) => {
      delivered.resolve = resolve;
    });
    listener({ ...change, moved: new Set(vans), oldestReceivedAt: 1 });
    return sent;
  });
  await closeFeed();
  // A frame that was gathered instead of written would flatter us.
  if (hub.counts.gathered > 0) throw new Error(`${hub.counts.gathered} frames were gathered instead of sent`);

  const closePlain = await readers(port, '/plain', '');
  const other = await framesPerCpuSecond(async () => {
    const positions = [...state].map(([id, each]) => positionView(id, each));
    for (const socket of plain) {
      socket.send(JSON.stringify({ type: 'positions', cursor: 'x', positions }));
    }
    while (plain.some((socket) => socket.bufferedAmount > 0)) await new Promise(setImmediate);
  });
  await closePlain();
  await hub.stop();
  await app.close();
  return { ours, other };
}

process.send?.(await measureFanout(), () => process.exit(0));
