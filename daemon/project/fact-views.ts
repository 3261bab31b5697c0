import type { FactViews } from '../domain/order-facts.ts';
import { noOrders } from '../domain/order-view.ts';
import { noSharing } from '../domain/sharing-view.ts';
import type { World } from './world.ts';

/** What access is decided on, out of a world; one without orders or sharing grants nothing by them. */
export function factViews({ registry, orders = noOrders, sharing = noSharing }: World): FactViews {
  return { registry, orders, sharing };
}
