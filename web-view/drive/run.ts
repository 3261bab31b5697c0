import type { Order } from '../../protocol/order.ts';
import type { Consumer } from '../../protocol/registry.ts';
import type { Act } from './acts.ts';

/** What `GET /api/me/run` answers, as far as the page needs it. */
export interface Run {
  vanId: string;
  day: string;
  stops: Stop[];
}
interface Stop {
  order: Order;
  consumer: Consumer | null;
}
/** A stop with what the driver has done there, whether or not that is sent. */
export interface ShownStop extends Stop {
  /** from 1, in the order of the run */
  number: number;
  unsent: boolean;
}

/** The run as its driver has left it: his own acts count before they are sent. */
export function withActs(run: Run, acts: readonly Act[]): ShownStop[] {
  return run.stops.map(({ order, consumer }, i) => {
    const own = acts.filter((act) => act.orderId === order.id && act.state === 'waiting');
    return { order: own.reduce(after, order), consumer, number: i + 1, unsent: own.length > 0 };
  });
}

function after(order: Order, act: Act): Order {
  const open = order.state === 'assigned' || order.state === 'out-for-delivery';
  if (!open) return order;
  switch (act.kind) {
    case 'start':
      return { ...order, state: 'out-for-delivery', outAt: act.actedAt };
    case 'arrive':
      return { ...order, arrivedAt: act.actedAt };
    case 'deliver':
      return { ...order, state: 'delivered', endedAt: act.actedAt };
    case 'fail':
      return { ...order, state: 'failed', endedAt: act.actedAt };
  }
}

/** The first stop that is still to be driven to; undefined: the run is done. */
export function nextStop(stops: readonly ShownStop[]): ShownStop | undefined {
  return (
    stops.find(({ order }) => order.state === 'out-for-delivery') ??
    stops.find(({ order }) => order.state === 'assigned')
  );
}
