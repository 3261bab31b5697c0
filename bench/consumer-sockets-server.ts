import type { AddressInfo } from 'node:net';
import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import type { WebSocket } from 'ws';
import { Hub } from '../daemon/feed/hub.ts';
import { feedRoutes } from '../daemon/feed/server.ts';
import type { Change, World } from '../daemon/project/world.ts';
import { everything } from '../protocol/access.ts';
import type { Viewer } from '../protocol/claims.ts';

/**
 * Holds the sockets of consumers: `consumer-sockets-server.ts feed|bare`. Says its port, and at each message how much
 * memory it has (RSS, bytes). Each consumer sees one van and himself.
 */
const sockets = 10_000;
const [kind] = process.argv.slice(2);
const app = Fastify();
if (kind === 'feed') {
  let listener: (change: Change) => void = () => {};
  const position = (i: number) => ({
    ...{ device: 'd', fixTime: 1767000000000, receivedAt: 1767000000000, latitude: 21, longitude: 78 + i / 1e5 },
  });
  const numberOf = (id: string) => Number(id.slice(1));
  const world = {
    registry: {
      agency: (id: string) => ({ id, name: id, timeZone: 'Asia/Kolkata', language: 'en' }),
      van: (_agency: string, id: string) => ({ id, name: id, kind: 'van', version: 1 }),
      consumer: (_agency: string, id: string) => ({ id, name: id, version: 1 }),
      vans: () => [],
      consumers: () => [],
    },
    live: { van: (_agency: string, id: string) => position(numberOf(id)) },
    health: { device: () => undefined },
    onChange: (each: typeof listener) => {
      listener = each;
      return () => {};
    },
  } as unknown as World;
  let next = 0;
  const verify = async (): Promise<Viewer> => ({
    ...{ role: 'CUSTOMER', agency: 'a', subject: `c${next++}`, scopes: new Set<string>(), expiresAt: 1e15 },
  });
  const audienceOf = ({ subject }: Viewer) => ({
    kind: 'some' as const,
    vans: new Map([[`v${numberOf(subject) % 100}`, everything]]),
    consumers: new Map([[subject, everything]]),
    orders: new Set<string>(),
    reviewAt: Number.POSITIVE_INFINITY,
  });
  const hub = new Hub({ world, audienceOf });
  await app.register(feedRoutes({ hub, verify, audienceOf, allowedOrigins: [] }));
  await hub.start();
} else {
  const held: WebSocket[] = [];
  await app.register(websocket, { options: { perMessageDeflate: false } });
  await app.register(async (inner) => {
    inner.get('/feed', { websocket: true }, (socket) => {
      held.push(socket);
      // As much as a feed does: it hears one message and answers.
      socket.on('message', () => socket.send('{}'));
    });
  });
}
await app.listen({ port: 0, host: '127.0.0.1', backlog: sockets });
process.on('message', () => {
  (globalThis as { gc?: () => void }).gc?.();
  process.send?.(process.memoryUsage.rss());
});
process.on('disconnect', () => process.exit(0));
process.send?.((app.server.address() as AddressInfo).port);
