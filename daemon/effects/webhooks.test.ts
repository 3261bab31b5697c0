import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../protocol/alert.ts';
import { changeWebhook, removeWebhook, replayWebhook, setWebhookSecret } from '../domain/decide-webhook.ts';
import { MemoryLog } from '../log/memory.ts';
import { alertNews } from './webhook-alerts.ts';
import { NotTaken, type Post, webhookPost } from './webhook-post.ts';
import { newWebhookSecret } from './webhook-secrets.ts';
import { Clock, hour, minute, Receiver, second, settled, ten, WebhookDaemon } from './webhooks.fixture.ts';

let receiver: Receiver;
let daemons: WebhookDaemon[];
beforeEach(async () => {
  receiver = await new Receiver().start();
  daemons = [];
});
afterEach(async () => {
  for (const daemon of daemons) await daemon.remove();
  await receiver.stop();
});

async function daemon(of: Partial<ConstructorParameters<typeof WebhookDaemon>[0]> = {}): Promise<WebhookDaemon> {
  const one = await new WebhookDaemon({ post: webhookPost({ inside: true, patience: 200 }), ...of }).start();
  daemons.push(one);
  return one;
}

/** A receiver without a network: takes everything down, and fails as it is told. */
function inbox() {
  const taken: string[] = [];
  let wrong: NotTaken | undefined;
  const post: Post = async (_url, _headers, body) => {
    if (wrong !== undefined) throw wrong;
    const { type, data } = JSON.parse(body) as { type: string; data: { id: string } };
    taken.push(`${type} ${data.id}`);
  };
  return {
    taken,
    post,
    fails: (message: string, more: { status?: number; after?: number } = {}) => {
      wrong = new NotTaken(message, more);
    },
    works: () => {
      wrong = undefined;
    },
  };
}

/** All events of a type in the log, as they are there. */
async function recorded(of: WebhookDaemon, type: string) {
  const found = [];
  for await (const { records } of of.log.read(null)) {
    for (const { topic, value } of records) if (topic === 'events' && value.type === type) found.push(value);
  }
  return found;
}

const failuresOf = (of: WebhookDaemon, id = 'erp') => [...of.webhooks.failures('pune', id)];

