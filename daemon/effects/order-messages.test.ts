import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeAgency } from '../domain/decide-agency.ts';
import { arriveOrder, failOrder, reattemptOrder, startOrder } from '../domain/decide-order.ts';
import { deliverOrder } from '../domain/decide-order-delivery.ts';
import { assignOrder } from '../domain/decide-run.ts';
import { AgencyDay, hour, minute } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { EstimateMessages, messageFor } from './estimate-messages.ts';
import type { Notice } from './notify.ts';
import { type OrderTemplate, tellConsumer, toldBy } from './order-messages.ts';
import { textOf } from './templates.ts';

let day: AgencyDay;
let sent: Notice[];
beforeEach(async () => {
  day = await AgencyDay.ofPune();
  sent = [];
  await day.out('o1', 'c1', 'v1');
});
afterEach(() => day.end());
afterAll(tidy);

const told = new Set<string>();
beforeEach(() => told.clear());
const tell = (template: OrderTemplate) => {
  const { orders, links, commands } = day;
  const notify = {
    send: async (notice: Notice) => {
      sent.push(notice);
      told.add(notice.key);
    },
  };
  const notices = { told: (agency: string, key: string) => told.has(key) || day.notices.told(agency, key) };
  const publicUrl = () => 'https://vantrail.example';
  const deps = {
    registry: day.world.registry,
    orders,
    links,
    commands,
    notices,
    notify,
    publicUrl,
    now: () => day.now,
  };
  return tellConsumer(deps, 'pune', 'o1', template, { from: '11:20', until: '11:50' });
};

describe('what a consumer is told on the way', () => {
  it('each once for an attempt, with a link of the own that opens the order', async () => {
    await day.does(arriveOrder(day.orders, 'pune', 'o1'));
    await tell('arrived');
    await tell('arrived');
    expect(sent).toMatchObject([{ key: 'arrived/o1/1/1', template: 'arrived', to: { kind: 'consumer', id: 'c1' } }]);
    const url = String((sent[0]?.values as { url?: string } | undefined)?.url);
    expect(day.links.byToken(url.replace('https://vantrail.example/t/', ''))).toMatchObject({
      orderId: 'o1',
      own: true,
    });

    await day.does(failOrder(day.orders, 'pune', 'o1', 'nobody at home'));
    await day.does(reattemptOrder(day.orders, 'pune', 'o1'));
    await day.does(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v1' }));
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    await tell('arrived');
    expect(sent.map(({ key }) => key)).toEqual(['arrived/o1/1/1', 'arrived/o1/2/1']);
  });

  it('without a link, when the order has ended too long ago for one', async () => {
    await day.does(deliverOrder(day.orders, 'pune', 'o1', { confirmation: 'code' }));
    day.now += 20 * minute;
    await tell('delivered');
    expect(sent[0]?.values).not.toHaveProperty('url');
    expect(textOf('en', 'delivered', sent[0]?.values as never, 'Sona Gas')).toBe(
      'Sona Gas: your cylinder was delivered. If you have none, call us at once.',
    );
  });

  it('nobody in quiet hours; the record says why', async () => {
    await day.does(changeAgency('pune', { quietHours: { from: '08:00', to: '10:00' } }));
    await tell('arrived');
    expect(sent).toEqual([]);
    expect(await day.everythingWritten()).toContain('"detail":"quiet hours"');
    day.now += 2 * hour;
    await tell('failed');
    expect(sent).toHaveLength(1);
  });

  it('is one message for one event, known by how its key begins', async () => {
    const event = (type: string) => ({ type, data: { id: 'o1', attempt: 2 } }) as never;
    expect(
      ['order-started', 'order-arrived', 'order-delivered', 'order-failed', 'order-away'].map((t) => toldBy(event(t))),
    ).toEqual(['order-link/o1/2/', 'arrived/o1/2/', 'delivered/o1/2/', 'failed/o1/2/', undefined]);
  });
});

describe('what an estimate is told for', () => {
  const order = () => day.order('o1');
  const arrival = (minutes: number) => {
    const likely = day.now + minutes * minute;
    return { from: likely - 5 * minute, likely, until: likely + 5 * minute, by: 'road' as const, stopsBefore: 2 };
  };
  const decided = (minutes: number) => messageFor(arrival(minutes), order(), 'Asia/Kolkata', day.now);

  it('ten minutes before; later than the deadline, or not today; else nothing', async () => {
    expect(decided(40)).toBeUndefined();
    expect(decided(10)).toBe('ten-minutes');
    expect(decided(16 * 60)).toBe('delayed');
    expect(messageFor(arrival(40), { ...order(), dueAt: day.now }, 'Asia/Kolkata', day.now)).toBe('delayed');
    await day.does(arriveOrder(day.orders, 'pune', 'o1'));
    expect(decided(5)).toBeUndefined();
  });

  it('is looked for among what is on its way, by the daemon that speaks for the agency', async () => {
    await day.assigned('o2', 'c2', 'v1');
    const said: unknown[] = [];
    const looker = (holds: boolean) =>
      new EstimateMessages({
        agencies: () => day.world.registry.agencies(),
        orders: day.orders,
        arrivalOf: () => arrival(8),
        tell: async (...what) => void said.push(what),
        duties: { holds: () => holds },
        logger: { warn: () => {} },
        now: () => day.now,
      });
    await looker(false).look();
    expect(said).toEqual([]);
    await looker(true).look();
    expect(said).toEqual([['pune', 'o1', 'ten-minutes', { from: '09:03', until: '09:13' }]]);
  });
});
