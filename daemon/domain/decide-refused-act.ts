import { mostRefused, type Order, type RefusedAct } from '../../protocol/order.ts';
import { decided, expected, onOrder } from './decide-order.ts';
import { type Decide, eventRecord, refuse } from './decision.ts';
import { everyState, ofOrder } from './order.ts';
import type { OrdersView } from './order-view.ts';

/** What of a refused act the order keeps. */
export type Refused = Omit<RefusedAct, 'found' | 'by' | 'toldAt'>;

/**
 * A driver told something that was not taken: the order keeps it until a dispatcher has settled it. What the driver did
 * at the door has happened, whatever the daemon's books say. Told again, or told too often, nothing happens.
 */
export function keepRefusedAct(orders: OrdersView, agency: string, id: string, refused: Refused): Decide<Order> {
  return (_view, context) => {
    const order = orders.order(agency, id);
    if (order === undefined) return refuse('missing', `order ${id} does not exist`);
    const waiting = order.refused ?? [];
    if (waiting.length >= mostRefused || waiting.some(({ act }) => act === refused.act)) {
      return { ok: true, records: [], value: order };
    }
    const now = expected(orders, agency, ofOrder(id));
    return decided(order, eventRecord(agency, 'order-act-refused', { id, ...refused }, now, context));
  };
}

/** The dispatcher has decided what becomes of it: it waits no more. */
export function settleRefusedAct(orders: OrdersView, agency: string, id: string, act: string): Decide<Order> {
  return onOrder(orders, agency, id, everyState, '', (order, context, now) => {
    const waits = order.refused?.some((one) => one.act === act) === true;
    if (!waits) return refuse('missing', `order ${id} has no refused act ${act}`);
    return decided(order, eventRecord(agency, 'order-act-settled', { id, act }, now, context));
  });
}
