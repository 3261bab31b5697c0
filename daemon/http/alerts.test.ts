import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role, Viewer } from '../../protocol/claims.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { AlertBed, minute, nine } from '../project/alerts.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { alertRuleRoutes } from './alert-rules.ts';
import { alertRoutes } from './alerts.ts';
import { testServer } from './server.fixture.ts';
import type { Tokens } from './tokens.ts';

const id = `silent:v1:${nine + 5 * minute}`;

/** Two vans, one silent since five past nine; a log that may have a problem. */
async function alertServer() {
  const clock = { now: nine };
  const log: { problem?: string; hears: boolean } = { hears: true };
  const bed = await AlertBed.ofPune(2, { clock, sources: { log: () => log } });
  await bed.does(addAgency({ id: 'other' }));
  const routes = { world: bed.world, alerts: bed.view, commands: bed.commands, now: () => clock.now };
  // People stay signed in for the whole day.
  const signedIn = new Map<string, Viewer>();
  const tokens = { verify: async (token: string) => signedIn.get(token) ?? null } as unknown as Tokens;
  const server = await testServer(
    {},
    {
      world: bed.world,
      tokens,
      commands: bed.commands,
      plugins: [
        async (app) => {
          const mayLookAfter = (_agency: string, account: string) => !['ravi', 'anu'].includes(account);
          await app.register(alertRoutes({ ...routes, mayLookAfter }));
          await app.register(alertRuleRoutes(routes));
        },
      ],
    },
  );
  const { app } = await server.server.build();
  await app.ready();
  const as = (role: Role, subject: string, agency: string, scopes: string[] = []) => {
    const token = `${role}.${subject}.${agency}`;
    signedIn.set(token, { role, subject, agency, scopes: new Set(scopes), expiresAt: Number.MAX_SAFE_INTEGER });
    return async (method: 'GET' | 'POST' | 'PUT', url: string, body?: object, headers: Record<string, string> = {}) => {
      const authorization = `Bearer ${token}`;
      const payload = body === undefined ? {} : { payload: body };
      const answer = await app.inject({ method, url, headers: { authorization, ...headers }, ...payload });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    };
  };
  return {
    bed,
    log,
    admin: as('ADMIN', 'anu', 'pune'),
    dispatcher: as('DISPATCHER', 'dev', 'pune'),
    others: [
      as('DELIVERY_PARTNER', 'ravi', 'pune'),
      as('CUSTOMER', 'c1', 'pune'),
      as('INTERNAL_SERVICE', 'feeder', 'pune', ['events:read', 'positions:read']),
    ],
    stranger: as('ADMIN', 'asha', 'other'),
    remove: async () => {
      await app.close();
      await bed.end();
      await bed.log.stop();
      await server.remove();
    },
  };
}

let server: Awaited<ReturnType<typeof alertServer>>;
beforeEach(async () => {
  server = await alertServer();
  await server.bed.drive(5, 1, 2);
  await server.bed.drive(12, 2);
});
afterEach(() => server.remove());
afterAll(tidy);

