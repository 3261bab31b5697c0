import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Order } from '../../protocol/order.ts';
import { bookOrder, cancelOrder, startOrder } from '../domain/decide-order.ts';
import { deliverOrder } from '../domain/decide-order-delivery.ts';
import { keepRefusedAct, settleRefusedAct } from '../domain/decide-refused-act.ts';
import { assignOrder, planRun, stopsOf } from '../domain/decide-run.ts';
import type { Decide } from '../domain/decision.ts';
import type { OrderQuery } from '../domain/order-view.ts';
import { MemoryLog } from '../log/memory.ts';
import { AgencyDay, hour } from './agency-day.fixture.ts';
import { tidy } from './story.fixture.ts';

const open: AgencyDay[] = [];
afterEach(async () => {
  for (const day of open.splice(0)) await day.end();
});
afterAll(tidy);

async function pune(options: Parameters<typeof AgencyDay.ofPune>[0] = {}): Promise<AgencyDay> {
  const day = await AgencyDay.ofPune(options);
  open.push(day);
  return day;
}

/** Two daemons on one log. */
async function two(): Promise<[AgencyDay, AgencyDay]> {
  const log = new MemoryLog();
  const one = await pune({ log });
  const other = await AgencyDay.begin({ log });
  open.push(other);
  return [one, other];
}

async function race(
  days: readonly AgencyDay[],
  decide: (day: AgencyDay, n: number) => Decide<unknown>,
  ifMatch?: number,
) {
  const by = { actor: 'DISPATCHER:dev', ...(ifMatch === undefined ? {} : { ifMatch }) };
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => {
      const day = days[n % days.length] as AgencyDay;
      return day.commands.execute(decide(day, n), by);
    }),
  );
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const kind = answer.ok ? 'won' : answer.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('two daemons on one log', () => {
  it('let exactly one of 200 start an order', async () => {
    const days = await two();
    await days[0].assigned('o1', 'c1', 'v1');
    expect(await race(days, (day) => startOrder(day.orders, 'pune', 'o1'))).toEqual({ won: 1, stale: 199 });
    expect(days[0].order('o1')).toMatchObject({ state: 'out-for-delivery', attempt: 1, version: 3 });
    expect(days[1].order('o1')).toEqual(days[0].order('o1'));
  });

  it('let exactly one of 200 assign it who have all seen the same version', async () => {
    const days = await two();
    await days[0].booked('o1', 'c1');
    const assign = (day: AgencyDay, n: number) =>
      assignOrder(day.orders, 'pune', 'o1', { vanId: n % 4 < 2 ? 'v1' : 'v2' });
    expect(await race(days, assign, 1)).toEqual({ won: 1, stale: 199 });
    expect(days[0].order('o1').version).toBe(2);
    expect(days[1].order('o1')).toEqual(days[0].order('o1'));
  });

  it('let exactly one of 200 end it, one way or another', async () => {
    const days = await two();
    await days[0].out('o1', 'c1', 'v1');
    const end = (day: AgencyDay, n: number): Decide<unknown> =>
      n % 4 < 2
        ? cancelOrder(day.orders, 'pune', 'o1')
        : deliverOrder(day.orders, 'pune', 'o1', { confirmation: 'code' });
    expect(await race(days, end)).toEqual({ won: 1, stale: 199 });
    expect(days[1].order('o1')).toEqual(days[0].order('o1'));
  });

  it('let exactly one of 200 book an order under one id', async () => {
    const days = await two();
    const book = (day: AgencyDay) => bookOrder(day.orders, 'pune', { id: 'o1', consumerId: 'c1' });
    expect(await race(days, book)).toEqual({ won: 1, exists: 199 });
  });

  it('never load a van with more than it holds', async () => {
    const days = await two();
    for (let i = 0; i < 30; i++) await days[0].booked(`o${i}`, 'c1');
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const day = days[i % 2] as AgencyDay;
        return day.commands.execute(assignOrder(day.orders, 'pune', `o${i}`, { vanId: 'v1' }), { actor: 'test' });
      }),
    );
    for (const day of days) {
      const stops = stopsOf(day.orders, 'pune', day.orders.run('pune', 'v1', '2026-04-02'));
      expect(stops.length).toBeLessThanOrEqual(10);
      expect(stops.length).toBeGreaterThan(5);
    }
    expect(days[0].orders.run('pune', 'v1', '2026-04-02')).toEqual(days[1].orders.run('pune', 'v1', '2026-04-02'));
  });

  it('drop a plan whose orders somebody else took meanwhile', async () => {
    const [one, other] = await two();
    for (const id of ['o1', 'o2']) await one.booked(id, 'c1');
    const both = await Promise.all([
      one.commands.execute(planRun(one.orders, 'pune', { vanId: 'v1', stops: ['o1', 'o2'] }), { actor: 'one' }),
      other.commands.execute(cancelOrder(other.orders, 'pune', 'o2'), { actor: 'other', ifMatch: 1 }),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(one.order('o2')).toEqual(other.order('o2'));
  });
});

