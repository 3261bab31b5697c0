import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import type tls from 'node:tls';
import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { cert, key } from '../ingest/tls.fixture.ts';
import { start, type TestServer, testServer } from './server.fixture.ts';
import { Tokens } from './tokens.ts';
import type { App, Routes } from './validation.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.server.stop();
  await server?.remove();
  server = undefined;
});

async function built(...args: Parameters<typeof testServer>): Promise<{ app: App } & TestServer> {
  server = await testServer(...args);
  const { app } = await server.server.build();
  await app.ready();
  return { app, ...server };
}

/** A route of the test's own: what the server does around it is what is tested. */
const echo: Routes = async (app) => {
  app.post(
    '/echo',
    {
      config: { access: 'public' },
      schema: {
        body: Type.Object(
          {
            latitude: Type.Number({ minimum: -90, maximum: 90 }),
            kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Unknown() },
      },
    },
    async (request) => request.body,
  );
  app.get('/broken', { config: { access: 'public' } }, async () => {
    throw new Error('the secret of the house');
  });
};
const withEcho = { plugins: [async (app: unknown) => echo(app as App)] };

describe('bad input', () => {
  const send = async (app: App, payload: string | Buffer, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/echo', headers: { 'content-type': type }, payload });

  it.each<[string, string, number, object]>([
    ['not JSON', '{"latitude":', 400, { type: '/problems/not-json' }],
    ['empty', '', 400, { type: '/problems/not-json' }],
    ['NaN', '{"latitude":NaN}', 400, { type: '/problems/not-json' }],
    ['__proto__', '{"latitude":1,"__proto__":{"x":1}}', 400, { type: '/problems/not-json' }],
    ['__proto__ hidden by an escape', '{"latitude":1,"\\u005f_proto__":{"x":1}}', 400, { type: '/problems/not-json' }],
    ['1e400', '{"latitude":1e400}', 400, { errors: [{ path: '/latitude', rule: 'type', message: 'must be number' }] }],
    [
      'lat 91',
      '{"latitude":91}',
      400,
      { type: '/problems/invalid', errors: [{ path: '/latitude', rule: 'maximum', message: 'must be <= 90' }] },
    ],
    ['a number as text', '{"latitude":"12"}', 400, { errors: [{ path: '/latitude', rule: 'type' }] }],
    ['a missing field', '{}', 400, { errors: [{ path: '/latitude', rule: 'required', message: 'is missing' }] }],
    [
      'an unknown field',
      '{"latitude":1,"lat":2}',
      400,
      { errors: [{ path: '/lat', rule: 'additionalProperties', message: 'is not known here' }] },
    ],
    [
      'none of the choices',
      '{"latitude":1,"kind":"c"}',
      400,
      { errors: [{ path: '/kind', rule: 'enum', message: 'must be one of "a", "b"' }] },
    ],
    ['null', 'null', 400, { errors: [{ path: '', rule: 'type' }] }],
    ['an array', '[]', 400, { errors: [{ path: '', rule: 'type' }] }],
    ['nested 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000), 400, { type: '/problems/invalid' }],
    ['too large', `{"latitude":1,"pad":"${'x'.repeat(1_100_000)}"}`, 413, { type: '/problems/too-large' }],
  ])('%s', async (_name, payload, status, problem) => {
    const { app } = await built({}, withEcho);
    const answer = await send(app, payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String), ...problem });
  });

  it('of two equal names the last one counts, as in every JavaScript program', async () => {
    const { app } = await built({}, withEcho);
    expect((await send(app, '{"latitude":91,"latitude":1}')).json()).toEqual({ latitude: 1 });
  });

  it('a hundred thousand unknown fields give eight errors', async () => {
    const { app } = await built({}, withEcho);
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`f${i}`, 1]));
    const answer = await send(app, JSON.stringify(many));
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors.length).toBeLessThanOrEqual(8);
    expect(answer.body.length).toBeLessThan(2000);
  });

  it('another media type', async () => {
    const { app } = await built({}, withEcho);
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
      const answer = await send(app, 'latitude=1', type);
      expect(answer.statusCode).toBe(415);
      expect(answer.json().type).toBe('/problems/unsupported-media-type');
    }
  });

  it('an unknown route, a wrong method, a malformed address', async () => {
    const { app } = await built({}, withEcho);
    const unknown = await app.inject('/api/nothing');
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json().type).toBe('/problems/not-found');
    const wrong = await app.inject({ method: 'DELETE', url: '/echo' });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers.allow).toBe('POST');
    expect((await app.inject('/%zz')).statusCode).toBe(400);
    expect((await app.inject(`/api/vans/${'x'.repeat(300)}`)).statusCode).toBe(404);
  });

  it('hides what went wrong inside, and logs it once with the id of the request', async () => {
    const { app, lines } = await built({}, withEcho);
    const answer = await app.inject('/broken');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
    const { requestId } = answer.json();
    expect(requestId).toBe(answer.headers['x-request-id']);
    const errors = lines.filter((line) => line.includes('the secret of the house'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(requestId);
  });
});

