import type { Order } from '../../protocol/order.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import { decided, once, onOrder } from './decide-order.ts';
import { type Decide, eventRecord, refuse } from './decision.ts';
import type { OrdersView } from './order-view.ts';

/** What a hand-over says of itself. The code is not among it: it was checked before, or will be. */
export interface HandOver {
  /**
   * code: the right one was given; none: there was none, for a reason; unconfirmed: it was handed over without network,
   * and its code comes with it
   */
  confirmation: 'code' | 'none' | 'unconfirmed';
  reason?: string;
  /** cylinders; absent: as many as were ordered */
  full?: number;
  /** absent: one for each full one */
  empties?: number;
  /** UTC ms */
  actedAt?: number;
  /** m */
  metresFromDoor?: number;
  /** id of the act; told again, it counts once */
  act?: string;
}

export function deliverOrder(orders: OrdersView, agency: string, id: string, handOver: HandOver): Decide<Order> {
  return once(orders, agency, id, handOver, () => handedOver(orders, agency, id, handOver));
}

function handedOver(orders: OrdersView, agency: string, id: string, handOver: HandOver): Decide<Order> {
  return onOrder(orders, agency, id, ['out-for-delivery'], 'is not out for delivery', (order, context, now) => {
    const { confirmation, reason, full = order.cylinders, empties = full, actedAt, metresFromDoor, act } = handOver;
    if (confirmation === 'none' && reason === undefined) {
      return refuse('invalid', whyAt('reason', why('reason-needed')));
    }
    if (full > order.cylinders)
      return refuse('invalid', whyAt('full', why('more-than-ordered', { ordered: order.cylinders })));
    const data = {
      id,
      attempt: order.attempt,
      confirmation,
      full,
      empties,
      ...(reason === undefined ? {} : { reason }),
      ...(actedAt === undefined ? {} : { actedAt }),
      ...(metresFromDoor === undefined ? {} : { metresFromDoor: Math.round(metresFromDoor) }),
      ...(act === undefined ? {} : { act }),
    };
    return decided(order, eventRecord(agency, 'order-delivered', data, now, context));
  });
}

/** The code of a hand-over without network was checked; a wrong one flags the order for good. */
export function confirmOrder(orders: OrdersView, agency: string, id: string, right: boolean): Decide<Order> {
  return onOrder(orders, agency, id, ['delivered'], 'was not handed over', (order, context, now) => {
    if (order.delivery?.confirmation !== 'unconfirmed') return { ok: true, records: [], value: order };
    return decided(order, eventRecord(agency, 'order-confirmed', { id, right }, now, context));
  });
}
