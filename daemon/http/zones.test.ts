import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role, Viewer } from '../../protocol/claims.ts';
import { circle, drive, nine } from '../domain/zone.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { ZoneDay } from '../project/zones.fixture.ts';
import { testServer } from './server.fixture.ts';
import type { Tokens } from './tokens.ts';
import type { App } from './validation.ts';
import { zoneRoutes } from './zones.ts';

async function zoneServer() {
  const day = await ZoneDay.ofPune();
  const { zones, commands, registry, live, trails, orders } = day;
  const now = () => day.now;
  // People stay signed in for the whole day.
  const signedIn = new Map<string, Viewer>();
  const verify = async (token: string) => signedIn.get(token) ?? null;
  const bed = await testServer(
    {},
    {
      commands,
      now,
      tokens: { verify } as unknown as Tokens,
      world: {
        registry: registry.view,
        live,
        trails,
        orders,
        health: { device: () => undefined },
        deadLetters: { list: () => [], get: () => undefined, countOf: () => 0 },
        cursor: () => null,
        onChange: () => () => {},
      },
      plugins: [async (app) => zoneRoutes({ zones, commands, now })(app as unknown as App)],
    },
  );
  const { app } = await bed.server.build();
  await app.ready();
  const as = (role: Role, subject: string, agency: string) => {
    const token = `${role}.${subject}.${agency}`;
    signedIn.set(token, { role, subject, agency, scopes: new Set(), expiresAt: Number.MAX_SAFE_INTEGER });
    const authorization = `Bearer ${token}`;
    return async (
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      url: string,
      body?: object | string,
      headers: Record<string, string> = {},
    ) => {
      const payload = body === undefined ? {} : { payload: body };
      const answer = await app.inject({ method, url, headers: { authorization, ...headers }, ...payload });
      const { statusCode: status, body: text } = answer;
      return { status, headers: answer.headers, text, body: text === '' ? null : answer.json() };
    };
  };
  return {
    day,
    admin: as('ADMIN', 'anu', 'pune'),
    dispatcher: as('DISPATCHER', 'ravi', 'pune'),
    driver: as('DELIVERY_PARTNER', 'mohan', 'pune'),
    stranger: as('ADMIN', 'asha', 'demo'),
    remove: async () => {
      await app.close();
      await bed.remove();
      await day.end();
    },
  };
}

let bed: Awaited<ReturnType<typeof zoneServer>>;
beforeEach(async () => {
  bed = await zoneServer();
});
afterEach(() => bed.remove());
afterAll(tidy);

const yard = { id: 'yard', name: 'Yard', shape: circle(0, 100), rules: { enter: true, dwellMinutes: 10 } };

