import { encodeChunk } from '../../../protocol/trail-chunk.ts';
import { type PlayedTrail, TrailBuilder } from './played-trail.ts';

export const second = 1000;
export const minute = 60 * second;
/** 2026-11-20 06:00 in India */
export const start = Date.UTC(2026, 10, 20, 0, 30);

interface Fix {
  /** seconds after `start` */
  at: number;
  latitude: number;
  longitude?: number;
  speed?: number;
  course?: number;
}

/** A trail with these fixes, as chunks bring it. */
export function trailOf(fixes: readonly Fix[]): PlayedTrail {
  const builder = new TrailBuilder({ from: 0, to: Number.POSITIVE_INFINITY });
  const points = fixes.map(({ at, ...fix }) => {
    const fixTime = start + at * second;
    return { longitude: 79, ...fix, fixTime, receivedAt: fixTime };
  });
  if (points.length > 0) builder.add(encodeChunk(points));
  return builder.finish();
}
