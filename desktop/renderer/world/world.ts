import type { FeedConsumer, FeedOrder, FeedPosition, FeedVan } from '../../../protocol/feed.ts';
import type { FeedMessage } from '../../../protocol/feed-client.ts';
import {
  type Alert,
  type ConsumerEntry,
  type OrderEntry,
  type ShownPosition,
  searchable,
  type VanEntry,
} from './entries.ts';

/** What one message changed, so that only that is drawn anew. */
export interface Change {
  /** vans whose position moved forward */
  moved: VanEntry[];
  /** vans appeared, vanished or were renamed */
  vans: boolean;
  consumers: boolean;
  orders: boolean;
  alerts: boolean;
}

type Kind = 'vans' | 'consumers' | 'orders' | 'alerts';

/** Longer silences than this say nothing about a device's usual interval, ms. */
const longestInterval = 600_000;
/** Weight of the newest gap in the running mean of a device's interval. */
const newestWeight = 0.2;

/**
 * Everything this console may see, as of the last message: the feed goes in, entries come out. It is mutable and lives
 * outside React, because 10,000 vans at one fix a second must not make 10,000 new objects a second.
 */
export class World {
  readonly vans = new Map<string, VanEntry>();
  readonly consumers = new Map<string, ConsumerEntry>();
  /** open ones, and those that ended in the last two days */
  readonly orders = new Map<string, OrderEntry>();
  /** open ones, and those that closed while this console watched */
  readonly alerts = new Map<string, Alert>();
  /** greatest fixTime seen, UTC ms */
  newestFix: number | undefined;
  readonly #byIndex: (VanEntry | ConsumerEntry | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  #slots = 0;
  /** what the snapshot being received has named so far; undefined outside of one */
  #named: Record<Kind, Set<string>> | undefined;

  apply(message: FeedMessage): Change {
    const change: Change = { moved: [], vans: false, consumers: false, orders: false, alerts: false };
    switch (message.type) {
      case 'snapshot': {
        if (message.page === 0) {
          this.#named = { vans: new Set(), consumers: new Set(), orders: new Set(), alerts: new Set() };
        }
        for (const each of message.vans) {
          this.#named?.vans.add(each.van.id);
          this.#setVan(each, change);
        }
        for (const each of message.consumers) {
          this.#named?.consumers.add(each.consumer.id);
          this.#setConsumer(each, change);
        }
        for (const each of message.orders ?? []) {
          this.#named?.orders.add(each.order.id);
          this.#setOrder(each, change);
        }
        for (const { alert } of message.alerts ?? []) {
          this.#named?.alerts.add(alert.id);
          this.#setAlert(alert, change);
        }
        if (message.last) this.#dropUnnamed(change);
        break;
      }
      case 'event':
        if (message.name === 'van') this.#setVan(message, change);
        else if (message.name === 'consumer') this.#setConsumer(message, change);
        else if (message.name === 'order') this.#setOrder(message, change);
        else if (message.name === 'alert') this.#setAlert(message.alert, change);
        break;
      case 'gone':
        if (message.kind === 'van' || message.kind === 'consumer') this.#drop(message.kind, message.subject, change);
        else if (message.kind === 'order') change.orders = this.orders.delete(message.subject);
        else if (message.kind === 'alert') change.alerts = this.alerts.delete(message.subject);
        break;
      case 'frame':
        for (const each of message.positions) {
          const entry = this.#byIndex[each.index];
          if (entry !== undefined) this.#move(entry, each, change);
        }
        break;
      case 'positions':
        for (const each of message.positions) {
          const entry = each.kind === 'van' ? this.vans.get(each.subject) : this.consumers.get(each.subject);
          if (entry !== undefined) this.#move(entry, shown(each), change);
        }
        break;
      case 'welcome':
      case 'heartbeat':
        break;
    }
    return change;
  }

