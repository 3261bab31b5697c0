import type { SeenPlace } from '../../protocol/place.ts';
import type { Position } from '../../protocol/position.ts';
import type { DeadLetter, Reason } from '../../protocol/record.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { AlertsView } from '../domain/alert-view.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { SharingView } from '../domain/sharing-view.ts';
import type { ZonesView } from '../domain/zone-view.ts';
import type { Cursor } from '../log/log.ts';
import type { ArrivalsView } from './arrivals.ts';
import type { MotionView } from './motion.ts';

/**
 * What the projections know, as feed and http read it. Built by `projector.ts` from the log; one object, so that the
 * readers need not know how many projections there are.
 */
export interface World {
  registry: RegistryView;
  live: LiveView;
  trails: TrailView;
  health: HealthView;
  deadLetters: DeadLetterView;
  /** absent: there are none, and they grant nothing */
  orders?: OrdersView;
  sharing?: SharingView;
  places?: PlacesOfWorld;
  /** absent: nothing is known of how vans move */
  motion?: MotionView;
  zones?: ZonesView;
  /** absent: nothing is estimated */
  arrivals?: ArrivalsView;
  /** absent: there are none */
  alerts?: AlertsView;
  /** everything up to here is in the answers; null: nothing yet */
  cursor(): Cursor | null;
  /** called after each batch of the log with what changed, once per agency; returns an unsubscribe */
  onChange(listener: (change: Change) => void): () => void;
}

/** What one batch of the log changed in one agency. Ids; look the state up. */
export interface Change {
  agency: string;
  cursor: Cursor;
  /** vans whose live position moved */
  moved: ReadonlySet<string>;
  /** vans and consumers that were added, changed or removed */
  vans: ReadonlySet<string>;
  consumers: ReadonlySet<string>;
  /** devices that were added, moved, changed or removed */
  devices?: ReadonlySet<string>;
  /** orders that were booked or changed */
  orders?: ReadonlySet<string>;
  /** zones that were drawn, changed or removed */
  zones?: ReadonlySet<string>;
  /** alerts that opened, closed or changed */
  alerts?: ReadonlySet<string>;
  /** when the oldest of the positions behind this change was received, UTC ms (for the delay metric); 0: none */
  oldestReceivedAt: number;
}

/** The gazetteer as the feed tells it. */
interface PlacesOfWorld {
  place(agency: string, key: string): SeenPlace | undefined;
  /** Calls back with places that changed: those of one agency, or of all with `agency` the base gazetteer's. */
  onChange(listener: (change: { agency: string; keys: ReadonlySet<string> }) => void): () => void;
}

export interface LiveView {
  /** The position a van shows now: newest fix of its first device while that is fresh, else of its spare. */
  van(agency: string, vanId: string): Position | undefined;
  /** The newest live fix of one device. */
  device(agency: string, deviceId: string): Position | undefined;
}

export interface TrailView {
  /** Whether a fix of this device with this time is kept already. */
  has(agency: string, deviceId: string, fixTime: number): boolean;
  /**
   * The trail of a van, `from` ≤ fixTime < `to` (UTC ms), oldest first, in pages of at most a few hundred points so
   * that long periods can be streamed. Marked points (jump, inaccurate) are included with their mark.
   */
  van(agency: string, vanId: string, from: number, to: number): Iterable<TrailPoint[]>;
  device(agency: string, deviceId: string, from: number, to: number): Iterable<TrailPoint[]>;
  /** points and bytes kept, for the disk table and metrics */
  size(): { points: number; bytes: number };
}

/** How a device does, for lists and for finding faults. */
export interface DeviceHealth {
  deviceId: string;
  /** UTC ms of the last thing it sent */
  lastSeen: number;
  lastFixTime?: number;
  /** usual ms between fixes lately */
  interval?: number;
  /** messages per minute lately */
  rate: number;
  battery?: number;
  /** ms the device's clock was ahead when it last was refused for it */
  clockAhead?: number;
  /** silences longer than five usual intervals since it was registered */
  gaps: number;
  positions: number;
  rejected: number;
  /** fixes that were kept already when they came */
  duplicates: number;
}
export interface HealthView {
  device(agency: string, deviceId: string): DeviceHealth | undefined;
}

export interface DeadLetterView {
  /** newest first; `before`: id of the last letter of the page before */
  list(agency: string, query: { reason?: Reason; device?: string; before?: string; limit: number }): DeadLetter[];
  get(agency: string, id: string): DeadLetter | undefined;
  /** letters of one device received since `since` (UTC ms), for the cap */
  countOf(agency: string, device: string, since: number): number;
}
