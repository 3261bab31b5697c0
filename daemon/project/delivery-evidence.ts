import type { Order } from '../../protocol/order.ts';
import { type DeliveryEvidence, ghostEvidence, type TrailFix, windowOf } from '../domain/ghost.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { TrailView } from './world.ts';

/** Fixes beyond the window are looked for this far, ms: those between which a tracker sleeps. */
export const beyondWindow = 2 * 3_600_000;

/**
 * What the trail of the van says about a delivery, as it is known now: worked out anew each time, so that fixes which
 * came late are in it. Reads a few hours of one trail. Undefined: the order was not delivered.
 */
export function deliveryEvidence(
  { registry, trails }: { registry: Pick<RegistryView, 'consumer'>; trails: Pick<TrailView, 'van'> },
  agency: string,
  order: Order,
): DeliveryEvidence | undefined {
  const { latitude, longitude } = registry.consumer(agency, order.consumerId) ?? {};
  const door = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  const { from, until } = windowOf(order);
  const { vanId } = order;
  return ghostEvidence(order, door, vanId === undefined ? [] : believed());

  function* believed(): Generator<TrailFix> {
    for (const page of trails.van(agency, vanId ?? '', from - beyondWindow, until + beyondWindow)) {
      for (const fix of page) if (fix.mark === undefined) yield fix;
    }
  }
}
