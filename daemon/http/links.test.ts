import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeConsumer } from '../domain/decide-consumer.ts';
import { failOrder, reattemptOrder, startOrder } from '../domain/decide-order.ts';
import { deliverOrder } from '../domain/decide-order-delivery.ts';
import { assignOrder } from '../domain/decide-run.ts';
import { hashLinkToken, makeLink } from '../domain/link.ts';
import { AgencyDay, hour, minute } from '../project/agency-day.fixture.ts';
import { sendOwnLink } from '../project/own-link.ts';
import { tidy } from '../project/story.fixture.ts';
import { type OrderServer, orderServer } from './agency-day.fixture.ts';

let bed: OrderServer;
beforeEach(async () => {
  bed = await orderServer();
  await bed.day.out('o1', 'c1', 'v1');
  await bed.day.out('o2', 'c1', 'v2');
});
afterEach(() => bed.remove());
afterAll(tidy);

const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
const made = async () =>
  (await bed.dispatcher('POST', '/api/orders/o1/links')).body as { url: string; id: string; expiresAt: number };
const session = (token: string) => bed.nobody('POST', `/api/links/${token}/session`);

/** What the page of a link is, once it has its session. */
async function page(token: string) {
  const opened = await session(token);
  expect(opened.status).toBe(200);
  return bed.call(opened.body.accessToken);
}