describe('on the wire', () => {
  /** Sends raw bytes and gives all that comes back until the other side closes. */
  function raw(port: number, text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  it('answers what is no HTTP with a problem too', async () => {
    server = await testServer();
    await server.server.start();
    const garbage = await raw(server.server.port, 'HELLO\r\n\r\n');
    expect(garbage).toMatch(/^HTTP\/1\.1 400 /);
    expect(garbage).toContain('/problems/bad-request');
    const huge = await raw(server.server.port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
    expect(huge).toMatch(/^HTTP\/1\.1 431 /);
    expect(huge).toContain('application/problem+json');
  });

  it('stops while a connection is held open, twice without harm', async () => {
    server = await testServer();
    await server.server.start();
    const { port } = server.server;
    const agent = new http.Agent({ keepAlive: true });
    const status = await new Promise((resolve, reject) => {
      http
        .get({ port, host: '127.0.0.1', path: '/healthz', agent }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode));
        })
        .on('error', reject);
    });
    expect(status).toBe(200);
    await server.server.stop();
    await server.server.stop();
    agent.destroy();
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });
});

describe('who may call', () => {
  it('does not start while a route is silent about it', async () => {
    server = await testServer({}, { plugins: [async (app) => void app.get('/silent', async () => 'hello')] });
    await expect(server.server.start()).rejects.toThrow(/declare who may call them.*GET \/silent/);
  });

  it('asks for credentials before it reads the body', async () => {
    const guarded: Routes = async (app) => {
      app.post('/guarded', { config: { access: { roles: ['ADMIN'] } } }, async (request) => request.body);
    };
    const { app, token, keys } = await built(
      {},
      { plugins: [async (instance) => guarded(instance as unknown as App)] },
    );
    const anHourAgo = new Tokens({ keys, now: () => start - 3_600_000 });
    const expired = `Bearer ${await anHourAgo.sign({ role: 'ADMIN', subject: 'asha', agency: 'demo' })}`;
    const post = (authorization: string | undefined, payload = '{"x":') =>
      app.inject({
        method: 'POST',
        url: '/guarded',
        headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        payload,
      });
    for (const wrong of [undefined, 'Bearer', 'Bearer x', 'Basic eA==', 'Bearer a.b.c', '', 'Digest x', expired]) {
      const answer = await post(wrong);
      expect(answer.statusCode, String(wrong)).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.json().type).toBe('/problems/unauthorized');
    }
    expect((await post(`Bearer ${await token('DISPATCHER')}`)).statusCode).toBe(403);
    expect((await post(`Bearer ${await token('ADMIN')}`)).statusCode).toBe(400);
    expect((await post(`bearer ${await token('ADMIN')}`, '{}')).statusCode).toBe(200);
  });

  it('lets a device in by its username and key, where a route is for devices', async () => {
    const seen: unknown[] = [];
    const device = { id: 'd1', username: 'd1', type: 'tracker', enabled: true, assignments: [], version: 1 } as const;
    const routes: Routes = async (app) => {
      app.get('/for-devices', { config: { access: { device: true } } }, async (request) => request.caller);
      app.get('/for-people', { config: { access: { roles: ['ADMIN'] } } }, async () => 'people');
    };
    const { app } = await built(
      {},
      {
        plugins: [async (instance) => routes(instance as unknown as App)],
        identity: {
          authenticate: (...args) => {
            seen.push(args);
            return args[0] === 'd1' && args[1] === 'k:1'
              ? { agency: 'demo', device: { ...device, assignments: [] } }
              : 'wrong';
          },
        },
      },
    );
    const get = (url: string, basic: string) =>
      app.inject({ url, headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` } });
    expect((await get('/for-devices', 'd1:k:1')).json()).toMatchObject({ agency: 'demo', device: { id: 'd1' } });
    const wrong = await get('/for-devices', 'd1:k:2');
    const unknown = await get('/for-devices', 'nobody:k');
    expect(wrong.statusCode).toBe(401);
    expect(wrong.body).toBe(unknown.body);
    expect(wrong.headers['www-authenticate']).toContain('Basic');
    expect(seen).toHaveLength(3);
    expect((await get('/for-people', 'd1:k:1')).statusCode).toBe(401);
    expect(seen).toHaveLength(3);
  });
});

describe('with a certificate', () => {
  it('answers over TLS, and says that it will again', async () => {
    server = await testServer({ tls: { cert, key } });
    await server.server.start();
    const answer = await new Promise<{ status: number | undefined; hsts: unknown; proven: boolean }>(
      (resolve, reject) => {
        const request = https.get(
          {
            port: server?.server.port,
            host: '127.0.0.1',
            path: '/healthz',
            ca: cert,
            servername: 'localhost',
            agent: false,
          },
          (response) => {
            const proven = (response.socket as tls.TLSSocket).authorized;
            response.resume();
            resolve({ status: response.statusCode, hsts: response.headers['strict-transport-security'], proven });
          },
        );
        request.on('error', reject);
      },
    );
    expect(answer).toEqual({ status: 200, hsts: 'max-age=15552000', proven: true });
  });
});

describe('limits', () => {
  it('count an account by itself and an address by itself, and say what is left', async () => {
    const { app, token } = await built({ rateLimit: 3, addressRateLimit: 2 });
    const asha = `Bearer ${await token('ADMIN', 'asha')}`;
    const ravi = `Bearer ${await token('ADMIN', 'ravi')}`;
    const me = (authorization?: string) =>
      app.inject({ url: '/api/me', headers: authorization === undefined ? {} : { authorization } });
    const first = await me(asha);
    expect(first.headers['ratelimit-limit']).toBe('3');
    expect(first.headers['ratelimit-remaining']).toBe('2');
    await me(asha);
    await me(asha);
    const over = await me(asha);
    expect(over.statusCode).toBe(429);
    expect(over.headers['content-type']).toMatch(/problem\+json/);
    expect(over.json().type).toBe('/problems/too-many-requests');
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
    expect((await me(ravi)).statusCode).toBe(200);
    expect((await me('Bearer wrong')).statusCode).toBe(401);
    expect((await me('Bearer wrong')).statusCode).toBe(401);
    expect((await me('Bearer wrong')).statusCode).toBe(429);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('health', () => {
  it('tells the public that something is wrong, and not what', async () => {
    const reasons: (string | null)[] = [null, null];
    const { app } = await built({}, { checks: [() => reasons[0] ?? null, () => reasons[1] ?? null] });
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok', version: '1.2.3' });
    expect((await app.inject('/readyz')).json()).toEqual({ ready: true, reasons: [] });
    reasons[1] = 'the disk of /var/lib/vantrail is full';
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ready: false, reasons: ['1 part is not working; see the admin port'] });
    expect((await app.inject('/metrics')).statusCode).toBe(404);
  });
});

describe('pages', () => {
  it('say so when they are not built', async () => {
    const { app } = await built();
    const answer = await app.inject('/console/');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('not built');
    expect((await app.inject('/')).headers.location).toBe('/console/');
  });

  it('are served: hashed files for long, the page that names them never from a cache', async () => {
    server = await testServer();
    const root = join(server.folder, 'dist', 'console');
    await mkdir(join(root, 'assets'), { recursive: true });
    await writeFile(join(root, 'index.html'), '<title>Vantrail</title>');
    await writeFile(join(root, 'assets', 'index-abc123.js'), 'console.log(1)');
    const { app } = await server.server.build();
    const page = await app.inject('/console/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['cache-control']).toBe('no-cache');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' https://tiles.example.org");
    expect(policy).toContain("worker-src 'self' blob:");
    expect(policy).not.toContain('upgrade-insecure');
    expect(page.headers['strict-transport-security']).toBeUndefined();
    const asset = await app.inject('/console/assets/index-abc123.js');
    expect(asset.headers['cache-control']).toContain('immutable');
    expect((await app.inject('/console/vans/van-7')).body).toContain('<title>');
    expect((await app.inject('/console')).headers.location).toBe('/console/');
    expect((await app.inject('/console/assets/gone.js')).json().type).toBe('/problems/not-found');
    for (const path of ['/console/../keys', '/console/%2e%2e/%2e%2e/keys/x.jwk', '/console/..%2f..%2fkeys']) {
      expect((await app.inject(path)).body).not.toContain('"kty"');
    }
  });
});

describe('the demo sign-in', () => {
  const ask = (app: App, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
    app.inject({
      method: 'POST',
      url: '/api/session/demo',
      headers: { host: 'localhost:8080', ...headers },
      remoteAddress,
    });

  it('gives a token to who sits at this machine', async () => {
    const { app, tokens } = await built({ demoAgency: 'demo' });
    const answer = await ask(app);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toMatchObject({ expiresIn: 900, agency: 'demo' });
    expect(await tokens.verify(answer.json().accessToken)).toMatchObject({ role: 'ADMIN', agency: 'demo' });
    expect((await ask(app, { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' })).statusCode).toBe(200);
    expect((await ask(app, { host: '[::1]:8080' }, '::1')).statusCode).toBe(200);
  });

  it('and to nobody else', async () => {
    const { app } = await built({ demoAgency: 'demo', trustProxy: ['127.0.0.1'] });
    expect((await ask(app, {}, '192.168.0.9')).statusCode).toBe(404);
    expect((await ask(app, { 'x-forwarded-for': '127.0.0.1' }, '192.168.0.9')).statusCode).toBe(404);
    expect((await ask(app, { host: 'rebound.example' })).statusCode).toBe(404);
    expect((await ask(app, { host: 'rebound.example', 'x-forwarded-host': 'localhost' })).statusCode).toBe(404);
    expect((await ask(app, { host: 'localhost.evil.example' })).statusCode).toBe(404);
    expect((await ask(app, { origin: 'https://evil.example' })).statusCode).toBe(404);
    expect((await ask(app, { origin: 'http://localhost:9999' })).statusCode).toBe(404);
    expect((await ask(app, { origin: 'null' })).statusCode).toBe(404);
    expect((await ask(app, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(404);
  });

  it('does not exist without --demo', async () => {
    const { app } = await built();
    expect((await ask(app)).statusCode).toBe(404);
  });
});

describe('other pages', () => {
  it('may call only when their origin is configured', async () => {
    const { app, token } = await built({ allowedOrigins: ['https://erp.example'] });
    const authorization = `Bearer ${await token('ADMIN')}`;
    const get = (origin: string) => app.inject({ url: '/api/me', headers: { authorization, origin } });
    expect((await get('https://erp.example')).headers['access-control-allow-origin']).toBe('https://erp.example');
    expect((await get('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/api/me',
      headers: { origin: 'https://erp.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
  });
});

describe('the log', () => {
  it('never holds a token, a key or a link', async () => {
    const { app, lines, token } = await built();
    const secret = await token('ADMIN');
    await app.inject({ url: '/api/me', headers: { authorization: `Bearer ${secret}`, cookie: 'refresh=verysecret' } });
    await app.inject('/t/verysecret?x=1');
    await app.inject('/api/links/verysecret/session');
    await app.inject('/osmand?lat=1&id=verysecret&lon=2');
    expect(lines.filter((line) => line.includes('"request"')).length).toBeGreaterThanOrEqual(4);
    expect(lines.join('')).not.toContain('verysecret');
    expect(lines.join('')).not.toContain(secret);
    expect(lines.join('')).toContain('/t/…');
  });
});

describe('/api/me', () => {
  it('tells the caller who he is', async () => {
    const { app, token, world } = await built();
    world.van('demo', 'van-1', { driverId: 'ravi' });
    const me = async (bearer: string) =>
      (await app.inject({ url: '/api/me', headers: { authorization: `Bearer ${bearer}` } })).json();
    expect(await me(await token('DISPATCHER'))).toMatchObject({
      role: 'DISPATCHER',
      subject: 'asha',
      expiresAt: start + 900_000,
      agency: { id: 'demo' },
    });
    expect(await me(await token('DELIVERY_PARTNER', 'ravi'))).toMatchObject({ van: { id: 'van-1' } });
    expect(await me(await token('INTERNAL_SERVICE', 'erp', 'demo', ['events:read']))).toMatchObject({
      scopes: ['events:read'],
    });
  });
});
