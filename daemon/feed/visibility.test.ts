import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Viewer } from '../../protocol/claims.ts';
import type { ServerMessage } from '../../protocol/feed.ts';
import { bookOrder, cancelOrder, failOrder, reattemptOrder, startOrder } from '../domain/decide-order.ts';
import { deliverOrder } from '../domain/decide-order-delivery.ts';
import { assignOrder, planRun, unassignOrder } from '../domain/decide-run.ts';
import { endSharing, startSharing } from '../domain/decide-sharing.ts';
import { changeVan } from '../domain/decide-van.ts';
import type { Decide } from '../domain/decision.ts';
import { AgencyDay, minute } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { audienceOf } from './audience-of.ts';
import { Hub } from './hub.ts';
import { person, Watcher } from './viewer.fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(tidy);

/** A day at the agency with people looking on. */
async function watched(viewers: readonly Viewer[], onMessage: (viewer: Viewer, message: ServerMessage) => void) {
  const day = await AgencyDay.ofPune();
  const audience = (viewer: Viewer) => audienceOf(viewer, day.registry.view, day.now, day.world);
  const admits = (viewer: Viewer, now: number) => day.links.admits(viewer, now);
  const hub = new Hub({ world: day.world, audienceOf: audience, admits, now: () => day.now });
  await hub.start();
  const watchers = viewers.map((viewer) =>
    new Watcher({
      viewer,
      audience: audience(viewer),
      now: day.now,
      onMessage: (message) => onMessage(viewer, message),
    }).join(hub),
  );
  /** Lets the feed say what there is to say, and look at what time alone has changed. */
  const settle = async () => void (await vi.advanceTimersByTimeAsync(1100));
  await settle();
  return {
    day,
    watchers,
    settle,
    end: async () => {
      await hub.stop();
      await day.end();
    },
  };
}

/**
 * The oracle: who may see what, written anew from the rules as people say them, on a history of its own. It shares no
 * code and no state with the daemon.
 */
class Oracle {
  orders = new Map<
    string,
    { consumer: string; state: string; van?: string | undefined; since?: number | undefined; out?: number | undefined }
  >();
  drivers = new Map([
    ['v1', { name: 'ravi', since: 0 }],
    ['v2', { name: 'mohan', since: 0 }],
  ]);
  shared = new Map<string, { from: number; until: number }>();

  /** Why a viewer may not be told of a van (with this fix), or undefined when he may. */
  van({ role, subject, link }: Viewer, van: string, fixTime?: number): string | undefined {
    if (role === 'DISPATCHER') return undefined;
    if (role === 'DELIVERY_PARTNER') {
      const driver = this.drivers.get(van);
      if (driver?.name !== subject) return 'he does not drive it';
      return fixTime !== undefined && fixTime < driver.since ? 'he did not drive it then' : undefined;
    }
    let from = Infinity;
    for (const [id, order] of this.orders) {
      if (order.consumer !== subject || order.van !== van || order.state !== 'out') continue;
      if (link === undefined || link.order === id) from = Math.min(from, order.out ?? Infinity);
    }
    if (from === Infinity) return 'it brings him nothing now';
    return fixTime !== undefined && fixTime < from ? 'it was not on its way to him then' : undefined;
  }

  consumer({ role, subject }: Viewer, consumer: string): string | undefined {
    if (role === 'DISPATCHER' || (role === 'CUSTOMER' && subject === consumer)) return undefined;
    if (role === 'CUSTOMER') return 'it is another consumer';
    const stop = [...this.orders.values()].some(
      (order) =>
        order.consumer === consumer &&
        order.state !== 'cancelled' &&
        this.drivers.get(order.van ?? '')?.name === subject,
    );
    return stop ? undefined : 'it is no stop of his run';
  }

  place(viewer: Viewer, consumer: string, fixTime: number, now: number): string | undefined {
    const sharing = this.shared.get(consumer);
    if (sharing === undefined || now >= sharing.until || fixTime < sharing.from) return 'it is not shared';
    if (viewer.role === 'CUSTOMER') return viewer.link?.own === false ? 'the link was passed on' : undefined;
    if (viewer.role === 'DISPATCHER') return undefined;
    let since = Infinity;
    for (const order of this.orders.values()) {
      const driver = this.drivers.get(order.van ?? '');
      const open = order.state === 'assigned' || order.state === 'out';
      if (order.consumer !== consumer || driver?.name !== viewer.subject || !open) continue;
      since = Math.min(since, Math.max(order.since ?? Infinity, driver.since));
    }
    return fixTime < since ? 'the order was not his then' : undefined;
  }

