import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mostRefused } from '../../protocol/order.ts';
import { cancelOrder } from '../domain/decide-order.ts';
import { unassignOrder } from '../domain/decide-run.ts';
import { minute, nine } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { type OrderServer, orderServer } from './agency-day.fixture.ts';

let bed: OrderServer;
beforeEach(async () => {
  bed = await orderServer();
  await bed.day.assigned('o1', 'c1', 'v1');
});
afterEach(() => bed.remove());
afterAll(tidy);

const act = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const refused = async () => (await bed.dispatcher('GET', '/api/orders/refused-acts')).body.items;

describe('what a driver told and was not taken', () => {
  it('waits at the order for the dispatcher, with when and why; once', async () => {
    await bed.ravi('POST', '/api/orders/o1/start', { act: act(1) });
    await bed.day.does(cancelOrder(bed.day.orders, 'pune', 'o1'));
    bed.day.now = nine + 60 * minute;
    const told = { act: act(2), actedAt: nine + 20 * minute, reason: 'nobody at home' };
    for (let i = 0; i < 2; i++) expect((await bed.ravi('POST', '/api/orders/o1/fail', told)).status).toBe(409);
    expect(await refused()).toMatchObject([
      {
        id: 'o1',
        state: 'cancelled',
        refused: [
          {
            ...told,
            step: 'fail',
            cause: 'state',
            found: 'cancelled',
            by: 'DELIVERY_PARTNER:ravi',
            toldAt: nine + 60 * minute,
            detail: 'Order o1 is not out for delivery: it is cancelled.',
          },
        ],
      },
    ]);
    // It was not done, so it is not among what was.
    expect(bed.day.order('o1').acts).toEqual([act(1)]);
  });

  it('is settled by a dispatcher, and by nobody else', async () => {
    await bed.day.does(cancelOrder(bed.day.orders, 'pune', 'o1'));
    for (const n of [1, 2]) await bed.ravi('POST', '/api/orders/o1/start', { act: act(n) });
    const path = (n: number) => `/api/orders/o1/refused-acts/${act(n)}/settle`;
    expect((await bed.ravi('POST', path(1))).status).toBe(403);
    const before = bed.day.order('o1').version;
    const stale = await bed.dispatcher('POST', path(1), undefined, { 'if-match': `"${before - 1}"` });
    expect(stale.status).toBe(412);
    const settled = await bed.dispatcher('POST', path(1), undefined, { 'if-match': `"${before}"` });
    expect(settled.body.refused).toMatchObject([{ act: act(2) }]);
    expect((await bed.dispatcher('POST', path(2))).body).not.toHaveProperty('refused');
    expect((await bed.dispatcher('POST', path(2))).status).toBe(404);
    expect(await refused()).toEqual([]);
  });

  it('about an order that is on his run no more: he is told nothing of it, the dispatcher is', async () => {
    await bed.day.does(unassignOrder(bed.day.orders, 'pune', 'o1'));
    const answer = await bed.ravi('POST', '/api/orders/o1/arrive', { act: act(3) });
    expect(answer.status).toBe(404);
    await vi.waitFor(async () =>
      expect(await refused()).toMatchObject([{ id: 'o1', refused: [{ step: 'arrive', cause: 'other-run' }] }]),
    );
    const never = await bed.ravi('POST', '/api/orders/o77/arrive', { act: act(4) });
    expect(never.text).toBe(answer.text);
  });

  it('once settled is told to the driver who told it, and how; to him alone, and nothing of the order', async () => {
    const own = async (who: typeof bed.ravi) => (await who('GET', '/api/me/settled-acts')).body.items;
    const settle = (n: number) => bed.dispatcher('POST', `/api/orders/o1/refused-acts/${act(n)}/settle`);
    await bed.day.does(cancelOrder(bed.day.orders, 'pune', 'o1'));
    for (const n of [1, 2]) await bed.ravi('POST', '/api/orders/o1/fail', { act: act(n), reason: 'not at home' });
    expect(await own(bed.ravi)).toEqual([]);
    expect((await settle(1)).body.settled).toMatchObject([{ act: act(1), by: 'DELIVERY_PARTNER:ravi', taken: false }]);
    expect(await own(bed.ravi)).toEqual([{ act: act(1), at: bed.day.now, taken: false }]);
    expect(await own(bed.mohan)).toEqual([]);
    for (const who of [bed.dispatcher, bed.c1]) expect((await who('GET', '/api/me/settled-acts')).status).toBe(403);
    for (const who of [bed.ravi, bed.c1]) expect((await who('GET', '/api/orders/o1')).text).not.toContain('settled');
  });

  it('counts when the order has been made what the driver had told', async () => {
    await bed.day.does(unassignOrder(bed.day.orders, 'pune', 'o1'));
    await bed.ravi('POST', '/api/orders/o1/start', { act: act(5) });
    await vi.waitFor(async () => expect(await refused()).toHaveLength(1));
    expect((await bed.dispatcher('POST', '/api/orders/o1/assign', { vanId: 'v1' })).status).toBe(200);
    expect((await bed.dispatcher('POST', '/api/orders/o1/start')).status).toBe(200);
    await bed.dispatcher('POST', `/api/orders/o1/refused-acts/${act(5)}/settle`);
    expect((await bed.ravi('GET', '/api/me/settled-acts')).body.items).toMatchObject([{ act: act(5), taken: true }]);
  });

  it('is shown to no driver and to no consumer', async () => {
    await bed.ravi('POST', '/api/orders/o1/start', { act: act(1) });
    expect((await bed.ravi('POST', '/api/orders/o1/start', { act: act(2) })).status).toBe(409);
    expect(await refused()).toHaveLength(1);
    for (const who of [bed.ravi, bed.c1]) expect((await who('GET', '/api/orders/o1')).text).not.toContain(act(2));
    expect((await bed.ravi('GET', '/api/orders/refused-acts')).status).toBe(403);
  });

  it('a wrong code there and then is no such thing, nor what staff was refused, nor what has no id', async () => {
    await bed.ravi('POST', '/api/orders/o1/start', { act: act(1) });
    expect((await bed.ravi('POST', '/api/orders/o1/deliver', { act: act(2), code: '000000' })).status).toBe(422);
    expect((await bed.dispatcher('POST', '/api/orders/o1/start', { act: act(3) })).status).toBe(409);
    expect((await bed.ravi('POST', '/api/orders/o1/start')).status).toBe(409);
    expect(await refused()).toEqual([]);
  });

  it('no order gathers more than somebody could look at', async () => {
    await bed.day.does(cancelOrder(bed.day.orders, 'pune', 'o1'));
    for (let n = 0; n < mostRefused + 3; n++) await bed.ravi('POST', '/api/orders/o1/start', { act: act(n) });
    expect((await refused())[0].refused).toHaveLength(mostRefused);
  });
});
