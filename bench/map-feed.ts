import { createReadStream, existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ServerMessage } from '../protocol/feed.ts';
import { encodePositions, type FramePosition } from '../protocol/feed-frame.ts';
import { destination } from '../protocol/geo.ts';
import { seededRandom } from '../test/random.ts';

/** The daemon's usual tick, ms (daemon/feed/hub.ts). */
const tick = 50;
/** Each van sends once a second, as the fastest trackers do. */
const ticksARound = 1000 / tick;
const middle = { latitude: 21.14, longitude: 78.6 };
/** Half the side of the square over which everyone is spread, degrees: a large town. */
const reach = 0.12;
const pageSize = 2000;
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

interface Moving {
  latitude: number;
  longitude: number;
  course: number;
  speed: number;
}

/**
 * What a daemon with that many vans and consumers would say to a console, without the daemon: pages from `folder`, a
 * snapshot, then every tick a frame with the vans whose turn it is. The numbers are the same at every run.
 */
export async function mapFeed(folder: string, counts: { vans: number; consumers: number }) {
  const random = seededRandom(1);
  const anywhere = () => ({
    latitude: middle.latitude + (random() - 0.5) * 2 * reach,
    longitude: middle.longitude + (random() - 0.5) * 2 * reach,
  });
  const vans = Array.from(
    { length: counts.vans },
    (): Moving => ({ ...anywhere(), course: random() * 360, speed: random() < 0.15 ? 0 : 8 + random() * 40 }),
  );
  const homes = Array.from({ length: counts.consumers }, anywhere);
  let round = 0;

  const position = (van: Moving, index: number): FramePosition => {
    // As far as the speed says in a second, and now and then around a corner.
    Object.assign(van, destination(van, van.course, van.speed / 3.6));
    if (random() < 0.05) van.course = (van.course + 270 + Math.round(random()) * 180) % 360;
    const { latitude, longitude, speed, course } = van;
    return { index, fixTime: Date.now(), latitude, longitude, speed, course, battery: 80, ignition: true };
  };

  const greet = (socket: WebSocket) => {
    const say = (message: ServerMessage) => socket.send(JSON.stringify(message));
    say({
      type: 'welcome',
      viewer: { role: 'DISPATCHER', agency: 'bench', subject: 'bench' },
      agency: { id: 'bench', name: 'Bench', timeZone: 'Asia/Kolkata' } as never,
      serverTime: Date.now(),
      resumed: false,
    });
    const now = Date.now();
    const all = [
      ...vans.map((van, index) => ({
        van: {
          index,
          van: { id: `v${index}`, name: `Van ${index}`, kind: 'van' as const, version: 1 },
          interval: 1000,
        },
        at: van,
      })),
      ...homes.map((home, i) => ({ home, i })),
    ];
    for (let page = 0; page * pageSize < all.length; page++) {
      const part = all.slice(page * pageSize, (page + 1) * pageSize);
      say({
        type: 'snapshot',
        cursor: '',
        page,
        last: (page + 1) * pageSize >= all.length,
        vans: part.flatMap((each) =>
          'van' in each
            ? [{ ...each.van, position: { device: 'd', receivedAt: now, fixTime: now, ...each.at } as never }]
            : [],
        ),
        consumers: part.flatMap((each) =>
          'home' in each
            ? [{ index: counts.vans + each.i, consumer: consumer(each.i, each.home) as never, position: null }]
            : [],
        ),
      });
    }
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://bench');
    if (pathname === '/api/map') return json(response, { kind: 'land', attribution: '' });
    if (pathname === '/api/session/demo') return json(response, { accessToken: token(), expiresIn: 3600 });
    if (pathname.startsWith('/api/')) return json(response, { items: [], next: null });
    const file = join(folder, normalize(pathname.replace(/^\/console\//, '/')).replace(/\/$/, '/index.html'));
    if (!file.startsWith(folder) || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  const sockets = new WebSocketServer({ server, path: '/feed' });
  const ready = new Set<WebSocket>();
  sockets.on('connection', (socket) => {
    socket.once('message', () => {
      greet(socket);
      ready.add(socket);
    });
    socket.on('close', () => ready.delete(socket));
  });
  let due = performance.now();
  let timer: NodeJS.Timeout;
  const send = () => {
    // Kept to the clock: a timer that comes late makes the next one come sooner.
    due = Math.max(due + tick, performance.now() - tick);
    timer = setTimeout(send, Math.max(0, due - performance.now()));
    const positions: FramePosition[] = [];
    for (let i = round % ticksARound; i < vans.length; i += ticksARound) {
      const van = vans[i];
      if (van !== undefined) positions.push(position(van, i));
    }
    round++;
    for (const frame of encodePositions('', positions)) for (const socket of ready) socket.send(frame);
  };
  timer = setTimeout(send, tick);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      clearTimeout(timer);
      sockets.close();
      for (const socket of ready) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}

function consumer(i: number, home: { latitude: number; longitude: number }) {
  return { id: `c${i}`, name: `Consumer ${i}`, address: `${i}, Tank Road`, pincode: '540001', version: 1, ...home };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A token as a page reads it: nobody checks its signature here. */
function token(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ iat, exp: iat + 86_400 })}.x`;
}
