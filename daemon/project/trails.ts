import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import { type TrailPoint, trailPointOf } from '../../protocol/trail.ts';
import { chunkHead, packable } from '../../protocol/trail-chunk.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Cursor } from '../log/log.ts';
import { speedLimit } from './jumps.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import { type DeviceTrail, TrailChunks } from './trail-chunks.ts';
import { type Believed, TrailReader } from './trail-reader.ts';
import { TrailStore } from './trail-store.ts';
import { vanTrail } from './van-trail.ts';
import type { TrailView } from './world.ts';

export interface TrailOptions {
  registry: RegistryView;
  /** UTC ms; for expiry, and so that a quiet log is written out too */
  now?: () => number;
  /** how long trails are kept, ms */
  keep?: number;
  /** how long a point may wait in memory for its chunk to fill, ms */
  longestWait?: number;
  /** and how many records may come meanwhile: what a restart reads again at most */
  mostWaiting?: number;
}

interface Parts {
  store: TrailStore;
  chunks: TrailChunks;
  reader: TrailReader;
}

const day = 86_400_000;
/** Devices looked at for expired chunks with each save, and chunks taken out of each at most. */
const expiryStep = { devices: 20, chunks: 10 };

/**
 * The trails: every fix of every device, once (a second fix of the same device and time is dropped), as long as trails
 * are kept. Kept per device; a van's trail is put together from those of its devices when it is read, and marks are
 * found then too. So neither depends on the order in which anything came.
 */
export class Trails implements Projection, TrailView {
  readonly name = 'trails';
  readonly version = 1;
  readonly topics = ['positions'] as const;
  readonly lasting = true;
  #registry: RegistryView;
  #now: () => number;
  #keep: number;
  #longestWait: number;
  #mostWaiting: number;
  #agencies = new Map<string, Map<string, DeviceTrail>>();
  #byKey: DeviceTrail[] = [];
  #open: Parts | undefined;
  #nextExpiry = 0;
  #savedUpTo: Cursor | null = null;

  constructor(options: TrailOptions) {
    this.#registry = options.registry;
    this.#now = options.now ?? Date.now;
    this.#keep = options.keep ?? 3 * 365 * day;
    this.#longestWait = options.longestWait ?? 600_000;
    this.#mostWaiting = options.mostWaiting ?? 1_000_000;
  }

  open(db: Database): void {
    const store = new TrailStore(db);
    const chunks = new TrailChunks(store);
    this.#open = { store, chunks, reader: new TrailReader(store, chunks) };
    this.#agencies.clear();
    this.#byKey = [];
    this.#savedUpTo = null;
    for (const { key, agency, device } of store.devices()) {
      this.#enter({ key, agency, device, stored: true, chunks: [] });
    }
  }

  reset(db: Database): void {
    TrailStore.drop(db);
  }

  apply(record: LogRecord, place: Place, changes: ChangeCollector): void {
    if (record.topic !== 'positions') return;
    const { agency, value } = record;
    const now = this.#now();
    const point = trailPointOf(value);
    if (!packable(point)) throw new RangeError(`a position of ${value.device} is no position`);
    const expired = point.fixTime < now - this.#keep;
    if (expired || !this.#parts.chunks.add(this.#trail(agency, value.device), point, place, now)) {
      changes.duplicate = true;
    }
  }

  save(_db: Database, cursor: Cursor | null, closing: boolean): Cursor | null {
    const now = this.#now();
    this.#savedUpTo = this.#parts.chunks.save(cursor, now, this.#longestWait, this.#mostWaiting, closing);
    this.#expire(now);
    return this.#savedUpTo;
  }

  saved(): void {
    this.#parts.chunks.saved();
  }

  wantsSave(): boolean {
    return this.#parts.chunks.wantsSave(this.#now(), this.#longestWait, this.#mostWaiting);
  }

  /** What the last `save` answered: whoever derives from trails must be given the log again from there too. */
  get savedUpTo(): Cursor | null {
    return this.#savedUpTo;
  }

  has(agency: string, deviceId: string, fixTime: number): boolean {
    const trail = this.#known(agency, deviceId);
    if (trail === undefined) return false;
    return this.#parts.chunks.has(trail, fixTime);
  }

  size(): { points: number; bytes: number } {
    return this.#parts.chunks.size();
  }

  van(agency: string, vanId: string, from: number, to: number): Iterable<TrailPoint[]> {
    return vanTrail(this, this.#registry, agency, vanId, from, to);
  }

  *device(agency: string, deviceId: string, from: number, to: number): Generator<TrailPoint[]> {
    const trail = this.#known(agency, deviceId);
    if (trail !== undefined) yield* this.#parts.reader.marked(trail, this.#limit(agency, deviceId), from, to);
  }

  /** The chunks that touch `from` ≤ fixTime < `to`, see `TrailReader.packed`. */
  *packed(agency: string, deviceId: string, from: number, to: number): Generator<Uint8Array[]> {
    const trail = this.#known(agency, deviceId);
    if (trail !== undefined) yield* this.#parts.reader.packed(trail, from, to);
  }

  /** The newest `count` points before `time`, oldest first, without marks; only those `which` says yes to. */
  newest(
    agency: string,
    deviceId: string,
    count: number,
    time = Number.POSITIVE_INFINITY,
    which: (point: TrailPoint) => boolean = () => true,
  ): TrailPoint[] {
    const trail = this.#known(agency, deviceId);
    return trail === undefined ? [] : this.#parts.reader.newest(trail, count, time, which);
  }

  /** The newest believed point with `from` ≤ fixTime < `to`, see `TrailReader.believed`. */
  believed(agency: string, deviceId: string, from = 0, to = Number.POSITIVE_INFINITY): Believed | undefined {
    const trail = this.#known(agency, deviceId);
    return trail && this.#parts.reader.believed(trail, this.#limit(agency, deviceId), from, to);
  }

  #limit(agency: string, deviceId: string): number {
    return speedLimit(this.#registry, agency, deviceId);
  }

  #expire(now: number): void {
    const { store, chunks } = this.#parts;
    const limit = now - this.#keep;
    for (let i = 0; i < Math.min(expiryStep.devices, this.#byKey.length); i++) {
      const trail = this.#byKey[this.#nextExpiry++ % this.#byKey.length];
      if (trail?.stored !== true) continue;
      for (const row of store.from(trail.key, 0, expiryStep.chunks)) {
        const head = chunkHead(row.data);
        if (head.last >= limit || (trail.chunks[0] !== undefined && trail.chunks[0].start <= row.start)) break;
        chunks.expire(trail, row.start, head.count, row.data.length);
      }
    }
  }

  get #parts(): Parts {
    if (this.#open === undefined) throw new Error('the trails are not open');
    return this.#open;
  }

  #known(agency: string, device: string): DeviceTrail | undefined {
    return this.#agencies.get(agency)?.get(device);
  }

  #trail(agency: string, device: string): DeviceTrail {
    return (
      this.#known(agency, device) ??
      this.#enter({ key: (this.#byKey.at(-1)?.key ?? 0) + 1, agency, device, stored: false, chunks: [] })
    );
  }

  #enter(trail: DeviceTrail): DeviceTrail {
    let devices = this.#agencies.get(trail.agency);
    if (devices === undefined) {
      devices = new Map();
      this.#agencies.set(trail.agency, devices);
    }
    devices.set(trail.device, trail);
    this.#byKey.push(trail);
    return trail;
  }
}
