import { afterEach, describe, expect, it } from 'vitest';
import type { LimitClass } from './rate-limit.ts';
import { type TestServer, testServer } from './server.fixture.ts';
import type { App, Routes } from './validation.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.server.stop();
  await server?.remove();
});

const classes: LimitClass[] = ['sign-in', 'code', 'link', 'refresh'];
const routes: Routes = async (app) => {
  for (const limit of classes) app.post(`/${limit}`, { config: { access: 'public', limit } }, async () => ({}));
  app.get('/thing', { config: { access: { roles: ['ADMIN'] } } }, async () => ({}));
  app.post('/thing', { config: { access: { roles: ['ADMIN'] } } }, async () => ({}));
};

async function built(options: Parameters<typeof testServer>[0]) {
  server = await testServer(options, { plugins: [async (app) => routes(app as unknown as App)] });
  const { app } = await server.server.build();
  await app.ready();
  const ask = async (method: 'GET' | 'POST', url: string, token?: string, remoteAddress = '192.0.2.1') => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return app.inject({ method, url, headers, remoteAddress });
  };
  /** How many of many requests are answered, from one address. */
  const allowed = async (...[method, url, token, address]: Parameters<typeof ask>) => {
    let count = 0;
    while ((await ask(method, url, token, address)).statusCode === 200) count++;
    return count;
  };
  return { ask, allowed, token: server.token };
}

describe('limits', () => {
  it('are far tighter where somebody signs in, asks for a code or shows a link', async () => {
    const { allowed } = await built({ addressRateLimit: 600 });
    expect(await allowed('POST', '/sign-in')).toBe(20);
    expect(await allowed('POST', '/code')).toBe(10);
    expect(await allowed('POST', '/link')).toBe(60);
    expect(await allowed('POST', '/refresh')).toBe(120);
    expect(await allowed('POST', '/sign-in', undefined, '192.0.2.2'), 'another address').toBe(20);
  });

  it('say what is left, and when to come back', async () => {
    const { ask } = await built({ addressRateLimit: 60 });
    const first = await ask('POST', '/sign-in');
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1' });
    await ask('POST', '/sign-in');
    const over = await ask('POST', '/sign-in');
    expect(over.statusCode).toBe(429);
    expect(over.json().type).toBe('/problems/too-many-requests');
    const wait = Number(over.headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(over.headers['ratelimit-remaining']).toBe('0');
  });

  it('count reading and writing by themselves, and each account by itself', async () => {
    const { allowed, ask, token } = await built({ rateLimit: 3 });
    const asha = await token('ADMIN', 'asha');
    expect(await allowed('GET', '/thing', asha)).toBe(3);
    expect(await allowed('POST', '/thing', asha)).toBe(3);
    expect((await ask('GET', '/thing', await token('ADMIN', 'mira'))).statusCode).toBe(200);
    expect((await ask('GET', '/thing', await token('ADMIN', 'asha', 'other'))).statusCode).toBe(200);
  });

  it('hold a token that is tried at many routes to its address', async () => {
    const { allowed, ask } = await built({ addressRateLimit: 30 });
    // A token for a sign-in route changes nothing: it is the address that counts there.
    expect(await allowed('POST', '/sign-in', 'x.y.z')).toBe(1);
    expect((await ask('POST', '/sign-in', 'a.b.c')).statusCode).toBe(429);
  });

  it('end for an address that has a thousand accounts', async () => {
    const { ask, token } = await built({ rateLimit: 2, addressRateLimit: 2 });
    let refused = 0;
    for (let i = 0; i < 50; i++) {
      const answer = await ask('GET', '/thing', await token('ADMIN', `a${i}`));
      if (answer.statusCode === 429) refused++;
    }
    expect(refused).toBe(10);
    expect((await ask('GET', '/thing', await token('ADMIN', 'a0'), '192.0.2.9')).statusCode).toBe(200);
  });
});
