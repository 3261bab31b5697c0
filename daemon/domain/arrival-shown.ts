import type { Arrival } from '../../protocol/arrival.ts';
import type { Order } from '../../protocol/order.ts';
import { isOpen } from './order.ts';

/**
 * The line `arrival` of an order, for whoever may see the order: the same range for all of them, and how many stops come
 * before it, never whose. Nothing once the order has ended, or while its run is not of today.
 */
export function arrivalShown(
  arrivals: { stop(agency: string, orderId: string): Arrival | undefined } | undefined,
  agency: string,
  order: Order,
): { arrival?: Arrival } {
  if (!isOpen(order)) return {};
  const arrival = arrivals?.stop(agency, order.id);
  return arrival === undefined ? {} : { arrival };
}
