import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { AdminServer } from './admin.ts';
import { Metrics } from './metrics.ts';
import { type TestServer, testServer } from './server.fixture.ts';

let admin: AdminServer | undefined;
let server: TestServer | undefined;
afterEach(async () => {
  await admin?.stop();
  await server?.remove();
});

describe('the admin port', () => {
  it('tells the reasons in full', async () => {
    const reasons: (string | null)[] = ['the disk of /data is full since 10:02; make room', null];
    admin = new AdminServer(
      { adminPort: 0 },
      {
        version: '1.2.3',
        logger: pino({ level: 'silent' }),
        metrics: new Metrics(),
        checks: [
          () => reasons[0] ?? null,
          () => {
            if (reasons[0] !== null) throw new Error('no log');
            return null;
          },
        ],
      },
    );
    await admin.start();
    const url = `http://127.0.0.1:${admin.port}`;
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ready: false, reasons: [reasons[0], 'a check failed: no log'] });
    reasons[0] = null;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/else`)).status).toBe(404);
    await admin.stop();
    await admin.stop();
  });

  it('shows on a further address what only looks, and changes nothing there', async () => {
    const asked: string[] = [];
    const replays = {
      status: () => undefined,
      begin: (projection: string) => {
        asked.push(projection);
        throw new Error('this test replays nothing');
      },
    };
    admin = new AdminServer(
      { adminPort: 0, adminHost: '127.0.0.2' },
      { version: '1.2.3', logger: pino({ level: 'silent' }), metrics: new Metrics(), checks: [], replays },
    );
    await admin.start();
    const further = `http://127.0.0.2:${admin.port}`;
    expect((await fetch(`${further}/readyz`)).status).toBe(200);
    expect((await fetch(`${further}/metrics`)).status).toBe(200);
    const replay = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"projection":"health"}',
    };
    expect((await fetch(`${further}/replays`, replay)).status).toBe(404);
    expect((await fetch(`${further}/replays`)).status).toBe(404);
    expect(asked).toEqual([]);
    await fetch(`http://127.0.0.1:${admin.port}/replays`, replay);
    expect(asked).toEqual(['health']);
  });

  it('gives metrics in which no agency, van or address has a name', async () => {
    const metrics = new Metrics();
    metrics.gauge('vantrail_feeds', 'Open feeds', () => 3);
    metrics.total('vantrail_rejected_total', 'Refused', () => ({ 'not-json': 2, 'no-fix': 1 }), 'reason');
    metrics.total('vantrail_accepted_total', 'Accepted', () => 7);
    server = await testServer({}, { metrics });
    const { app } = await server.server.build();
    const authorization = `Bearer ${await server.token('ADMIN', 'asha', 'secretagency')}`;
    await app.inject({ url: '/api/vans/van-secret', headers: { authorization } });
    await app.inject('/t/secret-link');
    admin = new AdminServer({ adminPort: 0 }, { version: '1', logger: pino({ level: 'silent' }), metrics, checks: [] });
    await admin.start();
    const answer = await fetch(`http://127.0.0.1:${admin.port}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toContain('vantrail_feeds 3');
    expect(text).toContain('vantrail_rejected_total{reason="not-json"} 2');
    expect(text).toContain('vantrail_accepted_total 7');
    expect(text).toContain('route="/api/vans/:id",status="4xx"');
    expect(text).not.toContain('secret');
    expect(await (await fetch(`http://127.0.0.1:${admin.port}/metrics`)).text()).toContain('vantrail_accepted_total 7');
  });
});
