import type { TrailPoint } from '../../../protocol/trail.ts';
import { decodeChunk } from '../../../protocol/trail-chunk.ts';
import type { Desk } from '../desk.ts';
import type { DrawnPoint } from './trail-shapes.ts';

/** A trail as far as this computer has it. */
interface LocalTrail {
  points: DrawnPoint[];
  /** whether all of the period is here */
  isWhole: boolean;
}

/** Trails that are read from this computer first. */
export interface TrailCache {
  /** undefined: there is no cache now */
  read(vanId: string, from: number, to: number): Promise<LocalTrail | undefined>;
  /** Has the app ask the daemon for exactly what is missing. Rejects when the daemon is not there. */
  fill(vanId: string, from: number, to: number): Promise<void>;
}

export function trailCache(desk: Pick<Desk, 'ask'>): TrailCache {
  return {
    async read(vanId, from, to) {
      try {
        const { chunks, missing } = await desk.ask('cache.trail', {
          vanId,
          from: Math.round(from),
          to: Math.round(to),
        });
        return { points: drawn(chunks, from, to), isWhole: missing.length === 0 };
      } catch {
        return undefined;
      }
    },
    async fill(vanId, from, to) {
      await desk.ask('cache.fill', { vanId, from: Math.round(from), to: Math.round(to) });
    },
  };
}

/** The points of a period: chunks may reach beyond it, and may tell a point twice. */
function drawn(chunks: readonly Uint8Array[], from: number, to: number): DrawnPoint[] {
  const byTime = new Map<number, DrawnPoint>();
  for (const chunk of chunks) {
    for (const point of decodeChunk(chunk)) {
      if (point.fixTime >= from && point.fixTime < to) byTime.set(point.fixTime, drawnPoint(point));
    }
  }
  return [...byTime.values()].sort((a, b) => a.fixTime - b.fixTime);
}

function drawnPoint({ fixTime, latitude, longitude, speed }: TrailPoint): DrawnPoint {
  return speed === undefined ? { fixTime, latitude, longitude } : { fixTime, latitude, longitude, speed };
}
