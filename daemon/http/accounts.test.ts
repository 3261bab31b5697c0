import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { good, type PeopleServer, peopleServer } from './people.fixture.ts';

let bed: PeopleServer;
let admin: string;
beforeEach(async () => {
  bed = await peopleServer();
  admin = (await bed.agency('demo')).accessToken;
});
afterEach(() => bed.remove());

const other = 'nine yellow buses';
const add = (id: string, role: string, more: object = {}) =>
  bed.ask('POST', '/api/accounts', { token: admin, body: { id, role, ...more } });
const change = (id: string, body: object, headers: Record<string, string> = {}, token = admin) =>
  bed.ask('PATCH', `/api/accounts/${id}`, { token, body, headers });
const signIn = (login: string, password = good) =>
  bed.ask('POST', '/api/session', { body: { login, password, refresh: 'body' } });
const accept = (token: string, password = good) =>
  bed.ask('POST', '/api/invitations/accept', { body: { token, password, refresh: 'body' } });
const invite = async (accountId: string) => {
  const { body } = await bed.ask('POST', '/api/invitations', { token: admin, body: { accountId } });
  return { ...body, secret: bed.secretOf(body.url) } as { url: string; secret: string; sent: boolean; purpose: string };
};
/** Somebody with a password; the token of a session. */
const person = async (id: string, role: string) => {
  await add(id, role);
  const { body } = await accept((await invite(id)).secret);
  return body as { accessToken: string; refreshToken: string };
};

