import type { Order } from '../../protocol/order.ts';
import type { Event } from '../../protocol/record.ts';
import type { OrderEvent } from './order.ts';

/** How one attempt to deliver an order ended. Times are UTC ms. It names ids only. */
export interface Outcome {
  orderId: string;
  consumerId: string;
  attempt: number;
  /** delivered, or failed */
  at: number;
  what: 'delivered' | 'failed';
  vanId?: string;
  bookedAt: number;
  dueAt: number;
  outAt?: number;
  /** full cylinders that went out for it */
  cylinders: number;
  delivery?: Order['delivery'];
}

/** Who drove a van, `from` ≤ time < `to`; without a driver: nobody that is named. */
export interface Driving {
  vanId: string;
  driverId?: string;
  from: number;
  to: number;
}

/** What has ended, and who drove, as reports read it. Each call names an agency. */
export interface OutcomesView {
  /** those that ended in `from` ≤ time < `to`, oldest first */
  between(agency: string, from: number, to: number): Outcome[];
  /** how many were delivered in `from` ≤ time < `to` */
  delivered(agency: string, from: number, to: number): number;
  /** the vans that there were in `from` ≤ time < `to`, and who drove them; by van, then by time */
  driving(agency: string, from: number, to: number): Driving[];
}

/**
 * The outcome that an event brought about; `order`: as it is now, which is after the event, or long after it where the
 * outcomes alone are built anew. Undefined: none.
 */
export function outcomeOf(event: OrderEvent, order: Order): Outcome | undefined {
  if (event.type === 'order-delivered' || event.type === 'order-confirmed') {
    return order.state === 'delivered' ? endedAs('delivered', order) : undefined;
  }
  if (event.type !== 'order-failed') return undefined;
  const { attempt } = event.data;
  if (order.state === 'failed' && order.attempt === attempt) return endedAs('failed', order);
  // It has gone on since, and where it was then it does not tell any more.
  const { id: orderId, consumerId, bookedAt, dueAt, cylinders } = order;
  return { orderId, consumerId, attempt, at: event.time, what: 'failed', bookedAt, dueAt, cylinders };
}

function endedAs(what: Outcome['what'], order: Order): Outcome {
  const { id: orderId, consumerId, attempt, endedAt = 0, vanId, bookedAt, dueAt, outAt, cylinders, delivery } = order;
  return {
    orderId,
    consumerId,
    attempt,
    at: endedAt,
    what,
    ...(vanId === undefined ? {} : { vanId }),
    bookedAt,
    dueAt,
    ...(outAt === undefined ? {} : { outAt }),
    cylinders,
    ...(what === 'delivered' && delivery !== undefined ? { delivery } : {}),
  };
}

/** Who drives a van from the time of an event on; undefined: the event says nothing of it. */
export function driverAfter(event: Event): { vanId: string; driverId: string | null; gone: boolean } | undefined {
  switch (event.type) {
    case 'van-added':
      return { vanId: event.data.id, driverId: event.data.driverId ?? null, gone: false };
    case 'van-changed':
      if (event.data.driverId === undefined) return undefined;
      return { vanId: event.data.id, driverId: event.data.driverId, gone: false };
    case 'van-removed':
      return { vanId: event.data.id, driverId: null, gone: true };
    default:
      return undefined;
  }
}