  order({ role, subject, link }: Viewer, id: string): string | undefined {
    const order = this.orders.get(id);
    if (order === undefined) return 'there is none';
    if (role === 'DISPATCHER') return undefined;
    if (role === 'DELIVERY_PARTNER') {
      return this.drivers.get(order.van ?? '')?.name === subject ? undefined : 'it is not on his run';
    }
    if (order.consumer !== subject) return 'it is another consumer’s';
    return link === undefined || link.order === id ? undefined : 'the link is for another order';
  }

  /** All that he is to know of. */
  all(viewer: Viewer): string[] {
    return [
      ...['v1', 'v2'].filter((id) => this.van(viewer, id) === undefined).map((id) => `van ${id}`),
      ...['c1', 'c2', 'c3'].filter((id) => this.consumer(viewer, id) === undefined).map((id) => `consumer ${id}`),
      ...[...this.orders.keys()].filter((id) => this.order(viewer, id) === undefined).map((id) => `order ${id}`),
    ].sort();
  }

  /** What is wrong with a message. */
  judge(viewer: Viewer, message: ServerMessage, now: number): string[] {
    const wrong: string[] = [];
    const note = (what: string, why: string | undefined) => {
      if (why !== undefined) wrong.push(`${viewer.role} ${viewer.subject} was told of ${what}: ${why}`);
    };
    const van = (id: string, fix: { fixTime: number } | null) => note(`van ${id}`, this.van(viewer, id, fix?.fixTime));
    const consumer = (of: { id: string; phone?: string }, fix: { fixTime: number } | null) => {
      note(`consumer ${of.id}`, this.consumer(viewer, of.id));
      if (viewer.link !== undefined && of.phone !== undefined) wrong.push('a link showed a telephone');
      if (fix !== null) note(`where ${of.id} is`, this.place(viewer, of.id, fix.fixTime, now));
    };
    const order = (of: { id: string; vanId?: string }) => {
      note(`order ${of.id}`, this.order(viewer, of.id));
      if (viewer.role === 'CUSTOMER' && of.vanId !== undefined) note(`van ${of.vanId}`, this.van(viewer, of.vanId));
    };
    if (message.type === 'snapshot') {
      for (const each of message.vans) van(each.van.id, each.position);
      for (const each of message.consumers) consumer(each.consumer, each.position);
      for (const each of message.orders ?? []) order(each.order);
    } else if (message.type === 'positions') {
      for (const each of message.positions) van(each.subject, each);
    } else if (message.type === 'event') {
      if (message.name === 'van') van(message.van.id, message.position);
      else if (message.name === 'consumer') consumer(message.consumer, message.position);
      else if (message.name === 'order') order(message.order);
      else wrong.push(`places are nobody's here: ${message.name}`);
    }
    return wrong;
  }
}

const orderIds = ['o1', 'o2', 'o3', 'o4'];
const order = fc.constantFrom(...orderIds);
const van = fc.constantFrom('v1', 'v2');
const consumer = fc.constantFrom('c1', 'c2', 'c3');
const act = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('book' as const), order, consumer }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('assign' as const), order, van }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('plan' as const), van, orders: fc.subarray(orderIds) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('start' as const), order }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'deliver' as const,
        'fail' as const,
        'cancel' as const,
        'reattempt' as const,
        'unassign' as const,
      ),
      order,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('man' as const),
      van,
      driver: fc.constantFrom('ravi', 'mohan', 'sita', null),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('drive' as const), van, ago: fc.nat(15), metres: fc.nat(50) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('share' as const), consumer, minutes: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unshare' as const), consumer }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('walk' as const), consumer, metres: fc.nat(50) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 20 }) }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const viewers = [
  person('DISPATCHER', 'dev'),
  person('DELIVERY_PARTNER', 'ravi'),
  person('DELIVERY_PARTNER', 'mohan'),
  person('DELIVERY_PARTNER', 'sita'),
  person('CUSTOMER', 'c1'),
  person('CUSTOMER', 'c2'),
  person('CUSTOMER', 'c3'),
];

