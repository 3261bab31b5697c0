import type { Random } from '../random.ts';
import { between, direction, gap, type Point, resampled } from '../town/plane.ts';
import { type Route, speeds } from '../town/route.ts';

/** m/s², of a loaded three-wheeler or small truck */
export const acceleration = 1.2;
export const braking = 1.8;
/** m/s² sideways in a bend: cylinders stand on the load bed */
const sideways = 1.6;
/** Points of a drive are this far apart at most, m. */
const spacing = 8;

/** One drive from door to door, ready to be driven: how fast one may be at each point. */
export interface Drive {
  line: Point[];
  /** m from the start, per point */
  metres: number[];
  /** m/s allowed at the point, with what lies ahead already taken into account */
  allowed: number[];
  /** m/s allowed on the stretch that ends at the point */
  limits: number[];
  /** points where traffic holds the van up, and for how many seconds */
  halts: { point: number; seconds: number }[];
}

/** Works out the speeds of a drive: street class, bends, traffic at junctions, and braking in time for all of them. */
export function makeDrive(random: Random, route: Route): Drive {
  const line: Point[] = [route.line[0] as Point];
  const limits: number[] = [speeds.lane];
  const halts: { point: number; seconds: number }[] = [];
  const junctions = new Set(route.junctions);
  for (let i = 1; i < route.line.length; i++) {
    const limit = speeds[route.classes[i] ?? 'lane'] * random.between(0.8, 1);
    for (const point of resampled([route.line[i - 1] as Point, route.line[i] as Point], spacing).slice(1)) {
      line.push(point);
      limits.push(limit);
    }
    const leavesMain = route.classes[i] !== 'lane' && route.classes[i + 1] !== undefined;
    if (junctions.has(i) && leavesMain && random.chance(0.045)) {
      halts.push({ point: line.length - 1, seconds: random.between(4, 26) });
    }
  }
  const metres = [0];
  for (let i = 1; i < line.length; i++)
    metres.push((metres[i - 1] as number) + gap(line[i - 1] as Point, line[i] as Point));

  const held = new Set(halts.map((halt) => halt.point));
  const last = line.length - 1;
  const allowed = line.map((point, i) => {
    if (i === last || held.has(i)) return 0;
    if (i === 0) return limits[1] ?? 0;
    const bend = bendLimit(line[i - 1] as Point, point, line[i + 1] as Point);
    return Math.min(bend, limits[i] as number, limits[i + 1] as number);
  });
  for (let i = last - 1; i >= 0; i--) {
    const stretch = (metres[i + 1] as number) - (metres[i] as number);
    const next = allowed[i + 1] as number;
    allowed[i] = Math.min(allowed[i] as number, Math.sqrt(next * next + 2 * braking * stretch));
  }
  return { line, metres, allowed, limits, halts };
}

/** m/s through a bend: v² / r = sideways pull; the radius from the turn within one point spacing, at least 3.5 m. */
function bendLimit(before: Point, at: Point, after: Point): number {
  const a = direction(before, at);
  const b = direction(at, after);
  const cosine = Math.max(-1, Math.min(1, a.x * b.x + a.y * b.y));
  // chord of the turn on the unit circle, near the angle in radians for small turns, 2 for turning back
  const turn = Math.sqrt(2 - 2 * cosine);
  if (turn > 1.7) return 1.2;
  if (turn < 0.05) return 40;
  const radius = Math.max(3.5, Math.min(gap(before, at), gap(at, after), spacing) / turn);
  return Math.sqrt(sideways * radius);
}

/** Where one is after `metres` of the drive, and in which direction; `from` is a point index known to be passed. */
export function placeOn(drive: Drive, metres: number, from: number): { point: Point; along: Point; passed: number } {
  let i = from;
  while (i < drive.line.length - 2 && (drive.metres[i + 1] as number) <= metres) i++;
  const a = drive.line[i] as Point;
  const b = drive.line[i + 1] ?? a;
  const start = drive.metres[i] as number;
  const length = (drive.metres[i + 1] ?? start) - start;
  const part = length > 0 ? Math.min(1, (metres - start) / length) : 0;
  return { point: between(a, b, part), along: direction(a, b), passed: i };
}
