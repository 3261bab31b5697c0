import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from '../../protocol/record.ts';
import type { Decide } from '../domain/decision.ts';
import { NoticesProjection } from '../project/notices.ts';
import { Effects, type EffectsDeps } from './effects.ts';
import { Notifier } from './notifier.ts';
import { consoleNotify, type Delivery, NotDelivered, type Notice, type Notify, noNotify } from './notify.ts';

const began = Date.UTC(2026, 0, 5, 10);
const notice = (key: string): Notice => ({
  agency: 'demo',
  key,
  to: { kind: 'consumer', id: 'c1' },
  template: 'sign-in-code',
  values: { code: '012345', minutes: 10 },
});
const event = (type: 'order-started' | 'van-removed', id: string, time = began) =>
  ({
    id,
    time,
    actor: 'test',
    type,
    expects: [],
    data: type === 'order-started' ? { id: 'o1', attempt: 1 } : { id: 'v1' },
  }) as unknown as Event;

let undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

/** A notifier over a log that is a list: what was delivered, how long it waited, and what went on record. */
function office(notify: Partial<Notify> = {}, phone: string | null = '98765 43210') {
  const delivered: Delivery[] = [];
  const pauses: number[] = [];
  const records: Event[] = [];
  const warnings: unknown[] = [];
  let ids = 0;
  const notices = new NoticesProjection({
    doneBy: (each) => (each.type === 'order-started' ? `order-link/${each.data.id}/${each.data.attempt}/` : undefined),
    verdicts: { take: () => {} },
    now: () => began,
  });
  const happens = (value: Event) => {
    records.push(value);
    notices.apply({ topic: 'events', agency: 'demo', value });
  };
  const logger = { warn: (fields: unknown) => void warnings.push(fields) };
  const notifier = new Notifier({
    notify: { via: 'test', deliver: async (message) => void delivered.push(message), ...notify },
    commands: {
      execute: async <T>(decide: Decide<T>, by: { actor: string }) => {
        const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
        const decision = decide({} as never, { now: began, newId, ...by });
        if (!decision.ok) return decision;
        for (const { topic, value } of decision.records) if (topic === 'events') happens(value);
        return decision;
      },
    },
    notices,
    contactOf: () => (phone === null ? undefined : { phone, language: 'en', agencyName: 'Sona Gas' }),
    logger,
    random: () => 0.5,
    pause: async (ms) => void pauses.push(ms),
  });
  undo.push(() => notifier.stop());
  const effects = (act: (agency: string, each: Event) => Promise<unknown>, duties?: EffectsDeps['duties']) => {
    const made = new Effects({ notices, act, logger, duties });
    undo.push(() => made.stop());
    return made;
  };
  return { notifier, notices, happens, effects, delivered, pauses, records, warnings };
}

