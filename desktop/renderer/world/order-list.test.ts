import { describe, expect, it } from 'vitest';
import type { Order } from '../../../protocol/order.ts';
import { BoardRows } from '../panels/orders/board-rows.ts';
import { type ConsumerEntry, type OrderEntry, searchable, type VanEntry } from './entries.ts';
import { boardOf, dueOf, type OrderFilter, OrdersByAge } from './order-list.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 2, 10, 9);
const dayStart = now - 9 * hour;

function entry(id: string, of: Partial<Order> = {}, arrival?: OrderEntry['arrival']): OrderEntry {
  const bookedAt = of.bookedAt ?? now - hour;
  const order: Order = {
    id,
    consumerId: `c-${id}`,
    cylinders: 1,
    state: 'booked',
    attempt: 0,
    bookedAt,
    dueAt: bookedAt + 48 * hour,
    flags: [],
    version: 1,
    ...of,
  };
  return { kind: 'order', order, arrival };
}
const van = (id: string, name: string): VanEntry => ({
  ...{ kind: 'van', slot: 0, index: 0, position: null, interval: undefined, text: '' },
  van: { id, name, kind: 'van', version: 1 },
});
const consumer = (id: string, name: string, phone: string, number: string): ConsumerEntry => ({
  kind: 'consumer',
  index: 0,
  consumer: { id, name, number, phone, version: 1 },
  position: null,
  text: searchable(name, id, number),
  digits: phone.replace(/\D/g, ''),
});
const orders = (...entries: OrderEntry[]) => new Map(entries.map((each) => [each.order.id, each]));
const vans = new Map([van('v10', 'Van 10'), van('v2', 'Van 2')].map((each) => [each.van.id, each]));
const consumers = new Map([consumer('c-a', 'Asha Rao', '+91 98 765', '40271')].map((each) => [each.consumer.id, each]));

const all = orders(
  entry('late', { bookedAt: now - 50 * hour }),
  entry('a'),
  entry('x', { state: 'assigned', vanId: 'v10' }),
  entry('y', { state: 'out-for-delivery', vanId: 'v2', bookedAt: now - 49 * hour }),
  entry('gone-van', { state: 'assigned', vanId: 'v0' }),
  entry('f', { state: 'failed', endedAt: now - 20 * hour }),
  entry('d', { state: 'delivered', vanId: 'v2', endedAt: now - hour }),
  entry('d-before', { state: 'delivered', vanId: 'v2', endedAt: dayStart - hour }),
);
const board = (filter: OrderFilter, query = '') =>
  boardOf(new OrdersByAge().look(all), { vans, consumers }, { filter, query }, now, dayStart);
const shape = (filter: OrderFilter, query?: string) =>
  board(filter, query).groups.map(({ key, entries }) => `${key}: ${entries.map(({ order }) => order.id).join(' ')}`);

describe('the board of orders', () => {
  it('groups what is open: on no van, failed, then van by van in the order of their names', () => {
    expect(shape('open')).toEqual(['unassigned: late a', 'failed: f', 'van-v2: y', 'van-v10: x', 'van-v0: gone-van']);
  });
  it('shows one kind alone, and always the counts of all', () => {
    expect(shape('unassigned')).toEqual(['unassigned: late a']);
    expect(shape('late')).toEqual(['unassigned: late', 'van-v2: y']);
    expect(shape('failed')).toEqual(['failed: f']);
    expect(shape('done')).toEqual(['done: d']);
    const counts = { open: 5, unassigned: 2, 'on-vans': 3, late: 2, failed: 1, done: 1 };
    expect(board('done').counts).toEqual(counts);
    expect(board('open').counts).toEqual(counts);
  });
  it('finds by the id of the order, and by name, number and phone of whom it is for', () => {
    for (const query of ['gone-', 'GONE']) expect(shape('open', query)).toEqual(['van-v0: gone-van']);
    for (const query of ['asha', 'rao asha', '40271', '98765', '098 765']) {
      expect(shape('open', query)).toEqual(['unassigned: a']);
    }
    expect(board('open', 'nobody').size).toBe(0);
  });
});

