import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SessionKeeper } from './session-keeper.ts';
import { type SafeStorage, TokenStore } from './token-store.ts';

const server = 'https://dispatch.example.in';
let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vantrail-keeper-'));
  now = 1_800_000_000_000;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A key store that turns every byte around. */
const keyStore = (backend?: string): SafeStorage => ({
  isEncryptionAvailable: () => true,
  ...(backend === undefined ? {} : { getSelectedStorageBackend: () => backend }),
  encryptString: (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a)),
  decryptString: (bytes) => Buffer.from([...bytes].map((byte) => byte ^ 0x5a)).toString(),
});
const store = (backend = 'gnome_libsecret') => new TokenStore(join(folder, 'sign-in'), keyStore(backend), 'linux');

const jwt = (expiresAt: number) => `h.${btoa(JSON.stringify({ exp: expiresAt / 1000 }))}.s`;
interface Asked {
  path: string;
  body: Record<string, unknown>;
  authorization: string | null;
}
/** A daemon that answers from a list, and what it was asked. */
function daemon(answers: (Response | Error)[]) {
  const asked: Asked[] = [];
  const fetch = (async (address: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    asked.push({
      path: address.slice(server.length),
      body: JSON.parse(String(init.body ?? '{}')),
      authorization: headers.get('authorization'),
    });
    const answer = answers.shift();
    if (answer === undefined) throw new Error('asked once too often');
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as typeof globalThis.fetch;
  return { fetch, asked };
}
const opened = (refreshToken: string, lasts = 900_000) =>
  Response.json({ accessToken: jwt(now + lasts), agency: 'pune', subject: 'asha', refreshToken });
const keeper = (fetch: typeof globalThis.fetch, tokens = store()) =>
  new SessionKeeper({ fetch, tokens, server: () => server, now: () => now });

describe('the sign-in of the desktop app', () => {
  it('asks for the refresh token in the body, keeps it encrypted, and uses each once', async () => {
    const { fetch, asked } = daemon([opened('first'), opened('second'), opened('third')]);
    const mine = keeper(fetch);
    expect(await mine.signIn('asha@pune', 'seven green parrots')).toEqual({
      login: 'asha@pune',
      agency: 'pune',
      subject: 'asha',
    });
    expect(asked[0]).toMatchObject({ path: '/api/session', body: { login: 'asha@pune', refresh: 'body' } });
    expect(readFileSync(join(folder, 'sign-in'), 'latin1')).not.toContain('first');
    await mine.token();
    expect(asked).toHaveLength(1);
    now += 900_000;
    const [one, two] = await Promise.all([mine.token(), mine.token()]);
    expect(one).toBe(two);
    expect(asked.slice(1)).toMatchObject([{ path: '/api/session/refresh', body: { refreshToken: 'first' } }]);
    // The app starts again.
    const later = keeper(fetch);
    expect(later.isSignedIn()).toBe(true);
    await later.token();
    expect(asked[2]?.body).toEqual({ refreshToken: 'second' });
  });

  it('tells a daemon that is away from a sign-in that is over', async () => {
    const over = Response.json({ title: 'Unauthorized' }, { status: 401 });
    const { fetch } = daemon([opened('first', 0), new TypeError('fetch failed'), over]);
    const mine = keeper(fetch);
    await mine.signIn('asha@pune', 'x');
    await expect(mine.token()).rejects.toMatchObject({ code: 'offline' });
    expect(mine.isSignedIn()).toBe(true);
    await expect(mine.token()).rejects.toMatchObject({ code: 'sign-in-needed', status: 401 });
    expect([mine.isSignedIn(), existsSync(join(folder, 'sign-in'))]).toEqual([false, false]);
    await expect(mine.token()).rejects.toMatchObject({ code: 'sign-in-needed', status: undefined });
  });

  it('says what the daemon says about a wrong password', async () => {
    const { fetch } = daemon([Response.json({ detail: 'That is not right.' }, { status: 401 })]);
    await expect(keeper(fetch).signIn('asha@pune', 'x')).rejects.toMatchObject({
      code: 'refused',
      status: 401,
      message: 'That is not right.',
    });
  });

  it('is over here after signing out, whether the daemon hears of it or not', async () => {
    const { fetch, asked } = daemon([opened('first'), new TypeError('fetch failed')]);
    const mine = keeper(fetch);
    await mine.signIn('asha@pune', 'x');
    await mine.signOut();
    expect(asked[1]).toMatchObject({ path: '/api/session', authorization: expect.stringMatching(/^Bearer h\./) });
    expect(mine.isSignedIn()).toBe(false);
  });
});

describe('where the refresh token is kept', () => {
  it.each(['basic_text', 'unknown'])('in memory only where the key store is %s', (backend) => {
    const tokens = store(backend);
    expect(tokens.refusal()).toBe('noKeyRing');
    tokens.set({ server, refreshToken: 'secret' });
    expect([tokens.get(server), existsSync(join(folder, 'sign-in'))]).toEqual(['secret', false]);
    expect(store(backend).get(server)).toBeUndefined();
  });

  it('with the system’s key store elsewhere, and for one server only', () => {
    const tokens = new TokenStore(join(folder, 'sign-in'), keyStore(), 'win32');
    expect(tokens.refusal()).toBeUndefined();
    tokens.set({ server, refreshToken: 'secret' });
    const again = new TokenStore(join(folder, 'sign-in'), keyStore(), 'win32');
    expect([again.get('https://other.example.in'), again.get(server)]).toEqual([undefined, 'secret']);
  });

  it('what cannot be read any more is no sign-in', () => {
    store().set({ server, refreshToken: 'secret' });
    const broken = { ...keyStore('gnome_libsecret'), decryptString: () => '\u0000' };
    expect(new TokenStore(join(folder, 'sign-in'), broken, 'linux').get(server)).toBeUndefined();
  });
});