/** Does it at the agency and, where it was allowed, in the oracle's history. */
async function happen(day: AgencyDay, oracle: Oracle, what: Act): Promise<void> {
  const does = async (decide: Decide<unknown>) => (await day.commands.execute(decide, { actor: 'test' })).ok;
  const { orders, now } = day;
  const of = (id: string) => oracle.orders.get(id) ?? { consumer: '', state: '' };
  const put = (id: string, to: string) => {
    const one = of(id);
    if (one.van !== to) oracle.orders.set(id, { ...one, state: 'assigned', van: to, since: now, out: undefined });
  };
  const takeOff = (id: string) =>
    oracle.orders.set(id, { ...of(id), state: 'booked', van: undefined, since: undefined, out: undefined });
  switch (what.do) {
    case 'book':
      if (await does(bookOrder(orders, 'pune', { id: what.order, consumerId: what.consumer }))) {
        oracle.orders.set(what.order, { consumer: what.consumer, state: 'booked' });
      }
      return;
    case 'assign':
      if (await does(assignOrder(orders, 'pune', what.order, { vanId: what.van }))) put(what.order, what.van);
      return;
    case 'plan':
      if (!(await does(planRun(orders, 'pune', { vanId: what.van, stops: what.orders })))) return;
      for (const [id, one] of oracle.orders) {
        const open = one.state === 'assigned' || one.state === 'out';
        if (one.van === what.van && open && !what.orders.includes(id)) takeOff(id);
      }
      for (const id of what.orders) put(id, what.van);
      return;
    case 'start':
      if (await does(startOrder(orders, 'pune', what.order))) {
        oracle.orders.set(what.order, { ...of(what.order), state: 'out', out: now });
      }
      return;
    case 'deliver':
      if (await does(deliverOrder(orders, 'pune', what.order, { confirmation: 'code' }))) {
        oracle.orders.set(what.order, { ...of(what.order), state: 'delivered' });
      }
      return;
    case 'fail':
      if (await does(failOrder(orders, 'pune', what.order, 'nobody there'))) {
        oracle.orders.set(what.order, { ...of(what.order), state: 'failed' });
      }
      return;
    case 'cancel':
      if (await does(cancelOrder(orders, 'pune', what.order))) {
        oracle.orders.set(what.order, { ...of(what.order), state: 'cancelled' });
      }
      return;
    case 'reattempt':
      if (await does(reattemptOrder(orders, 'pune', what.order))) takeOff(what.order);
      return;
    case 'unassign':
      if (await does(unassignOrder(orders, 'pune', what.order))) takeOff(what.order);
      return;
    case 'man': {
      const before = oracle.drivers.get(what.van)?.name ?? null;
      if (!(await does(changeVan('pune', { id: what.van, driverId: what.driver }))) || before === what.driver) return;
      if (what.driver === null) oracle.drivers.delete(what.van);
      else oracle.drivers.set(what.van, { name: what.driver, since: now });
      return;
    }
    case 'drive':
      return day.at(`gps-${what.van}`, what.metres, now - what.ago * minute);
    case 'share': {
      const before = oracle.shared.get(what.consumer);
      if (!(await does(startSharing(day.sharing, 'pune', what.consumer, what.minutes)))) return;
      const going = before !== undefined && now < before.until;
      oracle.shared.set(what.consumer, { from: going ? before.from : now, until: now + what.minutes * minute });
      return;
    }
    case 'unshare':
      if (await does(endSharing(day.sharing, 'pune', what.consumer))) oracle.shared.delete(what.consumer);
      return;
    case 'walk':
      return day.sharedAt(what.consumer, what.metres);
    case 'wait':
      day.now += what.minutes * minute;
  }
}

describe('what the feed says to whom', () => {
  it('is nothing that the rules would not have it say, and all that they would, in every history', async () => {
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60 }), async (acts) => {
        const oracle = new Oracle();
        const wrong: string[] = [];
        let now = 0;
        const { day, watchers, settle, end } = await watched(viewers, (viewer, message) => {
          judged++;
          wrong.push(...oracle.judge(viewer, message, now));
        });
        try {
          for (const what of acts) {
            now = day.now;
            await happen(day, oracle, what);
            now = day.now;
            await settle();
            expect(wrong).toEqual([]);
            for (const { viewer, known } of watchers) {
              expect([viewer.subject, [...known].sort()]).toEqual([viewer.subject, oracle.all(viewer)]);
            }
            day.now += 1000;
          }
        } finally {
          await end();
        }
      }),
      { numRuns: 120 },
    );
    expect(judged).toBeGreaterThan(5000);
  });
});

