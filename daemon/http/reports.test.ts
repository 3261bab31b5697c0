import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeAgency } from '../domain/decide-agency.ts';
import { AgencyDay } from '../project/agency-day.fixture.ts';
import { Norm } from '../project/norm.ts';
import { ReportDay } from '../project/reports.fixture.ts';
import { normRoutes } from './norm.ts';
import { reportRoutes } from './reports.ts';
import { evidenceRoutes } from './reports-evidence.ts';
import { type TestServer, testServer } from './server.fixture.ts';

let day: AgencyDay;
let told: ReportDay;
let bed: TestServer;
let ask: (url: string, role?: 'ADMIN' | 'DISPATCHER' | 'DELIVERY_PARTNER', agency?: string) => ReturnType<typeof asked>;
let close: () => Promise<void>;
const asked = async (answer: { statusCode: number; body: string; headers: Record<string, unknown> }) => ({
  status: answer.statusCode,
  text: answer.body,
  headers: answer.headers,
});

beforeEach(async () => {
  day = await AgencyDay.ofPune();
  told = await ReportDay.of(day);
  const now = () => day.now;
  const reports = reportRoutes({
    world: day.world,
    reports: told.reports(),
    driverName: (_agency, id) => (id === 'sita' ? '=SUM(A1) "Sita" <b>' : undefined),
    now,
  });
  const norm = new Norm({ registry: day.world.registry, orders: day.orders, outcomes: told.outcomes });
  bed = await testServer(
    {},
    {
      plugins: [
        async (app) => void (await app.register(reports)),
        async (app) => void (await app.register(evidenceRoutes({ world: day.world, now }))),
        async (app) => void (await app.register(normRoutes({ norm, now }))),
      ],
      tokens: {
        verify: async (token: string) => {
          const [role, agency] = token.split('.');
          return { role, agency, subject: 'anu', scopes: new Set(), expiresAt: Number.MAX_SAFE_INTEGER };
        },
      } as never,
    },
  );
  const { app } = await bed.server.build();
  await app.ready();
  close = () => app.close();
  ask = async (url, role = 'DISPATCHER', agency = 'pune') =>
    asked(await app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${role}.${agency}` } }));
});
afterEach(async () => {
  await close();
  await bed.remove();
  await told.end();
  await day.end();
});

const april2 = 'from=2026-04-02&to=2026-04-02';

describe('reports', () => {
  it('are an object with its items and their total', async () => {
    await told.story();
    const { status, text, headers } = await ask(`/api/reports/days?${april2}&by=driver`);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.parse(text)).toMatchObject({
      from: '2026-04-02',
      to: '2026-04-02',
      by: 'driver',
      timeZone: 'Asia/Kolkata',
      items: [{ driverId: 'ravi', delivered: 2, codeRate: 0.5 }, { driverId: 'sita' }],
      total: { delivered: 2, failed: 1, codeRate: 0.5 },
      next: null,
    });
    const detailed = await ask(`/api/reports/days?${april2}&detail=true`);
    expect(JSON.parse(detailed.text).items[0].outcomes).toHaveLength(3);
  });

  it('as a table hold numbers, and no formula that a name may be', async () => {
    await told.story();
    const { text, headers } = await ask(`/api/reports/days?${april2}&by=driver&format=csv`);
    expect(headers['content-disposition']).toBe('attachment; filename="report-driver-2026-04-02-2026-04-02.csv"');
    const [head, ravi, sita, end] = text.split('\r\n');
    expect(head).toBe(
      '\uFEFFday,driver,driver_name,distance_km,driving_min,trips,stops,delivered,failed,late,code_rate_percent,' +
        'cylinders_out,cylinders_delivered,cylinders_back_full,empties_back,at_doors_min,silence_min,doubtful,unverifiable',
    );
    expect(ravi).toMatch(/^2026-04-02,ravi,ravi,3\.[12],,,,2,1,0,50,3,2,1,1,\d+,0,1,0$/);
    expect(sita).toMatch(/^2026-04-02,sita,"'=SUM\(A1\) ""Sita"" <b>",3\.[12],,,,0,0,0,,0,0,0,0,0,0,0,0$/);
    expect(end).toBe('');
  });

  it('are printed as a page that loads nothing, runs nothing, and can be read aloud', async () => {
    await told.story();
    const { text, headers } = await ask(`/api/reports/days?${april2}&by=driver&format=html`);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; ` +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/<script|<img|<link|\son\w+=|style=|href=/i);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<caption>Report by driver, 2026-04-02</caption>');
    expect(text).toContain('=SUM(A1) &quot;Sita&quot; &lt;b&gt;');
    const scopes = (text.match(/<th /g) ?? []).length;
    expect((text.match(/<th scope="(col|row)"/g) ?? []).length).toBe(scopes);
    expect((text.match(/<th scope="row">2026-04-02<\/th>/g) ?? []).length).toBe(2);
    // Each row has a cell for each column.
    const columns = (text.match(/<th scope="col"/g) ?? []).length;
    for (const row of text.match(/<tbody>[\s\S]*<\/tbody>/)?.[0].match(/<tr>.*<\/tr>/g) ?? []) {
      expect((row.match(/<t[hd]/g) ?? []).length).toBe(columns);
    }
    expect(text).toContain('@media print');
  });

  it('of an agency that speaks Hindi are in Hindi', async () => {
    await told.story();
    await day.does(changeAgency('pune', { language: 'hi' }));
    const { text } = await ask(`/api/reports/days?${april2}&by=van&format=html`);
    expect(text).toContain('<html lang="hi">');
    expect(text).toContain('<h1>गाड़ीवार रिपोर्ट');
    expect(text).toContain('<th scope="col">दूरी, किमी</th>');
    expect(text).not.toMatch(/Distance|Driver|Total/);
  });

  it('of days on which nothing happened say so', async () => {
    const { text } = await ask('/api/reports/days?from=2026-03-01&to=2026-03-02&format=html');
    expect(text).toContain('Nothing happened in these days.');
    const json = await ask('/api/reports/days?from=2026-03-01&to=2026-03-02');
    expect(JSON.parse(json.text)).toMatchObject({ items: [], total: { delivered: 0 } });
  });

  it.each([
    ['from=2026-04-03&to=2026-04-02', 'query/from'],
    ['from=2026-01-01&to=2026-04-03', 'query/to'],
    ['from=2026-03-01&to=2026-04-01&detail=true', 'query/to'],
    ['from=2026-02-30&to=2026-03-01', 'query/from'],
    ['from=yesterday', 'query/from'],
    [`${april2}&detail=true&format=csv`, 'query/detail'],
    [`${april2}&by=consumer`, 'query/by'],
  ])('refuse %s', async (query, path) => {
    const { status, text } = await ask(`/api/reports/days?${query}`);
    expect(status).toBe(400);
    expect(JSON.parse(text).errors[0].path).toBe(path);
  });

  it("are for the agency's own staff", async () => {
    await told.story();
    expect((await ask('/api/reports/days', 'DELIVERY_PARTNER')).status).toBe(403);
    expect((await ask('/api/reports/days', 'ADMIN', 'other')).status).toBe(404);
    expect((await ask('/api/norm', 'DELIVERY_PARTNER')).status).toBe(403);
    expect((await ask('/api/reports/days?from=2026-01-02&to=2026-04-03')).status).toBe(200);
  });
});

