import {
  type Bytes,
  type Readable,
  readable,
  readSeries,
  readVarint,
  writeSeries,
  writeVarint,
} from './packed-series.ts';
import type { TrailPoint } from './trail.ts';

/**
 * A stretch of a trail, packed: as it lies on the daemon's disk, travels and lies in a console's cache. About 6 bytes
 * a point at 60 points. Marks are not in it: they depend on the neighbours and are found when the trail is read.
 *
 *   chunk    := version:u8(=1) count:varint first:varint span:varint presence:varint column*
 *   first    := fixTime of the first point, UTC ms; span: fixTime of the last minus that
 *   presence := 2 bits for each column from `speed` on: 0 no point has it, 1 every point, 2 some points
 *   column   := bitmap? series                 (packed-series.ts)
 *   bitmap   := where only some points have it: 1 bit a point, lowest first, padded to a byte
 *
 *   columns, in this order, the first four always there:
 *     time       fixTime − first, ms           speed      0.1 km/h
 *     delay      receivedAt − fixTime, ms      course     0.1 degree
 *     latitude   1e-6 degree                   altitude   m
 *     longitude  1e-6 degree                   accuracy   m
 *                                              battery    %
 *                                              ignition   0 off, 1 on
 *
 * Points are ordered by fixTime, no two with the same.
 */
const version = 1;
/** Most points in a chunk. The daemon's own have at most 60. */
const mostPoints = 1000;
/** Longest span and delay, ms (1,100 years): what keeps every sum exact. */
const longest = 2 ** 45;

const optional = ['speed', 'course', 'altitude', 'accuracy', 'battery'] as const;
/** Units per stored integer. Division, not multiplication by 0.1: 3 / 10 is 0.3, 3 × 0.1 is not. */
const unitsOf = { speed: 10, course: 10, altitude: 1, accuracy: 1, battery: 1 } as const;
/** The orders (packed-series.ts) worth trying for a column. */
const steady = [2, 1];
const jittering = [0, 1];
const optionalColumns = optional.length + 1;
/** No entry of a series takes more bytes: 1 for its gap, 8 for its residual, 3 packed. */
const mostBytes = 12;
/** Where a chunk is put together, kept from one to the next. */
let room = new Uint8Array(0);

/** Whether `encodeChunk` can hold this point (finite, and received within 1,100 years of its fix). */
export function packable(point: TrailPoint): boolean {
  return (
    Number.isSafeInteger(point.fixTime) &&
    point.fixTime >= 0 &&
    Math.abs(point.receivedAt - point.fixTime) <= longest &&
    Number.isInteger(point.receivedAt) &&
    Math.abs(point.latitude) <= 90 &&
    Math.abs(point.longitude) <= 180 &&
    optional.every((name) => point[name] === undefined || Math.abs(point[name]) <= 1e8)
  );
}

/** Whether one chunk can hold points of both fixTimes. */
export function packableTogether(oldest: number, newest: number): boolean {
  return newest - oldest <= longest;
}

