import type { TrailPoint } from '../../protocol/trail.ts';
import { decodeChunk, encodeChunk, packableTogether } from '../../protocol/trail-chunk.ts';
import type { Cursor } from '../log/log.ts';
import { Points } from './points.ts';
import type { Place } from './projection.ts';
import type { TrailStore } from './trail-store.ts';

/** Points in a full chunk: 10 minutes at a fix every 10 s. */
const fullChunk = 60;
/** A chunk whose bytes pass this is divided, so that its row stays on its page. */
const mostBytes = 1000;
/** What a row costs beside its blob, roughly: its key, its header, its share of the page's slack. */
const rowBytes = 90;
/**
 * Due chunks that are written with one save, 25 to 40 µs each: so many, and of very many a part, so that it keeps up
 * however fast they become due. Trackers that began together fill theirs together; nothing is to wait for all of them.
 */
const atOnce = 150;
const atOncePart = 1 / 16;
/** With more of them in memory (5 kB each) it is saved at once. */
const mostDue = 8000;
/** Chunks read from the file and unchanged that are kept at hand. */
const mostIdle = 1000;

/** A device's trail. In memory are only the chunks in work; everything else is in the file. */
export interface DeviceTrail {
  key: number;
  agency: string;
  device: string;
  /** whether the file knows the device */
  stored: boolean;
  /** the chunks in memory, by start; where one is, its row does not count */
  chunks: Chunk[];
}

export interface Chunk {
  trail: DeviceTrail;
  start: number;
  /** the start of the next chunk; Infinity for the newest, which is left open until it is full */
  until: number;
  points: Points;
  /** what its row holds; 0: it has none */
  storedPoints: number;
  storedBytes: number;
}

/** Since when a chunk has points that are not in the file. */
interface Unwritten {
  /** reading the log from here gives the oldest such point again */
  before: Cursor | null;
  receivedAt: number;
  /** when it came, by the wall clock, UTC ms, and which record it was */
  at: number;
  sequence: number;
}

/**
 * The chunks in work: takes points into the chunk they belong to, wherever in the past, and writes many at once. The
 * newest chunk of a device waits until it is full; its points are in the log meanwhile.
 */
export class TrailChunks {
  #store: TrailStore;
  /** in the order of their oldest unwritten point, but for those in `#due` */
  #unwritten = new Map<Chunk, Unwritten>();
  /** to be written with the next save: full ones, and late points' */
  #due = new Set<Chunk>();
  #idle = new Set<Chunk>();
  #written = new Map<Chunk, { points: number; bytes: number }>();
  #totals: { points: number; bytes: number };
  #sequence = 0;
  #logTime = 0;

  constructor(store: TrailStore) {
    this.#store = store;
    this.#totals = store.totals();
  }