describe('a message', () => {
  it('is delivered and goes on record without its text and telephone', async () => {
    const { notifier, delivered, records } = office();
    await notifier.send(notice('k1'));
    await notifier.idle();
    expect(delivered).toMatchObject([{ key: 'k1', phone: '98765 43210', text: expect.stringContaining('012345') }]);
    expect(records).toMatchObject([
      {
        type: 'notified',
        actor: 'daemon:messages',
        expects: [{ subject: 'notified:k1', version: 0 }],
        data: { key: 'k1', template: 'sign-in-code', to: { kind: 'consumer', id: 'c1' }, via: 'test', outcome: 'sent' },
      },
    ]);
    expect(JSON.stringify(records)).not.toMatch(/012345|98765/);
  });

  it('is sent once, however often it is asked for', async () => {
    const { notifier, delivered } = office();
    await Promise.all([notifier.send(notice('k1')), notifier.send(notice('k1'))]);
    await notifier.idle();
    await notifier.send(notice('k1'));
    await notifier.idle();
    expect(delivered).toHaveLength(1);
  });

  it('is tried again with the same key, with longer and longer pauses', async () => {
    const keys: string[] = [];
    const { notifier, pauses, records } = office({
      deliver: async ({ key }) => {
        keys.push(key);
        if (keys.length < 4) throw new NotDelivered('busy', { again: true, after: keys.length === 2 ? 30_000 : 0 });
      },
    });
    await notifier.send(notice('k1'));
    await notifier.idle();
    expect(keys).toEqual(['k1', 'k1', 'k1', 'k1']);
    expect(pauses).toEqual([1000, 30_000, 16_000]);
    expect(records).toMatchObject([{ data: { outcome: 'sent' } }]);
  });

  it.each([
    ['five more tries were in vain', { again: true }, 6],
    ['another try would not help', { again: false }, 1],
  ])('is on record as failed when %s', async (_name, how, tries) => {
    let count = 0;
    const { notifier, records, warnings } = office({
      deliver: async () => {
        count++;
        throw new NotDelivered('the webhook answered 418', how);
      },
    });
    await notifier.send(notice('k1'));
    await notifier.idle();
    expect(count).toBe(tries);
    expect(records).toMatchObject([{ data: { outcome: 'failed', detail: 'the webhook answered 418' } }]);
    expect(warnings).toHaveLength(1);
  });

  it('to whom no telephone is known fails, and where no provider is set up too', async () => {
    for (const [{ notifier, records, delivered }, data] of [
      [office({}, null), { via: 'test', outcome: 'failed', detail: 'no telephone is known' }],
      [office(noNotify), { via: 'none', outcome: 'failed' }],
    ] as const) {
      await notifier.send(notice('k1'));
      await notifier.idle();
      expect(records).toMatchObject([{ data }]);
      expect(delivered).toEqual([]);
    }
  });

  it('that waits when the daemon stops is not on record, so that it can come again', async () => {
    const { notifier, records } = office({
      deliver: (_message, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    });
    for (let i = 0; i < 20; i++) await notifier.send(notice(`k${i}`));
    await notifier.stop();
    await notifier.stop();
    expect(records).toEqual([]);
  });

  it('is a line of the log in the demo', async () => {
    const lines: unknown[] = [];
    const notify = consoleNotify({ info: (...line) => void lines.push(line) });
    const { notifier } = office(notify);
    await notifier.send(notice('k1'));
    await notifier.idle();
    expect(lines).toEqual([[{ phone: '98765 43210', key: 'k1', text: expect.stringContaining('012345') }, 'message']]);
  });
});

describe('effects', () => {
  it('follow an event, once it is over for the projections', async () => {
    const { happens, effects, notices } = office();
    const acted: string[] = [];
    const running = effects(async (agency, { id }) => acted.push(`${agency} ${id}`));
    await running.start();
    happens(event('order-started', 'e1'));
    happens(event('van-removed', 'e2'));
    expect(acted).toEqual([]);
    await running.stop();
    expect(acted).toEqual(['demo e1']);
    expect(notices.due()).toHaveLength(1);
  });

  it('are silent while the log is read again, and say afterwards what a crash cut off', async () => {
    const { happens, effects, notifier, notices } = office();
    const acted: string[] = [];
    happens(event('order-started', 'e1'));
    await notifier.send({ ...notice('order-link/o1/1/link-1') });
    await notifier.idle();
    happens({ ...event('order-started', 'e2'), data: { id: 'o2', attempt: 1 } } as Event);
    happens({ ...event('order-started', 'e3', began - 2 * 3_600_000), data: { id: 'o3', attempt: 1 } } as Event);
    const running = effects(async (_agency, { id }) => acted.push(id));
    await running.start();
    await running.stop();
    expect(acted).toEqual(['e2']);
    expect(notices.due().map(({ event: { id } }) => id)).toEqual(['e2']);
  });

  it('are not repeated for an event that lost its race against one that was told', async () => {
    const { happens, notifier, notices } = office();
    happens(event('order-started', 'e1'));
    await notifier.send(notice('order-link/o1/1/link-1'));
    await notifier.idle();
    happens(event('order-started', 'e2'));
    expect(notices.due()).toEqual([]);
  });

  it('are the one daemon’s that acts for the agency, and one that fails keeps nothing back', async () => {
    const { happens, effects, warnings } = office();
    const acted: string[] = [];
    const other = effects(async () => acted.push('other'), { holds: () => false, onChange: () => () => {} });
    const failing = effects(async () => Promise.reject(new Error('no')));
    await other.start();
    await failing.start();
    happens(event('order-started', 'e1'));
    await other.stop();
    await failing.stop();
    expect(acted).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('that another daemon left undone are done once this one acts for the agency, and once only', async () => {
    const { happens, effects } = office();
    const acted: string[] = [];
    let held = false;
    let changed = () => {};
    const running = effects(async (_agency, { id }) => acted.push(id), {
      holds: () => held,
      onChange: (listener) => {
        changed = listener;
        return () => {};
      },
    });
    happens(event('order-started', 'e1'));
    await running.start();
    happens({ ...event('order-started', 'e2'), data: { id: 'o2', attempt: 1 } } as Event);
    await Promise.resolve();
    expect(acted).toEqual([]);
    held = true;
    changed();
    changed();
    await running.stop();
    expect(acted).toEqual(['e1', 'e2']);
  });
});