describe('a webhook', () => {
  it('is sent what it wants, in order, signed so that its receiver can check, without personal fields', async () => {
    const one = await daemon();
    await one.agency();
    await one.book('before');
    const secret = await one.subscribe('erp', receiver.url, ['order-booked', 'order-cancelled']);
    await one.book('o1');
    await one.book('o2');
    await one.cancel('o1');
    expect(await receiver.got(3)).toEqual(['order-booked o1', 'order-booked o2', 'order-cancelled o1']);
    const [first] = receiver.received;
    const [, event] = await recorded(one, 'order-booked');
    expect(JSON.parse(first?.body ?? '')).toEqual({
      id: event?.id,
      type: 'order-booked',
      time: ten,
      agency: 'pune',
      webhook: 'erp',
      data: { id: 'o1', consumerId: 'c1', cylinders: 1 },
    });
    const timestamp = String(ten / 1000);
    const expected = createHmac('sha256', secret).update(`${timestamp}.${first?.body}`).digest('hex');
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': event?.id,
      'x-vantrail-timestamp': timestamp,
      'x-vantrail-signature': `v1=${expected}`,
    });
    const everything = receiver.received.map(({ body }) => body).join();
    expect(everything).not.toMatch(/Name of c1|555/);
  });

  it('whose secret is nowhere in the log in the clear', async () => {
    const one = await daemon();
    await one.agency();
    const secret = await one.subscribe('erp', receiver.url, ['order-booked']);
    let text = '';
    for await (const batch of one.log.read(null)) text += JSON.stringify(batch);
    expect(text).toContain('"kind":"webhook-secret"');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64url'));
  });

  it('is not told of an event that lost its race', async () => {
    const { taken, post } = inbox();
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', receiver.url, ['order-cancelled']);
    await one.book('o1');
    const [booking] = await recorded(one, 'order-booked');
    const loser = {
      id: '00000000-0000-4000-8000-000000000001',
      time: ten,
      actor: 'ADMIN:other',
      type: 'order-cancelled' as const,
      expects: [{ subject: 'order:o1', version: 7 }],
      data: { id: 'o1' },
    };
    await new Promise((resolve) => one.log.append([{ topic: 'events', agency: 'pune', value: loser }], resolve));
    await settled();
    expect(booking).toBeDefined();
    expect(taken).toEqual([]);
    await one.cancel('o1');
    await settled();
    expect(taken).toEqual(['order-cancelled o1']);
  });

  it('that fails, closes, hangs and redirects is tried again each time, and what waits keeps its order', async () => {
    const one = await daemon();
    await one.agency();
    await one.subscribe('erp', receiver.url, ['order-booked']);
    receiver.answers.push(500, 'close', 'hang', { status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    await one.book('o1');
    await one.book('o2');
    for (let tries = 1; tries <= 4; tries++) {
      expect(await receiver.got(tries)).toHaveLength(tries);
      // The answer (or its absence) has been taken in once the next try is known.
      while ((one.sender.trouble('pune', 'erp')?.tries ?? 0) < tries) await settled();
      await one.clock.pass((one.sender.trouble('pune', 'erp')?.nextTry ?? 0) - one.clock.now);
    }
    expect(await receiver.got(6)).toEqual([...Array(5).fill('order-booked o1'), 'order-booked o2']);
    expect(receiver.received.map(({ path }) => path)).toEqual(Array(6).fill('/hook'));
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys.slice(0, 5)).size).toBe(1);
    await settled();
    expect(one.sender.trouble('pune', 'erp')).toBeUndefined();
  });

  it('waits longer after each failure, and as long as its receiver asks', async () => {
    const { taken, post, fails, works } = inbox();
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', 'http://inbox.example', ['order-booked']);
    fails('it answered 503', { status: 503, after: 5 * minute });
    await one.book('o1');
    await settled();
    expect(one.sender.trouble('pune', 'erp')).toEqual({
      since: ten,
      tries: 1,
      why: 'it answered 503',
      nextTry: ten + 5 * minute,
    });
    fails('it answered 500', { status: 500 });
    const gaps: number[] = [];
    let last = one.clock.now;
    for (let tries = 2; tries <= 9; tries++) {
      const { nextTry = 0 } = one.sender.trouble('pune', 'erp') ?? {};
      gaps.push(nextTry - last);
      last = nextTry;
      await one.clock.pass(nextTry - one.clock.now);
    }
    expect(gaps.map((gap) => gap / second)).toEqual([300, 4, 16, 60, 240, 900, 1800, 1800]);
    works();
    await one.clock.pass(30 * minute);
    expect(taken).toEqual(['order-booked o1']);
  });

  it('that fails for a day: what is older becomes a dead letter, and a replay brings it', async () => {
    const { taken, post, fails, works } = inbox();
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', 'http://inbox.example', ['order-booked']);
    fails('it answered 500', { status: 500 });
    await one.book('o1');
    await one.clock.pass(2 * hour);
    await one.book('o2');
    await one.clock.pass(21 * hour);
    expect(failuresOf(one)).toEqual([]);
    await one.clock.pass(2 * hour);
    expect(failuresOf(one)).toMatchObject([{ type: 'order-booked', why: 'it answered 500', time: ten }]);
    expect(one.webhooks.sizes('pune', 'erp')).toEqual({ waiting: 1, failed: 1 });
    works();
    await one.clock.pass(hour);
    expect(taken).toEqual(['order-booked o2']);
    const keys = failuresOf(one).map(({ key }) => key);
    expect(await one.does(replayWebhook(one.webhooks, 'pune', 'erp', keys))).toEqual({ replayed: 1 });
    await settled();
    expect(taken).toEqual(['order-booked o2', 'order-booked o1']);
    await one.clock.pass(10 * second);
    expect(one.webhooks.sizes('pune', 'erp')).toEqual({ waiting: 0, failed: 0 });
  });

  it('that takes nothing for two days is paused and says so; what happens meanwhile waits until it is resumed', async () => {
    const { taken, post, fails, works } = inbox();
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', 'http://inbox.example', ['order-booked']);
    fails('it cannot be reached: ECONNREFUSED');
    await one.book('o1');
    await one.clock.pass(47 * hour);
    expect(one.webhooks.webhook('pune', 'erp')?.active).toBe(true);
    await one.book('o2');
    await one.clock.pass(2 * hour);
    expect(one.webhooks.webhook('pune', 'erp')).toMatchObject({
      active: false,
      problem: expect.stringMatching(
        /^nothing was taken since 2026-01-05T04:\d\d.*: it cannot be reached: ECONNREFUSED$/,
      ),
    });
    works();
    await one.book('o3');
    await one.clock.pass(40 * hour);
    expect(taken).toEqual([]);
    await one.does(changeWebhook(one.webhooks, 'pune', 'erp', { active: true }, { inside: true }));
    await settled();
    // Also what is older than a day: it could not have been taken.
    expect(taken).toEqual(['order-booked o2', 'order-booked o3']);
    expect(one.webhooks.webhook('pune', 'erp')).not.toHaveProperty('problem');
    expect(failuresOf(one)).toMatchObject([{ type: 'order-booked' }]);
  });

  it('that is gone (410) is paused at once', async () => {
    const { post, fails } = inbox();
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', 'http://inbox.example', ['order-booked']);
    fails('it answered 410', { status: 410 });
    await one.book('o1');
    await settled();
    expect(one.webhooks.webhook('pune', 'erp')).toMatchObject({
      active: false,
      problem: 'it answered 410: it is gone for good',
    });
  });

  it('that cannot take one message gives it five tries, then goes on with the next', async () => {
    const taken: string[] = [];
    const post: Post = async (_url, _headers, body) => {
      if (body.includes('"o1"')) throw new NotTaken('it answered 422', { status: 422 });
      taken.push(JSON.parse(body).data.id);
    };
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', 'http://inbox.example', ['order-booked']);
    await one.book('o1');
    await one.book('o2');
    await one.clock.pass(80 * second);
    expect(taken).toEqual([]);
    await one.clock.pass(10 * minute);
    expect(taken).toEqual(['o2']);
    expect(failuresOf(one)).toMatchObject([{ why: 'it answered 422, 5 times' }]);
  });

  it('gets what waits at once under another address or secret, and nothing more once it is removed', async () => {
    const sent: string[] = [];
    let works = false;
    const post: Post = async (url, headers) => {
      sent.push(url);
      if (!works) throw new NotTaken('it answered 401', { status: 401 });
      expect(headers['x-vantrail-signature']).toMatch(/^v1=[0-9a-f]{64}$/);
    };
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', 'http://old.example', ['order-booked']);
    await one.book('o1');
    await one.clock.pass(hour);
    const before = sent.length;
    await one.does(changeWebhook(one.webhooks, 'pune', 'erp', { url: 'http://new.example' }, { inside: true }));
    await settled();
    expect(sent.slice(before)).toEqual(['http://new.example']);
    works = true;
    const secret = newWebhookSecret();
    const seal = (id: string, number: number) => one.secrets.seal(secret, 'pune', id, number);
    await one.does(setWebhookSecret(one.webhooks, 'pune', 'erp', seal));
    await settled();
    expect(one.sender.trouble('pune', 'erp')).toBeUndefined();
    expect(sent.slice(before)).toEqual(['http://new.example', 'http://new.example']);
    await one.does(removeWebhook(one.webhooks, 'pune', 'erp'));
    await one.book('o2');
    await one.clock.pass(hour);
    expect(sent.slice(before)).toHaveLength(2);
    expect(one.webhooks.sealed('pune', 'erp')).toBeUndefined();
  });
});