describe('the setup link', () => {
  const setup = async (agency: string, account = 'admin') =>
    bed.ask('POST', `/api/agencies/${agency}/setup`, { token: await bed.operator(agency), body: { account } });

  it('makes the first administrator, who sets a password once', async () => {
    const answer = await setup('demo');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      accountId: 'admin',
      login: 'admin@demo',
      purpose: 'setup',
      until: bed.clock.now + 30 * 60_000,
      url: expect.stringMatching(/^https:\/\/gas\.example\/console\/#invitation=[\w-]{43}$/),
    });
    const secret = bed.secretOf(answer.body.url);
    const look = await bed.ask('POST', '/api/invitations/look', { body: { token: secret } });
    expect(look.body).toMatchObject({ login: 'admin@demo', agency: 'demo', purpose: 'setup' });
    expect((await accept(secret)).body).toMatchObject({ role: 'ADMIN', subject: 'admin', agency: 'demo' });
    expect((await accept(secret)).status).toBe(404);
    expect((await signIn('admin@demo')).status).toBe(200);
  });

  it('dies after 30 minutes, and when another is made', async () => {
    const first = bed.secretOf((await setup('demo')).body.url);
    const second = bed.secretOf((await setup('demo')).body.url);
    expect((await accept(first)).status).toBe(404);
    bed.clock.now += 30 * 60_000;
    expect((await accept(second)).status).toBe(404);
    expect((await accept(bed.secretOf((await setup('demo')).body.url))).status).toBe(200);
  });

  it('is the operator’s alone, and for the agency his token names', async () => {
    const url = '/api/agencies/demo/setup';
    const body = { account: 'admin' };
    expect((await bed.ask('POST', url, { token: admin, body })).status).toBe(403);
    expect((await bed.ask('POST', url, { token: await bed.operator('other'), body })).status).toBe(403);
    expect((await bed.ask('POST', url, { body })).status).toBe(401);
    // An account of that name would be taken for the operator.
    expect((await add('operator', 'ADMIN')).status).toBe(422);
    await add('ravi', 'DELIVERY_PARTNER');
    expect((await setup('demo', 'ravi')).status).toBe(409);
  });

  it('used twice at the same moment sets one password', async () => {
    const secret = bed.secretOf((await setup('demo')).body.url);
    const answers = await Promise.all([accept(secret, good), accept(secret, other)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const winner = answers[0].status === 200 ? good : other;
    expect((await signIn('admin@demo', winner)).status).toBe(200);
    expect((await signIn('admin@demo', winner === good ? other : good)).status).toBe(401);
  });
});

describe('accounts', () => {
  it('are added, seen, changed and removed', async () => {
    const added = await add('ravi', 'DELIVERY_PARTNER', { name: 'Ravi', phone: '+91 98765 43210', language: 'hi' });
    expect(added.status).toBe(201);
    expect(added.headers).toMatchObject({ location: '/api/accounts/ravi', etag: '"1"' });
    const ravi = {
      id: 'ravi',
      role: 'DELIVERY_PARTNER',
      enabled: true,
      name: 'Ravi',
      phone: '+91 98765 43210',
      language: 'hi',
      signIn: 'none',
      version: 1,
    };
    expect(added.body).toEqual(ravi);
    expect((await bed.ask('GET', '/api/accounts/ravi', { token: admin })).body).toEqual(ravi);
    expect((await add('ravi', 'DISPATCHER')).status).toBe(409);
    const { phone: _phone, ...without } = ravi;
    expect((await change('ravi', { name: 'Ravi Rao', phone: null })).body).toEqual({
      ...without,
      name: 'Ravi Rao',
      version: 2,
    });
    expect((await change('ravi', { name: 'Ravi Rao' })).body.version).toBe(2);
    expect((await change('ravi', { name: 'R' }, { 'if-match': '"1"' })).status).toBe(412);
    const list = (await bed.ask('GET', '/api/accounts', { token: admin })).body;
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual(['asha', 'ravi']);
    expect((await bed.ask('DELETE', '/api/accounts/ravi', { token: admin })).status).toBe(204);
    expect((await bed.ask('GET', '/api/accounts/ravi', { token: admin })).status).toBe(404);
    // Who comes under the same name later has nothing of the one before.
    expect((await add('ravi', 'DISPATCHER')).body).toMatchObject({ name: 'ravi', signIn: 'none', role: 'DISPATCHER' });
  });

  it('keep names and phones out of the events, and everything out of the log once they are removed', async () => {
    await add('ravi', 'DELIVERY_PARTNER', { name: 'Ravindra Patil', phone: '98765 43210' });
    await bed.ask('DELETE', '/api/accounts/ravi', { token: admin });
    const newest = new Map<string, unknown>();
    const events: unknown[] = [];
    for await (const { records } of bed.log.read(null)) {
      for (const record of records) {
        if (record.topic === 'events') events.push(record);
        else newest.set(`${record.topic} ${record.id}`, record.value);
      }
    }
    expect(JSON.stringify(events)).not.toMatch(/Ravindra|98765/);
    expect(JSON.stringify([...newest])).not.toMatch(/Ravindra|98765/);
    expect(newest.get('people account:ravi')).toBeNull();
  });

  it.each([
    [{ id: 'Ravi', role: 'DISPATCHER' }, 400],
    [{ id: 'ravi', role: 'CUSTOMER' }, 400],
    [{ id: 'ravi', role: 'ROOT' }, 400],
    [{ id: 'ravi', role: 'DISPATCHER', scopes: ['events:read'] }, 422],
    [{ id: 'erp', role: 'INTERNAL_SERVICE', scopes: ['everything'] }, 400],
    [{ id: 'ravi', role: 'DISPATCHER', phone: '<script>' }, 400],
    [{ id: 'ravi', role: 'DISPATCHER', enabled: true }, 400],
  ])('are refused: %j', async (body, status) => {
    expect((await bed.ask('POST', '/api/accounts', { token: admin, body })).status).toBe(status);
  });

  it('of others are not a dispatcher’s or driver’s to see; the own name and phone are theirs to change', async () => {
    for (const [id, role] of [
      ['dev', 'DISPATCHER'],
      ['ravi', 'DELIVERY_PARTNER'],
    ] as const) {
      const { accessToken: token } = await person(id, role);
      const missing = await bed.ask('GET', '/api/accounts/nobody', { token });
      const hidden = await bed.ask('GET', '/api/accounts/asha', { token });
      expect([hidden.status, hidden.text]).toEqual([404, missing.text]);
      const list = (await bed.ask('GET', '/api/accounts', { token })).body;
      expect(list.items.map((each: { id: string }) => each.id)).toEqual([id]);
      expect((await change(id, { name: 'Me', phone: '12345678' }, {}, token)).body).toMatchObject({ name: 'Me' });
      for (const rights of [{ role: 'ADMIN' }, { enabled: true }, { scopes: [] }]) {
        expect((await change(id, rights, {}, token)).status).toBe(403);
      }
      expect((await change('asha', { name: 'Mine' }, {}, token)).status).toBe(404);
      expect((await bed.ask('DELETE', `/api/accounts/${id}`, { token })).status).toBe(403);
      expect((await bed.ask('POST', '/api/accounts', { token, body: { id: 'x', role: 'ADMIN' } })).status).toBe(403);
      expect((await bed.ask('POST', '/api/invitations', { token, body: { accountId: 'asha' } })).status).toBe(403);
    }
  });

  it('of another agency answer like what does not exist, and block no name there', async () => {
    const { accessToken: stranger } = await bed.agency('other');
    await add('ravi', 'DELIVERY_PARTNER');
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { name: 'Mine' }],
      ['DELETE', ''],
      ['POST', '/key'],
    ] as const) {
      const ask = (id: string) =>
        bed.ask(method, `/api/accounts/${id}${path}`, { token: stranger, ...(body ? { body } : {}) });
      const [foreign, missing] = [await ask('ravi'), await ask('nobody')];
      expect([foreign.status, foreign.text]).toEqual([404, missing.text]);
    }
    const invited = await bed.ask('POST', '/api/invitations', { token: stranger, body: { accountId: 'ravi' } });
    expect(invited.status).toBe(404);
    const own = await bed.ask('POST', '/api/accounts', { token: stranger, body: { id: 'ravi', role: 'DISPATCHER' } });
    expect(own.status).toBe(201);
    expect((await bed.ask('GET', '/api/accounts/ravi', { token: admin })).body.role).toBe('DELIVERY_PARTNER');
  });

  it('that are disabled, demoted or removed are out at once', async () => {
    const dev = await person('dev', 'DISPATCHER');
    const ravi = await person('ravi', 'DELIVERY_PARTNER');
    const mira = await person('mira', 'ADMIN');
    const me = async ({ accessToken: token }: { accessToken: string }) =>
      (await bed.ask('GET', '/api/me', { token })).status;
    const again = async ({ refreshToken }: { refreshToken: string }) =>
      (await bed.ask('POST', '/api/session/refresh', { body: { refreshToken } })).status;
    expect(await Promise.all([dev, ravi, mira].map(me))).toEqual([200, 200, 200]);
    await change('dev', { enabled: false });
    await change('mira', { role: 'DISPATCHER' });
    await bed.ask('DELETE', '/api/accounts/ravi', { token: admin });
    expect(await Promise.all([dev, ravi, mira].map(me))).toEqual([401, 401, 401]);
    expect(await Promise.all([dev, ravi, mira].map(again))).toEqual([401, 401, 401]);
    expect((await signIn('dev@demo')).status).toBe(401);
    expect((await signIn('mira@demo')).body.role).toBe('DISPATCHER');
    await change('dev', { enabled: true });
    expect(await me(dev), 'the old sessions stay over').toBe(401);
    expect((await signIn('dev@demo')).status).toBe(200);
  });

  it('always leave somebody to administer', async () => {
    for (const attempt of [
      () => change('asha', { enabled: false }),
      () => change('asha', { role: 'DISPATCHER' }),
      () => bed.ask('DELETE', '/api/accounts/asha', { token: admin }),
    ]) {
      expect((await attempt()).status).toBe(422);
    }
    // One who cannot sign in is none.
    await add('mira', 'ADMIN');
    expect((await change('asha', { enabled: false })).status).toBe(422);
    const mira = await accept((await invite('mira')).secret);
    // Each removes the other at the same moment.
    const both = await Promise.all([
      bed.ask('DELETE', '/api/accounts/mira', { token: admin }),
      bed.ask('DELETE', '/api/accounts/asha', { token: mira.body.accessToken }),
    ]);
    expect(both.map(({ status }) => status).sort()).not.toEqual([204, 204]);
    expect(bed.accounts.administrators('demo')).toHaveLength(1);
  });
});

