import { distance } from '../../../protocol/geo.ts';

/** A point of a trail as the daemon gives it, reduced to what is drawn. */
export interface DrawnPoint {
  fixTime: number;
  latitude: number;
  longitude: number;
  speed?: number;
  mark?: 'jump' | 'inaccurate';
}

export type LonLat = [number, number];
/** A stretch of one colour. Neighbouring runs share their corner, so that the line has no holes. */
export interface Run {
  band: number;
  path: LonLat[];
}
/** Straight between the last fix before a silence and the first after it: nobody knows the way between. */
export interface Gap {
  from: LonLat;
  to: LonLat;
}
export interface TrailShapes {
  runs: Run[];
  gaps: Gap[];
  /** the points the line goes through */
  points: DrawnPoint[];
  /** m along the line, gaps left out */
  length: number;
}

/** A silence longer than this is drawn as a gap, ms. */
const gapAfter = 5 * 60_000;

/** Speed bands by their lower limit, km/h. Town traffic is mostly under 40, so the bands are narrow there. */
export const speedBands = [0, 5, 15, 25, 40, 60] as const;

/** The band of a speed in km/h. */
export function bandOf(speed: number): number {
  let band = 0;
  for (let i = 1; i < speedBands.length; i++) if (speed >= (speedBands[i] ?? 0)) band = i;
  return band;
}

/** The words of a band: `15–25`, `60+`. */
export function bandLabel(band: number): string {
  const from = speedBands[band] ?? 0;
  const to = speedBands[band + 1];
  return to === undefined ? `${from}+` : `${from}–${to}`;
}

/** Turns points (oldest first) into lines to draw. Points marked as a jump or inaccurate are left out of the line. */
export function trailShapes(points: readonly DrawnPoint[]): TrailShapes {
  const runs: Run[] = [];
  const gaps: Gap[] = [];
  const kept: DrawnPoint[] = [];
  let run: Run | undefined;
  let before: DrawnPoint | undefined;
  let length = 0;
  for (const point of points) {
    if (point.mark !== undefined) continue;
    kept.push(point);
    if (before !== undefined) {
      if (point.fixTime - before.fixTime > gapAfter) {
        gaps.push({ from: lonLat(before), to: lonLat(point) });
        run = undefined;
      } else {
        const metres = distance(before, point);
        length += metres;
        const band = bandOf(point.speed ?? speedBetween(before, point, metres));
        if (run === undefined || run.band !== band) {
          run = { band, path: [lonLat(before)] };
          runs.push(run);
        }
        run.path.push(lonLat(point));
      }
    }
    before = point;
  }
  return { runs, gaps, points: kept, length };
}

/** A gap as dashes: pieces of the straight line, a third of each left empty. */
export function dashes(gap: Gap): { from: LonLat; to: LonLat }[] {
  const metres = distance(
    { longitude: gap.from[0], latitude: gap.from[1] },
    { longitude: gap.to[0], latitude: gap.to[1] },
  );
  const pieces = Math.max(3, Math.min(60, Math.round(metres / 25)));
  const at = (part: number): LonLat => [
    gap.from[0] + (gap.to[0] - gap.from[0]) * part,
    gap.from[1] + (gap.to[1] - gap.from[1]) * part,
  ];
  return Array.from({ length: pieces }, (_, i) => ({ from: at((i + 0.25) / pieces), to: at((i + 0.75) / pieces) }));
}

/** km/h between two fixes, for devices that do not report their speed. */
function speedBetween(a: DrawnPoint, b: DrawnPoint, metres: number): number {
  const ms = b.fixTime - a.fixTime;
  return ms <= 0 ? 0 : (metres / ms) * 3600;
}

function lonLat(point: DrawnPoint): LonLat {
  return [point.longitude, point.latitude];
}
