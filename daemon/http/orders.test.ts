import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDigit } from '../../protocol/damm.ts';
import { planRun } from '../domain/decide-run.ts';
import { hour, minute, nine } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { type OrderServer, orderServer } from './agency-day.fixture.ts';

let bed: OrderServer;
beforeEach(async () => {
  bed = await orderServer();
});
afterEach(() => bed.remove());
afterAll(tidy);

const codeOf = async (id = 'o1') => (await bed.c1('GET', `/api/orders/${id}`)).body.code as string;
/** Well-formed, and not the one. */
const wrong = (code: string) => (code === '000000' ? `00001${checkDigit('00001')}` : '000000');

describe('a day of orders', () => {
  it('is booked, planned, driven and handed over by the code that the consumer has', async () => {
    const booked = await bed.dispatcher('POST', '/api/orders', { id: 'o1', consumerId: 'c1', cylinders: 2 });
    expect(booked.status).toBe(201);
    expect(booked.headers).toMatchObject({ location: '/api/orders/o1', etag: '"1"' });
    expect(booked.body).toMatchObject({ state: 'booked', age: 0, late: false, dueAt: nine + 48 * hour, version: 1 });
    await bed.dispatcher('POST', '/api/orders', { id: 'o2', consumerId: 'c2' });

    const planned = await bed.dispatcher('PUT', '/api/vans/v1/run', ['o2', 'o1'], { 'if-match': '"0"' });
    expect(planned.status).toBe(200);
    expect(planned.body).toMatchObject({ vanId: 'v1', day: '2026-04-02', version: 1, load: { full: 3, empties: 0 } });

    const run = await bed.ravi('GET', '/api/me/run');
    expect(run.body.stops.map((stop: { order: { id: string } }) => stop.order.id)).toEqual(['o2', 'o1']);
    expect(run.body.stops[1].consumer).toMatchObject({ name: 'Name of c1', phone: '+91 20 555 0001' });
    expect((await bed.mohan('GET', '/api/me/run')).body.stops).toEqual([]);

    expect((await bed.c1('GET', '/api/me/orders')).body.items[0]).not.toHaveProperty('code');
    expect((await bed.c1('GET', '/api/vans/v1')).status).toBe(404);
    expect((await bed.ravi('POST', '/api/orders/o1/start')).body).toMatchObject({ state: 'out-for-delivery' });
    expect((await bed.c1('GET', '/api/vans/v1')).body).toMatchObject({ id: 'v1' });
    expect((await bed.c2('GET', '/api/vans/v1')).status).toBe(404);

    const code = await codeOf();
    expect(code).toMatch(/^\d{6}$/);
    bed.day.now += 20 * minute;
    const handed = await bed.ravi('POST', '/api/orders/o1/deliver', {
      code: `${code.slice(0, 3)} ${code.slice(3)}`,
      empties: 1,
    });
    expect(handed.status).toBe(200);
    expect(handed.body).toMatchObject({ state: 'delivered', delivery: { confirmation: 'code', full: 2, empties: 1 } });
    expect((await bed.dispatcher('GET', '/api/vans/v1/run')).body.load).toEqual({ full: 1, delivered: 2, empties: 1 });
    expect((await bed.c1('GET', '/api/vans/v1')).status).toBe(404);
    expect((await bed.c1('GET', '/api/me/orders')).body.items[0]).toMatchObject({
      state: 'delivered',
      age: 20 * minute,
    });
  });

  it('gives the code to nobody but its consumer, in no answer, no log line and no event', async () => {
    await bed.day.out('o1', 'c1', 'v1');
    const code = await codeOf();
    const texts = [];
    for (const who of [bed.admin, bed.dispatcher, bed.ravi]) {
      for (const url of ['/api/orders/o1', '/api/orders?state=out-for-delivery', '/api/vans/v1/run', '/api/me/run']) {
        texts.push((await who('GET', url)).text);
      }
      texts.push((await who('POST', '/api/orders/o1/start')).text);
    }
    texts.push((await bed.c2('GET', '/api/orders/o1')).text);
    texts.push((await bed.ravi('POST', '/api/orders/o1/deliver', { code })).text);
    expect(texts.join()).toContain('"o1"');
    expect(texts.join()).not.toContain(code);
    expect(bed.lines.join()).not.toContain(code);
    expect(await bed.day.everythingWritten()).not.toContain(code);
    expect((await bed.c1('GET', '/api/orders/o1')).body).not.toHaveProperty('code');
  });
});

