import type { Alert } from '../../../protocol/alert.ts';
import type { Arrival } from '../../../protocol/arrival.ts';
import type { Order } from '../../../protocol/order.ts';
import type { Position } from '../../../protocol/position.ts';
import type { Consumer, Van } from '../../../protocol/registry.ts';
import { type VanStatus, vanStatus } from '../../../protocol/status.ts';

/** A position as a screen knows it: binary frames leave out the device and when the daemon received it. */
export type ShownPosition = Omit<Position, 'device' | 'receivedAt'> & Partial<Pick<Position, 'device' | 'receivedAt'>>;

export interface VanEntry {
  readonly kind: 'van';
  /** place in the glide columns; reused once the van is gone */
  readonly slot: number;
  index: number;
  van: Van;
  position: ShownPosition | null;
  /** ms between fixes as seen lately, undefined while not known */
  interval: number | undefined;
  /** what the search looks through, lower case */
  text: string;
}

export interface ConsumerEntry {
  readonly kind: 'consumer';
  index: number;
  consumer: Consumer;
  /** the own shared position, while shared */
  position: ShownPosition | null;
  text: string;
  /** digits of the phone number, for a search by number in any spelling */
  digits: string;
}

/** An order as it stands; replaced as a whole when it changes. */
export interface OrderEntry {
  readonly kind: 'order';
  readonly order: Order;
  /** when the van will be at the door, while that can be said */
  readonly arrival: Arrival | undefined;
}

export type { Alert };

/** The status of a van at `now`, UTC ms of the daemon's clock. */
export function statusOf(entry: VanEntry, now: number): VanStatus {
  return vanStatus(entry.position, entry.interval, now);
}

/** Where a consumer is shown: the shared position while there is one, else the registered place. */
export function placeOf(entry: ConsumerEntry): { latitude: number; longitude: number } | undefined {
  if (entry.position !== null) return entry.position;
  const { latitude, longitude } = entry.consumer;
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

export { searchable } from '../../shared/searchable.ts';
