import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, ApiError } from './api.ts';
import { KeyFile } from './keys.ts';
import { Registration } from './register.ts';
import { readToken, tokenSource } from './token.ts';

interface Call {
  path: string;
  body: unknown;
  authorization: string | null;
}

/** A daemon that answers as told and remembers what it was asked. */
function daemon(answer: (call: Call) => Response | Error) {
  const calls: Call[] = [];
  const waits: number[] = [];
  const fake = (async (input: string | URL | Request, init?: RequestInit) => {
    const call = {
      path: new URL(String(input)).pathname,
      body: JSON.parse(String(init?.body)) as unknown,
      authorization: new Headers(init?.headers).get('authorization'),
    };
    calls.push(call);
    const given = answer(call);
    if (given instanceof Error) throw given;
    return given;
  }) as typeof fetch;
  const api = new Api({
    url: 'http://127.0.0.1:8080',
    token: async () => 'T',
    fetch: fake,
    patience: 5000,
    sleep: async (ms) => {
      waits.push(ms);
    },
  });
  return { api, calls, waits };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantrail-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));
const keyFile = (name: string) => new KeyFile(join(folder, name), 'http://127.0.0.1:8080/', 'demo');

describe('Registration', () => {
  it('registers a device and keeps its key in a file for its owner alone', async () => {
    const keys = keyFile('new.json');
    await keys.load();
    const { api, calls } = daemon(() => json(201, { id: 'd1', username: 'd1.demo', key: 'secret' }));
    const registration = new Registration({ api, keys });
    const credential = await registration.device({ id: 'd1', type: 'tracker', vanId: 'v1' });
    await keys.save();
    expect(credential).toEqual({ username: 'd1.demo', key: 'secret' });
    expect(calls).toEqual([
      { path: '/api/devices', body: { id: 'd1', type: 'tracker', vanId: 'v1' }, authorization: 'Bearer T' },
    ]);
    expect((await stat(join(folder, 'new.json'))).mode & 0o777).toBe(0o600);
    const again = keyFile('new.json');
    await again.load();
    expect(again.get('d1')).toEqual(credential);
    expect(new KeyFile(join(folder, 'new.json'), 'http://127.0.0.1:9999', 'demo').get('d1')).toBeUndefined();
  });

  it('uses the key it has for a device that is there, and asks for a new one when it has none', async () => {
    const keys = keyFile('old.json');
    keys.set('d1', { username: 'd1', key: 'kept' });
    const { api, calls } = daemon(({ path }) =>
      path === '/api/devices' ? json(409, { title: 'exists' }) : json(200, { id: 'd2', username: 'd2', key: 'fresh' }),
    );
    const registration = new Registration({ api, keys });
    expect((await registration.device({ id: 'd1', type: 'tracker' })).key).toBe('kept');
    expect((await registration.device({ id: 'd2', type: 'tracker' })).key).toBe('fresh');
    expect(calls.map(({ path }) => path)).toEqual(['/api/devices', '/api/devices', '/api/devices/d2/key']);
    await registration.van({ id: 'v1', name: 'Van 1', kind: 'van' });
  });

  it('registers consumers a thousand at a time and says how many are new', async () => {
    const { api, calls } = daemon(({ body }) =>
      json(
        207,
        (body as unknown[]).map((_, index) => ({ index, status: index % 2 === 0 ? 201 : 409 })),
      ),
    );
    const registration = new Registration({ api, keys: keyFile('none.json') });
    const consumers = Array.from({ length: 2500 }, (_, i) => ({ id: `c${i}` }));
    expect(await registration.consumers(consumers)).toBe(1250);
    expect(calls.map(({ body }) => (body as unknown[]).length)).toEqual([1000, 1000, 500]);
  });

  it('names the consumer that was refused', async () => {
    const { api } = daemon(() => json(207, [{ index: 1, status: 422, detail: 'phone is too long' }]));
    const registration = new Registration({ api, keys: keyFile('none.json') });
    await expect(registration.consumers([{ id: 'a' }, { id: 'b' }])).rejects.toThrow('consumer b was refused: phone');
  });
});

describe('Api', () => {
  it('waits for a daemon that is starting or busy, as long as it is asked to', async () => {
    const answers = [
      new TypeError('fetch failed'),
      json(503, {}),
      json(429, {}, { 'retry-after': '2' }),
      json(201, {}),
    ];
    const { api, waits } = daemon(() => answers.shift() ?? json(500, {}));
    expect((await api.post('/api/vans', {}, [201])).status).toBe(201);
    expect(waits).toEqual([250, 500, 2000]);
  });

  it('gives up in the end, with the reason', async () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:8080');
    const { api } = daemon(() => new TypeError('fetch failed', { cause }));
    await expect(api.post('/api/vans', {}, [201])).rejects.toThrow(/cannot reach .*ECONNREFUSED/);
  });

  it('does not try again what is refused', async () => {
    const { api, calls } = daemon(() => json(403, { title: 'Forbidden', detail: 'ADMIN only' }));
    const refused = api.post('/api/vans', {}, [201]);
    await expect(refused).rejects.toThrow('POST /api/vans: 403 Forbidden: ADMIN only');
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    expect(calls).toHaveLength(1);
  });
});

describe('KeyFile', () => {
  it('does not overwrite what it cannot read', async () => {
    await writeFile(join(folder, 'broken.json'), '{"half":');
    await expect(keyFile('broken.json').load()).rejects.toThrow('cannot read the keys');
  });
});

describe('tokenSource', () => {
  const token = (expiresAt: number, agency = 'demo') =>
    `h.${Buffer.from(JSON.stringify({ agency, exp: expiresAt / 1000 })).toString('base64url')}.s`;

  it('asks the command for a new token shortly before the last one ends', async () => {
    let now = 1_000_000_000_000;
    const first = token(now + 900_000);
    const second = token(now + 1_800_000);
    const source = tokenSource({ token: first, command: `echo noise; echo ${second}` }, () => now);
    expect(await source()).toBe(first);
    now += 850_000;
    expect(await source()).toBe(second);
    expect(readToken(second)).toEqual({ agency: 'demo', expiresAt: 1_000_001_800_000 });
  });

  it('uses a token without a command to its end, and names a command that fails', async () => {
    expect(await tokenSource({ token: 'x', command: '' })()).toBe('x');
    await expect(tokenSource({ token: '', command: 'exit 3' })()).rejects.toThrow('--token-command failed');
    expect(readToken('nonsense')).toBeUndefined();
  });
});
