import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vans } from './vans.ts';

/** A stand-in for the daemon: takes registrations as its HTTP API does, and messages as its broker does. */
const registered = new Map<string, unknown[]>();
const keys = new Map<string, string>();
const topics = new Map<string, number>();
let onMessage: () => void = () => {};
let http: HttpServer;
let mqtt: Server;
let broker: Aedes;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantrail-simulate-'));
  http = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const path = request.url ?? '';
    const items = Array.isArray(body) ? body : [body];
    registered.set(path, [...(registered.get(path) ?? []), ...items]);
    response.setHeader('content-type', 'application/json');
    const { id } = items[0] as { id: string };
    if (path === '/api/devices') {
      if (keys.has(id)) response.statusCode = 409;
      else keys.set(id, `key of ${id}`);
      response.end(JSON.stringify({ id, username: id, key: keys.get(id) }));
    } else {
      response.end(JSON.stringify(items.map((_, index) => ({ index, status: 201 }))));
    }
  });
  broker = await Aedes.createBroker();
  broker.authenticate = (_client, username, password, done) => {
    done(null, keys.get(username ?? '') === password?.toString());
  };
  broker.authorizePublish = (_client, packet, done) => {
    topics.set(packet.topic, (topics.get(packet.topic) ?? 0) + 1);
    done(null);
    onMessage();
  };
  mqtt = createServer((socket) => {
    broker.handle(socket);
  });
  await Promise.all([http, mqtt].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
});

afterAll(async () => {
  http.close();
  http.closeAllConnections();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  mqtt.close();
  await rm(folder, { recursive: true });
});

const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port;
const token = `h.${Buffer.from('{"agency":"demo","exp":99999999999}').toString('base64url')}.s`;

function run(more: string[], signal: AbortSignal): { done: Promise<void>; said: string[] } {
  const said: string[] = [];
  const args = ['--url', `http://127.0.0.1:${portOf(http)}`, '--mqtt', `mqtt://127.0.0.1:${portOf(mqtt)}`];
  const done = vans.execute([...args, '--keys', join(folder, 'keys.json'), '--interval', '250ms', ...more], {
    env: {},
    signal,
    say: (line) => said.push(line),
    status: () => {},
  });
  return { done, said };
}

/** Runs until these topics have been heard from, then stops it as Ctrl-C does. */
async function runUntil(more: string[], isEnough: () => boolean): Promise<string[]> {
  const stopping = new AbortController();
  onMessage = () => {
    if (isEnough()) stopping.abort();
  };
  const { done, said } = run(more, stopping.signal);
  await done;
  return said;
}

describe('simulate vans', () => {
  it('registers vans, devices and consumers, and publishes through every door with the devices’ own keys', async () => {
    const doors = ['/position', 'owntracks/', 'teltonika/', '/raw', 'v1/devices/me/telemetry'];
    const isEnough = () => doors.every((door) => [...topics.keys()].some((topic) => topic.includes(door)));
    const said = await runUntil(['--vans', '14', '--consumers', '1200', '--token', token], isEnough);
    expect(registered.get('/api/vans')).toHaveLength(14);
    expect(registered.get('/api/devices')).toHaveLength(14);
    expect(registered.get('/api/consumers')).toHaveLength(1200);
    expect(said).toEqual([expect.stringMatching(/14 vans, 1200 consumers \(1200 new\), seed 1$/)]);
  });

  it('needs no token when the keys are known', async () => {
    topics.clear();
    await runUntil(['--vans', '2'], () => topics.size > 0);
    expect(registered.get('/api/devices')).toHaveLength(14);
    expect([...topics.keys()][0]).toMatch(/tracker-0[12]/);
  });

  it('names the option that is wrong', async () => {
    const never = new AbortController().signal;
    await expect(run(['--vans', '15'], never).done).rejects.toThrow(/^--token: needed, .*tracker-15|^--token: needed/);
    await expect(run(['--agency', 'other', '--token', token], never).done).rejects.toThrow('--agency');
    await expect(run(['--vans', 'many'], never).done).rejects.toThrow('--vans');
    await expect(run(['town'], never).done).rejects.toThrow('vans takes no town');
  });
});
