import {
  deliveryNorm,
  isAsTold,
  mostActs,
  mostRefused,
  type Order,
  type orderEvents,
  type RefusedAct,
  type Run,
} from '../../protocol/order.ts';
import type { Event } from '../../protocol/record.ts';
import type { Verdict } from './registry.ts';
import type { Subject } from './subject.ts';

/** Orders and runs of one agency, as events find and leave them. */
export interface OrderBook {
  order(id: string): Order | undefined;
  /** one that nobody planned is empty and of version 0 */
  run(vanId: string, day: string): Run;
  putOrder(order: Order): void;
  putRun(run: Run): void;
}

export type OrderEvent = Extract<Event, { type: keyof typeof orderEvents }>;
type Transition = Exclude<OrderEvent, { type: 'order-booked' | 'run-planned' }>;

export const everyState = [
  'booked',
  'assigned',
  'out-for-delivery',
  'delivered',
  'failed',
  'cancelled',
] as const satisfies readonly Order['state'][];

/** From which states what may happen. */
const from: Record<Transition['type'], readonly Order['state'][]> = {
  'order-assigned': ['booked', 'assigned', 'out-for-delivery'],
  'order-unassigned': ['assigned', 'out-for-delivery'],
  'order-started': ['assigned'],
  'order-arrived': ['out-for-delivery'],
  'order-act-refused': everyState,
  'order-act-settled': everyState,
  'order-away': ['booked', 'assigned', 'out-for-delivery'],
  'order-delivered': ['out-for-delivery'],
  'order-confirmed': ['delivered'],
  'order-failed': ['out-for-delivery'],
  'order-cancelled': ['booked', 'assigned', 'out-for-delivery', 'failed'],
  'order-reattempted': ['failed'],
};

export function isOrderEvent(event: Event): event is OrderEvent {
  return event.type in from || event.type === 'order-booked' || event.type === 'run-planned';
}

/** Share links live on this long after the order's end, ms. */
export const linkAfterlife = 15 * 60_000;

export function ofOrder(id: string): Subject {
  return `order:${id}`;
}

export function ofRun(vanId: string, day: string): Subject {
  return `run:${vanId}/${day}`;
}

/**
 * Takes an event into the book, or drops it: the same at every daemon, since it depends on nothing but the events
 * before it. The version of what it is about and of all that it expects goes up by one.
 */
export function applyOrder(book: OrderBook, event: OrderEvent): Verdict {
  for (const { subject, version } of event.expects) {
    const present = versionIn(book, subject);
    if (present !== version) return { dropped: `${subject} is at version ${present}, not ${version}` };
  }
  const impossible = whyNot(book, event);
  if (impossible !== undefined) return { dropped: impossible };
  carryOut(book, event);
  for (const subject of new Set([aboutOf(event), ...event.expects.map((one) => one.subject)])) raise(book, subject);
  return 'applied';
}

/** The version of an order or a run; 0: it never was, or it is neither. */
export function versionIn(book: Pick<OrderBook, 'order' | 'run'>, subject: string): number {
  if (subject.startsWith('order:')) return book.order(subject.slice(6))?.version ?? 0;
  const run = runOf(subject);
  return run === undefined ? 0 : book.run(...run).version;
}

function runOf(subject: string): [vanId: string, day: string] | undefined {
  const slash = subject.indexOf('/');
  return subject.startsWith('run:') && slash > 0 ? [subject.slice(4, slash), subject.slice(slash + 1)] : undefined;
}

function aboutOf(event: OrderEvent): string {
  return event.type === 'run-planned' ? ofRun(event.data.vanId, event.data.day) : ofOrder(event.data.id);
}

function raise(book: OrderBook, subject: string): void {
  const run = runOf(subject);
  if (run !== undefined) {
    const present = book.run(...run);
    book.putRun({ ...present, version: present.version + 1 });
    return;
  }
  const order = subject.startsWith('order:') ? book.order(subject.slice(6)) : undefined;
  if (order !== undefined) book.putOrder({ ...order, version: order.version + 1 });
}