describe('GET /api/alerts', () => {
  it('answers what is wrong, newest first, in pages', async () => {
    const { dispatcher, bed } = server;
    await bed.drive(20);
    const all = await dispatcher('GET', '/api/alerts');
    expect(all.body.items.map((alert: { vanId: string }) => alert.vanId)).toEqual(['v2', 'v1']);
    expect(all.body.items[1]).toEqual({
      id,
      kind: 'silent',
      severity: 'warning',
      sounds: true,
      since: nine + 5 * minute,
      openedAt: nine + 8.5 * minute,
      vanId: 'v1',
      template: 'silent',
      params: { van: 'Van 1', since: nine + 5 * minute, every: 30_000 },
      text: 'Van 1: silent since 09:05; it is usually heard every 30 s',
      version: 0,
    });
    const first = await dispatcher('GET', '/api/alerts?limit=1');
    expect(first.body.items).toEqual(all.body.items.slice(0, 1));
    const second = await dispatcher('GET', `/api/alerts?limit=1&cursor=${first.body.next}`);
    expect(second.body).toEqual({ items: all.body.items.slice(1), next: null });
    expect((await dispatcher('GET', `/api/alerts?cursor=${Buffer.from('x').toString('base64url')}`)).status).toBe(400);
  });

  it.each([
    ['state=open', ['v1']],
    ['state=closed', []],
    ['kind=silent&severity=warning&van=v1', ['v1']],
    ['kind=unplugged', []],
    ['severity=critical', []],
    ['van=v2', []],
  ])('takes %s', async (query, vans) => {
    const { body } = await server.dispatcher('GET', `/api/alerts?${query}`);
    expect(body.items.map((alert: { vanId: string }) => alert.vanId)).toEqual(vans);
  });

  it('refuses kinds and states that there are none of', async () => {
    for (const query of ['kind=tyres', 'state=sleeping', 'severity=awful']) {
      expect((await server.dispatcher('GET', `/api/alerts?${query}`)).status).toBe(400);
    }
  });

  it('is for staff of the agency alone', async () => {
    expect((await server.stranger('GET', '/api/alerts')).body.items).toEqual([]);
    expect((await server.stranger('GET', `/api/alerts/${id}`)).body).toEqual(
      (await server.stranger('GET', '/api/alerts/silent:v9:1')).body,
    );
    for (const other of server.others) {
      for (const url of ['/api/alerts', `/api/alerts/${id}`, '/api/alert-rules', '/api/vans/v1/muted-alerts']) {
        expect((await other('GET', url)).status).toBe(403);
      }
      expect((await other('POST', `/api/alerts/${id}/ack`)).status).toBe(403);
    }
  });

  it('shows what is about the daemon to administrators alone', async () => {
    const { bed, log, admin, dispatcher } = server;
    log.problem = 'Kafka is out of reach since 09:12; positions wait on this disk';
    await bed.drive(14, 1, 2);
    const [alert] = (await admin('GET', '/api/alerts?kind=log-trouble')).body.items;
    expect(alert).toMatchObject({ severity: 'critical', text: `The log has a problem: ${log.problem}` });
    expect((await dispatcher('GET', '/api/alerts?kind=log-trouble')).body.items).toEqual([]);
    expect((await admin('GET', `/api/alerts/${alert.id}`)).status).toBe(200);
    expect((await dispatcher('GET', `/api/alerts/${alert.id}`)).status).toBe(404);
    expect((await dispatcher('POST', `/api/alerts/${alert.id}/ack`)).status).toBe(404);
  });
});

describe('what is done with an alert', () => {
  it('is acknowledged, assigned and snoozed, each on the version that was seen', async () => {
    const { dispatcher, admin, bed } = server;
    const acked = await dispatcher('POST', `/api/alerts/${id}/ack`);
    expect(acked.status).toBe(200);
    expect(acked.headers.etag).toBe('"1"');
    expect(acked.body.acknowledged).toEqual({ by: 'DISPATCHER:dev', at: nine + 12 * minute });
    const stale = await admin('POST', `/api/alerts/${id}/assign`, { to: 'dev' }, { 'if-match': '"0"' });
    expect(stale).toMatchObject({ status: 412, body: { current: { id, version: 1 } } });
    const assigned = await admin('POST', `/api/alerts/${id}/assign`, { to: 'dev' }, { 'if-match': '"1"' });
    expect(assigned.body).toMatchObject({ assigned: { to: 'dev', by: 'ADMIN:anu' }, version: 2 });
    const until = nine + 60 * minute;
    expect((await dispatcher('POST', `/api/alerts/${id}/snooze`, { until })).body).toMatchObject({
      snoozed: { until },
    });
    expect((await dispatcher('GET', `/api/alerts/${id}`)).body).toMatchObject({ version: 3, assigned: { to: 'dev' } });
    await bed.drive(20, 1, 2);
    expect((await dispatcher('GET', `/api/alerts/${id}`)).body).toMatchObject({ closedBy: 'over' });
  });

  it('says what is wrong with it', async () => {
    const { dispatcher, bed } = server;
    const past = await dispatcher('POST', `/api/alerts/${id}/snooze`, { until: nine });
    expect(past).toMatchObject({ status: 422, body: { errors: [{ path: '/until', rule: 'state' }] } });
    const driver = await dispatcher('POST', `/api/alerts/${id}/assign`, { to: 'ravi' });
    expect(driver).toMatchObject({ status: 422, body: { errors: [{ path: '/to' }] } });
    expect((await dispatcher('POST', `/api/alerts/${id}/assign`, {})).status).toBe(400);
    // Who has no account, as with a token of the operator's, can still look after it himself.
    expect((await dispatcher('POST', `/api/alerts/${id}/assign`, { to: 'anu' })).status).toBe(422);
    expect((await server.admin('POST', `/api/alerts/${id}/assign`, { to: 'anu' })).status).toBe(200);
    expect((await dispatcher('POST', '/api/alerts/nonsense/ack')).status).toBe(400);
    await bed.drive(20, 1, 2);
    expect((await dispatcher('POST', `/api/alerts/${id}/ack`)).status).toBe(422);
  });
});

