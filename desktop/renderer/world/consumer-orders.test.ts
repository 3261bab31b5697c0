import { describe, expect, it } from 'vitest';
import type { Order } from '../../../protocol/order.ts';
import { consumerOrders, consumerState, orderAge } from './consumer-orders.ts';
import type { OrderEntry } from './entries.ts';

const hour = 3_600_000;
const order = (id: string, more: Partial<Order> = {}): Order => ({
  id,
  consumerId: 'asha',
  cylinders: 1,
  state: 'booked',
  attempt: 0,
  bookedAt: 0,
  dueAt: 48 * hour,
  flags: [],
  version: 1,
  ...more,
});
const entry = (...args: Parameters<typeof order>): OrderEntry => ({
  kind: 'order',
  order: order(...args),
  arrival: undefined,
});

describe('the age of an order against 48 hours', () => {
  it('is fresh, soon in the last quarter, late from the deadline on', () => {
    const at = (hours: number) => orderAge(order('o'), hours * hour);
    expect([0, 35.9, 36, 47.9, 48, 90].map(at)).toEqual(['fresh', 'fresh', 'soon', 'soon', 'late', 'late']);
  });
  it('ends with the order', () => {
    expect(orderAge(order('o', { state: 'delivered' }), 99 * hour)).toBe('fresh');
  });
});

describe('what stands for a consumer', () => {
  it('is what is under way, then what is due first', () => {
    const orders = [
      entry('done', { state: 'delivered', endedAt: hour }),
      entry('later', { dueAt: 60 * hour }),
      entry('sooner', { dueAt: 50 * hour }),
      entry('on-the-way', { consumerId: 'bhola', state: 'out-for-delivery' }),
      entry('booked-too', { consumerId: 'bhola', dueAt: 1 }),
    ];
    const chosen = consumerOrders(orders, 2 * hour);
    expect(
      [...chosen].map(
        ([
          consumer,
          {
            order: { id },
          },
        ]) => [consumer, id],
      ),
    ).toEqual([
      ['asha', 'sooner'],
      ['bhola', 'on-the-way'],
    ]);
  });
  it('is nothing once it is over for a day, or was cancelled', () => {
    const over = order('o', { state: 'delivered', endedAt: hour });
    expect(consumerState(over, 25 * hour)).toBe('delivered');
    expect(consumerState(over, 25 * hour + 1)).toBeUndefined();
    expect(consumerState(order('o', { state: 'cancelled' }), 0)).toBeUndefined();
    expect(consumerOrders([{ ...entry('o'), order: over }], 30 * hour).size).toBe(0);
  });
});
