import type { Order } from '../../protocol/order.ts';
import { dayStart } from './zone-schedule.ts';

/** That an order is, or was, to be delivered by a van: its door is a zone for this van meanwhile. */
export interface DoorStop {
  orderId: string;
  consumerId: string;
  vanId: string;
  /** UTC ms, as in a zone; absent: still */
  from: number;
  until?: number;
}

/** The zone at a door, m: farther away nobody hands a cylinder over. */
export const doorRadius = 150;
/** The zone of the godown, m: its yard, and the street it opens on. */
export const godownRadius = 150;
/** How long the door of an order that has ended stays a zone, ms: the van is still there, and its leaving is to be seen. */
const doorAfterlife = 30 * 60_000;
/** How long past stops are kept, ms of fix time: late fixes are gone through again within 36 hours. */
export const stopsKept = 48 * 3_600_000;
/** Stops of one order that are kept. */
const mostStopsOfOne = 20;

/**
 * The stops an order has had at vans, oldest first, after an event about it at `time` (UTC ms). The same list when
 * nothing has changed. It counts from when it was put on the run, not before the day of the run; and until it is taken
 * off, or some time after its end.
 */
export function stopsAfter(
  stops: readonly DoorStop[],
  orderId: string,
  order: Order | undefined,
  timeZone: string,
  time: number,
): readonly DoorStop[] {
  const last = stops.at(-1);
  const now = stopOf(order, timeZone);
  if (now !== undefined && last?.vanId === now.vanId && last.from === now.from) {
    const until = now.until === undefined ? {} : { until: now.until };
    return last.until === now.until ? stops : [...stops.slice(0, -1), { ...now, orderId, ...until }];
  }
  const ended = last === undefined ? [] : [...stops.slice(0, -1), closed(last, time)];
  const kept = ended.filter(({ from, until = Infinity }) => until > from).slice(-mostStopsOfOne);
  if (now !== undefined) return [...kept, { ...now, orderId }];
  const same = kept.length === stops.length && kept.at(-1)?.until === last?.until;
  return same ? stops : kept;
}

function stopOf(order: Order | undefined, timeZone: string): Omit<DoorStop, 'orderId'> | undefined {
  if (order === undefined) return undefined;
  const { consumerId, vanId, day, assignedAt, endedAt } = order;
  if (vanId === undefined || day === undefined || assignedAt === undefined) return undefined;
  const from = Math.max(assignedAt, dayStart(day, timeZone));
  return { consumerId, vanId, from, ...(endedAt === undefined ? {} : { until: endedAt + doorAfterlife }) };
}

function closed(stop: DoorStop, time: number): DoorStop {
  return stop.until !== undefined && stop.until <= time ? stop : { ...stop, until: time };
}
