import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Order } from '../../protocol/order.ts';
import { leastStand, type Stand } from './arrival-step.ts';
import { isOpen } from './order.ts';

/** A stop of a run, with the place of its door if that is known. */
export interface DoorStop {
  order: Order;
  door?: LatLon;
}

/** The van was at the door of an order. */
export interface Visit {
  orderId: string;
  arrivedAt: number;
  /** undefined: it is there still, or nobody knows */
  leftAt?: number;
  /** act: nothing but the hand-over says so */
  by: 'stand' | 'act';
}

export interface Visits {
  of: ReadonlyMap<string, Visit>;
  /** stands that served no stop: traffic, tea, the godown */
  others: readonly Stand[];
  /** the last stand is the present one, and serves nobody any more */
  leaving: boolean;
}

/** A door is reached within this of it, m. */
const doorRadius = 150;
/** The van may have gone on this long when the button is pressed, ms; where no door tells more. */
const lateAct = 3 * 60_000;
/** A minute that the act is late counts like so many metres that the stand is off; at most, and if others acted there. */
const lateMetres = 5;
const mostLate = 60;
const taken = 30;
/** The clocks of phone and tracker agree this well, ms. */
const clocks = 60_000;
/** Doors whose distances from the van differ by less than this are equally near, m. */
const equallyNear = 40;

/** A stand, and the acts that fell into it. */
interface Served {
  stand: Stand;
  acts: { order: Order; at: number }[];
  serves: boolean;
}

/**
 * Which stand was at which door. An order's act (handed over, failed) decides first; what stood near the door of an
 * open order without any act serves the nearest one, in the order of the run where several are as near, if the driver
 * may have forgotten the buttons. One stand serves several doors of a lane one after the other, as their acts come.
 * `standing`: the last stand goes on.
 */
export function visitsOf(stops: readonly DoorStop[], stands: readonly Stand[], standing: boolean): Visits {
  const served: Served[] = stands.map((stand) => ({ stand, acts: [], serves: false }));
  const of = new Map<string, Visit>();
  for (const stop of byAct(stops)) {
    const { order } = stop;
    const at = order.endedAt ?? 0;
    const found = standOfAct(served, stop, at);
    if (found === undefined) of.set(order.id, { orderId: order.id, arrivedAt: at, by: 'act' });
    else found.acts.push({ order, at });
  }
  for (const { stand, acts } of served) {
    let arrivedAt = stand.from;
    for (const [i, { order, at }] of acts.entries()) {
      const last = i === acts.length - 1;
      const leftAt = Math.max(arrivedAt, Math.min(at, stand.until));
      const end = last ? stand.until : leftAt;
      const there = last && standing && stand === stands.at(-1);
      of.set(order.id, { orderId: order.id, arrivedAt, ...(there ? {} : { leftAt: end }), by: 'stand' });
      arrivedAt = leftAt;
    }
  }
  const presses = stops.some(({ order }) => order.endedAt !== undefined && order.state !== 'cancelled');
  for (const one of served) {
    const { stand, acts } = one;
    const goesOn = standing && stand === stands.at(-1);
    // After an act the van may stand on for somebody else in the lane; once it has gone, it was only being packed.
    if (acts.length > 0 && !goesOn) continue;
    const from = acts.reduce((latest, { at }) => Math.max(latest, Math.min(at, stand.until)), stand.from);
    if (stand.until - from < (acts.length > 0 ? 2 * leastStand : leastStand)) continue;
    // Who presses buttons would have pressed one: that was a crossing, or tea.
    const nearest = nearestOpen(stops, stand, ({ state }) => goesOn || !presses || state !== 'out-for-delivery');
    if (nearest === undefined) continue;
    one.serves = true;
    of.set(nearest.id, {
      orderId: nearest.id,
      arrivedAt: from,
      ...(goesOn ? {} : { leftAt: stand.until }),
      by: 'stand',
    });
  }
  const last = served.at(-1);
  return {
    of,
    others: served.filter(({ acts, serves }) => acts.length === 0 && !serves).map(({ stand }) => stand),
    leaving: standing && last !== undefined && last.acts.length > 0 && !last.serves,
  };
}

function byAct(stops: readonly DoorStop[]): DoorStop[] {
  return stops
    .filter(({ order }) => order.state === 'delivered' || order.state === 'failed')
    .sort((a, b) => (a.order.endedAt ?? 0) - (b.order.endedAt ?? 0) || (a.order.id < b.order.id ? -1 : 1));
}

/**
 * The stand that an act belongs to: near the door, and not long over; buttons are pressed late, and often at the next
 * door already. Where no door is known, the one in which the act fell.
 */
function standOfAct(served: readonly Served[], { order, door }: DoorStop, at: number): Served | undefined {
  let best: Served | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let i = served.length - 1; i >= 0; i--) {
    const one = served[i] as Served;
    const { stand, acts } = one;
    if (stand.from - clocks > at) continue;
    if (stand.until < (order.assignedAt ?? 0)) break;
    const late = Math.max(0, at - stand.until);
    if (door === undefined) return late <= lateAct ? one : undefined;
    if (!near(stand, door)) continue;
    const over = late > clocks ? Math.min(mostLate, lateMetres * (late / 60_000)) + (acts.length > 0 ? taken : 0) : 0;
    const metres = distance(stand, door) + over;
    if (metres >= least) continue;
    best = one;
    least = metres;
  }
  return best;
}

function nearestOpen(stops: readonly DoorStop[], stand: Stand, may: (order: Order) => boolean): Order | undefined {
  let nearest: Order | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { order, door } of stops) {
    if (door === undefined || !isOpen(order) || !may(order)) continue;
    if (stand.until <= (order.assignedAt ?? 0) || !near(stand, door)) continue;
    const metres = distance(stand, door);
    if (metres > least - equallyNear) continue;
    nearest = order;
    least = metres;
  }
  return nearest;
}

/** Far doors are told by their latitude, without a cosine. */
function near(stand: Stand, door: LatLon): boolean {
  return Math.abs(stand.latitude - door.latitude) * 111_000 <= doorRadius && distance(stand, door) <= doorRadius;
}
