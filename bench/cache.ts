import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrailCache } from '../desktop/main/cache/cache.ts';
import type { FeedBatch } from '../desktop/shared/bridge.ts';
import { encodePositions, type FramePosition } from '../protocol/feed-frame.ts';
import type { Position } from '../protocol/position.ts';
import { decodeColumns, encodeChunk, trailColumns } from '../protocol/trail-chunk.ts';
import { lessIsBetter, type Row } from './row.ts';
import { daySeconds, midnight, PlainRows, Track } from './trail.ts';

/**
 * The desktop's cache: filled as on a working day (the feed, in batches of 2 s, written every 10 s) and as after a
 * break (the daemon's answers), beside a row a point with the same fields.
 */
const vans = 40;
/** All but the first van send every so many seconds. */
const slow = 10;
const hourMs = 3_600_000;

export async function cacheBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-cache-'));
  try {
    const live = bytesOfLiveDay(join(folder, 'live'));
    return [
      lessIsBetter('cache: bytes a point as the feed gives them, at most 10', live, 10, 1, 'B'),
      ...filled(folder),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openCache(folder: string): TrailCache {
  const limits = { days: 3650, megabytes: 10_000 };
  const cache = new TrailCache({ folder, limits, now: () => midnight, notice: () => {} });
  cache.start();
  return cache;
}

function bytesOfLiveDay(folder: string): number {
  const cache = openCache(folder);
  const empty = cache.facts().bytes;
  const tracks = Array.from({ length: vans }, (_, i) => new Track(i));
  const subjects = tracks.map((_, i) => `van/v${i}`);
  let points = 0;
  for (let second = 0; second < daySeconds; second += 2) {
    const positions: FramePosition[] = [];
    for (const at of [second, second + 1]) {
      for (const [index, track] of tracks.entries()) {
        if (index !== 0 && at % slow !== index % slow) continue;
        const { fixTime, latitude, longitude, speed, course, battery, ignition } = track.at(at, index === 0 ? 1 : slow);
        positions.push({ index, fixTime, latitude, longitude, ...defined({ speed, course, battery, ignition }) });
      }
    }
    points += positions.length;
    const batch: FeedBatch = {
      link: 1,
      at: midnight + (second + 2) * 1000,
      messages: [],
      subjects,
      positions: encodePositions('', positions),
    };
    cache.take(batch);
    if (second % 10 === 0) cache.flush();
  }
  cache.flush();
  const { bytes, points: kept } = cache.facts();
  if (kept !== points) throw new Error(`${kept} of ${points} points are in the cache`);
  cache.stop();
  return (bytes - empty) / points;
}

function filled(folder: string): Row[] {
  const cache = openCache(join(folder, 'filled'));
  const empty = cache.facts().bytes;
  const rows = new PlainRows(join(folder, 'rows.sqlite'));
  let points = 0;
  for (let van = 0; van < vans; van++) {
    const interval = van === 0 ? 1 : slow;
    const track = new Track(van);
    const day: Position[] = [];
    for (let second = 0; second < daySeconds; second += interval) day.push(track.at(second, interval));
    points += day.length;
    rows.write(day.map((position) => ({ van, position })));
    for (let from = midnight; from < midnight + daySeconds * 1000; from += hourMs) {
      const hour = day.filter(({ fixTime }) => fixTime >= from && fixTime < from + hourMs);
      const chunks: Uint8Array[] = [];
      for (let i = 0; i < hour.length; i += 500) chunks.push(encodeChunk(hour.slice(i, i + 500)));
      cache.keep(`v${van}`, { from, to: from + hourMs }, chunks, midnight + 2 * daySeconds * 1000);
    }
  }
  const period = { from: midnight, to: midnight + daySeconds * 1000 };
  const columns = trailColumns(daySeconds);
  const opened = best(() => {
    let read = 0;
    for (const chunk of cache.trail('v0', period).chunks) read += decodeColumns(chunk, columns, read);
    return read;
  });
  const objects = best(() => rows.read(0, period.from, period.to));
  const bytes = (cache.facts().bytes - empty) / points;
  const result = [
    lessIsBetter('cache: bytes a point as the daemon answers, at most 10', bytes, 10, 1, 'B'),
    lessIsBetter('cache: bytes a point, beside a row a point', bytes, rows.bytes() / points, 4, 'B'),
    lessIsBetter("cache: a van's day opened, beside clustered rows", opened, objects, 8, 'ms'),
  ];
  cache.stop();
  rows.close();
  return result;
}

/** Without the fields that a tracker did not send. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** The best of many rounds: what other programs take from the machine meanwhile belongs to neither side. */
function best(read: () => number): number {
  const times = Array.from({ length: 25 }, () => {
    const start = performance.now();
    const points = read();
    const ms = performance.now() - start;
    if (points !== daySeconds) throw new Error(`${points} points of the day were read`);
    return ms;
  });
  return Math.min(...times);
}
