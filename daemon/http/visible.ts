import { type Managed, mayCarryOut, mayManage, type Rights, rightsOn } from '../../protocol/access.ts';
import type { Arrival } from '../../protocol/arrival.ts';
import { Role, type Viewer } from '../../protocol/claims.ts';
import type { Order } from '../../protocol/order.ts';
import type { Consumer, Device, Van } from '../../protocol/registry.ts';
import { arrivalShown } from '../domain/arrival-shown.ts';
import type { DeliveryCodes } from '../domain/delivery-code.ts';
import { isLate } from '../domain/order.ts';
import { consumerFacts, orderResource, vanFacts } from '../domain/order-facts.ts';
import { consumerShown, orderShown, vanShown } from '../domain/order-shown.ts';
import { factViews } from '../project/fact-views.ts';
import type { World } from '../project/world.ts';
import { notFound } from './problem.ts';

/**
 * Looks a thing up for a viewer. What is not there and what he may not see end in the same 404; access.ts says what
 * that is.
 */
export interface Seen<T> {
  thing: T;
  rights: Rights;
}

export function vanFor(world: World, viewer: Viewer, id: string, now: number): Seen<Van> {
  const thing = world.registry.van(viewer.agency, id);
  const rights = thing === undefined ? undefined : vanRights(world, viewer, thing, now);
  if (thing === undefined || rights?.see !== true) throw notFound();
  return { thing: vanShown(viewer, thing), rights };
}

export function vanRights(world: World, viewer: Viewer, van: Van, now: number): Rights {
  return rightsOn(viewer, vanFacts(factViews(world), viewer.agency, van, now), now);
}

export function consumerFor(world: World, viewer: Viewer, id: string, now: number): Seen<Consumer> {
  const thing = world.registry.consumer(viewer.agency, id);
  const rights = consumerRights(world, viewer, id, now);
  if (thing === undefined || !rights.see) throw notFound();
  return { thing: consumerShown(viewer, thing), rights };
}

export function consumerRights(world: World, viewer: Viewer, id: string, now: number): Rights {
  return rightsOn(viewer, consumerFacts(factViews(world), viewer.agency, id, now), now);
}

export function orderFor(world: World, viewer: Viewer, id: string, now: number): Order {
  const order = world.orders?.order(viewer.agency, id);
  if (order === undefined || !seesOrder(world, viewer, order, now)) throw notFound();
  return order;
}

export function seesOrder(world: World, viewer: Viewer, order: Order, now: number): boolean {
  return rightsOn(viewer, orderResource(factViews(world), viewer.agency, order, now), now).see;
}

/** The same for who wants to start, hand over or fail it. */
export function orderToCarryOut(world: World, viewer: Viewer, id: string, now: number): Order {
  const order = orderFor(world, viewer, id, now);
  const { agency, driverId } = orderResource(factViews(world), viewer.agency, order, now);
  if (!mayCarryOut(viewer, driverId === undefined ? { agency } : { agency, driverId }, now)) throw notFound();
  return order;
}

/** An order as an answer shows it. */
export interface OrderView extends Order {
  /** ms since the booking, until its end */
  age: number;
  late: boolean;
  /** for its consumer alone, while it is out for delivery */
  code?: string;
  /** when the van is expected at its door */
  arrival?: Arrival;
}

export function orderView(
  deps: { world: World; codes: Pick<DeliveryCodes, 'of'> },
  viewer: Viewer,
  order: Order,
  now: number,
): OrderView {
  const { agency } = viewer;
  const resource = orderResource(factViews(deps.world), agency, order, now, 'delivery-code');
  const coded = order.state === 'out-for-delivery' && rightsOn(viewer, resource, now).see;
  return {
    ...orderShown(viewer, order),
    age: Math.max(0, (order.endedAt ?? now) - order.bookedAt),
    late: isLate(order, now),
    ...(coded ? { code: deps.codes.of(agency, order) } : {}),
    ...arrivalShown(deps.world.arrivals, agency, order),
  };
}

export function deviceFor(world: World, viewer: Viewer, id: string, now: number): Device {
  const device = world.registry.device(viewer.agency, id);
  if (device === undefined || !rightsOn(viewer, { kind: 'device', agency: viewer.agency, id }, now).see) {
    throw notFound();
  }
  return device;
}

/** The roles that may change such things at all, as access.ts has it; for the `access` of routes. */
export function rolesThatManage(what: Managed): Role[] {
  const agency = 'any';
  return roles.filter((role) =>
    mayManage({ role, agency, subject: '', scopes: new Set(), expiresAt: Number.POSITIVE_INFINITY }, what, agency, 0),
  );
}
const roles = Role.anyOf.map((one) => one.const);
