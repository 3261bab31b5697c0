import { distance } from '../../protocol/geo.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { TrackPoint } from './route-finder.ts';

/** Between two fixes further apart nobody knows where the van was: ms, m. */
const silence = 10 * 60_000;
const gap = 2000;
/** Standing still tells nothing about roads, m. */
const same = 12;
/** Of one piece: points, and m (Valhalla takes tracks of 200 km). */
const mostPoints = 5000;
const longest = 150_000;

/** A trail as pieces that were driven without a break, with few points where it stood; marked fixes are left out. */
export function trackPieces(points: Iterable<TrailPoint>): TrackPoint[][] {
  const pieces: TrackPoint[][] = [];
  let piece: TrackPoint[] = [];
  let metres = 0;
  const finish = () => {
    if (piece.length > 1) pieces.push(piece);
    piece = [];
    metres = 0;
  };
  for (const { mark, fixTime, latitude, longitude, accuracy } of points) {
    if (mark !== undefined) continue;
    const point = { fixTime, latitude, longitude, ...(accuracy === undefined ? {} : { accuracy }) };
    const last = piece.at(-1);
    if (last !== undefined) {
      const away = distance(last, point);
      if (away < same) {
        // It stood here until now.
        if (piece.length > 1) last.fixTime = fixTime;
        continue;
      }
      metres += away;
      if (fixTime - last.fixTime > silence || away > gap) finish();
      else if (piece.length >= mostPoints || metres > longest) {
        finish();
        piece.push(last);
      }
    }
    piece.push(point);
  }
  finish();
  return pieces;
}
