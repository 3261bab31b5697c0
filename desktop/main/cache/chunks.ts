import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import type { TrailPoint } from '../../../protocol/trail.ts';
import { decodeChunk, encodeChunk } from '../../../protocol/trail-chunk.ts';

/** Points in a full chunk, and its longest bytes: a row must stay on its page (schema.ts). */
const fullChunk = 200;
const mostBytes = 1900;

interface Row {
  start: number;
  last: number;
  sum: number;
  data: Uint8Array;
}

/** Rows of points, per van, none overlapping another. */
export class Chunks {
  #within: Statement<[{ van: number; from: number; to: number }], Row>;
  #before: Statement<[number, number], Row & { points: number }>;
  #after: Statement<[number, number], Row & { points: number }>;
  #newest: Statement<[number], Row>;
  #put: Statement<[number, number, number, number, number, Uint8Array]>;
  #remove: Statement<[number, number]>;
  #removeVan: Statement<[number]>;

  #damaged: (van: number, start: number, last: number) => void;

  /** `damaged` is told of every chunk that is not what was written; it is taken out. */
  constructor(db: Database, damaged: (van: number, start: number, last: number) => void) {
    this.#damaged = damaged;
    const columns = 'start, last, sum, data';
    // From the chunk that holds `from` on: a look at all chunks before it would read a month for an hour.
    this.#within = db.prepare(
      `SELECT ${columns} FROM chunk WHERE van = @van AND start < @to AND last >= @from
         AND start >= coalesce((SELECT max(start) FROM chunk WHERE van = @van AND start <= @from), @from)
       ORDER BY start`,
    );
    this.#before = db.prepare(
      `SELECT ${columns}, points FROM chunk WHERE van = ? AND start < ? ORDER BY start DESC LIMIT 1`,
    );
    this.#after = db.prepare(`SELECT ${columns}, points FROM chunk WHERE van = ? AND start > ? ORDER BY start LIMIT 1`);
    this.#newest = db.prepare(`SELECT ${columns} FROM chunk WHERE van = ? ORDER BY start DESC LIMIT 1`);
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO chunk (van, start, last, points, sum, data) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#remove = db.prepare('DELETE FROM chunk WHERE van = ? AND start = ?');
    this.#removeVan = db.prepare('DELETE FROM chunk WHERE van = ?');
  }

  /** The chunks that hold points of this time, as bytes. */
  read(van: number, from: number, to: number): { start: number; data: Uint8Array }[] {
    return this.#within.all({ van, from, to }).filter((row) => this.#isGood(van, row));
  }

  /** The points of the newest chunk, when there is room in it. */
  openEnd(van: number): TrailPoint[] {
    const row = this.#newest.get(van);
    if (row === undefined || !this.#isGood(van, row)) return [];
    const points = decodeChunk(row.data);
    return points.length < fullChunk ? points : [];
  }

  /**
   * Writes points that lie after everything there is, or that replace the chunk which begins with the same one. Answers
   * the points of the last chunk while there is room in it.
   */
  write(van: number, points: readonly TrailPoint[]): TrailPoint[] {
    for (let i = 0; i < points.length; i += fullChunk) {
      const part = points.slice(i, i + fullChunk);
      const isWhole = this.#writePart(van, part);
      if (i + fullChunk >= points.length) return isWhole && part.length < fullChunk ? part : [];
    }
    return [];
  }

  /**
   * Puts points in, wherever in the past. One with the same time as one that is here replaces it: the daemon's answer
   * says more than the feed did. Small neighbours become one chunk with them.
   */
  merge(van: number, points: readonly TrailPoint[]): void {
    const first = points[0]?.fixTime;
    const last = points.at(-1)?.fixTime;
    if (first === undefined || last === undefined) return;
    const rows: Row[] = this.#within.all({ van, from: first, to: last + 1 });
    const before = this.#before.get(van, rows[0]?.start ?? first);
    const after = this.#after.get(van, rows.at(-1)?.start ?? last);
    if (before !== undefined && before.points < fullChunk / 2) rows.unshift(before);
    if (after !== undefined && after.points < fullChunk / 2) rows.push(after);
    const all = new Map<number, TrailPoint>();
    for (const row of rows) {
      if (!this.#isGood(van, row)) continue;
      this.#remove.run(van, row.start);
      for (const point of decodeChunk(row.data)) all.set(point.fixTime, point);
    }
    for (const point of points) all.set(point.fixTime, point);
    this.write(
      van,
      [...all.values()].sort((a, b) => a.fixTime - b.fixTime),
    );
  }

  forget(van: number): void {
    this.#removeVan.run(van);
  }

  #isGood(van: number, row: Row): boolean {
    if (crc32(row.data) === row.sum) return true;
    this.#remove.run(van, row.start);
    this.#damaged(van, row.start, row.last);
    return false;
  }

  /** Answers whether the points are one chunk. */
  #writePart(van: number, points: readonly TrailPoint[]): boolean {
    const data = encodeChunk(points);
    if (data.length > mostBytes && points.length > 1) {
      const middle = points.length >> 1;
      this.#writePart(van, points.slice(0, middle));
      this.#writePart(van, points.slice(middle));
      return false;
    }
    const start = points[0]?.fixTime ?? 0;
    this.#put.run(van, start, points.at(-1)?.fixTime ?? start, points.length, crc32(data), data);
    return true;
  }
}
