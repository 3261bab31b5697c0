import type { OrderState } from '../../../protocol/order.ts';
import type { ConsumerEntry, OrderEntry, VanEntry } from './entries.ts';
import { byName, termsOf } from './fleet-list.ts';

export const orderFilters = ['open', 'unassigned', 'on-vans', 'late', 'failed', 'done'] as const;
export type OrderFilter = (typeof orderFilters)[number];
type OrderCounts = Record<OrderFilter, number>;

/** How it stands with the 48 hours: past them, about to be, or neither. */
export type Due = 'late' | 'soon' | 'fine';

/** Orders under one heading: on no van, on one van, failed, or done. */
export interface OrderGroup {
  readonly key: string;
  readonly kind: 'unassigned' | 'van' | 'failed' | 'done';
  /** of a group of a van */
  readonly vanId?: string;
  readonly entries: readonly OrderEntry[];
}

/** With less than this left an order is due soon, ms. */
const soon = 6 * 3_600_000;

const open: ReadonlySet<OrderState> = new Set(['booked', 'assigned', 'out-for-delivery']);
export const isOpen = ({ order }: OrderEntry): boolean => open.has(order.state);

/** Whether an order that is still to be delivered is late at `now` (UTC ms), or will be as things stand. */
export function dueOf({ order, arrival }: OrderEntry, now: number): Due {
  if (!open.has(order.state) && order.state !== 'failed') {
    return order.state === 'delivered' && (order.endedAt ?? 0) > order.dueAt ? 'late' : 'fine';
  }
  if (now > order.dueAt) return 'late';
  if (arrival !== undefined && arrival.likely > order.dueAt) return 'soon';
  return order.dueAt - now < soon && arrival === undefined ? 'soon' : 'fine';
}

/**
 * All orders, oldest booking first. A booking's time never changes, so what is sorted stays sorted: only what is new is
 * sorted and woven in. With 60,000 orders a look after one change costs a few ms.
 */
export class OrdersByAge {
  #ids: string[] = [];
  #known = new Set<string>();

  look(orders: ReadonlyMap<string, OrderEntry>): OrderEntry[] {
    const found: OrderEntry[] = [];
    for (const id of this.#ids) {
      const entry = orders.get(id);
      if (entry !== undefined) found.push(entry);
      else this.#known.delete(id);
    }
    if (found.length === orders.size) {
      if (found.length !== this.#ids.length) this.#ids = found.map(({ order }) => order.id);
      return found;
    }
    const added: OrderEntry[] = [];
    for (const entry of orders.values()) {
      if (this.#known.has(entry.order.id)) continue;
      this.#known.add(entry.order.id);
      added.push(entry);
    }
    const woven = weave(found, added.sort(older));
    this.#ids = woven.map(({ order }) => order.id);
    return woven;
  }
}

function older(a: OrderEntry, b: OrderEntry): number {
  return a.order.bookedAt - b.order.bookedAt || (a.order.id < b.order.id ? -1 : 1);
}

function weave(a: readonly OrderEntry[], b: readonly OrderEntry[]): OrderEntry[] {
  const woven: OrderEntry[] = [];
  let i = 0;
  for (const entry of b) {
    for (let next = a[i]; next !== undefined && older(next, entry) < 0; next = a[++i]) woven.push(next);
    woven.push(entry);
  }
  for (; i < a.length; i++) woven.push(a[i] as OrderEntry);
  return woven;
}

export interface BoardWish {
  filter: OrderFilter;
  query: string;
}

export interface Board {
  groups: readonly OrderGroup[];
  counts: OrderCounts;
  /** of all groups */
  size: number;
}

interface BoardWorld {
  vans: ReadonlyMap<string, VanEntry>;
  consumers: ReadonlyMap<string, ConsumerEntry>;
}

/**
 * The board of orders (oldest first): what is on no van, what failed, then van by van, then what is done. What ended
 * before `dayStart` (UTC ms) is yesterday's business; what failed then still waits for a decision.
 */
export function boardOf(
  byAge: readonly OrderEntry[],
  world: BoardWorld,
  { filter, query }: BoardWish,
  now: number,
  dayStart: number,
): Board {
  const counts: OrderCounts = { open: 0, unassigned: 0, 'on-vans': 0, late: 0, failed: 0, done: 0 };
  const unassigned: OrderEntry[] = [];
  const failed: OrderEntry[] = [];
  const done: OrderEntry[] = [];
  const onVans = new Map<string, OrderEntry[]>();
  const matches = orderMatcher(query, world.consumers);
  for (const entry of byAge) {
    const { state, vanId, endedAt = 0 } = entry.order;
    const isDone = state === 'delivered' || state === 'cancelled';
    if (isDone && endedAt < dayStart) continue;
    if (!matches(entry)) continue;
    const isLate = !isDone && now > entry.order.dueAt;
    if (isLate) counts.late++;
    if (isDone) {
      counts.done++;
      if (filter === 'done') done.push(entry);
      continue;
    }
    if (state === 'failed') {
      counts.failed++;
      if (filter === 'failed' || filter === 'open' || (filter === 'late' && isLate)) failed.push(entry);
      continue;
    }
    counts.open++;
    if (vanId === undefined) {
      counts.unassigned++;
      if (filter === 'unassigned' || filter === 'open' || (filter === 'late' && isLate)) unassigned.push(entry);
      continue;
    }
    counts['on-vans']++;
    if (filter !== 'on-vans' && filter !== 'open' && !(filter === 'late' && isLate)) continue;
    const group = onVans.get(vanId);
    if (group === undefined) onVans.set(vanId, [entry]);
    else group.push(entry);
  }
  done.sort((a, b) => (b.order.endedAt ?? 0) - (a.order.endedAt ?? 0));
  const groups: OrderGroup[] = [];
  const add = (group: OrderGroup) => group.entries.length > 0 && groups.push(group);
  add({ key: 'unassigned', kind: 'unassigned', entries: unassigned });
  add({ key: 'failed', kind: 'failed', entries: failed });
  for (const vanId of vansInOrder([...onVans.keys()], world.vans)) {
    add({ key: `van-${vanId}`, kind: 'van', vanId, entries: onVans.get(vanId) ?? [] });
  }
  add({ key: 'done', kind: 'done', entries: done });
  return { groups, counts, size: groups.reduce((sum, { entries }) => sum + entries.length, 0) };
}

function vansInOrder(ids: readonly string[], vans: ReadonlyMap<string, VanEntry>): string[] {
  const known = byName(ids.flatMap((id) => vans.get(id) ?? [])).map(({ van }) => van.id);
  return [...known, ...ids.filter((id) => !vans.has(id)).sort()];
}

/** Whether an order matches every word: by its id, its reason, or by whom it is for (name, number, phone, address). */
function orderMatcher(query: string, consumers: ReadonlyMap<string, ConsumerEntry>): (entry: OrderEntry) => boolean {
  const terms = termsOf(query);
  if (terms.length === 0) return () => true;
  const number = query.replace(/[\s()+-]/g, '');
  const digits = /^\d{3,}$/.test(number) ? number.replace(/^0+/, '') : '';
  return ({ order }) => {
    const consumer = consumers.get(order.consumerId);
    if (digits !== '' && consumer?.digits.includes(digits) === true) return true;
    const id = order.id.toLowerCase();
    return terms.every((term) => id.includes(term) || consumer?.text.includes(term) === true);
  };
}