describe('a delivery code', () => {
  beforeEach(() => bed.day.out('o1', 'c1', 'v1'));
  const deliver = (body: object) => bed.ravi('POST', '/api/orders/o1/deliver', body);

  it('that is mistyped costs no try; five wrong ones lock for ten minutes', async () => {
    const code = await codeOf();
    const typo = `${code.slice(0, 5)}${(Number(code[5]) + 1) % 10}`;
    for (let i = 0; i < 7; i++) expect((await deliver({ code: typo })).body.type).toBe('/problems/mistyped-code');
    for (const left of [4, 3, 2, 1, 0]) {
      const answer = await deliver({ code: wrong(code) });
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({
        type: '/problems/wrong-code',
        detail: expect.stringContaining(`left: ${left}`),
      });
    }
    const locked = await deliver({ code });
    expect([locked.status, locked.headers['retry-after']]).toEqual([429, '600']);
    bed.day.now += 10 * minute;
    expect((await deliver({ code })).body.state).toBe('delivered');
  });

  it('that is missing needs a reason, and flags the order', async () => {
    expect((await deliver({})).body).toMatchObject({ status: 422, errors: [{ path: '/reason' }] });
    expect((await deliver({ reason: 'phone is broken' })).body).toMatchObject({ flags: ['no-code'] });
  });

  it('of a hand-over without network is checked when it is told', async () => {
    const code = await codeOf();
    bed.day.now += hour;
    const act = { code, actedAt: nine + 10 * minute, latitude: 18.52, longitude: 73.8601 };
    const told = await deliver(act);
    expect(told.body).toMatchObject({ state: 'delivered', endedAt: nine + 10 * minute, flags: [] });
    expect(told.body.delivery).toMatchObject({ confirmation: 'code', metresFromDoor: 11 });
    // The answer was lost and it is told again.
    expect((await deliver(act)).body).toEqual(told.body);
  });

  it('of a hand-over without network that is wrong flags the order for good', async () => {
    const code = await codeOf();
    const told = await deliver({ code: wrong(code), actedAt: nine });
    expect(told.body).toMatchObject({ state: 'delivered', flags: ['wrong-code'] });
    expect((await deliver({ code, actedAt: nine })).body).toEqual(told.body);
  });

  it('of a hand-over without network stays unconfirmed while it is locked', async () => {
    const code = await codeOf();
    for (let i = 0; i < 5; i++) await deliver({ code: wrong(code) });
    const act = { code, actedAt: nine };
    expect((await deliver(act)).body.delivery.confirmation).toBe('unconfirmed');
    bed.day.now += 10 * minute;
    expect((await deliver(act)).body.delivery.confirmation).toBe('code');
  });

  it('is another one for the next attempt', async () => {
    const first = await codeOf();
    await bed.ravi('POST', '/api/orders/o1/fail', { reason: 'nobody there' });
    await bed.dispatcher('POST', '/api/orders/o1/reattempt');
    await bed.dispatcher('POST', '/api/orders/o1/assign', { vanId: 'v1' });
    await bed.ravi('POST', '/api/orders/o1/start');
    expect(await codeOf()).not.toBe(first);
    expect((await deliver({ code: first })).status).toBe(422);
  });
});

