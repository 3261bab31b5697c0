import { mayManage, type Rights, rightsOn } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { Order } from '../../protocol/order.ts';
import { consumerFacts, orderResource, vanFacts } from '../domain/order-facts.ts';
import { noOrders } from '../domain/order-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { noSharing } from '../domain/sharing-view.ts';
import type { World } from '../project/world.ts';
import type { Audience } from './audience.ts';

/** Time alone changes what a driver sees (a day ends, sharing ends): looked at again after this, ms. */
const reviewEvery = 15_000;

/**
 * What a viewer may watch at `now` (UTC ms), asked of the one access function. Whoever may see a van and a consumer
 * about which nothing at all is known sees every one of them; everyone else is asked subject by subject. Which subjects
 * to ask about is known without looking through the agency: nobody's rights reach further than his own orders, his own
 * van and what is on its run.
 */
export function audienceOf(
  viewer: Viewer,
  registry: RegistryView,
  now: number,
  { orders = noOrders, sharing = noSharing }: Pick<World, 'orders' | 'sharing'> = {},
): Audience {
  const { agency, subject } = viewer;
  const blank = (kind: 'van' | 'consumer') => rightsOn(viewer, { kind, agency, id: '' }, now).see;
  // No registered id is empty.
  const everyVan = blank('van');
  if (everyVan && blank('consumer')) {
    // As seesAlert has it.
    return { kind: 'agency', operator: mayManage(viewer, 'dead-letters', agency, now) };
  }
  if (everyVan) return { kind: 'vans' };
  const views = { registry, orders, sharing };
  const driven = viewer.role === 'DELIVERY_PARTNER' ? registry.vanOfDriver(agency, subject) : undefined;
  const near: Order[] = [...orders.recentOf(agency, { consumerId: subject })];
  if (driven !== undefined) near.push(...orders.recentOf(agency, { vanId: driven.id }));

  const vans = new Map<string, Rights>();
  for (const id of new Set([driven?.id, ...near.map((order) => order.vanId)])) {
    const van = id === undefined ? undefined : registry.van(agency, id);
    const rights = van === undefined ? undefined : rightsOn(viewer, vanFacts(views, agency, van, now), now);
    if (van !== undefined && rights?.see === true) vans.set(van.id, rights);
  }
  const consumers = new Map<string, Rights>();
  for (const id of new Set([subject, ...near.map((order) => order.consumerId)])) {
    if (registry.consumer(agency, id) === undefined) continue;
    const rights = rightsOn(viewer, consumerFacts(views, agency, id, now), now);
    if (rights.see) consumers.set(id, rights);
  }
  const seen = near.filter((order) => rightsOn(viewer, orderResource(views, agency, order, now), now).see);
  return {
    kind: 'some',
    vans,
    consumers,
    orders: new Set(seen.map(({ id }) => id)),
    reviewAt: driven === undefined ? Number.POSITIVE_INFINITY : now + reviewEvery,
  };
}
