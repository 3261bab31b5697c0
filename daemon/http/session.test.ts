import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addAccount } from '../domain/decide-account.ts';
import { grace } from '../domain/session.ts';
import { began, good, type PeopleServer, peopleServer, shared } from './people.fixture.ts';

let bed: PeopleServer;
beforeEach(async () => {
  bed = await peopleServer();
  await bed.agency('demo');
});
afterEach(() => bed.remove());

const signIn = (body: object, headers: Record<string, string> = {}, on = bed) =>
  on.ask('POST', '/api/session', { body, headers });
const enter = async (more: object = {}) =>
  (await signIn({ login: 'asha@demo', password: good, refresh: 'body', ...more })).body as {
    accessToken: string;
    refreshToken: string;
  };
const refresh = (refreshToken: string, on = bed) => on.ask('POST', '/api/session/refresh', { body: { refreshToken } });
const statusOf = async (token: string) => (await bed.ask('GET', '/api/me', { token })).status;

describe('signing in', () => {
  it('with name and password gives a token, and a refresh token that no script can read', async () => {
    const answer = await signIn({ login: ' Asha@DEMO ', password: good });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      expiresIn: 900,
      agency: 'demo',
      role: 'ADMIN',
      subject: 'asha',
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.cookie).toMatch(
      /^vantrail-refresh=demo\.[\w-]{22}\.1\.[\w-]{43}; Path=\/api\/session; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
    );
    expect((await bed.ask('GET', '/api/me', { token: answer.body.accessToken })).body).toMatchObject({
      role: 'ADMIN',
      subject: 'asha',
      account: { id: 'asha', signIn: 'ready' },
    });
  });

  it('is refused in the same words whatever was wrong', async () => {
    const wrong = [
      { login: 'asha@demo', password: 'eleven red parrots' },
      { login: 'nobody@demo', password: good },
      { login: 'asha@nowhere', password: good },
      { login: 'asha', password: good },
      { login: '@demo', password: good },
      { login: 'asha@demo@demo', password: good },
      { login: '__proto__@demo', password: good },
      { key: 'x'.repeat(43) },
    ];
    const answers = await Promise.all(wrong.map((body) => signIn(body)));
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(Array(8).fill(`401 ${answers[0]?.text}`));
    expect(answers[0]?.status).toBe(401);
    expect(answers.some(({ cookie }) => cookie !== '')).toBe(false);
  });

  it('does not say whether an account exists before it is asked too often either', async () => {
    const try_ = (login: string) => signIn({ login, password: 'eleven red parrots' });
    const known: number[] = [];
    const unknown: number[] = [];
    // From one address: it is the address that is slowed down first.
    for (let i = 0; i < 7; i++) known.push((await try_('asha@demo')).status);
    const other = await peopleServer();
    await other.agency('demo');
    for (let i = 0; i < 7; i++) {
      unknown.push((await signIn({ login: 'nobody@demo', password: 'eleven red parrots' }, {}, other)).status);
    }
    await other.remove();
    expect(known).toEqual(unknown);
    expect(known.at(-1)).toBe(429);
  });

  it('as a service gives a token with its scopes and no session', async () => {
    const { accessToken } = await enter();
    const made = await bed.ask('POST', '/api/accounts', {
      token: accessToken,
      body: { id: 'erp', role: 'INTERNAL_SERVICE', scopes: ['positions:read'] },
    });
    expect(made.body).toMatchObject({ id: 'erp', signIn: 'ready', key: expect.any(String) });
    const answer = await signIn({ key: made.body.key });
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      expiresIn: 900,
      agency: 'demo',
      role: 'INTERNAL_SERVICE',
      subject: 'erp',
    });
    const me = await bed.ask('GET', '/api/me', { token: answer.body.accessToken });
    expect(me.body).toMatchObject({ role: 'INTERNAL_SERVICE', scopes: ['positions:read'] });
    // The service of that name has no password, and its key is none.
    expect((await signIn({ login: 'erp@demo', password: made.body.key })).status).toBe(401);
    const next = await bed.ask('POST', '/api/accounts/erp/key', { token: accessToken });
    expect((await signIn({ key: made.body.key })).status).toBe(401);
    expect((await signIn({ key: next.body.key })).status).toBe(200);
    expect(await statusOf(answer.body.accessToken)).toBe(401);
  });

  it.each([
    { login: 'asha@demo' },
    { login: 'asha@demo', password: 7 },
    { login: 'asha@demo', password: good, role: 'ADMIN' },
    { login: 'asha@demo', password: 'x'.repeat(1001) },
    {},
    [],
  ])('is refused as it is not described: %.60j', async (body) => {
    expect((await signIn(body)).status).toBe(400);
  });
});