describe('how far deliveries have come', () => {
  it('is put on record every ten seconds or hundred deliveries, and not for each', async () => {
    const { taken, post } = inbox();
    const one = await daemon({ post });
    await one.agency();
    await one.subscribe('erp', 'http://inbox.example', ['order-booked']);
    for (let i = 0; i < 250; i++) await one.book(`o${i}`);
    await settled();
    expect(taken).toHaveLength(250);
    expect(await recorded(one, 'webhook-delivered')).toHaveLength(2);
    await one.clock.pass(10 * second);
    const records = await recorded(one, 'webhook-delivered');
    const bookings = await recorded(one, 'order-booked');
    expect(records.map(({ data }) => data)).toEqual([
      { id: 'erp', upTo: bookings[99]?.id, told: [], failed: [] },
      { id: 'erp', upTo: bookings[199]?.id, told: [], failed: [] },
      { id: 'erp', upTo: bookings[249]?.id, told: [], failed: [] },
    ]);
    await one.clock.pass(hour);
    expect(await recorded(one, 'webhook-delivered')).toHaveLength(3);
  });

  it('is put on record when the daemon stops, so that a restart and a rebuild send nothing again', async () => {
    const { taken, post } = inbox();
    const first = await daemon({ post });
    await first.agency();
    await first.subscribe('erp', 'http://inbox.example', ['order-booked']);
    await first.book('o1');
    await settled();
    await first.stop();
    const again = await daemon({ post, log: first.log, clock: first.clock, folder: first.folder });
    await settled();
    await again.stop();
    // A new file: everything is read again from the log.
    const rebuilt = await daemon({ post, log: first.log, clock: first.clock });
    await settled();
    expect(taken).toEqual(['order-booked o1']);
    await rebuilt.book('o2');
    await settled();
    expect(taken).toEqual(['order-booked o1', 'order-booked o2']);
  });

  it('is known to the daemon that acts next: it goes on, and sends twice only what was not on record', async () => {
    const { taken, post } = inbox();
    const log = new MemoryLog();
    const clock = new Clock();
    let acts = 'a';
    const listeners: (() => void)[] = [];
    const dutiesOf = (name: string) => ({
      holds: () => acts === name,
      onChange: (listener: () => void) => {
        listeners.push(listener);
        return () => {};
      },
    });
    const a = await daemon({ post, log, clock, duties: dutiesOf('a') });
    const b = await daemon({ post, log, clock, duties: dutiesOf('b') });
    await a.agency();
    await a.subscribe('erp', 'http://inbox.example', ['order-booked']);
    await b.book('o1');
    await clock.pass(10 * second);
    expect(taken).toEqual(['order-booked o1']);
    expect(b.webhooks.sizes('pune', 'erp').waiting).toBe(0);
    await b.book('o2');
    await settled();
    a.kill();
    await b.book('o3');
    await settled();
    expect(taken).toEqual(['order-booked o1', 'order-booked o2']);
    acts = 'b';
    for (const listener of listeners) listener();
    await settled();
    expect(taken).toEqual(['order-booked o1', 'order-booked o2', 'order-booked o2', 'order-booked o3']);
  });
});

