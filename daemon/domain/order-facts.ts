import type { OrderFacts, Resource } from '../../protocol/access.ts';
import type { Order } from '../../protocol/order.ts';
import type { Van } from '../../protocol/registry.ts';
import { isOpen } from './order.ts';
import { dayAt } from './order-day.ts';
import type { OrdersView } from './order-view.ts';
import type { RegistryView } from './registry-view.ts';
import type { SharingView } from './sharing-view.ts';

/** What the facts about who may see what are looked up in. */
export interface FactViews {
  registry: Pick<RegistryView, 'agency' | 'van'>;
  orders: Pick<OrdersView, 'recentOf'>;
  sharing: Pick<SharingView, 'of'>;
}

/**
 * What access.ts decides on, about vans, consumers and orders: the only place where orders, runs and drivers become
 * facts. Orders that ended long ago are none: they grant nothing to anyone.
 */
export function vanFacts(views: FactViews, agency: string, van: Van, now: number): Resource {
  const { id, driverId, driverSince } = van;
  return {
    kind: 'van',
    agency,
    id,
    ...(driverId === undefined ? {} : { driverId }),
    ...(driverSince === undefined ? {} : { driverSince }),
    orders: Array.from(views.orders.recentOf(agency, { vanId: id }), (order) => orderFacts(views, agency, order, now)),
  };
}

export function consumerFacts(views: FactViews, agency: string, id: string, now: number): Resource {
  const sharing = views.sharing.of(agency, id);
  return {
    kind: 'consumer',
    agency,
    id,
    orders: Array.from(views.orders.recentOf(agency, { consumerId: id }), (order) =>
      orderFacts(views, agency, order, now),
    ),
    ...(sharing === undefined ? {} : { sharing: { from: sharing.from, until: sharing.until } }),
  };
}

/** Of an order or, with `kind`, of its delivery code. */
export function orderResource(
  views: FactViews,
  agency: string,
  order: Order,
  now: number,
  kind: 'order' | 'delivery-code' = 'order',
): Extract<Resource, { kind: 'order' | 'delivery-code' }> {
  const { driverId } = orderFacts(views, agency, order, now);
  const { id, consumerId } = order;
  return { kind, agency, id, consumerId, ...(driverId === undefined ? {} : { driverId }) };
}

function orderFacts(views: FactViews, agency: string, order: Order, now: number): OrderFacts {
  const { id, consumerId, state, assignedAt, outAt, endedAt } = order;
  const driver = driverOf(views, agency, order, now);
  return {
    id,
    consumerId,
    state,
    ...(driver === undefined ? {} : { driverId: driver.id }),
    ...(driver === undefined || assignedAt === undefined ? {} : { onRunSince: Math.max(assignedAt, driver.since) }),
    ...(outAt === undefined ? {} : { outAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/**
 * The driver on whose present run an order is: he drives its van, and it is a stop of today, or one of an earlier day
 * that is still to be delivered. Tomorrow's stops are nobody's yet.
 */
function driverOf(
  views: FactViews,
  agency: string,
  order: Order,
  now: number,
): { id: string; since: number } | undefined {
  const { vanId, day } = order;
  if (vanId === undefined || day === undefined) return undefined;
  const { driverId: id, driverSince: since = 0 } = views.registry.van(agency, vanId) ?? {};
  if (id === undefined) return undefined;
  const today = dayAt(now, views.registry.agency(agency)?.timeZone ?? 'UTC');
  const present = day === today || (day < today && isOpen(order));
  return present ? { id, since } : undefined;
}
