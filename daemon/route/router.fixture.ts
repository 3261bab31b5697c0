import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Outside, type OutsideOptions } from './outside.ts';

/** What a router was asked. */
interface Asked {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: unknown;
}

/** For tests: a router on loopback whose answers the test gives. */
export interface FakeRouter {
  url: string;
  asked: Asked[];
  outside(options?: Partial<OutsideOptions>): Outside;
  stop(): Promise<void>;
}

/** JSON to be answered, or the whole answer. */
export type GiveAnswer = (asked: Asked, response: ServerResponse) => unknown;

/** `answer` gives JSON (undefined: it has answered by itself, or never will). */
export async function fakeRouter(answer: GiveAnswer): Promise<FakeRouter> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString('utf8');
      const question: Asked = {
        method: request.method ?? '',
        url: new URL(request.url ?? '', 'http://router'),
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      asked.push(question);
      const value = answer(question, response);
      if (value === undefined) return;
      const refused = typeof value === 'object' && value !== null && 'code' in value && value.code !== 'Ok';
      response.writeHead(refused ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    outside: (options = {}) => new Outside({ url, userAgent: 'Vantrail test', limitMs: 60_000, ...options }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
