import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Delivery, NotDelivered } from './notify.ts';
import { textOf } from './templates.ts';
import { webhookNotify } from './webhook-notify.ts';

const secret = 'a secret of the two of us';
const message: Delivery = {
  key: 'order-link/o1/1/l1',
  agency: 'demo',
  phone: '+91 98765 43210',
  language: 'hi',
  template: 'order-link',
  values: { order: 'o1', url: 'https://gas.example/t/secret' },
  text: 'आपका सिलेंडर रास्ते में है',
};
const signal = () => new AbortController().signal;

let server: http.Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))));

/** A receiver that answers as told, and what it was sent. */
async function receiver(status = 200, headers: http.OutgoingHttpHeaders = {}) {
  const received: { headers: http.IncomingHttpHeaders; body: string }[] = [];
  server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status, headers).end('not read');
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { received, url: `http://127.0.0.1:${port}/sms` };
}

describe('the webhook', () => {
  it('is sent the message with a signature that its receiver can check', async () => {
    const { received, url } = await receiver(202);
    const notify = webhookNotify({ url, secret, now: () => 1_767_607_200_500 });
    await notify.deliver(message, signal());
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'order-link/o1/1/l1',
      'x-vantrail-timestamp': '1767607200',
    });
    const expected = createHmac('sha256', secret).update(`1767607200.${body}`).digest('hex');
    expect(headers['x-vantrail-signature']).toBe(`v1=${expected}`);
    const { phone, ...rest } = message;
    expect(JSON.parse(body)).toEqual({ ...rest, to: { phone } });
  });

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [401, false],
    [404, false],
    [302, false],
  ])('answering %i is worth another try: %s', async (status, again) => {
    const { url } = await receiver(status, { 'retry-after': '7', location: 'http://127.0.0.1:1/elsewhere' });
    const failed = await webhookNotify({ url, secret })
      .deliver(message, signal())
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(NotDelivered);
    expect(failed).toMatchObject({ again, after: 7000, message: `the webhook answered ${status}` });
  });

  it('that cannot be reached is worth another try, and is named without what was to be sent', async () => {
    const { url } = await receiver();
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    server = undefined;
    const notify = webhookNotify({ url, secret });
    const failed = await notify.deliver(message, signal()).catch((error: unknown) => error);
    expect(failed).toMatchObject({ again: true, message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED/) });
    expect((failed as Error).message).not.toContain('secret');
  });

  it('needs a secret worth the name', () => {
    expect(() => webhookNotify({ url: 'http://x', secret: 'short' })).toThrow(RangeError);
  });
});

describe('templates', () => {
  const values = { order: 'o1', url: 'https://gas.example/t/abc' };
  it('say the same in English and in Hindi', () => {
    expect(textOf('en', 'order-link', values, 'Sona Gas')).toMatch(
      /^Sona Gas: your cylinder .*https:\/\/gas\.example\/t\/abc$/,
    );
    expect(textOf('hi', 'order-link', values, 'Sona Gas')).toMatch(
      /^Sona Gas: [\u0900-\u097f].*https:\/\/gas\.example\/t\/abc$/,
    );
    expect(textOf('hi', 'sign-in-code', { code: '012345', minutes: 10 }, 'Sona Gas')).toMatch(
      /^012345 .*[\u0900-\u097f]/,
    );
  });
});
