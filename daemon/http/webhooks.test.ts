import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotTaken } from '../effects/webhook-post.ts';
import { newWebhookSecret } from '../effects/webhook-secrets.ts';
import { hour, settled, WebhookDaemon } from '../effects/webhooks.fixture.ts';
import { start, type TestServer, testServer } from './server.fixture.ts';
import { webhookRoutes } from './webhooks.ts';

interface Answer {
  items: { key?: string }[];
  next?: string | null;
  secret?: string;
}

let daemon: WebhookDaemon;
let bed: TestServer;
let call: (
  who: 'ADMIN' | 'DISPATCHER' | 'STRANGER',
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path?: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: Answer; text: string }>;
let works = true;
let close: () => Promise<void>;

beforeEach(async () => {
  works = true;
  daemon = await new WebhookDaemon({
    post: async () => {
      if (!works) throw new NotTaken('it answered 500', { status: 500 });
    },
  }).start();
  await daemon.agency('pune');
  await daemon.agency('other');
  const routes = webhookRoutes({
    webhooks: daemon.webhooks,
    commands: daemon.commands,
    secrets: { make: newWebhookSecret, seal: daemon.secrets.seal.bind(daemon.secrets) },
    trouble: (agency, id) => daemon.sender.trouble(agency, id),
    inside: false,
    now: () => start,
  });
  bed = await testServer({}, { plugins: [async (app) => void (await app.register(routes))] });
  const { app } = await bed.server.build();
  await app.ready();
  close = () => app.close();
  const tokens = {
    ADMIN: await bed.token('ADMIN', 'anu', 'pune'),
    DISPATCHER: await bed.token('DISPATCHER', 'dev', 'pune'),
    STRANGER: await bed.token('ADMIN', 'asha', 'other'),
  };
  call = async (who, method, path = '', payload, headers = {}) => {
    const answer = await app.inject({
      method,
      url: `/api/webhooks${path}`,
      headers: { authorization: `Bearer ${tokens[who]}`, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    return {
      status: answer.statusCode,
      body: answer.body === '' ? { items: [] } : answer.json<Answer>(),
      text: answer.body,
    };
  };
});
afterEach(async () => {
  await close();
  await bed.remove();
  await daemon.remove();
});

const erp = { id: 'erp', url: 'https://erp.example/hook', events: ['order-booked', 'alert-opened'] };

describe('webhooks', () => {
  it('are made with a secret that is shown once, changed with the version seen, and removed', async () => {
    const made = await call('ADMIN', 'POST', '', erp);
    expect(made.status).toBe(201);
    const { secret, ...webhook } = made.body;
    expect(secret).toMatch(/^vtwh_[A-Za-z0-9_-]{43}$/);
    expect(webhook).toEqual({ ...erp, active: true, version: 1, waiting: 0, failed: 0 });
    expect((await call('ADMIN', 'GET', '/erp')).body).toEqual(webhook);
    expect((await call('ADMIN', 'GET')).text).not.toContain(secret);
    expect((await call('ADMIN', 'POST', '', erp)).status).toBe(409);
    const change = { events: ['order-delivered'], active: false };
    expect((await call('ADMIN', 'PATCH', '/erp', change, { 'if-match': '"7"' })).status).toBe(412);
    const changed = await call('ADMIN', 'PATCH', '/erp', change, { 'if-match': '"1"' });
    expect(changed.body).toMatchObject({ ...change, version: 2 });
    const other = await call('ADMIN', 'POST', '/erp/secret');
    expect(other.body).toEqual({ id: 'erp', secret: expect.stringMatching(/^vtwh_/) });
    expect(other.body.secret).not.toBe(secret);
    expect((await call('ADMIN', 'DELETE', '/erp')).status).toBe(204);
    expect((await call('ADMIN', 'GET', '/erp')).status).toBe(404);
  });

  it('go nowhere that only the daemon could reach', async () => {
    for (const url of [
      'https://127.0.0.1/x',
      'https://[::1]/x',
      'https://169.254.169.254/latest',
      'http://erp.example/',
    ]) {
      const refused = await call('ADMIN', 'POST', '', { ...erp, url });
      expect(refused.status).toBe(422);
      expect(refused.body).toMatchObject({ errors: [{ path: '/url', rule: 'state' }] });
    }
    expect((await call('ADMIN', 'POST', '', { ...erp, events: ['consumer-changed'] })).status).toBe(400);
    expect((await call('ADMIN', 'POST', '', { ...erp, events: [] })).status).toBe(400);
    expect((await call('ADMIN', 'GET')).body.items).toEqual([]);
  });

  it("are the administrator's, and those of another agency are not there", async () => {
    await call('ADMIN', 'POST', '', erp);
    expect((await call('DISPATCHER', 'GET')).status).toBe(403);
    expect((await call('STRANGER', 'GET')).body.items).toEqual([]);
    const nowhere = await call('STRANGER', 'GET', '/none');
    for (const [method, path, body] of [
      ['GET', '/erp', undefined],
      ['PATCH', '/erp', { active: false }],
      ['DELETE', '/erp', undefined],
      ['POST', '/erp/secret', undefined],
      ['GET', '/erp/failures', undefined],
      ['POST', '/erp/replay', {}],
    ] as const) {
      const answer = await call('STRANGER', method, path, body);
      expect([answer.status, answer.text]).toEqual([404, nowhere.text]);
    }
  });

  it('tell their trouble and their dead letters, which can be replayed', async () => {
    await call('ADMIN', 'POST', '', erp);
    works = false;
    for (const id of ['o1', 'o2', 'o3']) await daemon.book(id, 'pune');
    await settled();
    expect((await call('ADMIN', 'GET', '/erp')).body).toMatchObject({
      waiting: 3,
      failed: 0,
      trouble: { tries: 1, why: 'it answered 500' },
    });
    await daemon.clock.pass(25 * hour);
    const first = await call('ADMIN', 'GET', '/erp/failures?limit=2');
    expect(first.body.items).toMatchObject([
      { type: 'order-booked', why: 'it answered 500', body: expect.stringContaining('"o1"') },
      { body: expect.stringContaining('"o2"') },
    ]);
    const second = await call('ADMIN', 'GET', `/erp/failures?limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ body: expect.stringContaining('"o3"') }], next: null });
    works = true;
    const keys = [first.body.items[1]?.key];
    expect((await call('ADMIN', 'POST', '/erp/replay', { keys: ['unknown'] })).status).toBe(422);
    expect((await call('ADMIN', 'POST', '/erp/replay', { keys })).body).toEqual({ replayed: 1 });
    expect((await call('ADMIN', 'POST', '/erp/replay', {})).body).toEqual({ replayed: 2 });
    await daemon.clock.pass(hour);
    expect((await call('ADMIN', 'GET', '/erp')).body).toMatchObject({ waiting: 0, failed: 0 });
    expect((await call('ADMIN', 'GET', '/erp/failures')).body.items).toEqual([]);
  });
});