  #setVan(next: FeedVan, change: Change): void {
    const { van } = next;
    let entry = this.vans.get(van.id);
    if (entry === undefined) {
      const slot = this.#freeSlots.pop() ?? this.#slots++;
      entry = { kind: 'van', slot, index: next.index, van, position: null, interval: undefined, text: '' };
      this.vans.set(van.id, entry);
    }
    entry.van = van;
    entry.text = searchable(van.name, van.id, van.driverId);
    if (next.interval !== undefined) entry.interval = next.interval;
    this.#renumber(entry, next.index);
    change.vans = true;
    if (next.position !== null) this.#move(entry, next.position, change);
  }

  #setConsumer(next: FeedConsumer, change: Change): void {
    const { consumer } = next;
    const text = searchable(consumer.name, consumer.id, consumer.number, consumer.address, consumer.pincode);
    const digits = (consumer.phone ?? '').replace(/\D/g, '');
    const old = this.consumers.get(consumer.id);
    const entry: ConsumerEntry = { kind: 'consumer', ...next, text, digits };
    if (old !== undefined && this.#byIndex[old.index] === old) this.#byIndex[old.index] = undefined;
    this.consumers.set(consumer.id, entry);
    this.#byIndex[next.index] = entry;
    change.consumers = true;
  }

  /** The newest word counts; what comes twice changes nothing, so that the board is not drawn for it. */
  #setOrder({ order, arrival }: FeedOrder, change: Change): void {
    const old = this.orders.get(order.id);
    if (old !== undefined && old.order.version > order.version) return;
    this.orders.set(order.id, { kind: 'order', order, arrival });
    change.orders = true;
  }

  #setAlert(alert: Alert, change: Change): void {
    this.alerts.set(alert.id, alert);
    change.alerts = true;
  }

  #renumber(entry: VanEntry, index: number): void {
    if (this.#byIndex[entry.index] === entry) this.#byIndex[entry.index] = undefined;
    entry.index = index;
    this.#byIndex[index] = entry;
  }

  /** Live state moves forward by fixTime only; an older or equal fix changes nothing. */
  #move(entry: VanEntry | ConsumerEntry, position: ShownPosition, change: Change): void {
    const before = entry.position;
    if (before !== null && position.fixTime <= before.fixTime) {
      // The same fix again, now with what binary frames leave out.
      if (position.fixTime === before.fixTime && position.device !== undefined) entry.position = position;
      return;
    }
    if (entry.kind === 'consumer') {
      entry.position = position;
      change.consumers = true;
      return;
    }
    if (before !== null) {
      const gap = position.fixTime - before.fixTime;
      if (gap <= longestInterval) {
        entry.interval = entry.interval === undefined ? gap : entry.interval + (gap - entry.interval) * newestWeight;
      }
    }
    if (before === null || !overwrite(before, position)) entry.position = position;
    if (this.newestFix === undefined || position.fixTime > this.newestFix) this.newestFix = position.fixTime;
    change.moved.push(entry);
  }

  #drop(kind: 'van' | 'consumer', id: string, change: Change): void {
    const entry = kind === 'van' ? this.vans.get(id) : this.consumers.get(id);
    if (entry === undefined) return;
    if (this.#byIndex[entry.index] === entry) this.#byIndex[entry.index] = undefined;
    if (entry.kind === 'van') {
      this.vans.delete(id);
      this.#freeSlots.push(entry.slot);
      change.vans = true;
    } else {
      this.consumers.delete(id);
      change.consumers = true;
    }
  }

  #dropUnnamed(change: Change): void {
    const named = this.#named;
    this.#named = undefined;
    if (named === undefined) return;
    for (const id of [...this.vans.keys()]) if (!named.vans.has(id)) this.#drop('van', id, change);
    for (const id of [...this.consumers.keys()]) if (!named.consumers.has(id)) this.#drop('consumer', id, change);
    for (const id of [...this.orders.keys()]) {
      if (!named.orders.has(id)) change.orders = this.orders.delete(id);
    }
    for (const id of [...this.alerts.keys()]) {
      if (!named.alerts.has(id)) change.alerts = this.alerts.delete(id);
    }
  }
}

/**
 * Writes a fix over the one before it, where both tell just what a frame tells. 10,000 positions a second that each
 * replace one that is a second old are what a garbage collector is worst at; what is dropped at once costs it nothing.
 */
function overwrite(old: ShownPosition, next: ShownPosition): boolean {
  if (!isOfFrame(old) || !isOfFrame(next)) return false;
  old.fixTime = next.fixTime;
  old.latitude = next.latitude;
  old.longitude = next.longitude;
  old.speed = next.speed;
  old.course = next.course;
  old.battery = next.battery;
  old.ignition = next.ignition;
  return true;
}

type FramePart = 'speed' | 'course' | 'battery' | 'ignition';

function isOfFrame(position: ShownPosition): position is ShownPosition & Required<Pick<ShownPosition, FramePart>> {
  const { speed, course, battery, ignition, accuracy, altitude, device } = position;
  const isWhole = speed !== undefined && course !== undefined && battery !== undefined && ignition !== undefined;
  return isWhole && accuracy === undefined && altitude === undefined && device === undefined;
}

function shown(from: FeedPosition): ShownPosition {
  const { fixTime, latitude, longitude } = from;
  const position: ShownPosition = { fixTime, latitude, longitude };
  if (from.speed !== undefined) position.speed = from.speed;
  if (from.course !== undefined) position.course = from.course;
  if (from.battery !== undefined) position.battery = from.battery;
  if (from.ignition !== undefined) position.ignition = from.ignition;
  if (from.accuracy !== undefined) position.accuracy = from.accuracy;
  if (from.altitude !== undefined) position.altitude = from.altitude;
  return position;
}
