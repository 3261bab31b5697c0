import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Pace } from './pace.ts';
import type { TrackPoint } from './route-finder.ts';
import type { Spot, TownGraph } from './town-graph.ts';
import type { Found, TownSearch } from './town-search.ts';

/** How far beside the road a fix is looked for, m, and on how many streets. */
const reach = 45;
const mostStreets = 4;
/** m; how much a way between two fixes differs from the straight line between them, usually */
const usualDetour = 20;

interface Candidate {
  spot: Spot;
  /** of the likeliest way up to here; the higher the likelier (logarithm) */
  score: number;
  before: Candidate | undefined;
  way: Found | undefined;
}

/**
 * The streets under a track: of all the ways along which a van could have driven, the one that goes best with its fixes
 * (hidden Markov model; Newson and Krumm, "Hidden Markov Map Matching Through Noise and Sparseness", 2009). Fixes off
 * the roads are left out; where no way joins two fixes the line goes on at the second.
 */
export async function matchTrack(
  graph: TownGraph,
  search: TownSearch,
  track: readonly TrackPoint[],
  pace: Pace,
): Promise<LatLon[] | null> {
  const line: LatLon[] = [];
  let last: { point: TrackPoint; candidates: Candidate[] } | undefined;
  for (const point of track) {
    await pace.breathe();
    const found = graph.near(point, reach, mostStreets);
    if (found.length === 0) continue;
    const candidates = found.map((spot) => ({ spot, score: -off(spot, point), before: undefined, way: undefined }));
    const joined = last === undefined ? undefined : join(search, last, { point, candidates });
    if (joined === undefined && last !== undefined) line.push(...lineTo(last.candidates));
    last = { point, candidates: joined ?? candidates };
  }
  if (last !== undefined) line.push(...lineTo(last.candidates));
  return line.length < 2 ? null : line;
}

/** How unlikely it is that a fix lies so far beside the road it was driven on. */
function off({ beside }: Spot, { accuracy = 10 }: TrackPoint): number {
  const deviation = Math.min(30, Math.max(6, accuracy));
  return (beside / deviation) ** 2 / 2;
}

function join(
  search: TownSearch,
  last: { point: TrackPoint; candidates: readonly Candidate[] },
  next: { point: TrackPoint; candidates: readonly Candidate[] },
): Candidate[] | undefined {
  const straight = distance(last.point, next.point);
  const joined: Candidate[] = [];
  // Twice as far and a block around, at the slowest a street is driven.
  const mostSeconds = (2 * straight + 250) / 4;
  const spots = next.candidates.map(({ spot }) => spot);
  for (const before of last.candidates) {
    search.ways(before.spot, spots, mostSeconds).forEach((way, i) => {
      if (way === null) return;
      const { spot, score: own } = next.candidates[i] as Candidate;
      const score = before.score + own - Math.abs(way.metres - straight) / usualDetour;
      if (score > (joined[i]?.score ?? Number.NEGATIVE_INFINITY)) joined[i] = { spot, score, before, way };
    });
  }
  const reached = joined.filter((candidate) => candidate !== undefined);
  return reached.length === 0 ? undefined : reached;
}

function lineTo(candidates: readonly Candidate[]): LatLon[] {
  const pieces: LatLon[][] = [];
  let at: Candidate | undefined = candidates.reduce((best, one) => (one.score > best.score ? one : best));
  for (; at?.way !== undefined; at = at.before) pieces.push(at.way.line());
  return pieces.reverse().flatMap((piece, i) => (i === 0 ? piece : piece.slice(1)));
}
