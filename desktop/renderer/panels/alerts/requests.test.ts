import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../protocol/order.ts';
import { World } from '../../world/world.ts';
import { accountOf, moveOf, requestsOf } from './requests.ts';

describe('what waits for a dispatcher', () => {
  it('is every suggested pin and every act that was not taken, the oldest first', () => {
    const world = new World();
    const consumer = { id: 'c1', name: 'Asha', version: 1 };
    const suggestedPin = { latitude: 21, longitude: 79, at: 20 };
    const add = (index: number, each: typeof consumer) =>
      world.apply({ type: 'event', cursor: '', name: 'consumer', index, consumer: each, position: null });
    add(1, consumer);
    add(2, { ...consumer, id: 'c2', ...{ suggestedPin } });
    const refused = (act: string, toldAt: number) => ({
      ...({ act, step: 'fail', cause: 'state', detail: '', found: 'cancelled', by: 'DELIVERY_PARTNER:ravi' } as const),
      toldAt,
    });
    const order: Order = {
      ...{ id: 'o1', consumerId: 'c1', cylinders: 1, state: 'cancelled', attempt: 0, bookedAt: 0, dueAt: 1 },
      flags: [],
      version: 1,
      refused: [refused('a', 30), refused('b', 10)],
    };
    world.apply({ type: 'event', cursor: '', name: 'order', order });
    expect(requestsOf(world).map(({ key }) => key)).toEqual(['act/b', 'pin/c2', 'act/a']);
    expect(accountOf('DELIVERY_PARTNER:ravi')).toBe('ravi');
  });

  it('moves a door so many metres in a direction', () => {
    const from = { latitude: 60, longitude: 10 };
    const east = moveOf(from, { latitude: 60, longitude: 10.002 });
    expect([Math.round(east.metres / 10), Math.round(east.course)]).toEqual([11, 90]);
    expect(Math.round(moveOf(from, { latitude: 59.999, longitude: 10 }).course)).toBe(180);
    expect(Math.round(moveOf(from, { latitude: 60.001, longitude: 9.998 }).course)).toBe(315);
  });
});
