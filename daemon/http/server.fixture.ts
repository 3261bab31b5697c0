import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Role } from '../../protocol/claims.ts';
import { Keys } from './keys.ts';
import { Metrics } from './metrics.ts';
import { type HttpDeps, type HttpOptions, HttpServer } from './server.ts';
import { Tokens } from './tokens.ts';
import { FixedWorld } from './world.fixture.ts';

export const start = Date.UTC(2026, 0, 5, 10);

/** For tests: the server over a world filled by hand, its log lines kept, its clock fixed. */
export async function testServer(options: Partial<HttpOptions> = {}, deps: Partial<HttpDeps> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'vantrail-http-'));
  const keys = new Keys(join(folder, 'keys'), () => start);
  await keys.open();
  const tokens = new Tokens({ keys, now: () => start });
  const world = new FixedWorld().agency('demo').agency('other');
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const server = new HttpServer(
    {
      version: '1.2.3',
      host: '127.0.0.1',
      httpPort: 0,
      trustProxy: [],
      allowedOrigins: [],
      maxConnections: 100,
      rateLimit: 100_000,
      addressRateLimit: 100_000,
      baseMap: 'style',
      mapStyle: 'https://tiles.example.org/style.json',
      mapHosts: [],
      pagesFolder: join(folder, 'dist'),
      ...options,
    },
    {
      world,
      commands: {
        execute: async () => Promise.reject(new Error('this test changes nothing')),
        outcome: () => undefined,
      },
      replay: { replay: () => {} },
      command: async () => false,
      tokens,
      logger,
      metrics: new Metrics(),
      identity: { authenticate: () => 'wrong' },
      checks: [],
      plugins: [],
      now: () => start,
      ...deps,
    },
  );
  return {
    server,
    world,
    tokens,
    keys,
    folder,
    lines,
    token: (role: Role, subject = 'asha', agency = 'demo', scopes: string[] = []) =>
      tokens.sign({ role, subject, agency, scopes }),
    remove: () => rm(folder, { recursive: true }),
  };
}
export type TestServer = Awaited<ReturnType<typeof testServer>>;
