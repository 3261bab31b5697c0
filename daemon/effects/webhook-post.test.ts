import type { LookupFunction } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotTaken, type PostOptions, webhookPost } from './webhook-post.ts';
import { WebhookSecrets } from './webhook-secrets.ts';
import { Receiver } from './webhooks.fixture.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await new Receiver().start();
});
afterEach(() => receiver.stop());

const never = new AbortController().signal;
const failure = (options: PostOptions, url = receiver.url) =>
  webhookPost(options)(url, { 'content-type': 'application/json' }, '{}', never).then(
    () => undefined,
    (error: unknown) => error,
  );
/** A name server that gives these addresses for every name. */
const naming =
  (...addresses: string[]): LookupFunction =>
  (_name, _how, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('posting to an address that somebody else has chosen', () => {
  it('ends well with any 2xx, and reads little of the answer', async () => {
    receiver.answers.push({ status: 204, headers: {} }, { status: 200, headers: {}, body: 'x'.repeat(5_000_000) });
    expect(await failure({ inside: true })).toBeUndefined();
    expect(await failure({ inside: true })).toBeUndefined();
    expect(receiver.received).toHaveLength(2);
  });

  it.each([
    ['500', 500, 'it answered 500'],
    ['a redirect, which is not followed', { status: 307, headers: { location: '/other' } }, 'it answered 307'],
    ['a closed connection', 'close', 'it cannot be reached: socket hang up'],
    ['nothing', 'hang', 'it did not answer in time'],
  ] as const)('fails with %s', async (_name, answer, message) => {
    receiver.answers.push(answer);
    const failed = await failure({ inside: true, patience: 100 });
    expect(failed).toBeInstanceOf(NotTaken);
    expect(failed).toMatchObject({ message });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('tells how long the receiver asks to wait, an hour at most', async () => {
    receiver.answers.push({ status: 429, headers: { 'retry-after': '90' } });
    expect(await failure({ inside: true })).toMatchObject({ status: 429, after: 90_000 });
    receiver.answers.push({ status: 503, headers: { 'retry-after': '999999' } });
    expect(await failure({ inside: true })).toMatchObject({ status: 503, after: 3_600_000 });
    receiver.answers.push({ status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } });
    expect(await failure({ inside: true })).toMatchObject({ status: 503, after: 0 });
  });

  it('never goes inside, whatever a name server says, and asks it at every connection', async () => {
    const { port } = new URL(receiver.url);
    const url = `https://erp.example:${port}/`;
    for (const addresses of [['127.0.0.1'], ['::1'], ['8.8.8.8', '10.0.0.1'], ['169.254.169.254'], []]) {
      const failed = await failure({ inside: false, lookup: naming(...addresses) }, url);
      expect(failed).toMatchObject({
        message: 'it cannot be reached: erp.example is not an address on the open internet',
      });
    }
    expect(await failure({ inside: false }, receiver.url)).toMatchObject({
      message: 'the address must begin with https://',
    });
    expect(await failure({ inside: false }, `https://127.0.0.1:${port}/`)).toMatchObject({
      message: 'the address is not an address on the open internet',
    });
    expect(receiver.received).toEqual([]);
  });

  it('can be called off', async () => {
    receiver.answers.push('hang');
    const off = new AbortController();
    const posting = webhookPost({ inside: true })(receiver.url, {}, '{}', off.signal);
    await receiver.got(0);
    off.abort(new Error('called off'));
    await expect(posting).rejects.toThrow('called off');
  });
});

describe('a sealed secret', () => {
  const secrets = new WebhookSecrets(() => Buffer.alloc(32, 1));
  it('opens for the webhook and the version it was sealed for, and with the same server secret', () => {
    const sealed = secrets.seal('vtwh_secret', 'pune', 'erp', 3);
    expect(sealed).not.toContain('vtwh');
    expect(secrets.seal('vtwh_secret', 'pune', 'erp', 3)).not.toBe(sealed);
    expect(secrets.open(sealed, 'pune', 'erp', 3)).toBe('vtwh_secret');
    expect(secrets.open(sealed, 'pune', 'erp', 4)).toBeUndefined();
    expect(secrets.open(sealed, 'delhi', 'erp', 3)).toBeUndefined();
    expect(new WebhookSecrets(() => Buffer.alloc(32, 2)).open(sealed, 'pune', 'erp', 3)).toBeUndefined();
    expect(secrets.open('short', 'pune', 'erp', 3)).toBeUndefined();
  });
});