describe('a link that staff made', () => {
  it('shows its one order, the van that brings it and where the home is; no code, no name, nothing else', async () => {
    const link = await made();
    expect(link.url).toMatch(/^https:\/\/vantrail\.example\/t\/[A-Za-z0-9_-]{24}$/);
    const visitor = await page(tokenOf(link.url));
    const orders = (await visitor('GET', '/api/me/orders')).body.items;
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({ id: 'o1', state: 'out-for-delivery', vanId: 'v1' });
    expect(orders[0]).not.toHaveProperty('code');
    expect((await visitor('GET', '/api/orders/o1')).body).not.toHaveProperty('code');
    expect((await visitor('GET', '/api/orders/o2')).status).toBe(404);
    expect((await visitor('GET', '/api/vans')).body.items.map(({ id }: { id: string }) => id)).toEqual(['v1']);
    expect((await visitor('GET', '/api/vans/v2/trail')).status).toBe(404);
    const home = await visitor('GET', '/api/consumers/c1');
    expect(home.body).toEqual({ id: 'c1', name: 'c1', latitude: 18.52, longitude: 73.86, version: 1 });
    expect((await visitor('GET', '/api/consumers?query=Name')).body.items).toEqual([]);
    expect((await visitor('GET', '/api/me')).text).not.toContain('Name of c1');
    expect((await visitor('PUT', '/api/me/sharing', { minutes: 10 })).status).toBe(404);
  });

  it('is in no answer but its own, and nowhere in the log or the lines', async () => {
    const { url, id } = await made();
    const token = tokenOf(url);
    await session(token);
    const list = await bed.dispatcher('GET', '/api/orders/o1/links');
    expect(list.body.items).toEqual([expect.objectContaining({ id, own: false })]);
    for (const text of [list.text, bed.lines.join(), await bed.day.everythingWritten()])
      expect(text).not.toContain(token);
    expect(await bed.day.everythingWritten()).toContain(hashLinkToken(token));
  });

  it('is dead 15 minutes after the end of its order, and so is the page it has opened', async () => {
    const token = tokenOf((await made()).url);
    await bed.day.does(deliverOrder(bed.day.orders, 'pune', 'o1', { confirmation: 'code' }));
    bed.day.now += 14 * minute;
    const opened = await session(token);
    expect(opened.body.expiresIn).toBe(60);
    const visitor = bed.call(opened.body.accessToken);
    expect((await visitor('GET', '/api/me/orders')).body.items).toMatchObject([{ state: 'delivered' }]);
    expect((await visitor('GET', '/api/vans')).body.items).toEqual([]);
    bed.day.now += minute;
    expect((await visitor('GET', '/api/me/orders')).status).toBe(401);
    expect((await session(token)).text).toBe((await session('A'.repeat(24))).text);
  });

  it('goes on when a failed order is taken up again soon, and is dead for good otherwise', async () => {
    const token = tokenOf((await made()).url);
    const { day } = bed;
    await day.does(failOrder(day.orders, 'pune', 'o1', 'nobody there'));
    day.now += 10 * minute;
    await day.does(reattemptOrder(day.orders, 'pune', 'o1'));
    expect((await session(token)).status).toBe(200);
    await day.does(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v1' }));
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    await day.does(failOrder(day.orders, 'pune', 'o1', 'nobody there'));
    day.now += 20 * minute;
    await day.does(reattemptOrder(day.orders, 'pune', 'o1'));
    expect((await session(token)).status).toBe(404);
  });

  it('is dead at once when it is revoked', async () => {
    const link = await made();
    const token = tokenOf(link.url);
    const visitor = await page(token);
    expect((await bed.dispatcher('DELETE', `/api/orders/o2/links/${link.id}`)).status).toBe(404);
    expect((await bed.dispatcher('DELETE', `/api/orders/o1/links/${link.id}`)).status).toBe(204);
    expect((await visitor('GET', '/api/me')).status).toBe(401);
    expect((await session(token)).status).toBe(404);
    expect((await bed.dispatcher('GET', '/api/orders/o1/links')).body.items).toEqual([]);
  });

  it('lives a week at most, and is swept out of the log by a later one', async () => {
    const { url, expiresAt } = await made();
    expect(expiresAt).toBe(bed.day.now + 7 * 24 * hour);
    bed.day.now = expiresAt;
    expect((await session(tokenOf(url))).status).toBe(404);
    await bed.dispatcher('POST', '/api/orders/o2/links');
    expect(Array.from(bed.day.links.links('pune'), ({ orderId }) => orderId)).toEqual(['o2']);
  });

  it('cannot be made for what has ended or cannot be seen', async () => {
    await bed.day.does(deliverOrder(bed.day.orders, 'pune', 'o1', { confirmation: 'code' }));
    bed.day.now += 16 * minute;
    expect((await bed.dispatcher('POST', '/api/orders/o1/links')).status).toBe(409);
    expect((await bed.ravi('POST', '/api/orders/o2/links')).status).toBe(403);
    expect((await bed.stranger('POST', '/api/orders/o2/links')).status).toBe(404);
  });
});

describe('a link that was sent to the consumer', () => {
  it('shows the code, and no answer ever shows the link', async () => {
    const sent = await bed.dispatcher('POST', '/api/orders/o1/links/send');
    expect([sent.status, sent.text]).toEqual([202, 'null']);
    expect(bed.sent).toMatchObject([{ agency: 'pune', template: 'order-link', to: { kind: 'consumer', id: 'c1' } }]);
    const token = tokenOf(bed.sent[0]?.values.url ?? '');
    expect(bed.lines.join() + (await bed.day.everythingWritten())).not.toContain(token);
    expect((await bed.dispatcher('GET', '/api/orders/o1/links')).text).not.toContain(token);
    const visitor = await page(token);
    const { code } = (await visitor('GET', '/api/orders/o1')).body;
    expect(code).toBe(bed.codes.of('pune', { id: 'o1', attempt: 1 }));
    expect((await visitor('GET', '/api/orders/o2')).status).toBe(404);
    expect((await visitor('PUT', '/api/me/sharing', { minutes: 10 })).status).toBe(200);
  });

  it('is sent for orders that are out alone', async () => {
    await bed.day.booked('o3', 'c1');
    expect((await bed.dispatcher('POST', '/api/orders/o3/links/send')).status).toBe(409);
    const { orders, links, commands } = bed.day;
    const deps = { orders, links, commands, notify: { send: async () => {} }, publicUrl: 'https://v.example' };
    expect(await sendOwnLink(deps, 'pune', 'o9', 'INTERNAL_SERVICE:notify')).toBe(false);
  });
});

describe('opening links', () => {
  it('gives the page a cookie that no script can read and that goes nowhere else, to renew its token by', async () => {
    const token = tokenOf((await made()).url);
    const opened = await session(token);
    expect(opened.headers['set-cookie']).toMatch(
      new RegExp(`^vantrail-link=${token}; Path=/api/links; Max-Age=\\d+; HttpOnly; SameSite=Lax$`),
    );
    expect(opened.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    const renewed = await bed.nobody('POST', '/api/links/session', undefined, {
      cookie: `a=b; vantrail-link=${token}`,
    });
    expect(renewed.body).toMatchObject({ orderId: 'o1', own: false });
    expect((await bed.nobody('POST', '/api/links/session')).status).toBe(404);
  });

  it('is made slow for who guesses, and for nobody else behind the same address', async () => {
    const token = tokenOf((await made()).url);
    const answers = [];
    for (let i = 0; i < 25; i++) answers.push((await session(`guess${String(i).padStart(19, '0')}`)).status);
    expect(answers).toEqual([...Array(20).fill(404), ...Array(5).fill(429)]);
    expect((await session(token)).status).toBe(200);
    bed.day.now += 10 * minute;
    expect((await session('guess')).status).toBe(404);
  });

  it('of a consumer who has been removed is not possible', async () => {
    const token = tokenOf((await made()).url);
    const visitor = await page(token);
    await bed.day.does(removeConsumer('pune', 'c1'));
    expect((await session(token)).status).toBe(404);
    expect((await visitor('GET', '/api/me')).status).toBe(401);
  });

  it('is the same after a restart', async () => {
    const { url, id } = await made();
    const again = await AgencyDay.begin({ log: bed.day.log });
    expect(again.links.byToken(tokenOf(url))).toMatchObject({ id, agency: 'pune', orderId: 'o1' });
    await again.projector.stop();
    const make = makeLink(bed.day, 'pune', { orderId: 'o1', own: false, tokenHash: 'x' });
    expect((await bed.day.does(make)).orderId).toBe('o1');
  });
});