describe('two consumers on one run', () => {
  it('are sent not a byte of one another, and see the van only while it comes to them', async () => {
    const everyone = [
      person('CUSTOMER', 'c1'),
      person('CUSTOMER', 'c2'),
      person('DELIVERY_PARTNER', 'ravi'),
      person('DISPATCHER', 'dev'),
    ];
    const { day, watchers, settle, end } = await watched(everyone, () => {});
    const [one, two, driver, dispatcher] = watchers as [Watcher, Watcher, Watcher, Watcher];
    const fixes = (watcher: Watcher) => {
      const times: number[] = [];
      for (const message of watcher.messages) {
        if (message.type === 'positions') times.push(...message.positions.map(({ fixTime }) => fixTime));
        if (message.type === 'event' && message.name === 'van' && message.position)
          times.push(message.position.fixTime);
      }
      return times;
    };
    const began = day.now;
    const minutes = (times: number[]) => times.map((time) => (time - began) / minute);
    const drive = async (metres: number) => {
      await day.at('gps-v1', metres);
      await settle();
      day.now += minute;
    };
    await day.assigned('o1', 'c1', 'v1');
    await day.assigned('o2', 'c2', 'v1');
    await drive(0); // minute 0: nobody's yet
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    await drive(20); // 1: to c1
    await day.does(startOrder(day.orders, 'pune', 'o2'));
    await drive(40); // 2: to both
    await day.does(deliverOrder(day.orders, 'pune', 'o1', { confirmation: 'code' }));
    await drive(60); // 3: to c2
    await day.does(failOrder(day.orders, 'pune', 'o2', 'nobody there'));
    await drive(80); // 4: to nobody
    expect(minutes(fixes(one))).toEqual([1, 2]);
    expect(minutes(fixes(two))).toEqual([2, 3]);
    expect(minutes(fixes(driver))).toEqual([0, 1, 2, 3, 4]);
    expect(minutes(fixes(dispatcher))).toEqual([0, 1, 2, 3, 4]);
    for (const [watcher, other] of [
      [one, { id: '"c2"', name: 'Name of c2', phone: '5550002', phone2: '555 0002', place: '73.87', order: 'o2' }],
      [two, { id: '"c1"', name: 'Name of c1', phone: '5550001', phone2: '555 0001', place: '73.86', order: 'o1' }],
    ] as const) {
      for (const secret of Object.values(other)) expect(watcher.text).not.toContain(secret);
      // and of the agency's arrangements
      for (const inner of ['ravi', 'mohan', 'capacity', 'assignedAt', '2026-04-02', 'v2', 'nobody there']) {
        expect(watcher.text).not.toContain(inner);
      }
    }
    for (const own of ['Name of c1', 'o1', 'v1']) expect(one.text).toContain(own);
    expect(driver.text).toContain('Name of c2');
    await end();
  });

  it('see the new van alone when an order goes to another one', async () => {
    const { day, watchers, settle, end } = await watched([person('CUSTOMER', 'c1')], () => {});
    const [one] = watchers as [Watcher];
    await day.out('o1', 'c1', 'v1');
    await settle();
    expect([...one.known]).toEqual(['consumer c1', 'van v1', 'order o1']);
    await day.does(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v2' }));
    await settle();
    expect([...one.known]).toEqual(['consumer c1', 'order o1']);
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    await day.at('gps-v1', 10);
    await day.at('gps-v2', 10);
    await settle();
    expect([...one.known]).toEqual(['consumer c1', 'order o1', 'van v2']);
    const moved = one.messages.flatMap((message) => (message.type === 'positions' ? message.positions : []));
    expect(moved.map(({ subject }) => subject).filter((id) => id === 'v1')).toEqual([]);
    await end();
  });
});

describe('a shared location', () => {
  it('is seen by staff and by the driver who comes, ends by itself, and is then as if it had never been', async () => {
    const looking = [
      person('DISPATCHER', 'dev'),
      person('DELIVERY_PARTNER', 'ravi'),
      person('DELIVERY_PARTNER', 'mohan'),
    ];
    const { day, watchers, settle, end } = await watched(looking, () => {});
    const last = (watcher: Watcher | undefined) =>
      watcher?.messages.findLast(
        (message) => message.type === 'event' && message.name === 'consumer' && message.consumer.id === 'c1',
      );
    await day.assigned('o1', 'c1', 'v1');
    await day.does(startSharing(day.sharing, 'pune', 'c1', 10));
    day.now += minute;
    await day.sharedAt('c1', 30);
    await settle();
    const [staff, ravi, mohan] = watchers;
    const here = { position: { fixTime: day.now } };
    expect(last(staff)).toMatchObject(here);
    expect(last(ravi)).toMatchObject(here);
    expect(last(mohan)).toBeUndefined();
    day.now += 9 * minute;
    await settle();
    expect(last(staff)).toMatchObject({ position: null });
    expect(last(ravi)).toMatchObject({ position: null });
    await end();
  });
});

describe('a share link', () => {
  it('has its feed closed within a second of its end', async () => {
    const { day, watchers, settle, end } = await watched(
      [person('CUSTOMER', 'c1', { id: 'l9', order: 'o1', own: false })],
      () => {},
    );
    // It was never made, or has been revoked.
    await settle();
    expect(watchers[0]?.closed).toBe(4401);
    expect(day.links.link('pune', 'l9')).toBeUndefined();
    await end();
  });
});