/** Packs points; they are kept at the resolution of `atResolution`. Throws RangeError when they are not a chunk. */
export function encodeChunk(points: readonly TrailPoint[]): Uint8Array<ArrayBuffer> {
  const first = points[0]?.fixTime;
  const last = points[points.length - 1]?.fixTime;
  if (first === undefined || last === undefined || points.length > mostPoints || last - first > longest) {
    throw new RangeError(`${points.length} points are not a chunk`);
  }
  const times: number[] = [];
  const delays: number[] = [];
  const latitudes: number[] = [];
  const longitudes: number[] = [];
  for (const point of points) {
    if (!packable(point)) throw new RangeError(`a point at ${point.fixTime} cannot be packed`);
    times.push(point.fixTime - first);
    delays.push(point.receivedAt - point.fixTime);
    latitudes.push(Math.round(point.latitude * 1e6));
    longitudes.push(Math.round(point.longitude * 1e6));
  }
  for (let i = 1; i < times.length; i++) {
    if ((times[i] ?? 0) <= (times[i - 1] ?? 0)) throw new RangeError('points of a chunk go forward in time');
  }

  const columns: (readonly number[])[] = [];
  for (const name of optional) {
    const values: number[] = [];
    const units = unitsOf[name];
    for (const point of points) {
      const value = point[name];
      if (value !== undefined) values.push(Math.round(value * units));
    }
    columns.push(name === 'course' ? values.map((value) => value % 3600) : values);
  }
  columns.push(points.flatMap((point) => (point.ignition === undefined ? [] : [Number(point.ignition)])));
  let presence = 0;
  columns.forEach((column, index) => {
    presence |= (column.length === 0 ? 0 : column.length === points.length ? 1 : 2) << (2 * index);
  });

  const most = 40 + 10 * (20 + mostBytes * points.length);
  if (room.length < most) room = new Uint8Array(most);
  const out: Bytes = { bytes: room, at: 0 };
  out.bytes[out.at++] = version;
  writeVarint(out, points.length);
  writeVarint(out, first);
  writeVarint(out, last - first);
  writeVarint(out, presence);
  writeSeries(out, times, steady);
  writeSeries(out, delays, jittering);
  writeSeries(out, latitudes, steady);
  writeSeries(out, longitudes, steady);
  columns.forEach((column, index) => {
    if (column.length === 0) return;
    if (column.length < points.length) {
      const name = optional[index] ?? 'ignition';
      const bitmap = out.bytes.subarray(out.at, out.at + Math.ceil(points.length / 8)).fill(0);
      points.forEach((point, i) => {
        if (point[name] !== undefined) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
      });
      out.at += bitmap.length;
    }
    writeSeries(out, column, jittering);
  });
  return out.bytes.slice(0, out.at);
}

export interface ChunkHead {
  count: number;
  /** fixTime of the first and the last point, UTC ms */
  first: number;
  last: number;
}

function readHead(from: Bytes): ChunkHead {
  if (from.bytes[from.at++] !== version) throw new RangeError('not a trail chunk of version 1');
  const count = readVarint(from);
  if (count < 1 || count > mostPoints) throw new RangeError(`a chunk cannot hold ${count} points`);
  const first = readVarint(from);
  const span = readVarint(from);
  if (span > longest) throw new RangeError('a chunk cannot span so long');
  return { count, first, last: first + span };
}

/** What a chunk says without being unpacked. Throws RangeError when the bytes are none. */
export function chunkHead(bytes: Uint8Array): ChunkHead {
  return readHead({ bytes, at: 0 });
}

/** Points as columns, in the units of a position; NaN where a point does not know. What is drawn is read like this. */
export type TrailColumns = Record<(typeof columnNames)[number], Float64Array>;
const columnNames = ['fixTime', 'receivedAt', 'latitude', 'longitude', ...optional, 'ignition'] as const;

export function trailColumns(points: number): TrailColumns {
  return Object.fromEntries(columnNames.map((name) => [name, new Float64Array(points)])) as TrailColumns;
}

/** Unpacks a chunk into `columns` from point `at` on, and says how many points it has. Throws as `decodeChunk` does. */
export function decodeColumns(bytes: Uint8Array, columns: TrailColumns, at: number): number {
  const from = readable(bytes);
  const { count, first, last } = readHead(from);
  const presence = readVarint(from);
  const end = at + count;
  const { fixTime, receivedAt, latitude, longitude, ignition } = columns;
  if (presence >= 4 ** optionalColumns) throw new RangeError('the chunk has unknown columns');
  if (end > fixTime.length) throw new RangeError(`there is no room for ${count} points`);
  readSeries(from, count, fixTime, at, last - first < 2 ** 31);
  readSeries(from, count, receivedAt, at, false);
  readSeries(from, count, latitude, at, true);
  readSeries(from, count, longitude, at, true);
  let before = -1;
  for (let i = at; i < end; i++) {
    const time = fixTime[i] ?? -1;
    const north = latitude[i] ?? 0;
    const east = longitude[i] ?? 0;
    if (time <= before) throw new RangeError('points of a chunk go forward in time');
    if (north > 90e6 || north < -90e6 || east > 180e6 || east < -180e6) {
      throw new RangeError('a point of the chunk lies off the earth');
    }
    before = time;
    fixTime[i] = first + time;
    receivedAt[i] = first + time + (receivedAt[i] ?? 0);
    latitude[i] = north / 1e6;
    longitude[i] = east / 1e6;
  }
  if (fixTime[at] !== first || first + before !== last) throw new RangeError('the chunk contradicts its head');
  const { speed, course, altitude, accuracy, battery } = columns;
  readColumn(from, presence & 3, count, speed, at);
  readColumn(from, (presence >> 2) & 3, count, course, at);
  readColumn(from, (presence >> 4) & 3, count, altitude, at);
  readColumn(from, (presence >> 6) & 3, count, accuracy, at);
  readColumn(from, (presence >> 8) & 3, count, battery, at);
  readColumn(from, presence >> 10, count, ignition, at);
  for (let i = at; i < end; i++) {
    speed[i] = (speed[i] ?? 0) / 10;
    course[i] = (course[i] ?? 0) / 10;
  }
  if (from.at !== bytes.length) throw new RangeError('bytes follow the chunk');
  return count;
}

