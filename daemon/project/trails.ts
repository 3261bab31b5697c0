import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import { type TrailPoint, trailPointOf } from '../../protocol/trail.ts';
import { chunkHead, decodeChunk, encodeChunk, packable } from '../../protocol/trail-chunk.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Cursor } from '../log/log.ts';
import { inaccurate, Marker, speedLimit } from './jumps.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import { type DeviceTrail, TrailChunks } from './trail-chunks.ts';
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

type Piece =
  | { start: number; data: Uint8Array; points?: never }
  | { start: number; points: TrailPoint[]; data?: never };

const day = 86_400_000;
/** Points a page holds, about. */
const page = 300;
/** Chunks read from the file at a time. */
const rowsAtOnce = 100;
/** How far to look for an accurate neighbour, in points. A device that has none for longer is not on the map anyway. */
const mostInaccurate = 2000;
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
  #open: { store: TrailStore; chunks: TrailChunks } | undefined;
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
    this.#open = { store, chunks: new TrailChunks(store) };
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
    if (trail === undefined || !(from < to)) return;
    const marker = new Marker(speedLimit(this.#registry, agency, deviceId));
    let out: TrailPoint[] = [];
    const before = this.newest(agency, deviceId, 1, from, (point) => !inaccurate(point))[0];
    if (before !== undefined) marker.push(before, out);
    let beyond = 0;
    reading: for (const points of this.#from(trail, from)) {
      for (const point of points) {
        if (point.fixTime < to) marker.push(point, out);
        else if (!marker.waitsFor(to) || beyond++ > mostInaccurate) break reading;
        else marker.push(point, out);
      }
      if (out.length >= page) {
        yield between(out, from, to);
        out = [];
      }
    }
    marker.end(out);
    out = between(out, from, to);
    if (out.length > 0) yield out;
  }

  /**
   * The chunks that touch `from` ≤ fixTime < `to`, packed as they are kept: without marks, and with the neighbours
   * that lie in the same chunks. The cheapest way to send a long trail.
   */
  *packed(agency: string, deviceId: string, from: number, to: number): Generator<Uint8Array> {
    const trail = this.#known(agency, deviceId);
    if (trail === undefined) return;
    for (const piece of this.#pieces(trail, from)) {
      if (piece.start >= to) return;
      const data = piece.data ?? encodeChunk(piece.points);
      if (chunkHead(data).last >= from) yield data;
    }
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
    const found: TrailPoint[] = [];
    let seen = 0;
    let before = time;
    while (trail !== undefined && found.length < count && seen < count + mostInaccurate) {
      const chunk = this.#parts.chunks.covering(trail, Math.min(before - 1, Number.MAX_SAFE_INTEGER));
      if (chunk === undefined) break;
      for (const point of chunk.points.toReversed()) {
        if (point.fixTime >= time || found.length === count) continue;
        seen++;
        if (which(point)) found.push(point);
      }
      before = chunk.start;
      if (before === 0) break;
    }
    return found.reverse();
  }

  /**
   * The newest point that is believed (bears no mark) with `from` ≤ fixTime < `to`, and the fixTime of the accurate
   * point before it, −1 for none.
   */
  believed(
    agency: string,
    deviceId: string,
    from = 0,
    to = Number.POSITIVE_INFINITY,
  ): { point: TrailPoint; previous: number } | undefined {
    const accurate = (point: TrailPoint) => !inaccurate(point);
    const limit = speedLimit(this.#registry, agency, deviceId);
    const after = to === Number.POSITIVE_INFINITY ? [] : this.#following(agency, deviceId, to, 2);
    for (let count = 8; ; count *= 8) {
      const points = this.newest(agency, deviceId, count, to, accurate);
      const marker = new Marker(limit);
      const out: TrailPoint[] = [];
      for (const point of points) marker.push(point, out);
      for (const point of after) marker.push(point, out);
      marker.end(out);
      // The first of a part of the trail lacks its predecessor, so its mark means nothing.
      const whole = points.length < count;
      for (let i = points.length - 1; i >= (whole ? 0 : 1); i--) {
        const point = out[i];
        if (point === undefined || point.fixTime < from) return undefined;
        if (point.mark === undefined) return { point, previous: out[i - 1]?.fixTime ?? -1 };
      }
      if (whole || (points[0]?.fixTime ?? 0) < from) return undefined;
    }
  }

  #following(agency: string, deviceId: string, time: number, count: number): TrailPoint[] {
    const trail = this.#known(agency, deviceId);
    const found: TrailPoint[] = [];
    let seen = 0;
    if (trail === undefined) return found;
    for (const points of this.#from(trail, time)) {
      for (const point of points) {
        if (!inaccurate(point)) found.push(point);
        if (found.length === count || seen++ > mostInaccurate) return found;
      }
    }
    return found;
  }

  /** All points from `from` on, in pieces. What comes in while it is read may be missing, nothing comes twice. */
  *#from(trail: DeviceTrail, from: number): Generator<TrailPoint[]> {
    for (const piece of this.#pieces(trail, from)) {
      const points = piece.points ?? decodeChunk(piece.data);
      yield (points[0]?.fixTime ?? 0) < from ? points.filter((point) => point.fixTime >= from) : points;
    }
  }

  /** The chunks from the one that keeps `from` on: as they lie in the file, or in work. */
  *#pieces(trail: DeviceTrail, from: number): Generator<Piece> {
    const { store } = this.#parts;
    const covers = (chunk: { start: number; until: number }) => chunk.start <= from && from < chunk.until;
    const first = trail.chunks.find(covers) ?? (trail.stored ? store.covering(trail.key, from) : undefined);
    let start = first?.start ?? from;
    while (start !== Number.POSITIVE_INFINITY) {
      const rows = trail.stored ? store.from(trail.key, start, rowsAtOnce) : [];
      const last = rows[rows.length - 1];
      const end = last === undefined || rows.length < rowsAtOnce ? Number.POSITIVE_INFINITY : last.start + 1;
      const working = trail.chunks
        .filter((chunk) => chunk.start >= start && chunk.start < end)
        .map((chunk) => ({ start: chunk.start, points: chunk.points.slice() }));
      for (const row of rows) {
        let next = working[0];
        while (next !== undefined && next.start < row.start) {
          yield next;
          working.shift();
          next = working[0];
        }
        if (next?.start !== row.start) yield row;
      }
      yield* working;
      start = end;
    }
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

  get #parts(): { store: TrailStore; chunks: TrailChunks } {
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

function between(points: TrailPoint[], from: number, to: number): TrailPoint[] {
  const first = points[0];
  const last = points[points.length - 1];
  const inside = first !== undefined && last !== undefined && first.fixTime >= from && last.fixTime < to;
  return inside ? points : points.filter((point) => point.fixTime >= from && point.fixTime < to);
}
