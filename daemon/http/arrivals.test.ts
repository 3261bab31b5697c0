import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Role, Viewer } from '../../protocol/claims.ts';
import { arrivalShown } from '../domain/arrival-shown.ts';
import { Street } from '../project/arrivals.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { arrivalRoutes } from './arrivals.ts';
import { testServer } from './server.fixture.ts';
import type { Tokens } from './tokens.ts';
import type { App } from './validation.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
afterAll(tidy);

/** v1 is on its way from the first door to the second. */
async function underWay() {
  const street = await Street.open();
  await street.run('v1', 'o1', 'o2', 'o3');
  await street.stands('v1', 0, 10, 0);
  await street.starts('o1', 'o2', 'o3');
  await street.drives('v1', 10, 14, 0, 1);
  await street.stands('v1', 14, 18, 1);
  await street.delivers('o1');
  await street.drives('v1', 18, 20, 1, 1.5);
  const signedIn = new Map<string, Viewer>();
  const { world, arrivals } = street;
  const now = () => street.now;
  const bed = await testServer(
    {},
    {
      world,
      now,
      tokens: { verify: async (token: string) => signedIn.get(token) ?? null } as unknown as Tokens,
      plugins: [async (server) => arrivalRoutes({ world, arrivals, now })(server as unknown as App)],
    },
  );
  const { app } = await bed.server.build();
  await app.ready();
  opened.push(
    () => app.close(),
    () => street.end(),
    () => bed.remove(),
  );
  const get = async (role: Role, subject: string, vanId: string, agency = 'pune') =>
    read(`/api/vans/${vanId}/progress`, role, subject, agency);
  const read = async (url: string, role: Role, subject = 'dev', agency = 'pune') => {
    const token = `${role}.${subject}.${agency}`;
    signedIn.set(token, { role, subject, agency, scopes: new Set(), expiresAt: Number.MAX_SAFE_INTEGER });
    const answer = await app.inject({
      url,
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  return { street, get, read };
}

describe('the progress of a run', () => {
  it('is told to staff, with what happened and what is expected', async () => {
    const { get } = await underWay();
    const { status, body } = await get('DISPATCHER', 'dev', 'v1');
    expect(status).toBe(200);
    expect(body).toMatchObject({ vanId: 'v1', state: 'under-way', next: 'o2', done: 1, left: 2 });
    expect(body.stops.map(({ orderId, state }: { orderId: string; state: string }) => [orderId, state])).toEqual([
      ['o1', 'delivered'],
      ['o2', 'next'],
      ['o3', 'waiting'],
    ]);
    expect(Object.keys(body.stops[2].arrival).sort()).toEqual(['by', 'from', 'likely', 'stopsBefore', 'until']);
    expect(body.stops[2].arrival.stopsBefore).toBe(1);
  });

  it('is told to its driver, and to nobody else: for them there is no such van', async () => {
    const { get } = await underWay();
    const own = await get('DELIVERY_PARTNER', 'driver-of-v1', 'v1');
    expect(own.status).toBe(200);
    expect(own.body.stops).toHaveLength(3);
    expect((await get('DELIVERY_PARTNER', 'driver-of-v2', 'v1')).status).toBe(404);
    const missing = await get('DELIVERY_PARTNER', 'driver-of-v2', 'v9');
    expect((await get('DELIVERY_PARTNER', 'driver-of-v2', 'v1')).body.title).toBe(missing.body.title);
    expect((await get('ADMIN', 'anu', 'v1', 'other')).status).toBe(404);
    expect((await get('CUSTOMER', 'c2', 'v1')).status).toBe(403);
  });

  it('of a van without a run is empty', async () => {
    const { get } = await underWay();
    expect((await get('DISPATCHER', 'dev', 'v2')).body).toEqual({
      vanId: 'v2',
      day: '2026-04-02',
      state: 'planned',
      done: 0,
      left: 0,
      outOfOrder: false,
      stops: [],
    });
  });
});

describe('the runs of today', () => {
  it('are told to staff in a line each, without the stops', async () => {
    const { get, read } = await underWay();
    const { stops } = (await get('DISPATCHER', 'dev', 'v1')).body;
    const { status, body } = await read('/api/runs', 'DISPATCHER');
    expect(status).toBe(200);
    const { lateBy, arrival } = stops[1];
    const line = { vanId: 'v1', state: 'under-way', next: 'o2', done: 1, left: 2, outOfOrder: false, lateBy, arrival };
    expect(body.items).toEqual([line]);
    expect((await read('/api/runs', 'ADMIN', 'anu', 'other')).body.items).toEqual([]);
    expect((await read('/api/runs', 'DELIVERY_PARTNER', 'driver-of-v1')).status).toBe(403);
  });
});

describe('the line about the arrival of an order', () => {
  it('is there while it is open, and names nobody', async () => {
    const { street } = await underWay();
    const order = (id: string) => {
      const found = street.orders.order('pune', id);
      if (found === undefined) throw new Error(`there is no order ${id}`);
      return found;
    };
    expect(arrivalShown(street.arrivals, 'pune', order('o1'))).toEqual({});
    const { arrival } = arrivalShown(street.arrivals, 'pune', order('o3'));
    expect(arrival?.stopsBefore).toBe(1);
    expect(JSON.stringify(arrival)).not.toMatch(/o2|c2|v1/);
    expect(arrivalShown(undefined, 'pune', order('o3'))).toEqual({});
  });
});