/** Why an event cannot be, whatever it expects: for writers that expect too little. */
function whyNot(book: OrderBook, event: OrderEvent): string | undefined {
  if (event.type === 'order-booked') {
    return book.order(event.data.id) === undefined ? undefined : `order:${event.data.id} exists`;
  }
  if (event.type === 'run-planned') {
    for (const id of event.data.stops) {
      const order = book.order(id);
      if (order === undefined) return `order:${id} does not exist`;
      if (!isOn(order, event.data) && !isOpen(order)) return `order:${id} is ${order.state}`;
    }
    return undefined;
  }
  const order = book.order(event.data.id);
  if (order === undefined) return `order:${event.data.id} does not exist`;
  if (!from[event.type].includes(order.state)) return `order:${order.id} is ${order.state}`;
  if (event.type === 'order-confirmed' && order.delivery?.confirmation !== 'unconfirmed') {
    return `order:${order.id} is confirmed`;
  }
  if (event.type === 'order-started' && event.data.attempt !== order.attempt + 1) {
    return `order:${order.id} has gone out ${order.attempt} times`;
  }
  return undefined;
}

function carryOut(book: OrderBook, event: OrderEvent): void {
  switch (event.type) {
    case 'order-booked':
      book.putOrder({ ...booked(event), version: 0 });
      return;
    case 'run-planned':
      plan(book, event);
      return;
    default: {
      const order = book.order(event.data.id);
      if (order === undefined) return;
      book.putOrder(after(order, event));
      if (event.type === 'order-assigned') {
        const { id, vanId, day, at } = event.data;
        const run = book.run(vanId, day);
        book.putRun({ ...run, stops: placed(run.stops, id, at) });
      }
    }
  }
}

/** An order as its booking leaves it. */
export function booked({ data, time }: Extract<OrderEvent, { type: 'order-booked' }>): Order {
  return { ...data, state: 'booked', attempt: 0, bookedAt: time, dueAt: time + deliveryNorm, flags: [], version: 1 };
}

/** The order after an event about it; its version is for `applyOrder` to raise. */
export function after(order: Order, event: Transition): Order {
  const next = changed(order, event);
  // What was refused has not been done, and may still be told again.
  if (event.type === 'order-act-refused' || event.type === 'order-act-settled') return next;
  const act = 'act' in event.data ? event.data.act : undefined;
  return act === undefined ? next : { ...next, acts: [...(order.acts ?? []), act].slice(-mostActs) };
}

