import { showsProfile } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { Delivery, Order } from '../../protocol/order.ts';
import type { Consumer, Van } from '../../protocol/registry.ts';

/*
 * What of a thing that he may see a viewer is shown: the same in answers, in lists and on the feed.
 */

/** A consumer needs to know which van comes, and nothing of the agency's arrangements. */
export function vanShown(viewer: Viewer, van: Van): Van {
  if (viewer.role !== 'CUSTOMER') return van;
  const { id, name, kind, version } = van;
  return { id, name, kind, version };
}

/** Who came by a share link, which may have been passed on, sees where the home is and not whose. */
export function consumerShown(viewer: Viewer, consumer: Consumer): Consumer {
  if (viewer.role === 'DELIVERY_PARTNER') {
    const { suggestedPin: _undecided, ...known } = consumer;
    return known;
  }
  if (showsProfile(viewer)) return consumer;
  const { id, latitude, longitude, language, version } = consumer;
  return {
    id,
    name: id,
    ...(latitude === undefined ? {} : { latitude }),
    ...(longitude === undefined ? {} : { longitude }),
    ...(language === undefined ? {} : { language }),
    version,
  };
}

/** A consumer is told of the van while it is on its way, and nothing of runs and of what was noted in the agency. */
export function orderShown(viewer: Viewer, order: Order): Order {
  if (viewer.role === 'DELIVERY_PARTNER') {
    // Another driver may have told it.
    const { refused: _refused, settled: _settled, ...known } = order;
    return known;
  }
  if (viewer.role !== 'CUSTOMER') return order;
  const {
    refused: _refused,
    settled: _settled,
    vanId,
    day: _day,
    assignedAt: _at,
    delivery,
    reason: _reason,
    linksFrom: _from,
    acts: _acts,
    ...rest
  } = order;
  return {
    ...rest,
    flags: [],
    ...(vanId !== undefined && order.state === 'out-for-delivery' ? { vanId } : {}),
    ...(delivery === undefined ? {} : { delivery: withoutPlace(delivery) }),
  };
}

function withoutPlace({ metresFromDoor: _metres, ...delivery }: Delivery): Delivery {
  return delivery;
}