describe('zones', () => {
  it('are drawn, seen, changed and removed by administrators, and seen by dispatchers', async () => {
    const added = await bed.admin('POST', '/api/zones', yard);
    expect(added).toMatchObject({ status: 201, headers: { location: '/api/zones/yard', etag: '"1"' } });
    expect(added.body).toEqual({ ...yard, shape: expect.objectContaining({ radius: 100 }), version: 1 });
    expect((await bed.dispatcher('GET', '/api/zones/yard')).body).toEqual(added.body);
    expect((await bed.dispatcher('GET', '/api/zones')).body).toEqual({ items: [added.body], next: null });
    expect((await bed.dispatcher('POST', '/api/zones', { ...yard, id: 'y2' })).status).toBe(403);
    expect((await bed.driver('GET', '/api/zones')).status).toBe(403);
    expect((await bed.stranger('GET', '/api/zones/yard')).status).toBe(404);
    expect((await bed.stranger('PATCH', '/api/zones/yard', { name: 'Mine' })).status).toBe(404);
    expect((await bed.stranger('GET', '/api/zones')).body.items).toEqual([]);

    const changed = await bed.admin('PATCH', '/api/zones/yard', { vans: ['v1'] }, { 'if-match': '"1"' });
    expect(changed.body).toMatchObject({ vans: ['v1'], version: 2, name: 'Yard' });
    const stale = await bed.admin('PATCH', '/api/zones/yard', { name: 'X' }, { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { current: { version: 2 } } });
    const { id: _, ...whole } = yard;
    const put = await bed.admin('PUT', '/api/zones/yard', { ...whole, kinds: ['van'] }, { 'if-match': '"2"' });
    expect(put.body).toMatchObject({ kinds: ['van'], version: 3 });
    expect(put.body).not.toHaveProperty('vans');
    expect((await bed.admin('DELETE', '/api/zones/yard', undefined, { 'if-match': '"2"' })).status).toBe(412);
    expect((await bed.admin('DELETE', '/api/zones/yard')).status).toBe(204);
    expect((await bed.admin('GET', '/api/zones/yard')).status).toBe(404);
  });

  it('are given an id, and come in pages', async () => {
    for (let i = 0; i < 5; i++) {
      const { id: _, ...fields } = yard;
      expect((await bed.admin('POST', '/api/zones', { ...fields, name: `Zone ${i}` })).body.id).toMatch(/^[a-z0-9-]+$/);
    }
    const first = await bed.admin('GET', '/api/zones?limit=3');
    expect(first.body.items).toHaveLength(3);
    const second = await bed.admin('GET', `/api/zones?limit=3&cursor=${first.body.next}`);
    expect(second.body.items).toHaveLength(2);
    expect(second.body.next).toBeNull();
  });

  it('say which field is wrong', async () => {
    const { latitude, longitude } = { latitude: 18.52, longitude: 73.85 };
    const corner = (north: number, east: number) => ({ latitude: latitude + north, longitude: longitude + east });
    const bow = [corner(0, 0), corner(0.01, 0.01), corner(0, 0.01), corner(0.01, 0)];
    const crossing = await bed.admin('POST', '/api/zones', { ...yard, shape: { type: 'polygon', corners: bow } });
    expect(crossing).toMatchObject({ status: 422, body: { errors: [{ path: '/shape/corners' }] } });
    const many = Array.from({ length: 1001 }, (_, i) => corner(0, i / 1e5));
    const tooMany = await bed.admin('POST', '/api/zones', {
      ...yard,
      shape: { type: 'corridor', line: many, width: 20 },
    });
    expect(tooMany.status).toBe(400);
    expect(tooMany.body.errors).toContainEqual(expect.objectContaining({ path: '/shape/line', rule: 'maxItems' }));
    expect((await bed.admin('POST', '/api/zones', { ...yard, colour: 'red' })).body.errors).toMatchObject([
      { path: '/colour' },
    ]);
    expect((await bed.admin('POST', '/api/zones', { ...yard, name: '  ' })).status).toBe(400);
    await bed.admin('POST', '/api/zones', yard);
    expect(await bed.admin('POST', '/api/zones', { ...yard, id: 'y2', name: 'yard' })).toMatchObject({
      status: 409,
      body: { current: { id: 'yard' } },
    });
  });
});

describe('zones as GeoJSON', () => {
  const square = [
    [73.85, 18.52],
    [73.86, 18.52],
    [73.86, 18.53],
    [73.85, 18.53],
    [73.85, 18.52],
  ];
  const features = [
    {
      type: 'Feature',
      id: 'a',
      geometry: { type: 'Polygon', coordinates: [square] },
      properties: { name: 'A', rules: { enter: true } },
    },
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [73.85, 18.52, 560] },
      properties: { id: 'b', name: 'B', radius: 80 },
    },
    {
      type: 'Feature',
      id: 'c',
      geometry: { type: 'LineString', coordinates: square.slice(0, 3) },
      properties: { name: 'C', width: 30 },
    },
  ];

  it('come in and go out again as they came', async () => {
    for (const feature of features) {
      const added = await bed.admin('POST', '/api/zones', JSON.stringify(feature), {
        'content-type': 'application/geo+json',
      });
      expect(added.status).toBe(201);
    }
    expect((await bed.admin('GET', '/api/zones/a')).body.shape.corners).toHaveLength(4);
    const list = await bed.admin('GET', '/api/zones?format=geojson');
    expect(list.headers['content-type']).toBe('application/geo+json; charset=utf-8');
    expect(list.body.type).toBe('FeatureCollection');
    expect(list.body.features).toMatchObject([
      {
        id: 'a',
        geometry: { type: 'Polygon', coordinates: [square] },
        properties: { name: 'A', rules: { enter: true } },
      },
      { id: 'b', geometry: { type: 'Point', coordinates: [73.85, 18.52] }, properties: { name: 'B', radius: 80 } },
      { id: 'c', geometry: { type: 'LineString' }, properties: { name: 'C', width: 30 } },
    ]);
    // What was read can be written back as it is.
    const [a] = list.body.features;
    const same = await bed.admin('PUT', '/api/zones/a', a);
    expect(same).toMatchObject({ status: 200, body: { version: 1 } });
    const moved = { ...a, geometry: { type: 'Polygon', coordinates: [square.toReversed()] } };
    expect((await bed.admin('PUT', '/api/zones/a', moved)).body).toMatchObject({ version: 2 });
    const one = await bed.admin('GET', '/api/zones/a?format=geojson');
    // Counterclockwise, as RFC 7946 has it.
    expect(one.body.geometry.coordinates[0]).toHaveLength(5);
    expect(ringArea(one.body.geometry.coordinates[0])).toBeGreaterThan(0);
  });

  it('are refused with the field that is wrong', async () => {
    const [polygon, point] = features;
    const hole = { ...polygon, geometry: { type: 'Polygon', coordinates: [square, square] } };
    expect(await bed.admin('POST', '/api/zones', hole)).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/geometry/coordinates', message: 'a zone has no holes' }] },
    });
    const wrong = [
      [{ ...point, properties: { name: 'B' } }, '/properties/radius'],
      [{ ...point, geometry: { type: 'MultiPoint', coordinates: [] } }, '/geometry/type'],
      [{ ...point, geometry: { type: 'Point', coordinates: ['x'] } }, '/geometry/coordinates'],
      [{ ...point, properties: { radius: 80 } }, '/name'],
      [{ ...point, properties: { name: 'B', radius: 1 } }, '/shape'],
      [{ type: 'Feature' }, '/geometry'],
    ] as const;
    for (const [feature, path] of wrong) {
      const { status, body } = await bed.admin('POST', '/api/zones', feature);
      expect(status).toBe(400);
      expect(
        body.errors.some((error: { path: string }) => error.path.startsWith(path)),
        JSON.stringify(body),
      ).toBe(true);
    }
  });
});

