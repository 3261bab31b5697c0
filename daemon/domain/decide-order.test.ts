import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgencyDay, hour, minute, nine } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { bookOrder, cancelOrder, failOrder, reattemptOrder, startOrder } from './decide-order.ts';
import { confirmOrder, deliverOrder } from './decide-order-delivery.ts';
import { assignOrder, unassignOrder } from './decide-run.ts';
import { isLate } from './order.ts';

let day: AgencyDay;
beforeEach(async () => {
  day = await AgencyDay.ofPune();
});
afterEach(() => day.end());
afterAll(tidy);

const deliver = (id: string, act: Parameters<typeof deliverOrder>[3] = { confirmation: 'code' }) =>
  deliverOrder(day.orders, 'pune', id, act);

describe('the life of an order', () => {
  it('is booked, assigned, out for delivery, delivered', async () => {
    expect(await day.booked('o1', 'c1', 2)).toEqual({
      id: 'o1',
      consumerId: 'c1',
      cylinders: 2,
      state: 'booked',
      attempt: 0,
      bookedAt: nine,
      dueAt: nine + 48 * hour,
      flags: [],
      version: 1,
    });
    day.now += 10 * minute;
    const assigned = await day.does(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v1' }));
    expect(assigned).toMatchObject({
      state: 'assigned',
      vanId: 'v1',
      day: '2026-04-02',
      assignedAt: nine + 10 * minute,
    });
    expect(assigned).toEqual(day.order('o1'));
    day.now += 10 * minute;
    const out = await day.does(startOrder(day.orders, 'pune', 'o1'));
    expect(out).toMatchObject({ state: 'out-for-delivery', attempt: 1, outAt: nine + 20 * minute, version: 3 });
    day.now += 10 * minute;
    const delivered = await day.does(deliver('o1'));
    expect(delivered).toMatchObject({
      state: 'delivered',
      endedAt: nine + 30 * minute,
      delivery: { confirmation: 'code', full: 2, empties: 2 },
      flags: [],
      version: 4,
    });
    expect(delivered).toEqual(day.order('o1'));
  });

  it('fails, is booked again with the old deadline, and has another attempt', async () => {
    await day.out('o1', 'c1', 'v1');
    const failed = await day.does(failOrder(day.orders, 'pune', 'o1', 'door locked'));
    expect(failed).toMatchObject({ state: 'failed', reason: 'door locked', endedAt: nine, vanId: 'v1' });
    day.now += hour;
    const again = await day.does(reattemptOrder(day.orders, 'pune', 'o1'));
    expect(again).toMatchObject({ state: 'booked', dueAt: nine + 48 * hour, attempt: 1 });
    for (const gone of ['vanId', 'day', 'outAt', 'endedAt', 'reason']) expect(again).not.toHaveProperty(gone);
    await day.does(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v2' }));
    expect(await day.does(startOrder(day.orders, 'pune', 'o1'))).toMatchObject({ attempt: 2, vanId: 'v2' });
  });

  it('comes back to the booked ones when it is taken off its run', async () => {
    await day.out('o1', 'c1', 'v1');
    const off = await day.does(unassignOrder(day.orders, 'pune', 'o1'));
    expect(off).toMatchObject({ state: 'booked', attempt: 1 });
    expect(off).not.toHaveProperty('vanId');
    expect(off).not.toHaveProperty('outAt');
  });

  it('is not out any more when another van gets it', async () => {
    await day.out('o1', 'c1', 'v1');
    const moved = await day.does(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v2' }));
    expect(moved).toMatchObject({ state: 'assigned', vanId: 'v2' });
    expect(moved).not.toHaveProperty('outAt');
  });

  it('may be cancelled until it is delivered', async () => {
    await day.booked('booked', 'c1');
    await day.assigned('assigned', 'c2', 'v1');
    await day.out('out', 'c2', 'v1');
    await day.out('failed', 'c2', 'v1');
    await day.does(failOrder(day.orders, 'pune', 'failed', 'nobody there'));
    day.now += minute;
    for (const id of ['booked', 'assigned', 'out', 'failed']) {
      const cancelled = await day.does(cancelOrder(day.orders, 'pune', id, 'moved away'));
      expect(cancelled).toMatchObject({ state: 'cancelled', reason: 'moved away' });
      expect(cancelled.endedAt).toBe(id === 'failed' ? nine : nine + minute);
    }
    await day.out('done', 'c1', 'v1');
    await day.does(deliver('done'));
    expect(await day.refused(cancelOrder(day.orders, 'pune', 'done'))).toMatchObject({ kind: 'stale' });
  });
});

describe('an order is refused', () => {
  it('for who and what does not exist', async () => {
    const book = (command: Parameters<typeof bookOrder>[2]) => bookOrder(day.orders, 'pune', command);
    expect(await day.refused(book({ consumerId: 'c9' }))).toMatchObject({
      kind: 'invalid',
      detail: 'consumerId: consumer c9 does not exist',
    });
    await day.booked('o1', 'c1');
    expect(await day.refused(book({ id: 'o1', consumerId: 'c2' }))).toMatchObject({ kind: 'exists' });
    expect(await day.refused(book({ consumerId: 'c1', cylinders: 0 }))).toMatchObject({ kind: 'invalid' });
    expect(await day.refused(startOrder(day.orders, 'pune', 'o9'))).toMatchObject({ kind: 'missing' });
    expect(await day.refused(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v9' }))).toMatchObject({
      kind: 'invalid',
    });
    const notADay = assignOrder(day.orders, 'pune', 'o1', { vanId: 'v1', day: '2026-02-30' });
    expect(await day.refused(notADay)).toMatchObject({ kind: 'invalid', detail: 'day: 2026-02-30 is no day' });
  });

  it('what its state does not allow, with the state it has', async () => {
    await day.booked('o1', 'c1');
    for (const decide of [
      startOrder(day.orders, 'pune', 'o1'),
      deliver('o1'),
      failOrder(day.orders, 'pune', 'o1', 'door locked'),
      reattemptOrder(day.orders, 'pune', 'o1'),
      unassignOrder(day.orders, 'pune', 'o1'),
      confirmOrder(day.orders, 'pune', 'o1', true),
    ]) {
      expect(await day.refused(decide)).toMatchObject({ kind: 'stale', current: { id: 'o1', state: 'booked' } });
    }
  });

  it('to whom has seen an older version', async () => {
    await day.assigned('o1', 'c1', 'v1');
    const late = await day.refused(cancelOrder(day.orders, 'pune', 'o1'), 1);
    expect(late).toMatchObject({ kind: 'stale', detail: 'order o1 is at version 2, not 1', current: { version: 2 } });
    expect(day.order('o1').state).toBe('assigned');
  });
});

describe('a hand-over', () => {
  beforeEach(() => day.out('o1', 'c1', 'v1'));

  it('without code needs a reason, and the order stays flagged', async () => {
    expect(await day.refused(deliver('o1', { confirmation: 'none' }))).toMatchObject({ kind: 'invalid' });
    const done = await day.does(deliver('o1', { confirmation: 'none', reason: 'phone is broken' }));
    expect(done).toMatchObject({ state: 'delivered', flags: ['no-code'], reason: 'phone is broken' });
  });

  it('counts cylinders given and taken back', async () => {
    expect(await day.refused(deliver('o1', { confirmation: 'code', full: 2 }))).toMatchObject({
      detail: 'full: only 1 were ordered',
    });
    const done = await day.does(deliver('o1', { confirmation: 'code', full: 1, empties: 0 }));
    expect(done.delivery).toEqual({ confirmation: 'code', full: 1, empties: 0 });
  });

  it('without network counts from the act, and is confirmed when its code was checked', async () => {
    day.now = nine + hour;
    const act = { confirmation: 'unconfirmed', actedAt: nine + 20 * minute, metresFromDoor: 12.4 } as const;
    const told = await day.does(deliver('o1', act));
    expect(told).toMatchObject({
      state: 'delivered',
      endedAt: nine + 20 * minute,
      delivery: { confirmation: 'unconfirmed', actedAt: nine + 20 * minute, metresFromDoor: 12 },
    });
    const confirmed = await day.does(confirmOrder(day.orders, 'pune', 'o1', true));
    expect(confirmed).toMatchObject({ delivery: { confirmation: 'code' }, flags: [] });
    // Telling it again changes nothing.
    expect(await day.does(confirmOrder(day.orders, 'pune', 'o1', false))).toEqual(confirmed);
  });

  it('is flagged when its code was wrong', async () => {
    await day.does(deliver('o1', { confirmation: 'unconfirmed', actedAt: nine }));
    const wrong = await day.does(confirmOrder(day.orders, 'pune', 'o1', false));
    expect(wrong).toMatchObject({
      state: 'delivered',
      delivery: { confirmation: 'wrong-code' },
      flags: ['wrong-code'],
    });
  });

  it('is not believed a time before it went out, nor one in the future', async () => {
    const future = await day.refused(deliver('o1', { confirmation: 'unconfirmed', actedAt: nine + hour }));
    expect(future.detail).toBe('actedAt: lies in the future');
    const done = await day.does(deliver('o1', { confirmation: 'unconfirmed', actedAt: nine - hour }));
    expect(done).toMatchObject({ endedAt: nine, delivery: { actedAt: nine - hour } });
  });
});

describe('the norm of 48 hours', () => {
  it('makes an open order late after it, and an ended one when it ended after it', async () => {
    const order = await day.booked('o1', 'c1');
    expect(isLate(order, nine + 48 * hour)).toBe(false);
    expect(isLate(order, nine + 48 * hour + 1)).toBe(true);
    expect(isLate({ ...order, state: 'delivered', endedAt: nine + hour }, nine + 90 * hour)).toBe(false);
    expect(isLate({ ...order, state: 'delivered', endedAt: nine + 49 * hour }, nine + 90 * hour)).toBe(true);
    expect(isLate({ ...order, state: 'cancelled', endedAt: nine + 49 * hour }, nine + 90 * hour)).toBe(false);
  });
});