describe('the 48 hours', () => {
  const arrival = (likely: number) => ({ from: likely, until: likely, likely, by: 'road' as const, stopsBefore: 0 });
  it.each([
    ['a fresh one', entry('o'), 'fine'],
    ['past them', entry('o', { bookedAt: now - 49 * hour }), 'late'],
    ['with little left, on no way', entry('o', { bookedAt: now - 44 * hour }), 'soon'],
    ['with little left, but it comes in time', entry('o', { bookedAt: now - 44 * hour }, arrival(now + hour)), 'fine'],
    ['which will be too late', entry('o', { bookedAt: now - 47 * hour }, arrival(now + 2 * hour)), 'soon'],
    ['failed and past them', entry('o', { bookedAt: now - 49 * hour, state: 'failed' }), 'late'],
    [
      'delivered in time',
      entry('o', { bookedAt: now - 60 * hour, state: 'delivered', endedAt: now - 20 * hour }),
      'fine',
    ],
    ['delivered late', entry('o', { bookedAt: now - 60 * hour, state: 'delivered', endedAt: now }), 'late'],
    ['cancelled', entry('o', { bookedAt: now - 60 * hour, state: 'cancelled', endedAt: now }), 'fine'],
  ])('%s', (_name, order, due) => expect(dueOf(order, now)).toBe(due));
});

describe('orders by age', () => {
  it('stay sorted while some come, change and go', () => {
    const byAge = new OrdersByAge();
    const book = orders(entry('b', { bookedAt: 20 }), entry('d', { bookedAt: 40 }));
    const ids = () => byAge.look(book).map(({ order }) => `${order.id}${order.version}`);
    expect(ids()).toEqual(['b1', 'd1']);
    book.set('c', entry('c', { bookedAt: 30 }));
    book.set('a', entry('a', { bookedAt: 10 }));
    book.set('b', entry('b', { bookedAt: 20, version: 2 }));
    expect(ids()).toEqual(['a1', 'b2', 'c1', 'd1']);
    book.delete('b');
    expect(ids()).toEqual(['a1', 'c1', 'd1']);
    book.delete('c');
    book.set('b', entry('b', { bookedAt: 20, version: 3 }));
    expect(ids()).toEqual(['a1', 'b3', 'd1']);
  });
  it('are as a plain sort has them, with 60,000 and after changes', () => {
    const book = new Map<string, OrderEntry>();
    for (let i = 0; i < 60_000; i++) {
      const id = `o${(i * 7919) % 60_000}`;
      book.set(
        id,
        entry(id, { bookedAt: (i * 104_729) % 1_000_003, state: i % 3 ? 'assigned' : 'booked', vanId: `v${i % 40}` }),
      );
    }
    const byAge = new OrdersByAge();
    byAge.look(book);
    for (let i = 0; i < 50; i++) book.delete(`o${i * 11}`);
    for (let i = 0; i < 50; i++) book.set(`n${i}`, entry(`n${i}`, { bookedAt: i * 20_000 }));
    const plain = [...book.values()]
      .sort((a, b) => a.order.bookedAt - b.order.bookedAt || (a.order.id < b.order.id ? -1 : 1))
      .map(({ order }) => order.id);
    expect(byAge.look(book).map(({ order }) => order.id)).toEqual(plain);
  });
});

describe('the lines of the board', () => {
  const rows = new BoardRows(board('open').groups);
  it('are headings and orders, found by number and by order', () => {
    const ids = Array.from({ length: rows.length }, (_, line) => rows.at(line)?.id);
    expect(ids.slice(0, 5)).toEqual([
      'heading-unassigned',
      'row-order-late',
      'row-order-a',
      'heading-failed',
      'row-order-f',
    ]);
    expect(rows.at(rows.length)).toBeUndefined();
    for (let line = 0; line < rows.length; line++) {
      const row = rows.at(line);
      if (row?.kind === 'order') expect(rows.lineOf(row.entry.order.id)).toBe(line);
    }
    expect(rows.lineOf('d')).toBeUndefined();
  });
  it('of a stretch are its orders, whichever end comes first', () => {
    expect(rows.between(1, 4)).toEqual(['late', 'a', 'f']);
    expect(rows.between(4, 2)).toEqual(['a', 'f']);
  });
  it.each([
    [undefined, 'ArrowDown', 1],
    [2, 'ArrowDown', 4],
    [4, 'ArrowUp', 2],
    [1, 'ArrowUp', 1],
    [undefined, 'ArrowUp', 10],
    [10, 'ArrowDown', 10],
    [6, 'Home', 1],
    [1, 'End', 10],
    [1, 'PageDown', 10],
    [10, 'PageUp', 2],
    [1, 'x', undefined],
  ])('from %s, %s leads to %s', (from, key, to) => expect(rows.step(from, key)).toBe(to));
  it('lead nowhere where there are none', () => expect(new BoardRows([]).step(undefined, 'End')).toBeUndefined());
});
