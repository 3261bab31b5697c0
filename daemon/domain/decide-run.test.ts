import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgencyDay } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { cancelOrder, failOrder, reattemptOrder, startOrder } from './decide-order.ts';
import { deliverOrder } from './decide-order-delivery.ts';
import { assignOrder, loadOf, planRun, stopsOf } from './decide-run.ts';
import { changeVan } from './decide-van.ts';

let day: AgencyDay;
beforeEach(async () => {
  day = await AgencyDay.ofPune();
  for (const id of ['o1', 'o2', 'o3', 'o4']) await day.booked(id, 'c1');
});
afterEach(() => day.end());
afterAll(tidy);

const today = '2026-04-02';
const assign = (id: string, to: Partial<Parameters<typeof assignOrder>[3]> = {}) =>
  assignOrder(day.orders, 'pune', id, { vanId: 'v1', ...to });
const plan = (stops: string[], vanId = 'v1') => planRun(day.orders, 'pune', { vanId, stops });
const stops = (vanId = 'v1') => stopsOf(day.orders, 'pune', day.orders.run('pune', vanId, today)).map(({ id }) => id);

describe('a run', () => {
  it('has its stops in the order in which they were assigned, or at the place that was asked for', async () => {
    for (const id of ['o1', 'o2', 'o3']) await day.does(assign(id));
    await day.does(assign('o4', { at: 1 }));
    expect(stops()).toEqual(['o1', 'o4', 'o2', 'o3']);
    await day.does(assign('o3', { at: 0 }));
    expect(stops()).toEqual(['o3', 'o1', 'o4', 'o2']);
    expect(day.order('o3')).toMatchObject({ state: 'assigned', assignedAt: day.now });
  });

  it('is planned as a whole: what is not named leaves it, what is named comes from anywhere', async () => {
    for (const id of ['o1', 'o2']) await day.does(assign(id));
    await day.does(assign('o3', { vanId: 'v2' }));
    const run = await day.does(plan(['o4', 'o3', 'o1']));
    expect(run).toEqual(day.orders.run('pune', 'v1', today));
    expect(stops()).toEqual(['o4', 'o3', 'o1']);
    expect(stops('v2')).toEqual([]);
    expect(day.order('o2')).toMatchObject({ state: 'booked' });
    expect(day.order('o2')).not.toHaveProperty('vanId');
  });

  it('keeps what is out when it is put in another order, and what has ended', async () => {
    for (const id of ['o1', 'o2', 'o3']) await day.does(assign(id));
    for (const id of ['o1', 'o2']) await day.does(startOrder(day.orders, 'pune', id));
    await day.does(deliverOrder(day.orders, 'pune', 'o1', { confirmation: 'code', empties: 0 }));
    const run = await day.does(plan(['o3', 'o2']));
    expect(run).toEqual(day.orders.run('pune', 'v1', today));
    expect(stops()).toEqual(['o1', 'o3', 'o2']);
    expect(day.order('o2').state).toBe('out-for-delivery');
    expect(loadOf(stopsOf(day.orders, 'pune', run))).toEqual({ full: 2, delivered: 1, empties: 0 });
  });

  it('is of one day; that of another day is another run', async () => {
    await day.does(assign('o1'));
    await day.does(assign('o2', { day: '2026-04-03' }));
    expect(stops()).toEqual(['o1']);
    expect(day.orders.run('pune', 'v1', '2026-04-03').stops).toEqual(['o2']);
  });

  it('takes back an order that failed and was booked again', async () => {
    for (const id of ['o1', 'o2']) await day.does(assign(id));
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    await day.does(failOrder(day.orders, 'pune', 'o1', 'nobody there'));
    expect(stops()).toEqual(['o1', 'o2']);
    await day.does(reattemptOrder(day.orders, 'pune', 'o1'));
    expect(stops()).toEqual(['o2']);
    await day.does(assign('o1'));
    expect(stops()).toEqual(['o2', 'o1']);
  });

  it('changes nothing when it is as it was asked to be, so that a command may be given again', async () => {
    for (const id of ['o1', 'o2']) await day.does(assign(id));
    const { version } = day.orders.run('pune', 'v1', today);
    await day.does(assign('o1'));
    await day.does(assign('o2', { at: 1 }));
    await day.does(plan(['o1', 'o2']));
    expect(day.orders.run('pune', 'v1', today).version).toBe(version);
    expect(day.order('o1').version).toBe(2);
  });

  it('is not planned by whoever has seen an older one, with orders that ended, or with ones that do not exist', async () => {
    await day.does(assign('o1'));
    expect(await day.refused(plan(['o2']), 0)).toMatchObject({ kind: 'stale', current: { version: 1 } });
    await day.does(cancelOrder(day.orders, 'pune', 'o2'));
    expect(await day.refused(plan(['o2']))).toMatchObject({ detail: 'stops: order o2 is cancelled' });
    expect(await day.refused(plan(['o9']))).toMatchObject({ detail: 'stops: order o9 does not exist' });
    expect(await day.refused(plan([], 'v9'))).toMatchObject({ kind: 'missing' });
  });
});

describe('a van', () => {
  it('is not loaded with more than it holds: full ones out, and an empty one back for each', async () => {
    await day.does(changeVan('pune', { id: 'v1', capacity: { full: 3, empties: 2 } }));
    await day.does(assign('o1'));
    await day.does(assign('o2'));
    expect(await day.refused(assign('o3'))).toMatchObject({
      kind: 'invalid',
      detail: 'cylinders: van v1 holds 2 empties, this run brings 3 back',
    });
    await day.does(changeVan('pune', { id: 'v1', capacity: { full: 2, empties: 9 } }));
    expect(await day.refused(plan(['o1', 'o2', 'o3']))).toMatchObject({
      detail: 'cylinders: van v1 holds 2, this run needs 3',
    });
    // What is delivered is off the van.
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    await day.does(deliverOrder(day.orders, 'pune', 'o1', { confirmation: 'code' }));
    expect((await day.does(assign('o3'))).vanId).toBe('v1');
    await day.does(changeVan('pune', { id: 'v1', capacity: null }));
    expect((await day.does(assign('o4'))).vanId).toBe('v1');
  });

  it('says since when its driver drives it', async () => {
    const began = day.now;
    day.now += 1000;
    expect(await day.does(changeVan('pune', { id: 'v1', name: 'Blue' }))).toMatchObject({ driverSince: began });
    const empty = await day.does(changeVan('pune', { id: 'v1', driverId: null }));
    expect(empty).not.toHaveProperty('driverSince');
    const sita = await day.does(changeVan('pune', { id: 'v1', driverId: 'sita' }));
    expect(sita).toMatchObject({ driverId: 'sita', driverSince: began + 1000 });
    expect(day.registry.view.van('pune', 'v1')).toEqual(sita);
  });
});