describe('invitations', () => {
  it('are sent to the telephone, in its language, and open the driver’s page', async () => {
    await add('ravi', 'DELIVERY_PARTNER', { phone: '98765 43210', language: 'hi' });
    const invited = await invite('ravi');
    expect(invited).toMatchObject({ sent: true, purpose: 'invitation' });
    expect(invited.url).toMatch(/^https:\/\/gas\.example\/driver\/#invitation=/);
    await bed.parts.notifier.idle();
    expect(bed.messages).toMatchObject([{ phone: '98765 43210', language: 'hi', template: 'invitation' }]);
    expect(bed.messages[0]?.text).toContain(invited.url);
    expect((await accept(invited.secret)).body).toMatchObject({ role: 'DELIVERY_PARTNER', subject: 'ravi' });
    expect(await invite('ravi')).toMatchObject({ purpose: 'reset' });
  });

  it('are listed while they wait, and can be withdrawn', async () => {
    await add('ravi', 'DELIVERY_PARTNER');
    const { secret } = await invite('ravi');
    const waiting = await bed.ask('GET', '/api/invitations', { token: admin });
    expect(waiting.body.items).toMatchObject([{ accountId: 'ravi', purpose: 'invitation' }]);
    expect(waiting.text).not.toContain('ash"');
    expect((await bed.ask('DELETE', '/api/invitations/ravi', { token: admin })).status).toBe(204);
    expect((await bed.ask('DELETE', '/api/invitations/ravi', { token: admin })).status).toBe(404);
    expect((await accept(secret)).status).toBe(404);
  });

  it('are worthless for an account that is disabled or removed, and for one that comes after it', async () => {
    await add('ravi', 'DELIVERY_PARTNER');
    const { secret } = await invite('ravi');
    await change('ravi', { enabled: false });
    expect((await accept(secret)).status).toBe(404);
    await bed.ask('DELETE', '/api/accounts/ravi', { token: admin });
    await add('ravi', 'ADMIN');
    expect((await accept(secret)).status).toBe(404);
  });

  it.each([
    ['short', 'must have at least 10 characters'],
    ['aaaaaaaaaaaa', 'four different'],
    ['password2026!', 'many people use'],
    ['1234567890', 'row|many people use'],
    ['rrrrravi@demo', undefined],
  ])('want a password that is none of the common ones: %s', async (password, why) => {
    await add('ravi', 'DELIVERY_PARTNER');
    const answer = await accept((await invite('ravi')).secret, password);
    if (why === undefined) {
      expect(answer.status).toBe(200);
      return;
    }
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ path: '/password', rule: 'weak' });
    expect(answer.body.errors[0].message).toMatch(new RegExp(why));
  });
});

