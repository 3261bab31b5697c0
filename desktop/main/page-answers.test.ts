import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pageAnswers } from './page-answers.ts';

let folder: string;
let server: string | undefined;
let asked: { address: string; init: RequestInit }[];
let daemon: (address: string) => Response | Promise<Response>;
let patience: () => Promise<void>;
let mapOrigins: string[];
let answer: (request: Request) => Promise<Response>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vantrail-pages-'));
  mkdirSync(join(folder, 'console/assets'), { recursive: true });
  writeFileSync(join(folder, 'console/index.html'), '<p>the console</p>');
  writeFileSync(join(folder, 'console/assets/a.js'), 'run()');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  server = 'https://dispatch.example.in';
  asked = [];
  mapOrigins = [];
  patience = () => new Promise(() => {});
  daemon = () => Response.json({ fine: true });
  answer = pageAnswers({
    pages: join(folder, 'console'),
    kept: join(folder, 'answers'),
    fetch: (async (address: string, init: RequestInit) => {
      asked.push({ address, init });
      return daemon(address);
    }) as unknown as typeof fetch,
    patience: () => patience(),
    settings: () => (server === undefined ? {} : { server }),
    mapFrom: (origin) => mapOrigins.push(origin),
  });
});
afterEach(() => rmSync(folder, { recursive: true }));
const get = (path: string, headers = {}) => answer(new Request(`app://vantrail${path}`, { headers }));

describe('answers of our own scheme', () => {
  it('the page has a policy without anything unsafe; addresses inside it are the page too', async () => {
    for (const path of ['/console/', '/console/van/v1']) {
      const page = await get(path);
      expect([page.status, await page.text()]).toEqual([200, '<p>the console</p>']);
      expect(page.headers.get('content-security-policy')).toContain('wss://dispatch.example.in');
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    }
    const script = await get('/console/assets/a.js');
    expect([script.headers.get('content-type'), await script.text()]).toEqual([
      'text/javascript; charset=utf-8',
      'run()',
    ]);
  });

  it.each([
    '/console/../secret.txt',
    '/console/%2e%2e/secret.txt',
    '/console/..%2fsecret.txt',
    '/console/assets/missing.js',
    '/console/%00.js',
    '/secret.txt',
    '/',
  ])('%s is no page', async (path) => {
    const page = await get(path);
    expect([page.status, (await page.text()).includes('secret')]).toEqual([404, false]);
  });

  it('is not answered for another host', async () => {
    expect((await answer(new Request('app://other/console/'))).status).toBe(404);
  });
});

describe('the daemon behind our own scheme', () => {
  it('is asked with what belongs there, and no cookie either way', async () => {
    daemon = () =>
      new Response('{"id":"o1"}', { status: 201, headers: { etag: '"1"', 'set-cookie': 'a=b', 'x-other': 'y' } });
    const request = new Request('app://vantrail/api/orders?x=1', {
      method: 'POST',
      headers: { authorization: 'Bearer t', 'content-type': 'application/json', cookie: 'a=b', 'x-evil': '1' },
      body: '{"consumerId":"c1"}',
    });
    const made = await answer(request);
    expect([
      made.status,
      made.headers.get('etag'),
      made.headers.get('set-cookie'),
      made.headers.get('x-other'),
    ]).toEqual([201, '"1"', null, null]);
    expect(await made.json()).toEqual({ id: 'o1' });
    const [{ address, init }] = asked as [{ address: string; init: RequestInit }];
    expect(address).toBe('https://dispatch.example.in/api/orders?x=1');
    expect(init).toMatchObject({ method: 'POST', credentials: 'omit', redirect: 'error' });
    expect(Object.fromEntries(init.headers as Headers)).toEqual({
      authorization: 'Bearer t',
      'content-type': 'application/json',
    });
    expect(new TextDecoder().decode(init.body as ArrayBuffer)).toBe('{"consumerId":"c1"}');
  });

  it.each(['/api/session', '/api/session/refresh', '/api/session/demo', '/api/invitations/accept'])(
    '%s is the bridge’s alone',
    async (path) => {
      expect((await get(path)).status).toBe(404);
      expect(asked).toEqual([]);
    },
  );

  it('answers without a body stay without one', async () => {
    daemon = () => new Response(null, { status: 204 });
    expect((await answer(new Request('app://vantrail/api/orders/o1', { method: 'DELETE' }))).status).toBe(204);
  });

  it('says in words that it is away, or not known', async () => {
    daemon = () => {
      throw new TypeError('fetch failed');
    };
    const away = await get('/api/vans');
    expect([away.status, await away.json()]).toMatchObject([
      503,
      { detail: 'The server does not answer (fetch failed).' },
    ]);
    server = undefined;
    expect((await get('/api/vans')).status).toBe(503);
  });

  it('keeps the map for a start without network, of each server its own, and learns where its style lies', async () => {
    daemon = () => Response.json({ kind: 'style', style: 'https://tiles.example.in/style.json' });
    await get('/api/map');
    expect(mapOrigins).toEqual(['https://tiles.example.in']);
    daemon = () => {
      throw new TypeError('fetch failed');
    };
    const kept = await get('/api/map');
    expect([kept.status, await kept.json()]).toMatchObject([200, { kind: 'style' }]);
    server = 'https://other.example.in';
    expect((await get('/api/map')).status).toBe(503);
  });

  it('shows the map of last time while a server is slow, and keeps what that says for the next time', async () => {
    const map = (style: string) => Response.json({ kind: 'style', style: `https://tiles.example.in/${style}.json` });
    daemon = () => map('first');
    await get('/api/map');
    let answers: (answer: Response) => void = () => {};
    daemon = () => new Promise((resolve) => (answers = resolve));
    patience = async () => {};
    expect(await (await get('/api/map')).json()).toMatchObject({ style: 'https://tiles.example.in/first.json' });
    patience = () => new Promise(() => {});
    const waiting = get('/api/map');
    answers(map('second'));
    expect(await (await waiting).json()).toMatchObject({ style: 'https://tiles.example.in/second.json' });
    daemon = () => {
      throw new TypeError('fetch failed');
    };
    expect(await (await get('/api/map')).json()).toMatchObject({ style: 'https://tiles.example.in/second.json' });
  });
});