function changed(order: Order, event: Transition): Order {
  const { time } = event;
  /** A phone's clock may be wrong: nothing is done before what came before it, or after it was told. */
  const doneAt = (actedAt = time, notBefore = 0) => Math.min(Math.max(actedAt, notBefore), time);
  const ended = { endedAt: Math.max(time, order.outAt ?? 0) };
  switch (event.type) {
    case 'order-assigned':
      return isOn(order, event.data) ? order : putOn(order, event.data.vanId, event.data.day, time);
    case 'order-unassigned':
      return takenOff(order);
    case 'order-started':
      return {
        ...order,
        state: 'out-for-delivery',
        attempt: event.data.attempt,
        outAt: doneAt(event.data.actedAt, order.assignedAt),
      };
    case 'order-arrived':
      return { ...order, arrivedAt: doneAt(event.data.actedAt, order.outAt) };
    case 'order-act-refused': {
      const { id: _id, ...told } = event.data;
      const refused = { ...told, found: order.state, by: event.actor, toldAt: time };
      return { ...order, refused: [...withoutAct(order, told.act), refused].slice(-mostRefused) };
    }
    case 'order-act-settled': {
      const { refused = [], ...rest } = order;
      const left = withoutAct(order, event.data.act);
      const known = left.length === 0 ? rest : { ...rest, refused: left };
      const told = refused.find(({ act }) => act === event.data.act);
      if (told === undefined) return known;
      const settled = { act: told.act, by: told.by, at: time, taken: isAsTold(order, told.step) };
      return { ...known, settled: [...(order.settled ?? []), settled].slice(-mostRefused) };
    }
    case 'order-away':
      return { ...order, awayOn: event.data.day };
    case 'order-delivered': {
      const { id: _id, attempt: _attempt, act: _act, reason, ...delivery } = event.data;
      // A phone's clock may be wrong: nothing is handed over before it went out, or after it was told.
      const actedAt = Math.min(Math.max(delivery.actedAt ?? ended.endedAt, order.outAt ?? 0), ended.endedAt);
      const flags = delivery.confirmation === 'none' ? [...order.flags, 'no-code' as const] : order.flags;
      const why = reason === undefined ? {} : { reason };
      return { ...order, state: 'delivered', endedAt: actedAt, delivery, ...why, flags };
    }
    case 'order-confirmed': {
      if (order.delivery === undefined) return order;
      const { right } = event.data;
      const delivery = { ...order.delivery, confirmation: right ? ('code' as const) : ('wrong-code' as const) };
      return { ...order, delivery, flags: right ? order.flags : [...order.flags, 'wrong-code'] };
    }
    case 'order-failed':
      return {
        ...order,
        state: 'failed',
        endedAt: Math.max(doneAt(event.data.actedAt, order.outAt), order.outAt ?? 0),
        reason: event.data.reason,
      };
    case 'order-cancelled': {
      const { reason: _reason, ...rest } = order;
      const { reason } = event.data;
      // One that had failed ended then: its share links do not come back to life.
      return { ...ended, ...rest, state: 'cancelled', ...(reason === undefined ? {} : { reason }) };
    }
    case 'order-reattempted': {
      const { endedAt = time, reason: _reason, ...rest } = takenOff(order);
      return time - endedAt >= linkAfterlife ? { ...rest, linksFrom: time } : rest;
    }
  }
}

function withoutAct({ refused = [] }: Order, act: string): RefusedAct[] {
  return refused.filter((one) => one.act !== act);
}

function plan(book: OrderBook, { data, time }: Extract<OrderEvent, { type: 'run-planned' }>): void {
  const run = book.run(data.vanId, data.day);
  const wanted = new Set(data.stops);
  const over: string[] = [];
  for (const id of run.stops) {
    const order = book.order(id);
    if (order === undefined || wanted.has(id) || !isOn(order, data)) continue;
    // What has ended stays a stop of the day; what is open leaves the run.
    if (isOpen(order)) book.putOrder(takenOff(order));
    else over.push(id);
  }
  for (const id of wanted) {
    const order = book.order(id);
    if (order !== undefined && !isOn(order, data)) book.putOrder(putOn(order, data.vanId, data.day, time));
  }
  book.putRun({ ...run, stops: [...over, ...wanted] });
}

/** The stops with this order at a place among them; none: at the end. */
export function placed(stops: readonly string[], id: string, at = Number.POSITIVE_INFINITY): string[] {
  const others = stops.filter((one) => one !== id);
  others.splice(at, 0, id);
  return others;
}

function putOn(order: Order, vanId: string, day: string, time: number): Order {
  return { ...takenOff(order), state: 'assigned', vanId, day, assignedAt: time };
}

function takenOff(order: Order): Order {
  const { vanId: _van, day: _day, assignedAt: _assigned, outAt: _out, arrivedAt: _arrived, ...rest } = order;
  return { ...rest, state: 'booked' };
}

/** Whether the order belongs to this run, whatever has become of it. */
export function isOn(order: Order, run: { vanId: string; day: string }): boolean {
  return order.vanId === run.vanId && order.day === run.day;
}

/** Whether it is still to be delivered. */
export function isOpen({ state }: Pick<Order, 'state'>): boolean {
  return state === 'booked' || state === 'assigned' || state === 'out-for-delivery';
}

/** Whether it is, or came, later than the norm allows, at `now` (UTC ms). */
export function isLate(order: Order, now: number): boolean {
  return (order.endedAt ?? now) > order.dueAt && order.state !== 'cancelled';
}