describe('the evidence on a delivery', () => {
  it('is the same as in the report, for staff; other orders have none', async () => {
    await told.story();
    const { status, text } = await ask('/api/orders/o2/evidence');
    expect(status).toBe(200);
    const report = JSON.parse((await ask(`/api/reports/days?${april2}&detail=true`)).text);
    expect(JSON.parse(text)).toEqual(report.items[0].outcomes[1].evidence);
    expect(JSON.parse(text)).toMatchObject({ verdict: 'ghost', withoutCode: true, stayed: 'no', dwell: 0 });
    expect((await ask('/api/orders/o3/evidence')).status).toBe(404);
    expect((await ask('/api/orders/none/evidence')).status).toBe(404);
    expect((await ask('/api/orders/o2/evidence', 'ADMIN', 'other')).status).toBe(404);
    expect((await ask('/api/orders/o2/evidence', 'DELIVERY_PARTNER')).status).toBe(403);
  });
});

describe('the 48-hour clock', () => {
  it('lists the open orders, soonest due first, in pages, with the pace of the agency', async () => {
    for (let i = 0; i < 5; i++) {
      day.now += 60_000;
      await day.booked(`o${i}`, 'c1');
    }
    await day.out('out', 'c2', 'v1');
    await told.delivered('out');
    day.now += 3 * 3_600_000;
    const { status, text } = await ask('/api/norm?limit=2');
    expect(status).toBe(200);
    const first = JSON.parse(text);
    expect(first).toMatchObject({
      now: day.now,
      pace: { delivered: 1, worked: expect.closeTo(4.083, 2) },
      counts: { open: 5, broken: 0, onTime: 5 },
      items: [
        { orderId: 'o0', place: 1, order: 'booked', state: 'on-time' },
        { orderId: 'o1', place: 2 },
      ],
    });
    expect(first.pace.used).toBeCloseTo(1 / 4.083, 2);
    const rest = JSON.parse((await ask(`/api/norm?limit=9&cursor=${first.next}`)).text);
    expect(rest.items.map(({ orderId }: { orderId: string }) => orderId)).toEqual(['o2', 'o3', 'o4']);
    expect(rest.next).toBeNull();
    expect(JSON.parse((await ask('/api/norm?state=broken')).text).items).toEqual([]);
    expect((await ask('/api/norm?cursor=nonsense')).status).toBe(400);
    expect(text).not.toMatch(/Name of|555/);
    // Tomorrow: a day with one delivery in twelve hours is what is usual.
    day.now += 24 * 3_600_000;
    const tomorrow = JSON.parse((await ask('/api/norm')).text);
    expect(tomorrow.pace).toMatchObject({ delivered: 0, usual: expect.closeTo(1 / 12, 3) });
    expect(tomorrow.counts).toMatchObject({ open: 5, atRisk: 5 });
  });
});
