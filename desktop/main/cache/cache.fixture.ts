import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerMessage } from '../../../protocol/feed.ts';
import { encodePositions, type FramePosition } from '../../../protocol/feed-frame.ts';
import type { TrailPoint } from '../../../protocol/trail.ts';
import { decodeChunk, encodeChunk } from '../../../protocol/trail-chunk.ts';
import type { CachedTrail, FeedBatch } from '../../shared/bridge.ts';
import { TrailCache } from './cache.ts';
import type { CacheNotice } from './calls.ts';
import type { Limits } from './retention.ts';

/** A morning at the agency of the tests, UTC ms. */
export const morning = Date.UTC(2026, 10, 21, 4);
export const second = 1000;
export const minute = 60_000;

export function temporary(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-cache-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function openCache(
  folder: string,
  options: { limits?: Limits; now?: () => number } = {},
): { cache: TrailCache; notices: CacheNotice[] } {
  const notices: CacheNotice[] = [];
  const cache = new TrailCache({
    folder,
    limits: options.limits ?? { days: 30, megabytes: 500 },
    now: options.now ?? (() => morning),
    notice: (notice) => notices.push(notice),
  });
  cache.start();
  return { cache, notices };
}

const agency = { id: 'pune', name: 'Pune Gas', timeZone: 'Asia/Kolkata', language: 'en' as const };
export const welcome = {
  type: 'welcome',
  viewer: { role: 'DISPATCHER', agency: 'pune', subject: 'asha' },
  agency,
  serverTime: morning,
  resumed: false,
} as unknown as ServerMessage;

/** A whole snapshot of these vans, consumers, orders and alerts. */
export function snapshot(has: {
  vans?: string[];
  consumers?: object[];
  orders?: object[];
  alerts?: object[];
}): ServerMessage {
  return {
    type: 'snapshot',
    cursor: 'c.1',
    page: 0,
    last: true,
    vans: (has.vans ?? []).map((id, index) => ({
      index,
      van: { id, name: `Van ${id}`, kind: 'van', version: 1 },
      position: null,
      interval: 5000,
    })),
    consumers: (has.consumers ?? []).map((consumer, i) => ({ index: 1000 + i, consumer, position: null })),
    orders: (has.orders ?? []).map((order) => ({ order })),
    alerts: (has.alerts ?? []).map((alert) => ({ alert })),
  } as unknown as ServerMessage;
}

/** Where a van is in the tests: it drives north, a step a second. */
export function fixAt(fixTime: number): Omit<FramePosition, 'index'> {
  const step = (fixTime - morning) / second;
  return {
    fixTime,
    latitude: 18.5 + (step % 20_000) * 1e-5,
    longitude: 73.8,
    speed: 31.5,
    course: 12,
    battery: 90,
    ignition: true,
  };
}

export function pointAt(fixTime: number): TrailPoint {
  return { ...fixAt(fixTime), receivedAt: fixTime + 700, altitude: 560, accuracy: 4 };
}

export function times(from: number, to: number, every: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / every) }, (_, i) => from + i * every);
}

interface BatchParts {
  link?: number;
  at: number;
  messages?: ServerMessage[];
  /** by van */
  fixes?: Record<string, number[]>;
}

export function batch({ link = 1, at, messages = [], fixes = {} }: BatchParts): FeedBatch {
  const subjects = Object.keys(fixes).map((id) => `van/${id}`);
  const positions = Object.values(fixes).flatMap((all, index) => all.map((time) => ({ index, ...fixAt(time) })));
  return {
    link,
    at,
    messages: messages.map((each) => JSON.stringify(each)),
    subjects,
    positions: encodePositions('c.2', positions),
  };
}

/** The fix times of a cached trail within a period, as a screen draws them: sorted, each once. */
export function timesOf({ chunks }: CachedTrail, from = 0, to = Number.POSITIVE_INFINITY): number[] {
  const all = new Set(chunks.flatMap((chunk) => decodeChunk(chunk).map(({ fixTime }) => fixTime)));
  return [...all].filter((time) => time >= from && time < to).sort((a, b) => a - b);
}

/** The daemon's answer about a stretch. */
export function answer(fixTimes: readonly number[]): Uint8Array[] {
  return fixTimes.length === 0 ? [] : [encodeChunk(fixTimes.map(pointAt))];
}
