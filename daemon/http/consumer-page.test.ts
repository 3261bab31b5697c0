import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consumerWords } from '../../protocol/consumer-words.ts';
import { changeAgency } from '../domain/decide-agency.ts';
import { changeConsumer } from '../domain/decide-consumer.ts';
import { deliverOrder } from '../domain/decide-order-delivery.ts';
import { assignOrder } from '../domain/decide-run.ts';
import { minute } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { type OrderServer, orderServer } from './agency-day.fixture.ts';

let bed: OrderServer;
let path: string;
beforeEach(async () => {
  bed = await orderServer();
  await bed.day.does(changeAgency('pune', { name: 'Sona <Gas> & Sons', phone: '+91 00100 12345' }));
  await bed.day.out('o1', 'c1', 'v1');
  const { url } = (await bed.dispatcher('POST', '/api/orders/o1/links')).body as { url: string };
  path = new URL(url).pathname;
});
afterEach(() => bed.remove());
afterAll(tidy);

const open = () => bed.nobody('GET', path);
const { en, hi } = consumerWords;

describe("the first answer of a consumer's page", () => {
  it('has all the words: state, range, stops, age of the position; escaped, and without any script', async () => {
    await bed.day.at('gps-v1', 100);
    bed.day.now += 6 * minute;
    const from = bed.day.now + 11 * minute;
    bed.arrivals.set('o1', { from, likely: from + 15 * minute, until: from + 28 * minute, by: 'road', stopsBefore: 4 });
    const { status, text, headers } = await open();
    expect(status).toBe(200);
    expect(text).toContain('<h1>Out for delivery</h1>');
    expect(text).toMatch(/<p class="estimate">between 09:15 and 09:45<\/p>/);
    expect(text).toContain(en.stopsBefore(4));
    expect(text).toContain(en.positionAge(6));
    expect(text).toContain('Sona &#60;Gas&#62; &#38; Sons');
    expect(text).toContain('href="tel:+910010012345"');
    // No other page of ours has its name: what was not built is not named.
    expect(text).not.toContain('<script');
    for (const personal of ['Name of c1', '555 0001', '18.52']) expect(text).not.toContain(personal);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(bed.lines.join()).not.toContain(path.slice(3));
  });

  it("speaks the consumer's language", async () => {
    await bed.day.does(changeConsumer('pune', { id: 'c1', language: 'hi' }));
    const { text } = await open();
    expect(text).toContain('<html lang="hi">');
    expect(text).toContain(hi.out);
  });

  it('thanks and has a receipt after the end, and dies a quarter of an hour later with words of its own', async () => {
    await bed.day.does(deliverOrder(bed.day.orders, 'pune', 'o1', { confirmation: 'code', empties: 1 }));
    bed.day.now += 14 * minute;
    const receipt = await open();
    expect(receipt.text).toContain(en.delivered);
    expect(receipt.text).toContain(en.receiptEmpties);
    bed.day.now += 2 * minute;
    const dead = await open();
    expect(dead.status).toBe(410);
    expect(dead.text).toContain(en.dead.title);
    expect(dead.text).toContain('tel:+910010012345');
    expect(dead.text).not.toContain('o1');
    expect(dead.headers['cache-control']).toBe('no-store');
  });

  it('of an order that was put on another van: planned, and no word of the van before', async () => {
    await bed.day.does(assignOrder(bed.day.orders, 'pune', 'o1', { vanId: 'v2' }));
    const { text, status } = await open();
    expect(status).toBe(200);
    expect(text).toContain(en.assigned);
    expect(text).not.toContain('v1');
  });

  it('of a link that was revoked is that of one that never was; guesses are counted', async () => {
    const { items } = (await bed.dispatcher('GET', '/api/orders/o1/links')).body as { items: { id: string }[] };
    for (const { id } of items) await bed.dispatcher('DELETE', `/api/orders/o1/links/${id}`);
    const revoked = await open();
    const guessed = await bed.nobody('GET', `/t/${'A'.repeat(24)}`);
    expect(revoked.status).toBe(404);
    expect(revoked.text).toBe(guessed.text);
    expect(revoked.text).toContain(en.unknown.title);
    const inHindi = await bed.nobody('GET', `/t/${'B'.repeat(24)}`, undefined, { 'accept-language': 'hi-IN,hi;q=0.9' });
    expect(inHindi.text).toContain(hi.unknown.title);
    for (let i = 0; i < 17; i++) await bed.nobody('GET', `/t/${'C'.repeat(24)}`);
    expect((await bed.nobody('GET', `/t/${'D'.repeat(24)}`)).status).toBe(429);
    expect((await bed.nobody('POST', `/api/links/${'D'.repeat(24)}/session`)).status).toBe(429);
  });

  it('opened twice is twice the same', async () => {
    expect((await open()).text).toBe((await open()).text);
  });
});

describe('the page of all own orders', () => {
  it('asks for the telephone number, and says nothing about which agencies there are', async () => {
    const known = await bed.nobody('GET', '/me/pune');
    const unknown = await bed.nobody('GET', '/me/nowhere');
    expect(known.text).toContain(en.me.title);
    expect(unknown.text.replaceAll('nowhere', 'pune')).toBe(known.text);
    expect((await bed.nobody('GET', '/me')).status).toBe(200);
  });
});
