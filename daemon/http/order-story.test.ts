import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tidy } from '../project/story.fixture.ts';
import { type OrderServer, orderServer } from './agency-day.fixture.ts';

let bed: OrderServer;
beforeEach(async () => {
  bed = await orderServer();
  await bed.dispatcher('POST', '/api/orders', { id: 'o1', consumerId: 'c1' });
});
afterEach(() => bed.remove());
afterAll(tidy);

const story = async () => {
  const { items } = (await bed.dispatcher('GET', '/api/orders/o1/story')).body;
  return items as { time: number; actor: string; type: string; data: Record<string, unknown> }[];
};
const told = async () => (await story()).map(({ actor, type }) => `${actor.split(':')[0]} ${type}`);

describe('the story of an order', () => {
  it('says what happened and who did it, oldest first', async () => {
    await bed.dispatcher('POST', '/api/orders/o1/assign', { vanId: 'v1' });
    await bed.ravi('POST', '/api/orders/o1/start');
    await bed.admin('POST', '/api/orders/o1/fail', { reason: 'nobody at home' });
    expect(await told()).toEqual([
      'DISPATCHER order-booked',
      'DISPATCHER order-assigned',
      'DELIVERY_PARTNER order-started',
      'ADMIN order-failed',
    ]);
    expect((await story()).at(-1)?.data).toMatchObject({ reason: 'nobody at home' });
  });

  it('knows a plan of the whole run that put it there, and nothing of the other stops', async () => {
    await bed.dispatcher('POST', '/api/orders', { id: 'o2', consumerId: 'c2' });
    await bed.admin('PUT', '/api/vans/v1/run', ['o2', 'o1']);
    expect(await told()).toEqual(['DISPATCHER order-booked', 'ADMIN run-planned']);
    expect((await story()).at(-1)?.data).toEqual({ id: 'o1', vanId: 'v1', day: '2026-04-02' });
  });

  it('has no delivery code, and is for staff alone', async () => {
    await bed.day.out('o3', 'c1', 'v1');
    const code = (await bed.c1('GET', '/api/orders/o3')).body.code as string;
    expect((await bed.dispatcher('GET', '/api/orders/o3/story')).text).not.toContain(code);
    expect((await bed.ravi('GET', '/api/orders/o3/story')).status).toBe(403);
    expect((await bed.c1('GET', '/api/orders/o3/story')).status).toBe(403);
    expect((await bed.dispatcher('GET', '/api/orders/none/story')).status).toBe(404);
  });
});

describe('a list of assignments', () => {
  it('refuses the one that somebody changed since it was seen, and carries out the others', async () => {
    await bed.dispatcher('POST', '/api/orders', { id: 'o2', consumerId: 'c2' });
    await bed.admin('POST', '/api/orders/o1/assign', { vanId: 'v2' });
    const items = ['o1', 'o2'].map((orderId) => ({ orderId, vanId: 'v1', version: 1 }));
    const { body } = await bed.dispatcher('POST', '/api/orders/assign', { items });
    expect(body.items.map(({ status }: { status: number }) => status)).toEqual([412, 200]);
    expect((await bed.dispatcher('GET', '/api/orders/o1')).body).toMatchObject({ vanId: 'v2' });
  });

  it('takes orders off their runs', async () => {
    await bed.dispatcher('POST', '/api/orders/o1/assign', { vanId: 'v1' });
    const { body } = await bed.dispatcher('POST', '/api/orders/assign', { items: [{ orderId: 'o1', vanId: null }] });
    expect(body.items).toMatchObject([{ id: 'o1', status: 200 }]);
    expect((await bed.dispatcher('GET', '/api/orders/o1')).body).toMatchObject({ state: 'booked' });
  });
});