/** Reads a column that all points have (form 1), some (2), or none (0). */
function readColumn(from: Readable, form: number, count: number, column: Float64Array, at: number): void {
  if (form === 1) readSeries(from, count, column, at, true);
  else column.fill(Number.NaN, at, at + count);
  if (form < 2) return;
  const bitmap = from.bytes.subarray(from.at, from.at + Math.ceil(count / 8));
  from.at += bitmap.length;
  const present: number[] = [];
  for (let i = 0; i < count; i++) if (((bitmap[i >> 3] ?? 0) >> (i & 7)) & 1) present.push(i);
  if (form > 2 || present.length === 0) throw new RangeError('a column of the chunk has an unknown form');
  const values = new Float64Array(present.length);
  readSeries(from, present.length, values, 0, true);
  present.forEach((point, i) => {
    column[at + point] = values[i] ?? Number.NaN;
  });
}

/** The columns of the chunk in work, kept from one to the next. */
const inWork = trailColumns(mostPoints);

/** Unpacks a chunk. Throws RangeError when the bytes are not one, whole and of this version. */
export function decodeChunk(bytes: Uint8Array): TrailPoint[] {
  const count = decodeColumns(bytes, inWork, 0);
  const { fixTime, receivedAt, latitude, longitude, speed, course, altitude, accuracy, battery, ignition } = inWork;
  const points: TrailPoint[] = [];
  for (let i = 0; i < count; i++) {
    const s = speed[i] ?? Number.NaN;
    const c = course[i] ?? Number.NaN;
    const a = altitude[i] ?? Number.NaN;
    const r = accuracy[i] ?? Number.NaN;
    const b = battery[i] ?? Number.NaN;
    const on = ignition[i] ?? Number.NaN;
    // NaN comes out of every sum it goes into.
    if (s + c + a + r + b + on > Number.NEGATIVE_INFINITY) {
      // The usual case, as one literal: several times as fast as adding fields one by one. `| 0`: kept as small
      // integers, not as objects.
      points.push({
        fixTime: fixTime[i] ?? 0,
        receivedAt: receivedAt[i] ?? 0,
        latitude: latitude[i] ?? 0,
        longitude: longitude[i] ?? 0,
        speed: s,
        course: c,
        altitude: a | 0,
        accuracy: r | 0,
        battery: b | 0,
        ignition: on === 1,
      });
    } else {
      const point = {
        fixTime: fixTime[i] ?? 0,
        receivedAt: receivedAt[i] ?? 0,
        latitude: latitude[i] ?? 0,
        longitude: longitude[i] ?? 0,
      };
      points.push(withMeasured(point, [s, c, a, r, b], on));
    }
  }
  return points;
}

function withMeasured(point: TrailPoint, measured: readonly number[], ignition: number): TrailPoint {
  optional.forEach((name, i) => {
    const value = measured[i] ?? Number.NaN;
    if (!Number.isNaN(value)) point[name] = value;
  });
  if (!Number.isNaN(ignition)) point.ignition = ignition === 1;
  return point;
}