describe('a password', () => {
  const set = (token: string, body: object) =>
    bed.ask('PUT', '/api/me/password', { token, body: { refresh: 'body', ...body } });

  it('is changed by whoever knows the present one; all else that was signed in ends', async () => {
    const here = await person('dev', 'DISPATCHER');
    const there = (await signIn('dev@demo')).body;
    expect((await set(here.accessToken, { current: 'not the one', password: other })).status).toBe(403);
    expect((await set(here.accessToken, { current: good, password: 'password123' })).status).toBe(422);
    const changed = await set(here.accessToken, { current: good, password: other });
    expect(changed.status).toBe(200);
    const me = async (token: string) => (await bed.ask('GET', '/api/me', { token })).status;
    expect(await me(changed.body.accessToken)).toBe(200);
    expect(await me(here.accessToken)).toBe(401);
    expect(await me(there.accessToken)).toBe(401);
    expect((await signIn('dev@demo')).status).toBe(401);
    expect((await signIn('dev@demo', other)).status).toBe(200);
  });

  it('is not guessed through a stolen token', async () => {
    const { accessToken } = await person('dev', 'DISPATCHER');
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++)
      statuses.push((await set(accessToken, { current: `guess ${i}`, password: other })).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await set(accessToken, { current: good, password: other })).status).toBe(429);
  });

  it('is nothing that the demo’s or the operator’s tokens have', async () => {
    const token = await bed.tokens.sign({ role: 'ADMIN', subject: 'operator-tool', agency: 'demo' });
    expect((await set(token, { current: good, password: other })).status).toBe(404);
  });
});

describe('the names of the staff', () => {
  it('are those of enabled administrators and dispatchers, for both, and nothing but names', async () => {
    await add('meera', 'DISPATCHER', { name: 'Meera', phone: '+91 00100 00001' });
    await add('gone', 'DISPATCHER', { name: 'Gone' });
    await add('ravi', 'DELIVERY_PARTNER', { name: 'Ravi' });
    await add('erp', 'INTERNAL_SERVICE', { name: 'ERP', scopes: ['positions:read'] });
    expect((await change('gone', { enabled: false })).status).toBe(200);
    const dispatcher = (await person('dev', 'DISPATCHER')).accessToken;
    const names = [
      { id: 'asha', name: 'asha' },
      { id: 'dev', name: 'dev' },
      { id: 'meera', name: 'Meera' },
    ];
    for (const token of [admin, dispatcher]) {
      expect((await bed.ask('GET', '/api/staff', { token })).body).toEqual({ items: names, next: null });
    }
    // The accounts themselves stay the administrator's.
    const { body } = await bed.ask('GET', '/api/accounts', { token: dispatcher });
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['dev']);
  });

  it('are not for drivers, nor for another agency', async () => {
    const driver = (await person('ravi', 'DELIVERY_PARTNER')).accessToken;
    expect((await bed.ask('GET', '/api/staff', { token: driver })).status).toBe(403);
    const other = (await bed.agency('other')).accessToken;
    expect((await bed.ask('GET', '/api/staff', { token: other })).body.items).toEqual([{ id: 'asha', name: 'asha' }]);
  });
});
