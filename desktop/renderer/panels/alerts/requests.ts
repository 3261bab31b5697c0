import { distance } from '../../../../protocol/geo.ts';
import type { Order, RefusedAct } from '../../../../protocol/order.ts';
import type { Consumer } from '../../../../protocol/registry.ts';
import type { World } from '../../world/world.ts';

/** Something that waits for a dispatcher's word. */
export type Request =
  | { kind: 'pin'; key: string; at: number; consumer: Consumer; suggested: NonNullable<Consumer['suggestedPin']> }
  | { kind: 'act'; key: string; at: number; order: Order; refused: RefusedAct };

/** All that waits, the oldest first: whoever has waited longest is next. */
export function requestsOf({ consumers, orders }: Pick<World, 'consumers' | 'orders'>): Request[] {
  const found: Request[] = [];
  for (const { consumer } of consumers.values()) {
    const { suggestedPin: suggested } = consumer;
    if (suggested !== undefined) {
      found.push({ kind: 'pin', key: `pin/${consumer.id}`, at: suggested.at, consumer, suggested });
    }
  }
  for (const { order } of orders.values()) {
    for (const refused of order.refused ?? []) {
      found.push({ kind: 'act', key: `act/${refused.act}`, at: refused.toldAt, order, refused });
    }
  }
  return found.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

/** Who told it, by the id of the account. */
export function accountOf(by: string): string {
  return by.slice(by.indexOf(':') + 1);
}

interface Place {
  latitude: number;
  longitude: number;
}

/** How far the suggested place is from the present one (m), and in which direction (degrees from north). */
export function moveOf(from: Place, to: Place): { metres: number; course: number } {
  const north = to.latitude - from.latitude;
  const east = (to.longitude - from.longitude) * Math.cos((from.latitude * Math.PI) / 180);
  return { metres: distance(from, to), course: ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360 };
}
