import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('acts that a driver tells later', () => {
  it('keep the times at which they were done, each counts once, and what is told again is answered as it is', async () => {
    bed.day.now = nine + 60 * minute;
    const started = { act: act(1), actedAt: nine + 10 * minute };
    for (let i = 0; i < 2; i++) {
      const answer = await bed.ravi('POST', '/api/orders/o1/start', started);
      expect(answer.body).toMatchObject({
        state: 'out-for-delivery',
        outAt: nine + 10 * minute,
        attempt: 1,
        version: 3,
      });
    }
    const arrived = { act: act(2), actedAt: nine + 30 * minute };
    for (let i = 0; i < 2; i++) {
      const answer = await bed.ravi('POST', '/api/orders/o1/arrive', arrived);
      expect(answer.body).toMatchObject({ arrivedAt: nine + 30 * minute, version: 4 });
    }
    const failed = { act: act(3), actedAt: nine + 35 * minute, reason: 'nobody at home' };
    for (let i = 0; i < 2; i++) {
      const answer = await bed.ravi('POST', '/api/orders/o1/fail', failed);
      expect(answer.body).toMatchObject({ state: 'failed', endedAt: nine + 35 * minute, version: 5 });
    }
    // The first of them once more, after all that: it is known, and nothing happens.
    expect((await bed.ravi('POST', '/api/orders/o1/start', started)).body).toMatchObject({
      state: 'failed',
      version: 5,
    });
  });

  it('a hand-over with its code told twice is one, by the act and not by its time', async () => {
    await bed.ravi('POST', '/api/orders/o1/start');
    const { code } = (await bed.c1('GET', '/api/orders/o1')).body;
    bed.day.now += 20 * minute;
    const told = { act: act(4), code, empties: 1 };
    expect((await bed.ravi('POST', '/api/orders/o1/deliver', told)).body).toMatchObject({
      state: 'delivered',
      version: 4,
    });
    // The answer was lost: it is told as an act of before.
    const again = await bed.ravi('POST', '/api/orders/o1/deliver', { ...told, actedAt: bed.day.now - minute });
    expect(again.body).toMatchObject({ state: 'delivered', version: 4, delivery: { confirmation: 'code' } });
  });

  it('another act in the same state is a conflict, and one of the future is refused', async () => {
    await bed.ravi('POST', '/api/orders/o1/start', { act: act(5) });
    expect((await bed.ravi('POST', '/api/orders/o1/start', { act: act(6) })).status).toBe(409);
    const ahead = { act: act(7), actedAt: bed.day.now + 10 * minute, reason: 'nobody at home' };
    expect((await bed.ravi('POST', '/api/orders/o1/fail', ahead)).status).toBe(422);
    // Taken off the run meanwhile: to this driver it is not there any more.
    await bed.day.does(unassignOrder(bed.day.orders, 'pune', 'o1'));
    expect((await bed.ravi('POST', '/api/orders/o1/arrive', { act: act(8) })).status).toBe(404);
  });

  it('are remembered for the daemon that reads the log anew, and shown to no consumer', async () => {
    await bed.ravi('POST', '/api/orders/o1/start', { act: act(9) });
    expect(bed.day.order('o1').acts).toEqual([act(9)]);
    expect((await bed.c1('GET', '/api/orders/o1')).text).not.toContain(act(9));
  });
});

describe('what a consumer tells the agency', () => {
  it('not at home today: the order says so to staff, once', async () => {
    await bed.c1('POST', '/api/me/orders/o1/away');
    const told = await bed.c1('POST', '/api/me/orders/o1/away');
    expect(told.body).toMatchObject({ awayOn: '2026-04-02', version: 3 });
    expect((await bed.dispatcher('GET', '/api/orders/o1')).body).toMatchObject({ awayOn: '2026-04-02' });
    expect((await bed.c2('POST', '/api/me/orders/o1/away')).status).toBe(404);
  });

  it('the door is elsewhere: it moves once a dispatcher has taken it, and no event has the place', async () => {
    const at = { latitude: 18.612345, longitude: 73.712345 };
    expect((await bed.c1('POST', '/api/me/pin', at)).status).toBe(202);
    expect((await bed.dispatcher('GET', '/api/consumers/c1')).body.latitude).toBe(18.52);
    expect((await bed.ravi('GET', '/api/consumers/c1')).text).not.toContain('18.612345');
    const list = await bed.dispatcher('GET', '/api/consumers/suggested-pins');
    expect(list.body.items).toMatchObject([{ consumer: { id: 'c1' }, suggested: at }]);
    expect((await bed.ravi('GET', '/api/consumers/suggested-pins')).status).toBe(403);
    const taken = await bed.dispatcher('POST', '/api/consumers/c1/suggested-pin', { approve: true });
    expect(taken.body).toMatchObject({ ...at, pinSource: 'pinned' });
    expect(taken.body).not.toHaveProperty('suggestedPin');
    expect((await bed.dispatcher('POST', '/api/consumers/c1/suggested-pin', { approve: true })).status).toBe(404);
    expect((await bed.dispatcher('GET', '/api/consumers/suggested-pins')).body.items).toEqual([]);
  });

  it('or is left where it was', async () => {
    await bed.c1('POST', '/api/me/pin', { latitude: 18.6, longitude: 73.7 });
    const left = await bed.dispatcher('POST', '/api/consumers/c1/suggested-pin', { approve: false });
    expect(left.body).toMatchObject({ latitude: 18.52 });
  });

  it('a link that staff made does not speak for the consumer', async () => {
    const { url } = (await bed.dispatcher('POST', '/api/orders/o1/links')).body as { url: string };
    const { accessToken } = (await bed.nobody('POST', `/api/links/${url.split('/t/')[1]}/session`)).body;
    const visitor = bed.call(accessToken);
    expect((await visitor('POST', '/api/me/orders/o1/away')).status).toBe(404);
    expect((await visitor('POST', '/api/me/pin', { latitude: 18.6, longitude: 73.7 })).status).toBe(404);
  });
});
