import type { TrailPoint } from '../../protocol/trail.ts';
import { chunkHead, decodeChunk, encodeChunk } from '../../protocol/trail-chunk.ts';
import { inaccurate, Marker } from './jumps.ts';
import type { DeviceTrail, TrailChunks } from './trail-chunks.ts';
import type { TrailStore } from './trail-store.ts';

/** A believed point, and the fixTime of the accurate point before it; −1: none. */
export interface Believed {
  point: TrailPoint;
  previous: number;
}

type Piece =
  | { start: number; data: Uint8Array; points?: never }
  | { start: number; points: TrailPoint[]; data?: never };

/** Points a page holds, about. */
const page = 300;
/** Chunks read from the file at a time. */
const rowsAtOnce = 100;
/** How far to look for an accurate neighbour, in points. A device that has none for longer is not on the map anyway. */
const mostInaccurate = 2000;

const accurate = (point: TrailPoint) => !inaccurate(point);

/**
 * Reads the trail of one device: what lies in the file, and over it the chunks in work. A reader may take its time;
 * what comes in meanwhile may be missing, nothing comes twice.
 */
export class TrailReader {
  #store: TrailStore;
  #chunks: TrailChunks;

  constructor(store: TrailStore, chunks: TrailChunks) {
    this.#store = store;
    this.#chunks = chunks;
  }

  /** The points with `from` ≤ fixTime < `to`, oldest first, with their marks, in pages of a few hundred. */
  *marked(trail: DeviceTrail, limit: number, from: number, to: number): Generator<TrailPoint[]> {
    if (!(from < to)) return;
    const marker = new Marker(limit);
    let out: TrailPoint[] = [];
    const before = this.newest(trail, 1, from, accurate)[0];
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
   * that lie in the same chunks, many at a time. The cheapest way to send a long trail.
   */
  *packed(trail: DeviceTrail, from: number, to: number): Generator<Uint8Array[]> {
    let next = from;
    for (const pieces of this.#pieces(trail, from)) {
      const page: Uint8Array[] = [];
      for (const piece of pieces) {
        if (piece.start >= to) break;
        const data = piece.data ?? encodeChunk(piece.points);
        // Only the first can have come to its end before.
        if (piece !== pieces[0] || chunkHead(data).last >= next) page.push(data);
      }
      const newest = page[page.length - 1];
      if (newest !== undefined) next = chunkHead(newest).last + 1;
      if (page.length > 0) yield page;
      if (page.length < pieces.length && (pieces.at(-1)?.start ?? 0) >= to) return;
    }
  }

  /** The newest `count` points before `time`, oldest first, without marks; only those `which` says yes to. */
  newest(trail: DeviceTrail, count: number, time: number, which: (point: TrailPoint) => boolean): TrailPoint[] {
    const found: TrailPoint[] = [];
    let seen = 0;
    let before = time;
    while (found.length < count && seen < count + mostInaccurate) {
      const chunk = this.#chunks.covering(trail, Math.min(before - 1, Number.MAX_SAFE_INTEGER));
      if (chunk === undefined) break;
      const { points } = chunk;
      for (let i = points.length - 1; i >= 0 && found.length < count; i--) {
        if ((points.time(i) ?? 0) >= time) continue;
        const point = points.at(i);
        seen++;
        if (which(point)) found.push(point);
      }
      before = chunk.start;
      if (before === 0) break;
    }
    return found.reverse();
  }

  /** The newest point with `from` ≤ fixTime < `to` that bears no mark. */
  believed(trail: DeviceTrail, limit: number, from: number, to: number): Believed | undefined {
    const after = to === Number.POSITIVE_INFINITY ? [] : this.#following(trail, to, 2);
    for (let count = 8; ; count *= 8) {
      const points = this.newest(trail, count, to, accurate);
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

  /** The first `count` accurate points at `time` or later. */
  #following(trail: DeviceTrail, time: number, count: number): TrailPoint[] {
    const found: TrailPoint[] = [];
    let seen = 0;
    for (const points of this.#from(trail, time)) {
      for (const point of points) {
        if (accurate(point)) found.push(point);
        if (found.length === count || seen++ > mostInaccurate) return found;
      }
    }
    return found;
  }

  /** All points from `from` on, in pieces. A chunk that is divided meanwhile is left out the second time. */
  *#from(trail: DeviceTrail, from: number): Generator<TrailPoint[]> {
    let next = from;
    for (const pieces of this.#pieces(trail, from)) {
      for (const piece of pieces) {
        const points = piece.points ?? decodeChunk(piece.data);
        const oldest = points[0]?.fixTime ?? next;
        yield oldest < next ? points.filter((point) => point.fixTime >= next) : points;
        next = Math.max(next, (points.at(-1)?.fixTime ?? 0) + 1);
      }
    }
  }

  /** The chunks from the one that keeps `from` on: as they lie in the file, or in work. */
  *#pieces(trail: DeviceTrail, from: number): Generator<Piece[]> {
    const covers = (chunk: { start: number; until: number }) => chunk.start <= from && from < chunk.until;
    const first = trail.chunks.find(covers) ?? (trail.stored ? this.#store.covering(trail.key, from) : undefined);
    let start = first?.start ?? from;
    while (start !== Number.POSITIVE_INFINITY) {
      const rows = trail.stored ? this.#store.from(trail.key, start, rowsAtOnce) : [];
      const last = rows[rows.length - 1];
      const end = last === undefined || rows.length < rowsAtOnce ? Number.POSITIVE_INFINITY : last.start + 1;
      const working = trail.chunks.filter((chunk) => chunk.start >= start && chunk.start < end);
      if (working.length === 0) yield rows;
      else {
        const taken = new Set(working.map((chunk) => chunk.start));
        const pieces: Piece[] = rows.filter((row) => !taken.has(row.start));
        for (const chunk of working) pieces.push({ start: chunk.start, points: chunk.points.all() });
        yield pieces.sort((one, other) => one.start - other.start);
      }
      start = end;
    }
  }
}

function between(points: TrailPoint[], from: number, to: number): TrailPoint[] {
  const first = points[0];
  const last = points[points.length - 1];
  const inside = first !== undefined && last !== undefined && first.fixTime >= from && last.fixTime < to;
  return inside ? points : points.filter((point) => point.fixTime >= from && point.fixTime < to);
}
