import type { LatLon } from '../../protocol/geo.ts';
import type { Order } from '../../protocol/order.ts';
import { doorZone } from '../../protocol/zone.ts';
import type { OrderEvent } from '../domain/order.ts';
import type { VanDoors } from '../domain/zone-calm.ts';
import { type DoorStop, doorRadius, stopsAfter } from '../domain/zone-doors.ts';
import { layZone, ZoneList } from '../domain/zone-index.ts';

/** Since when the doors of vans are others than before, UTC ms, by van. */
export type ChangedVans = ReadonlyMap<string, number>;

/** The doors of one agency that are zones: for a van alone those of its run, and those that were within two days. */
export class AgencyDoors {
  /** by order */
  readonly #stops = new Map<string, readonly DoorStop[]>();
  /** orders by `van:ID` and `consumer:ID`, of stops that are kept */
  readonly #orders = new Map<string, Set<string>>();
  readonly #lists = new Map<string, VanDoors>();
  /** where the doors are that were laid, by consumer */
  readonly #places = new Map<string, LatLon>();
  readonly #placeOf: (consumerId: string) => LatLon | undefined;

  constructor(placeOf: (consumerId: string) => LatLon | undefined) {
    this.#placeOf = placeOf;
  }

  /** Always the same object for a van: whoever has it sees its doors change. */
  of(vanId: string): VanDoors {
    let doors = this.#lists.get(vanId);
    if (doors === undefined) {
      doors = { list: undefined };
      this.#lists.set(vanId, doors);
    }
    return doors;
  }

  stops(orderId: string): readonly DoorStop[] | undefined {
    return this.#stops.get(orderId);
  }

  /** What was saved; to be laid with `layAll`. */
  load(orderId: string, stops: readonly DoorStop[]): void {
    this.#set(orderId, stops);
  }

  layAll(): void {
    for (const key of this.#orders.keys()) if (key.startsWith('van:')) this.#lay(key.slice('van:'.length));
  }

  /** After an event about orders, which are as `orderOf` says: the orders whose stops are others, and their vans. */
  ordered(
    event: OrderEvent,
    orderOf: (id: string) => Order | undefined,
    timeZone: string,
  ): { orders: readonly string[]; vans: ChangedVans } {
    const planned = event.type === 'run-planned';
    const ids = planned ? [...event.data.stops, ...this.#ordersOf(`van:${event.data.vanId}`)] : [event.data.id];
    const orders: string[] = [];
    const vans = new Map<string, number>();
    for (const id of new Set(ids)) {
      const before = this.#stops.get(id) ?? [];
      const after = stopsAfter(before, id, orderOf(id), timeZone, event.time);
      if (after === before) continue;
      orders.push(id);
      this.#set(id, after);
      for (const vanId of new Set([...before, ...after].map((stop) => stop.vanId))) {
        const since = Math.min(differenceOf(before, after, vanId), differenceOf(after, before, vanId));
        vans.set(vanId, Math.min(vans.get(vanId) ?? Infinity, since));
      }
    }
    for (const vanId of vans.keys()) this.#lay(vanId);
    return { orders, vans };
  }

  /** The place of a door is another, or nowhere. It has no time of its own: it is so for all that is kept. */
  moved(consumerId: string): ChangedVans {
    const vans = new Map<string, number>();
    const before = this.#places.get(consumerId);
    const now = this.#placeOf(consumerId);
    if (before?.latitude === now?.latitude && before?.longitude === now?.longitude) return vans;
    this.#places.delete(consumerId);
    for (const orderId of this.#ordersOf(`consumer:${consumerId}`)) {
      for (const { vanId, from } of this.#stops.get(orderId) ?? []) {
        vans.set(vanId, Math.min(vans.get(vanId) ?? Infinity, from));
      }
    }
    for (const vanId of vans.keys()) this.#lay(vanId);
    return vans;
  }

  /** Forgets stops that ended before `before` (UTC ms); answers their orders. */
  forget(before: number): string[] {
    const forgotten: string[] = [];
    const vans = new Set<string>();
    for (const [orderId, stops] of this.#stops) {
      if (stops.some(({ until = Infinity }) => until >= before)) continue;
      for (const { vanId } of stops) vans.add(vanId);
      this.#set(orderId, []);
      forgotten.push(orderId);
    }
    for (const vanId of vans) this.#lay(vanId);
    return forgotten;
  }

  #ordersOf(of: `van:${string}` | `consumer:${string}`): Iterable<string> {
    return this.#orders.get(of) ?? [];
  }

  #set(orderId: string, stops: readonly DoorStop[]): void {
    for (const key of keysOf(this.#stops.get(orderId) ?? [])) {
      const orders = this.#orders.get(key);
      if (orders?.delete(orderId) !== true || orders.size > 0) continue;
      this.#orders.delete(key);
      if (stops.length === 0 && key.startsWith('consumer:')) this.#places.delete(key.slice('consumer:'.length));
    }
    if (stops.length === 0) this.#stops.delete(orderId);
    else this.#stops.set(orderId, stops);
    for (const key of keysOf(stops)) {
      const orders = this.#orders.get(key);
      if (orders === undefined) this.#orders.set(key, new Set([orderId]));
      else orders.add(orderId);
    }
  }

  #lay(vanId: string): void {
    const laid = [];
    for (const orderId of this.#ordersOf(`van:${vanId}`)) {
      for (const stop of this.#stops.get(orderId) ?? []) {
        const place = stop.vanId === vanId ? this.#placeOf(stop.consumerId) : undefined;
        if (place === undefined) continue;
        const { latitude, longitude } = place;
        this.#places.set(stop.consumerId, place);
        const shape = { type: 'circle' as const, latitude, longitude, radius: doorRadius };
        const door = { id: doorZone(stop.consumerId), shape, rules: { dwellMinutes: 1 } };
        laid.push(layZone(door, 'UTC', stop.from, stop.until));
      }
    }
    this.of(vanId).list = laid.length === 0 ? undefined : new ZoneList(laid);
  }
}

function keysOf(stops: readonly DoorStop[]): Set<string> {
  return new Set(stops.flatMap(({ vanId, consumerId }) => [`van:${vanId}`, `consumer:${consumerId}`]));
}

/** From when on the stops at a van differ from others, as far as these tell: UTC ms. */
function differenceOf(stops: readonly DoorStop[], others: readonly DoorStop[], vanId: string): number {
  let earliest = Infinity;
  for (const { vanId: van, from, until = Infinity } of stops) {
    if (van !== vanId) continue;
    const other = others.find((one) => one.vanId === vanId && one.from === from);
    if (other === undefined) earliest = Math.min(earliest, from);
    else if ((other.until ?? Infinity) !== until) {
      earliest = Math.min(earliest, until, other.until ?? Infinity);
    }
  }
  return earliest;
}
