import { deliveryNorm, type Order } from '../../../protocol/order.ts';
import type { OrderEntry } from './entries.ts';

/** What the map tells of an order by form and colour. */
export type ConsumerState = 'booked' | 'assigned' | 'out-for-delivery' | 'delivered' | 'failed';
/** How an open order stands against the 48 hours of the norm. */
export type OrderAge = 'fresh' | 'soon' | 'late';

/** An open order is due soon in the last quarter of its time, ms. */
const soonBefore = deliveryNorm / 4;
/** What is over is shown for so long, ms. */
const endedShown = 24 * 3_600_000;

/** Lower comes first where a consumer has several orders: what is under way matters more than what is over. */
const weight: Record<ConsumerState, number> = {
  'out-for-delivery': 0,
  assigned: 1,
  booked: 2,
  failed: 3,
  delivered: 4,
};

/** What of an order is shown at `now` (UTC ms), undefined: nothing. */
export function consumerState({ state, endedAt }: Order, now: number): ConsumerState | undefined {
  if (state === 'cancelled') return undefined;
  if (state !== 'delivered' && state !== 'failed') return state;
  return endedAt !== undefined && now - endedAt > endedShown ? undefined : state;
}

/** The age of an order at `now`, UTC ms; what is over has none. */
export function orderAge({ state, dueAt }: Order, now: number): OrderAge {
  if (state === 'delivered' || state === 'failed' || state === 'cancelled') return 'fresh';
  if (now >= dueAt) return 'late';
  return now >= dueAt - soonBefore ? 'soon' : 'fresh';
}

/** The order that stands for each consumer at `now`, by the consumer's id. */
export function consumerOrders(orders: Iterable<OrderEntry>, now: number): Map<string, OrderEntry> {
  const chosen = new Map<string, OrderEntry>();
  for (const entry of orders) {
    const { order } = entry;
    const state = consumerState(order, now);
    if (state === undefined) continue;
    const before = chosen.get(order.consumerId)?.order;
    const other = before === undefined ? undefined : consumerState(before, now);
    if (before === undefined || other === undefined || isNearer(order, state, before, other)) {
      chosen.set(order.consumerId, entry);
    }
  }
  return chosen;
}

function isNearer(order: Order, state: ConsumerState, before: Order, other: ConsumerState): boolean {
  return weight[state] === weight[other] ? order.dueAt < before.dueAt : weight[state] < weight[other];
}