describe('alerts', () => {
  const alert = (closedAt?: number): Alert => ({
    id: 'silent:v1:1767587400000',
    kind: 'silent',
    severity: 'warning',
    sounds: false,
    since: ten,
    openedAt: ten,
    ...(closedAt === undefined ? {} : { closedAt, closedBy: 'over' as const }),
    vanId: 'v1',
    template: 'silent',
    params: { van: 'One', since: ten },
    text: 'One is silent',
    acknowledged: { by: 'DISPATCHER:dev', at: ten },
    version: 1,
  });

  it('are told once when they open and once when they close, also over a restart and a rebuild', async () => {
    const { taken, post } = inbox();
    let present = alert();
    let tell: (change: { agency: string; alerts: ReadonlySet<string> }) => void = () => {};
    const news = alertNews({
      alerts: { alert: () => present, find: () => [present] },
      agencies: () => [{ id: 'pune' }],
      onChange: (listener) => {
        tell = listener;
        return () => {};
      },
    });
    const changed = { agency: 'pune', alerts: new Set([present.id]) };
    const one = await daemon({ post, news });
    await one.agency();
    await one.subscribe('erp', 'http://inbox.example', ['alert-opened', 'alert-closed', 'order-booked']);
    tell(changed);
    tell(changed);
    await settled();
    expect(taken).toEqual([`alert-opened ${present.id}`]);
    await one.clock.pass(10 * second);
    await one.stop();
    const again = await daemon({ post, news, log: one.log, clock: one.clock, folder: one.folder });
    present = alert(one.clock.now);
    tell(changed);
    await settled();
    await again.clock.pass(10 * second);
    await again.stop();
    await daemon({ post, news, log: one.log, clock: one.clock });
    await settled();
    expect(taken).toEqual([`alert-opened ${present.id}`, `alert-closed ${present.id}`]);
    const [record] = await recorded(one, 'webhook-delivered');
    expect(record?.data).toEqual({ id: 'erp', told: [`${present.id}:opened`], failed: [] });
  });

  it('say nothing of what people did with them, and nothing of before the webhook', async () => {
    const bodies: string[] = [];
    const { news, tell } = {
      news: alertNews({
        alerts: { alert: () => alert(), find: () => [{ ...alert(), id: 'silent:v9:1', openedAt: ten - hour }] },
        agencies: () => [{ id: 'pune' }],
        onChange: (listener) => {
          listeners.push(listener);
          return () => {};
        },
      }),
      tell: () => {
        for (const listener of listeners) listener({ agency: 'pune', alerts: new Set(['silent:v1:1767587400000']) });
      },
    };
    const log = new MemoryLog();
    const quiet = await daemon({ log, post: async () => {} });
    await quiet.agency();
    await quiet.subscribe('erp', 'http://inbox.example', ['alert-opened']);
    const one = await daemon({ log, news, post: async (_url, _headers, body) => void bodies.push(body) });
    tell();
    await one.clock.pass(second);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).not.toContain('DISPATCHER');
  });
  const listeners: ((change: { agency: string; alerts: ReadonlySet<string> }) => void)[] = [];
});