describe('PUT /api/vans/{id}/muted-alerts', () => {
  it('mutes kinds of one van', async () => {
    const { dispatcher, bed } = server;
    expect((await dispatcher('GET', '/api/vans/v1/muted-alerts')).body).toEqual({ muted: [], version: 0 });
    const muted = [{ kind: 'silent' }, { kind: 'long-stop', until: nine + 60 * minute }];
    const answer = await dispatcher('PUT', '/api/vans/v1/muted-alerts', { muted }, { 'if-match': '"0"' });
    expect(answer).toMatchObject({ status: 200, body: { muted, version: 1 } });
    expect((await dispatcher('PUT', '/api/vans/v1/muted-alerts', { muted }, { 'if-match': '"0"' })).status).toBe(412);
    await bed.drive(13, 2);
    expect((await dispatcher('GET', '/api/alerts?state=open')).body.items).toEqual([]);
    expect((await dispatcher('PUT', '/api/vans/v9/muted-alerts', { muted })).status).toBe(404);
    const twice = [{ kind: 'silent' }, { kind: 'silent', until: nine + 60 * minute }];
    expect((await dispatcher('PUT', '/api/vans/v1/muted-alerts', { muted: twice })).status).toBe(422);
    expect((await dispatcher('PUT', '/api/vans/v1/muted-alerts', { muted: [{ kind: 'tyres' }] })).status).toBe(400);
    const over = [{ kind: 'silent', until: nine }];
    expect((await dispatcher('PUT', '/api/vans/v1/muted-alerts', { muted: over })).body.errors).toMatchObject([
      { path: '/muted/0/until' },
    ]);
  });
});

describe('/api/alert-rules', () => {
  it('are all there, preset, and can be set by an administrator', async () => {
    const { admin, dispatcher, bed } = server;
    const preset = await admin('GET', '/api/alert-rules');
    expect(preset.body).toMatchObject({ version: 0, rules: { silent: { on: true, missedIntervals: 5 } } });
    const set = await admin('PUT', '/api/alert-rules', { silent: { on: false } }, { 'if-match': '"0"' });
    expect(set).toMatchObject({
      status: 200,
      body: { version: 1, rules: { silent: { on: false, missedIntervals: 5 } } },
    });
    expect(set.headers.etag).toBe('"1"');
    await bed.drive(13, 2);
    expect((await dispatcher('GET', `/api/alerts/${id}`)).body).toMatchObject({ closedBy: 'rule' });
    expect((await admin('PUT', '/api/alert-rules', {}, { 'if-match': '"0"' })).status).toBe(412);
    // What was read may be sent back as it is.
    const again = await admin('PUT', '/api/alert-rules', preset.body.rules);
    expect(again.body).toEqual({ ...preset.body, version: 2 });
    expect((await dispatcher('GET', '/api/alert-rules')).status).toBe(403);
    expect((await dispatcher('PUT', '/api/alert-rules', {})).status).toBe(403);
  });

  it.each([
    [{ silent: { missedIntervals: 1 } }, '/silent/missedIntervals', 'minimum'],
    [{ silent: { missedIntervals: 'five' } }, '/silent/missedIntervals', 'type'],
    [{ 'battery-low': { severity: 'awful' } }, '/battery-low/severity', 'enum'],
    [{ 'over-speed': { limits: 60 } }, '/over-speed/limits', 'additionalProperties'],
    [{ tyres: { on: true } }, '/tyres', 'additionalProperties'],
    [{ 'battery-low': { percent: 5 } }, '/battery-low/criticalPercent', 'contradiction'],
  ])('refuse %j, and name where and why', async (rules, path, rule) => {
    const { status, body } = await server.admin('PUT', '/api/alert-rules', rules);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path, rule }]);
  });
});