function ringArea(ring: number[][]): number {
  let twice = 0;
  for (const [i, [x1 = 0, y1 = 0]] of ring.entries()) {
    const [x2 = 0, y2 = 0] = ring[(i + 1) % ring.length] ?? [];
    twice += x1 * y2 - x2 * y1;
  }
  return twice / 2;
}

describe('visits of a zone', () => {
  const minutes = (count: number) => nine + count * 60_000;

  it('are listed with their durations, page by page, and stay when the zone is gone', async () => {
    const { day, admin } = bed;
    day.now = nine - 60_000;
    await admin('POST', '/api/zones', yard);
    await day.drives('v1', drive(0, -300, 300, 36));
    await day.drives('v2', drive(0, -300, 300, 36));
    await day.drives('v1', drive(600, 300, 0, 36));
    day.now = minutes(20);
    const all = await bed.dispatcher('GET', `/api/zones/yard/visits?from=${nine}`);
    const visit = { zoneId: 'yard', vanId: 'v1', entered: nine + 25_000, left: nine + 45_000, duration: 20_000 };
    expect(all.body).toEqual({
      items: [
        visit,
        { ...visit, vanId: 'v2' },
        { zoneId: 'yard', vanId: 'v1', entered: nine + 625_000, duration: 575_000 },
      ],
      next: null,
    });
    const first = await admin('GET', `/api/zones/yard/visits?from=${nine}&limit=2`);
    expect(first.body.items).toHaveLength(2);
    const second = await admin('GET', `/api/zones/yard/visits?from=${nine}&limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ entered: nine + 625_000 }], next: null });
    const later = await admin('GET', `/api/zones/yard/visits?from=${minutes(5)}&to=${minutes(10)}&vanId=v2`);
    expect(later.body.items).toEqual([]);
    await admin('DELETE', '/api/zones/yard');
    expect((await admin('GET', `/api/zones/yard/visits?from=${nine}`)).body.items).toHaveLength(3);
  });

  it('are nobody else’s, and none of a zone that never was', async () => {
    await bed.admin('POST', '/api/zones', yard);
    expect((await bed.admin('GET', '/api/zones/yard/visits')).body).toEqual({ items: [], next: null });
    expect((await bed.admin('GET', '/api/zones/%3Agodown/visits')).body.items).toEqual([]);
    expect((await bed.admin('GET', '/api/zones/other/visits')).status).toBe(404);
    expect((await bed.stranger('GET', '/api/zones/yard/visits')).status).toBe(404);
    expect((await bed.driver('GET', '/api/zones/yard/visits')).status).toBe(403);
    expect((await bed.admin('GET', '/api/zones/yard/visits?cursor=eHg')).status).toBe(400);
    expect((await bed.admin('GET', '/api/zones/yard/visits?from=yesterday')).status).toBe(400);
  });
});