  /** Takes a point in. False: a fix of that time is kept already. */
  add(trail: DeviceTrail, point: TrailPoint, place: Place, now: number): boolean {
    const { fixTime } = point;
    const chunk = this.covering(trail, fixTime) ?? this.#begin(trail, 0, this.#firstStart(trail));
    const { points } = chunk;
    const oldest = points.time(0);
    const newest = points.time(points.length - 1);
    this.#sequence++;
    if (point.receivedAt > this.#logTime) this.#logTime = point.receivedAt;
    if (newest === undefined || oldest === undefined || fixTime > newest) {
      const together = oldest === undefined || packableTogether(oldest, fixTime);
      if (points.length < fullChunk && together) {
        points.push(point);
        this.#changed(chunk, point, place, now);
      } else if (chunk.until === Number.POSITIVE_INFINITY || !together) {
        const next = this.#begin(trail, fixTime, chunk.until);
        chunk.until = fixTime;
        if (this.#unwritten.has(chunk)) this.#due.add(chunk);
        next.points.push(point);
        this.#changed(next, point, place, now);
      } else {
        this.#changed(chunk, point, place, now);
        const right = this.#divide(chunk);
        right.points.push(point);
      }
      return true;
    }
    const index = points.indexOf(fixTime);
    if (points.time(index) === fixTime) return false;
    points.insert(index, point);
    this.#changed(chunk, point, place, now);
    if (points.length > fullChunk || !packableTogether(fixTime, newest)) this.#divide(chunk);
    return true;
  }

  has(trail: DeviceTrail, fixTime: number): boolean {
    const points = this.covering(trail, fixTime)?.points;
    return points !== undefined && points.time(points.indexOf(fixTime)) === fixTime;
  }

  /** The chunk that keeps the fixes of this time; read from the file when it is not in memory. */
  covering(trail: DeviceTrail, time: number): Chunk | undefined {
    const { chunks } = trail;
    for (let i = chunks.length - 1; i >= 0; i--) {
      const chunk = chunks[i];
      if (chunk !== undefined && chunk.start <= time) {
        if (time < chunk.until) return chunk;
        break;
      }
    }
    const row = trail.stored ? this.#store.covering(trail.key, time) : undefined;
    if (row === undefined) return undefined;
    const inMemory = chunks.find((chunk) => chunk.start > row.start)?.start ?? Number.POSITIVE_INFINITY;
    const inFile = this.#store.startAfter(trail.key, row.start) ?? Number.POSITIVE_INFINITY;
    const chunk = this.#begin(trail, row.start, Math.min(inMemory, inFile));
    chunk.points = Points.of(decodeChunk(row.data));
    chunk.storedPoints = chunk.points.length;
    chunk.storedBytes = row.data.length + rowBytes;
    this.#idle.add(chunk);
    if (this.#idle.size > mostIdle) this.#dropIdle(chunk);
    return chunk;
  }

  /**
   * Writes some of the chunks that are due, those with a point unwritten for longer than `longest` ms or `most` records,
   * and with `closing` all. Returns where the log must be read from to have the rest; `cursor` when there is none.
   */
  save(cursor: Cursor | null, now: number, longest: number, most: number, closing: boolean): Cursor | null {
    this.#written.clear();
    let room = closing ? Number.POSITIVE_INFINITY : Math.max(atOnce, this.#due.size * atOncePart);
    for (const chunk of this.#due) {
      if (room-- <= 0) break;
      this.#write(chunk);
    }
    for (const [chunk, since] of this.#unwritten) {
      if (this.#written.has(chunk)) continue;
      if (!closing && !this.#stale(since, now, longest, most)) break;
      this.#write(chunk);
    }
    let points = 0;
    let bytes = 0;
    for (const [chunk, row] of this.#written) {
      points += row.points - chunk.storedPoints;
      bytes += row.bytes - chunk.storedBytes;
    }
    if (this.#written.size > 0) this.#store.setTotals(this.#totals.points + points, this.#totals.bytes + bytes);
    for (const [chunk, since] of this.#unwritten) if (!this.#written.has(chunk)) return since.before;
    return cursor;
  }

  /** What was written is in the file for good, and leaves the memory. */
  saved(): void {
    for (const [chunk, row] of this.#written) {
      this.#totals.points += row.points - chunk.storedPoints;
      this.#totals.bytes += row.bytes - chunk.storedBytes;
      this.#unwritten.delete(chunk);
      this.#due.delete(chunk);
      remove(chunk);
    }
    this.#written.clear();
    this.#dropIdle();
  }

  /** Whether the chunks in memory are many, or old. */
  wantsSave(now: number, longest: number, most: number): boolean {
    if (this.#due.size > mostDue) return true;
    for (const since of this.#unwritten.values()) return this.#stale(since, now, longest, most);
    return false;
  }

  /** Takes a chunk out of the file; it must not be in memory. */
  expire(trail: DeviceTrail, start: number, points: number, dataBytes: number): void {
    this.#store.remove(trail.key, start);
    this.#totals.points -= points;
    this.#totals.bytes -= dataBytes + rowBytes;
    this.#store.setTotals(this.#totals.points, this.#totals.bytes);
  }

  size(): { points: number; bytes: number } {
    let { points } = this.#totals;
    for (const chunk of this.#unwritten.keys()) points += chunk.points.length - chunk.storedPoints;
    return { points, bytes: this.#totals.bytes };
  }

  #stale(since: Unwritten, now: number, longest: number, most: number): boolean {
    return (
      now - since.at >= longest ||
      this.#logTime - since.receivedAt >= longest ||
      this.#sequence - since.sequence >= most
    );
  }

  #write(chunk: Chunk): void {
    const data = encodeChunk(chunk.points.all());
    if (data.length > mostBytes && chunk.points.length > 1) {
      const right = this.#divide(chunk);
      this.#write(chunk);
      this.#write(right);
      return;
    }
    const { trail } = chunk;
    if (!trail.stored) this.#store.addDevice(trail.key, trail.agency, trail.device);
    this.#store.put(trail.key, chunk.start, data);
    this.#written.set(chunk, { points: chunk.points.length, bytes: data.length + rowBytes });
  }

  #changed(chunk: Chunk, { receivedAt }: TrailPoint, { before }: Place, at: number): void {
    if (!this.#unwritten.has(chunk)) {
      this.#idle.delete(chunk);
      this.#unwritten.set(chunk, { before, receivedAt, at, sequence: this.#sequence });
    }
    if (chunk.until !== Number.POSITIVE_INFINITY) this.#due.add(chunk);
  }

  /** Moves the newer half of a chunk with unwritten points into a chunk of its own; both are due then. */
  #divide(chunk: Chunk): Chunk {
    const points = chunk.points.split(chunk.points.length >> 1);
    const right = this.#begin(chunk.trail, points.time(0) ?? chunk.until, chunk.until);
    chunk.until = right.start;
    right.points = points;
    const since = this.#unwritten.get(chunk);
    if (since !== undefined) this.#unwritten.set(right, since);
    this.#due.add(chunk).add(right);
    return right;
  }

  #begin(trail: DeviceTrail, start: number, until: number): Chunk {
    const chunk: Chunk = { trail, start, until, points: new Points(), storedPoints: 0, storedBytes: 0 };
    const { chunks } = trail;
    let index = chunks.length;
    while (index > 0 && (chunks[index - 1]?.start ?? 0) > start) index--;
    chunks.splice(index, 0, chunk);
    return chunk;
  }

  #firstStart(trail: DeviceTrail): number {
    const inFile = trail.stored ? this.#store.startAfter(trail.key, -1) : undefined;
    return Math.min(inFile ?? Number.POSITIVE_INFINITY, trail.chunks[0]?.start ?? Number.POSITIVE_INFINITY);
  }

  #dropIdle(except?: Chunk): void {
    for (const chunk of this.#idle) {
      if (chunk === except) continue;
      this.#idle.delete(chunk);
      remove(chunk);
    }
  }
}

function remove(chunk: Chunk): void {
  const { chunks } = chunk.trail;
  chunk.trail.stored = true;
  const index = chunks.indexOf(chunk);
  if (index >= 0) chunks.splice(index, 1);
}