describe('orders', () => {
  it('are changed by who has seen them as they are: the other gets 412 with the present state', async () => {
    await bed.day.booked('o1', 'c1');
    const match = { 'if-match': '"1"' };
    const [one, other] = await Promise.all([
      bed.dispatcher('POST', '/api/orders/o1/assign', { vanId: 'v1' }, match),
      bed.admin('POST', '/api/orders/o1/assign', { vanId: 'v2' }, match),
    ]);
    expect([one.status, other.status].sort()).toEqual([200, 412]);
    const lost = one.status === 412 ? one : other;
    expect(lost.body.current).toMatchObject({ id: 'o1', state: 'assigned', version: 2 });
    expect((await bed.dispatcher('POST', '/api/orders/o1/deliver', { reason: 'no code' })).status).toBe(409);
  });

  it('are booked and assigned in lists that are answered item by item', async () => {
    const list = [
      { id: 'a', consumerId: 'c1' },
      { id: 'b', consumerId: 'c9' },
      { id: 'c' },
      { id: 'a', consumerId: 'c2' },
    ];
    const booked = await bed.dispatcher('POST', '/api/orders', list);
    expect(booked.body.items.map(({ status }: { status: number }) => status)).toEqual([201, 422, 400, 409]);
    await bed.dispatcher(
      'POST',
      '/api/orders',
      ['d', 'e'].map((id) => ({ id, consumerId: 'c2' })),
    );
    const items = ['e', 'x', 'a', 'd'].map((orderId) => ({ orderId, vanId: 'v1' }));
    const first = await bed.dispatcher('POST', '/api/orders/assign', { items });
    expect(first.body.items.map(({ status }: { status: number }) => status)).toEqual([200, 404, 200, 200]);
    expect((await bed.dispatcher('POST', '/api/orders/assign', { items })).body).toEqual(first.body);
    const run = await bed.dispatcher('GET', '/api/vans/v1/run');
    expect(run.body.stops.map((stop: { order: { id: string } }) => stop.order.id)).toEqual(['e', 'a', 'd']);
    const started = await bed.ravi('POST', '/api/orders/start', { orderIds: ['a', 'd', 'x'] });
    expect(started.body.items.map(({ status }: { status: number }) => status)).toEqual([200, 200, 404]);
  });

  it('are listed by state, van, consumer and lateness, page by page', async () => {
    for (const id of ['o1', 'o2', 'o3']) await bed.day.booked(id, 'c1');
    await bed.day.out('o4', 'c2', 'v1');
    const ids = async (query: string) =>
      (await bed.dispatcher('GET', `/api/orders?${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('state=booked')).toEqual(['o1', 'o2', 'o3']);
    expect(await ids('state=booked,out-for-delivery&consumerId=c2')).toEqual(['o4']);
    expect(await ids('vanId=v1')).toEqual(['o4']);
    expect(await ids('late=true')).toEqual([]);
    const first = await bed.dispatcher('GET', '/api/orders?limit=3');
    expect(first.body.items).toHaveLength(3);
    expect(await ids(`limit=3&cursor=${first.body.next}`)).toEqual(['o4']);
    bed.day.now += 10 * minute;
    expect((await bed.dispatcher('GET', '/api/orders?state=lost')).status).toBe(400);
    expect((await bed.ravi('GET', '/api/orders')).status).toBe(403);
  });

  it('of others answer like what does not exist', async () => {
    await bed.day.out('o1', 'c1', 'v1');
    await bed.day.booked('o2', 'c2');
    const ask: [OrderServer['c1'], 'GET' | 'POST', string, object?][] = [
      [bed.c2, 'GET', '/api/orders/ID'],
      [bed.mohan, 'GET', '/api/orders/ID'],
      [bed.mohan, 'POST', '/api/orders/ID/start'],
      [bed.mohan, 'POST', '/api/orders/ID/deliver', { reason: 'no code' }],
      [bed.mohan, 'POST', '/api/orders/ID/fail', { reason: 'no code' }],
      [bed.stranger, 'GET', '/api/orders/ID'],
      [bed.stranger, 'POST', '/api/orders/ID/cancel'],
      [bed.stranger, 'POST', '/api/orders/ID/assign', { vanId: 'v1' }],
      [bed.stranger, 'POST', '/api/orders/ID/links'],
      [bed.stranger, 'GET', '/api/orders/ID/links'],
    ];
    for (const [who, method, url, body] of ask) {
      const answers = [];
      for (const id of ['o1', 'nothing']) {
        const { status, text, headers } = await who(method, url.replace('ID', id), body);
        for (const changing of ['date', 'x-request-id', 'ratelimit-remaining', 'ratelimit-reset'])
          delete headers[changing];
        answers.push({ status, text, headers });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.status).toBe(404);
    }
    expect((await bed.c1('POST', '/api/orders', { consumerId: 'c1' })).status).toBe(403);
    expect((await bed.c1('POST', '/api/orders/o1/cancel')).status).toBe(403);
  });

  it('of yesterday that are still to be delivered stay with the driver, those of tomorrow are not his yet', async () => {
    await bed.day.out('o1', 'c1', 'v1');
    await bed.day.booked('o2', 'c2');
    await bed.dispatcher('PUT', '/api/vans/v1/run?day=2026-04-03', ['o2']);
    expect((await bed.ravi('GET', '/api/consumers/c2')).status).toBe(404);
    bed.day.now += 24 * hour;
    const run = await bed.ravi('GET', '/api/me/run');
    expect(run.body.stops.map((stop: { order: { id: string } }) => stop.order.id)).toEqual(['o1', 'o2']);
    expect((await bed.ravi('GET', '/api/consumers/c2')).status).toBe(200);
  });

  it('keep hostile texts as they are, and are harmed by none', async () => {
    const hostile = [
      "'; DROP TABLE orders; --",
      '<script>alert(1)</script>',
      '=HYPERLINK("http://x.example","y")',
      '\u202e\u0000\r\nfake: log line',
      '__proto__',
      '{{7*7}}%0d%0a',
      'constructor',
    ];
    await bed.day.out('o1', 'c1', 'v1');
    for (const text of hostile) {
      const id = encodeURIComponent(text);
      for (const url of [
        `/api/orders/${id}`,
        `/api/orders?consumerId=${id}`,
        `/api/orders?state=${id}`,
        `/api/vans/${id}/run`,
      ]) {
        // `constructor` may be the name of something, and is that of nothing.
        expect((await bed.dispatcher('GET', url)).status).toBeOneOf(
          text === 'constructor' ? [200, 400, 404] : [400, 404],
        );
      }
      expect((await bed.dispatcher('PUT', '/api/vans/v2/run', [text])).status).toBeOneOf([400, 422]);
      expect((await bed.dispatcher('POST', '/api/orders', { id: text, consumerId: 'c1' })).status).toBeOneOf([
        201, 400,
      ]);
      expect((await bed.dispatcher('POST', '/api/orders', { consumerId: text })).status).toBeOneOf([400, 422]);
      expect((await bed.ravi('POST', '/api/orders/o1/deliver', { code: text })).status).toBeOneOf([400, 422]);
      expect((await bed.nobody('POST', `/api/links/${id}/session`)).status).toBe(404);
      const failed = await bed.ravi('POST', '/api/orders/o1/fail', { reason: text });
      expect(failed.body).toMatchObject({ state: 'failed', reason: text });
      await bed.dispatcher('POST', '/api/orders/o1/reattempt');
      await bed.dispatcher('POST', '/api/orders/o1/assign', { vanId: 'v1' });
      await bed.ravi('POST', '/api/orders/o1/start');
    }
    expect((await bed.dispatcher('GET', '/api/orders/o1')).body).toMatchObject({ attempt: hostile.length + 1 });
    for (const line of bed.lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('of a run keep their order when it is planned anew by whoever has seen it', async () => {
    for (const id of ['o1', 'o2']) await bed.day.assigned(id, 'c1', 'v1');
    const seen = await bed.dispatcher('GET', '/api/vans/v1/run');
    await bed.day.does(planRun(bed.day.orders, 'pune', { vanId: 'v1', stops: ['o2', 'o1'] }));
    const stale = await bed.dispatcher('PUT', '/api/vans/v1/run', ['o1'], { 'if-match': String(seen.headers.etag) });
    expect([stale.status, stale.body.current.stops]).toEqual([412, ['o2', 'o1']]);
    expect((await bed.ravi('PUT', '/api/vans/v1/run', ['o1'])).status).toBe(403);
    expect((await bed.ravi('GET', '/api/vans/v2/run')).status).toBe(404);
  });
});