describe('refreshing', () => {
  it('gives new tokens, each good once', async () => {
    const first = await enter();
    const second = await refresh(first.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body.refreshToken).not.toBe(first.refreshToken);
    bed.clock.now += 14 * 60_000;
    const third = await refresh(second.body.refreshToken);
    expect(await statusOf(third.body.accessToken)).toBe(200);
  });

  it('ends the whole family when a used token comes back', async () => {
    const { refreshToken: stolen } = await enter();
    const { body: owner } = await refresh(stolen);
    bed.clock.now += grace + 1;
    // The thief comes late: neither he nor the owner has a session any more.
    expect((await refresh(stolen)).status).toBe(401);
    expect((await refresh(owner.refreshToken)).status).toBe(401);
    expect(await statusOf(owner.accessToken)).toBe(401);
  });

  it('ends it too when the thief was first, and the owner comes with the used token', async () => {
    const { refreshToken: copied } = await enter();
    const { body: thief } = await refresh(copied);
    bed.clock.now += 60_000;
    expect((await refresh(copied)).status).toBe(401);
    expect((await refresh(thief.refreshToken)).status).toBe(401);
    expect(await statusOf(thief.accessToken)).toBe(401);
  });

  it('by two tabs at once gives both the same next token', async () => {
    const { refreshToken } = await enter();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    bed.clock.now += grace;
    expect((await refresh(refreshToken)).status, 'an answer that was lost on the way').toBe(200);
    expect((await refresh(answers[0]?.body.refreshToken)).status).toBe(200);
  });

  it('works at another daemon, and at both at once', async () => {
    const of = await shared();
    const [a, b] = [await peopleServer(of), await peopleServer(of)];
    try {
      const { refreshToken } = await a.agency('demo');
      const both = await Promise.all([refresh(refreshToken, a), refresh(refreshToken, b)]);
      expect(both.map(({ status }) => status)).toEqual([200, 200]);
      expect(both[0].body.refreshToken).toBe(both[1].body.refreshToken);
      of.clock.now += grace + 1;
      expect((await refresh(refreshToken, b)).status).toBe(401);
      expect((await refresh(both[0].body.refreshToken, a)).status).toBe(401);
    } finally {
      await a.remove();
      await b.remove();
      await rm(of.folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['', 'nothing'],
    ['demo.AAAAAAAAAAAAAAAAAAAAAA.1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'made up'],
    ['../x', 'no token'],
  ])('is refused for %j (%s)', async (token) => {
    expect((await refresh(token)).status).toBe(401);
  });

  it('is refused for an edited token, which ends nobody else’s session', async () => {
    const { refreshToken } = await enter();
    const [agency, session, , mac] = refreshToken.split('.');
    expect((await refresh(`${agency}.${session}.2.${mac}`)).status).toBe(401);
    expect((await refresh(`other.${session}.1.${mac}`)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('is over after 30 days without use, and after 90 in any case', async () => {
    const idle = await enter();
    bed.clock.now += 30 * 86_400_000 + 1;
    expect((await refresh(idle.refreshToken)).status).toBe(401);
    let { refreshToken } = await enter();
    for (let day = 0; day < 80; day += 20) {
      bed.clock.now += 20 * 86_400_000;
      const next = await refresh(refreshToken);
      expect(next.status).toBe(200);
      refreshToken = next.body.refreshToken;
    }
    bed.clock.now += 11 * 86_400_000;
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('keeps nothing in the log that could be used', async () => {
    const { refreshToken } = await enter();
    const { body } = await refresh(refreshToken);
    const records: unknown[] = [];
    for await (const batch of bed.log.read(null)) records.push(...batch.records);
    const text = JSON.stringify(records);
    for (const secret of [good, refreshToken, body.refreshToken, body.accessToken]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(secret.split('.').at(-1));
    }
    expect(text).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
  });
});

describe('the cookie', () => {
  const cookieOf = (answer: { cookie: string }) => answer.cookie.split(';')[0] ?? '';
  const own = { host: 'gas.example', origin: 'http://gas.example' };

  it('refreshes for our own page', async () => {
    const cookie = cookieOf(await signIn({ login: 'asha@demo', password: good }, own));
    const answer = await bed.ask('POST', '/api/session/refresh', {
      headers: { ...own, cookie: `a=b; ${cookie}; c=d` },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.refreshToken).toBeUndefined();
    expect(cookieOf(answer)).toMatch(/^vantrail-refresh=demo\..*\.2\./);
  });

  it.each([
    [{ host: 'gas.example', origin: 'https://evil.example' }],
    [{ host: 'gas.example', origin: 'http://sub.gas.example' }],
    [{ host: 'gas.example', origin: 'null' }],
    [{ host: 'gas.example', 'sec-fetch-site': 'cross-site' }],
    [{ host: 'gas.example', 'sec-fetch-site': 'same-site' }],
  ])('does nothing for another page: %j', async (headers) => {
    const signed = await signIn({ login: 'asha@demo', password: good }, own);
    const cookie = cookieOf(signed);
    const foreign = { headers: { ...headers, cookie } };
    expect((await bed.ask('POST', '/api/session/refresh', foreign)).status).toBe(403);
    expect((await bed.ask('DELETE', '/api/session', foreign)).status).toBe(403);
    expect((await signIn({ login: 'asha@demo', password: good }, headers)).status).toBe(403);
    expect(await statusOf(signed.body.accessToken), 'still signed in').toBe(200);
    expect((await bed.ask('POST', '/api/session/refresh', { headers: { ...own, cookie } })).status).toBe(200);
  });

  it('opens nothing but the session routes', async () => {
    const cookie = cookieOf(await signIn({ login: 'asha@demo', password: good }));
    for (const url of ['/api/me', '/api/accounts', '/api/sessions', '/api/audit']) {
      expect((await bed.ask('GET', url, { headers: { cookie } })).status).toBe(401);
    }
  });

  it('is taken away when the session is over', async () => {
    const cookie = cookieOf(await signIn({ login: 'asha@demo', password: good }));
    const out = await bed.ask('DELETE', '/api/session', { headers: { cookie } });
    expect(out.status).toBe(204);
    expect(out.cookie).toMatch(/^vantrail-refresh=; Path=\/api\/session; Max-Age=0; /);
    const late = await bed.ask('POST', '/api/session/refresh', { headers: { cookie } });
    expect([late.status, late.cookie]).toEqual([401, expect.stringContaining('Max-Age=0')]);
  });
});

describe('sessions', () => {
  it('are listed, and ended one by one or all together', async () => {
    bed.clock.now += 1000;
    const phone = (await signIn({ login: 'asha@demo', password: good, refresh: 'body' }, { 'user-agent': 'Phone' }))
      .body;
    bed.clock.now += 1000;
    const desk = (await signIn({ login: 'asha@demo', password: good, refresh: 'body' }, { 'user-agent': 'Desk' })).body;
    const list = await bed.ask('GET', '/api/sessions', { token: desk.accessToken });
    expect(
      list.body.items.map(({ client, current }: { client: string; current: boolean }) => [client, current]),
    ).toEqual([
      ['Desk', true],
      ['Phone', false],
      ['lightMyRequest', false],
    ]);
    expect(list.text).not.toContain('okenHash');
    const { id } = list.body.items[1];
    expect((await bed.ask('DELETE', `/api/sessions/${id}`, { token: desk.accessToken })).status).toBe(204);
    expect((await bed.ask('DELETE', `/api/sessions/${id}`, { token: desk.accessToken })).status).toBe(404);
    expect(await statusOf(phone.accessToken)).toBe(401);
    expect((await refresh(phone.refreshToken)).status).toBe(401);
    expect(await statusOf(desk.accessToken)).toBe(200);
    expect((await bed.ask('DELETE', '/api/sessions', { token: desk.accessToken })).status).toBe(204);
    expect(await statusOf(desk.accessToken)).toBe(401);
    expect((await refresh(desk.refreshToken)).status).toBe(401);
    expect(await statusOf((await enter()).accessToken)).toBe(200);
  });

  it('of others are the administrator’s to see and to end, and nobody else’s', async () => {
    const { accessToken: asha } = await enter();
    await bed.does(addAccount(bed.accounts, 'demo', { id: 'dev', role: 'DISPATCHER' }));
    const { accessToken: stranger } = await bed.agency('other');
    const dev = await bed.parts.http.sessions.open({ agency: 'demo', role: 'DISPATCHER', subject: 'dev', client: 'x' });
    const token = dev?.accessToken ?? '';
    const [{ id }] = (await bed.ask('GET', '/api/sessions?account=dev', { token: asha })).body.items;
    const own = (await bed.ask('GET', '/api/sessions', { token: asha })).body.items[0].id;
    for (const [caller, url] of [
      [token, '/api/sessions?account=asha'],
      [stranger, '/api/sessions?account=dev'],
      [stranger, '/api/sessions?account=nobody'],
    ] as const) {
      expect((await bed.ask('GET', url, { token: caller })).status).toBe(404);
      expect((await bed.ask('DELETE', url, { token: caller })).status).toBe(404);
    }
    expect((await bed.ask('DELETE', `/api/sessions/${own}`, { token })).status).toBe(404);
    expect((await bed.ask('DELETE', `/api/sessions/${id}`, { token: stranger })).status).toBe(404);
    expect(await statusOf(token)).toBe(200);
    expect((await bed.ask('DELETE', `/api/sessions/${id}`, { token: asha })).status).toBe(204);
    expect(await statusOf(token)).toBe(401);
  });

  it('are not a share link’s', async () => {
    await bed.consumer('demo', 'c1', '98765 43210');
    const session = await bed.parts.http.sessions.open({
      agency: 'demo',
      role: 'CUSTOMER',
      subject: 'c1',
      client: 'x',
    });
    const link = { id: 'l1', order: 'o1', own: true };
    const token = await bed.tokens.sign({ role: 'CUSTOMER', subject: 'c1', agency: 'demo', link });
    expect((await bed.ask('GET', '/api/sessions', { token })).status).toBe(404);
    expect((await bed.ask('DELETE', '/api/sessions', { token })).status).toBe(404);
    const own = await bed.ask('GET', '/api/sessions', { token: session?.accessToken ?? '' });
    expect(own.body.items).toHaveLength(1);
    const { id } = own.body.items[0];
    expect((await bed.ask('DELETE', `/api/sessions/${id}`, { token })).status).toBe(404);
  });

  it('that are over are swept out of the log', async () => {
    const { refreshToken } = await enter();
    await bed.ask('DELETE', '/api/sessions', { token: (await enter()).accessToken });
    const id = refreshToken.split('.')[1] ?? '';
    expect(bed.accounts.session('demo', id)).toBeDefined();
    expect(bed.projections.accounts.leftovers(began + 1000, () => true)).toEqual([]);
    const due = bed.projections.accounts.leftovers(bed.clock.now + 3_600_001, () => true);
    expect(due).toContainEqual({ topic: 'accounts', agency: 'demo', id: `session:${id}`, value: null });
    await new Promise<void>((resolve) => bed.log.append(due, () => resolve()));
    expect(bed.accounts.session('demo', id)).toBeUndefined();
  });

  it('of a consumer who was erased are swept out of the log too', async () => {
    await bed.consumer('demo', 'c1', '98765 43210');
    await bed.parts.http.sessions.open({ agency: 'demo', role: 'CUSTOMER', subject: 'c1', client: 'a phone' });
    const due = (isConsumer: boolean) => bed.projections.accounts.leftovers(bed.clock.now + 61_000, () => isConsumer);
    expect(due(true)).toEqual([]);
    expect(due(false)).toEqual([
      { topic: 'accounts', agency: 'demo', id: expect.stringMatching(/^session:/), value: null },
    ]);
  });
});