describe('the orders', () => {
  it('are the same after a restart, and after a rebuild from the log', async () => {
    const log = new MemoryLog();
    const day = await AgencyDay.ofPune({ log });
    await day.out('o1', 'c1', 'v1');
    await day.out('o2', 'c2', 'v1');
    await day.does(deliverOrder(day.orders, 'pune', 'o2', { confirmation: 'none', reason: 'phone is broken' }));
    const before = { orders: [...day.orders.recent('pune')], run: day.orders.run('pune', 'v1', '2026-04-02') };
    await day.end();
    for (const options of [{ log, file: day.file }, { log }]) {
      const again = await AgencyDay.begin(options);
      expect({
        orders: [...again.orders.recent('pune')],
        run: again.orders.run('pune', 'v1', '2026-04-02'),
      }).toEqual(before);
      await again.end();
    }
  });

  it('that ended long ago are found on the disk, by all that is asked for, in pages', async () => {
    const log = new MemoryLog();
    const day = await AgencyDay.ofPune({ log });
    for (let i = 10; i < 30; i++) {
      await day.out(`o${i}`, i % 2 === 0 ? 'c1' : 'c2', 'v1');
      await day.does(deliverOrder(day.orders, 'pune', `o${i}`, { confirmation: 'code' }));
    }
    await day.booked('o50', 'c1');
    await day.end();
    const later = new AgencyDay({ log, file: day.file });
    later.now += 100 * hour;
    await later.projector.start();
    await later.log.start();
    await later.projector.caughtUp;
    open.push(later);
    expect([...later.orders.recent('pune')].map(({ id }) => id)).toEqual(['o50']);
    const ids = (query: OrderQuery, after?: string) => {
      const page = { ...(after === undefined ? {} : { after }), atLeast: 3, now: later.now };
      return Array.from(later.orders.find('pune', query, page), ({ id }: Order) => id).sort();
    };
    expect(later.order('o11')).toMatchObject({ state: 'delivered', consumerId: 'c2' });
    expect(ids({ consumerId: 'c2' })).toEqual(['o11', 'o13', 'o15']);
    expect(ids({ consumerId: 'c2' }, 'o15')).toEqual(['o17', 'o19', 'o21']);
    expect(ids({ consumerId: 'c1', states: ['delivered'] }, 'o24')).toEqual(['o26', 'o28']);
    expect(ids({ states: ['booked'] })).toEqual(['o50']);
    expect(ids({ vanId: 'v1', day: '2026-04-02' }, 'o27')).toEqual(['o28', 'o29']);
    expect(ids({ late: true })).toEqual(['o50']);
    expect(ids({ late: false }, 'o28')).toEqual(['o29']);
    expect(ids({}, 'o28')).toEqual(['o29', 'o50']);
    expect([...later.orders.find('other', {}, { atLeast: 9, now: later.now })]).toEqual([]);
    // One that is on the disk alone is decided on like any other.
    expect(await later.refused(cancelOrder(later.orders, 'pune', 'o11'))).toMatchObject({ kind: 'stale' });
  });

  it('that ended long ago stay at hand while a refused act of theirs is not settled, over a restart', async () => {
    const log = new MemoryLog();
    const day = await AgencyDay.ofPune({ log });
    const act = '00000000-0000-4000-8000-000000000001';
    const refused = { act, step: 'start', cause: 'state', detail: 'It is cancelled.' } as const;
    for (const id of ['o1', 'o2']) {
      await day.booked(id, 'c1');
      await day.does(cancelOrder(day.orders, 'pune', id));
    }
    await day.does(keepRefusedAct(day.orders, 'pune', 'o1', refused));
    await day.end();
    const later = new AgencyDay({ log, file: day.file });
    later.now += 100 * hour;
    await later.projector.start();
    await later.log.start();
    await later.projector.caughtUp;
    open.push(later);
    expect(Array.from(later.orders.recent('pune'), ({ id }) => id)).toEqual(['o1']);
    await later.does(settleRefusedAct(later.orders, 'pune', 'o1', act));
    expect(later.order('o1')).toMatchObject({ state: 'cancelled', version: 4 });
    expect(later.order('o1')).not.toHaveProperty('refused');
  });

  it('write no name, telephone or place of a person into their events', async () => {
    const day = await pune();
    await day.out('o1', 'c1', 'v1');
    await day.does(deliverOrder(day.orders, 'pune', 'o1', { confirmation: 'unconfirmed', actedAt: day.now }));
    let events = '';
    for await (const { records } of day.log.read(null, ['events'])) events += JSON.stringify(records);
    expect(events).toContain('order-delivered');
    for (const personal of ['Name of c1', '5550001', '555 0001', '18.52', '73.86'])
      expect(events).not.toContain(personal);
  });
});
