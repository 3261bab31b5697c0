import type { Order } from '../../protocol/order.ts';
import type { Expectation, LogRecord } from '../../protocol/record.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import {
  type Context,
  type Decide,
  type Decision,
  eventRecord,
  isRefusal,
  type Refusal,
  refuse,
  staleness,
} from './decision.ts';
import { after, booked, type OrderEvent, ofOrder } from './order.ts';
import type { OrdersView } from './order-view.ts';
import type { Subject } from './subject.ts';

export interface BookOrder {
  /** absent: one is made, such that ids sort by the time of booking */
  id?: string;
  consumerId: string;
  cylinders?: number;
}

export function bookOrder(orders: OrdersView, agency: string, command: BookOrder): Decide<Order> {
  const { consumerId, cylinders = 1 } = command;
  return (view, context) => {
    if (view.agency(agency) === undefined) return refuse('missing', `agency ${agency} does not exist`);
    const id = command.id ?? `${context.now.toString(36)}-${context.newId().slice(0, 8)}`;
    const current = orders.order(agency, id);
    if (current !== undefined) return refuse('exists', why('order-exists', { id }), current);
    if (view.consumer(agency, consumerId) === undefined) {
      return refuse('invalid', whyAt('consumerId', why('order-of-nobody', { consumer: consumerId })));
    }
    const expects = expected(orders, agency, ofOrder(id));
    const record = eventRecord(agency, 'order-booked', { id, consumerId, cylinders }, expects, context);
    if (isRefusal(record)) return record;
    const value = booked(record.value as Extract<OrderEvent, { type: 'order-booked' }>);
    return { ok: true, records: [record], value };
  };
}

/** When something was done that is told later, and the id it was given there; told again, it counts once. */
export interface Done {
  /** UTC ms */
  actedAt?: number;
  act?: string;
}

/** What clocks may differ by, ms. */
const tolerance = 5 * 60_000;

function doneAhead({ actedAt }: Done, { now }: Context): Refusal | undefined {
  const ahead = actedAt !== undefined && actedAt > now + tolerance;
  return ahead ? refuse('invalid', whyAt('actedAt', why('acted-ahead'))) : undefined;
}

/** The order as it is when this act was told before; else what is decided. */
export function once(
  orders: OrdersView,
  agency: string,
  id: string,
  { actedAt, act }: Done,
  decide: (done: Done) => Decide<Order>,
): Decide<Order> {
  return (view, context) => {
    const order = orders.order(agency, id);
    if (order !== undefined && act !== undefined && order.acts?.includes(act) === true) {
      return { ok: true, records: [], value: order };
    }
    const done = { ...(actedAt === undefined ? {} : { actedAt }), ...(act === undefined ? {} : { act }) };
    return doneAhead(done, context) ?? decide(done)(view, context);
  };
}

/** Out for delivery: from now on its consumer sees the van, and there is a delivery code. */
export function startOrder(orders: OrdersView, agency: string, id: string, given: Done = {}): Decide<Order> {
  return once(orders, agency, id, given, (done) =>
    onOrder(orders, agency, id, ['assigned'], 'is not waiting on a run', (order, context, now) =>
      decided(order, eventRecord(agency, 'order-started', { id, attempt: order.attempt + 1, ...done }, now, context)),
    ),
  );
}

/** The driver stands at the door. Saying so again changes nothing. */
export function arriveOrder(orders: OrdersView, agency: string, id: string, given: Done = {}): Decide<Order> {
  return once(orders, agency, id, given, (done) =>
    onOrder(orders, agency, id, ['out-for-delivery'], 'is not out for delivery', (order, context, now) =>
      order.arrivedAt !== undefined
        ? { ok: true, records: [], value: order }
        : decided(order, eventRecord(agency, 'order-arrived', { id, attempt: order.attempt, ...done }, now, context)),
    ),
  );
}

/** The consumer will not be at home on this day. It stops nothing: the dispatcher and the driver decide what to do. */
export function awayFromHome(orders: OrdersView, agency: string, id: string, day: string): Decide<Order> {
  return onOrder(orders, agency, id, ['booked', 'assigned', 'out-for-delivery'], 'has ended', (order, context, now) =>
    order.awayOn === day
      ? { ok: true, records: [], value: order }
      : decided(order, eventRecord(agency, 'order-away', { id, day }, now, context)),
  );
}

export function failOrder(
  orders: OrdersView,
  agency: string,
  id: string,
  reason: string,
  given: Done = {},
): Decide<Order> {
  return once(orders, agency, id, given, (done) =>
    onOrder(orders, agency, id, ['out-for-delivery'], 'is not out for delivery', (order, context, now) => {
      const data = { id, attempt: order.attempt, reason, ...done };
      return decided(order, eventRecord(agency, 'order-failed', data, now, context));
    }),
  );
}

export function cancelOrder(orders: OrdersView, agency: string, id: string, reason?: string): Decide<Order> {
  const data = { id, ...(reason === undefined ? {} : { reason }) };
  return onOrder(orders, agency, id, cancellable, 'has ended', (order, context, now) =>
    decided(order, eventRecord(agency, 'order-cancelled', data, now, context)),
  );
}
const cancellable: readonly Order['state'][] = ['booked', 'assigned', 'out-for-delivery', 'failed'];

/** One that failed is booked again; its deadline stays that of the booking. */
export function reattemptOrder(orders: OrdersView, agency: string, id: string): Decide<Order> {
  return onOrder(orders, agency, id, ['failed'], 'has not failed', (order, context, now) =>
    decided(order, eventRecord(agency, 'order-reattempted', { id }, now, context)),
  );
}

/** What all decisions about an order begin with: it exists, is as the caller has seen it, and in a fitting state. */
export function onOrder(
  orders: OrdersView,
  agency: string,
  id: string,
  states: readonly Order['state'][],
  otherwise: string,
  /** `now`: that the order is as it is */
  decide: (order: Order, context: Context, now: Expectation[]) => Decision<Order> | Refusal,
): Decide<Order> {
  return (_view, context) => {
    const order = orders.order(agency, id);
    if (order === undefined) return refuse('missing', `order ${id} does not exist`);
    const stale = staleness(order, `order ${id}`, context);
    if (stale !== undefined) return stale;
    if (!states.includes(order.state)) {
      // Somebody was faster, or is mistaken.
      return refuse('stale', why('order-state', { id, otherwise, state: order.state }), order);
    }
    return decide(order, context, expected(orders, agency, ofOrder(id)));
  };
}

/** The decision that is one event about one order, and the order after it. */
export function decided(order: Order, record: LogRecord | Refusal): Decision<Order> | Refusal {
  if (isRefusal(record)) return record;
  const event = record.value as Exclude<OrderEvent, { type: 'order-booked' | 'run-planned' }>;
  return { ok: true, records: [record], value: { ...after(order, event), version: order.version + 1 } };
}

/** That these subjects are as they are now. */
export function expected(orders: OrdersView, agency: string, ...subjects: readonly Subject[]): Expectation[] {
  return [...new Set(subjects)].map((subject) => ({ subject, version: orders.count(agency, subject) }));
}
