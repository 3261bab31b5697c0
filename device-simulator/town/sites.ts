import type { Random } from '../random.ts';
import type { District } from './districts.ts';
import type { Door } from './doors.ts';
import type { Land } from './land.ts';
import type { Course } from './main-roads.ts';
import { gap, nearestOn, type Point } from './plane.ts';
import type { Street } from './streets.ts';

/** Where trackers fall silent: no mobile network (fixes are kept and sent later), or no sky (no fixes at all). */
export interface DeadZone {
  kind: 'radio' | 'tunnel';
  middle: Point;
  /** m */
  radius: number;
}

export interface Place {
  name: string;
  kind: 'station' | 'hospital' | 'school' | 'temple' | 'market' | 'bus-stand';
  point: Point;
}

/** On a main road at the edge of the town, as cylinder stores are, for safety. */
export function chooseGodown(doors: readonly Door[], streets: readonly Street[]): Door {
  const wanted = { x: 1750, y: 1250 };
  let best = doors[0];
  for (const door of doors) {
    if (streets[door.street]?.class === 'main' && best && gap(door.point, wanted) < gap(best.point, wanted))
      best = door;
  }
  if (!best) throw new Error('the town has no doors');
  return best;
}

export function makePlaces(
  random: Random,
  land: Land,
  districts: readonly District[],
  doors: readonly Door[],
): Place[] {
  const near = (point: Point): Point => {
    let best = doors[0] as Door;
    for (const door of doors) if (gap(door.point, point) < gap(best.point, point)) best = door;
    return best.point;
  };
  const station = land.railway.reduce((a, b) => (Math.abs(b.x - 150) < Math.abs(a.x - 150) ? b : a));
  const spread = random.shuffled(districts.slice(1));
  const at = (i: number): Point => {
    const { x, y } = (spread[i % spread.length] as District).middle;
    // beside the district's own label
    return near({ x: x + random.between(-60, 60), y: y + random.pick([-190, 190]) });
  };
  return [
    { name: 'Railway Station', kind: 'station', point: station },
    { name: 'Clock Tower Market', kind: 'market', point: near({ x: 0, y: 0 }) },
    { name: 'Bus Stand', kind: 'bus-stand', point: near({ x: 520, y: 420 }) },
    { name: 'District Hospital', kind: 'hospital', point: at(0) },
    { name: 'Old Temple', kind: 'temple', point: near({ x: -260, y: -300 }) },
    { name: 'Girls’ School', kind: 'school', point: at(1) },
    { name: 'Town College', kind: 'school', point: at(2) },
    { name: 'Vegetable Market', kind: 'market', point: at(3) },
    { name: 'Hill Temple', kind: 'temple', point: at(4) },
  ];
}

/** Two places without mobile network where people live, and the underpasses of the ring road beneath the railway. */
export function makeDeadZones(
  random: Random,
  land: Land,
  mains: readonly Course[],
  doors: readonly Door[],
  godown: Point,
): DeadZone[] {
  const ring = mains[0]?.line ?? [];
  const zones: DeadZone[] = [];
  for (let i = 1; i < ring.length; i++) {
    const point = ring[i] as Point;
    const isUnder = land.railway.some((b, j) => {
      const a = land.railway[j - 1];
      return a !== undefined && Math.abs(a.x - point.x) < 120 && nearestOn(point, a, b).gap < 6;
    });
    if (isUnder && !zones.some((zone) => gap(zone.middle, point) < 300))
      zones.push({ kind: 'tunnel', middle: point, radius: 70 });
  }
  const homes = random.shuffled(doors);
  for (const door of homes) {
    if (zones.filter((zone) => zone.kind === 'radio').length >= 3) break;
    const isOuter = gap(door.point, { x: 0, y: 0 }) > 800 && gap(door.point, godown) > 700;
    if (isOuter && !zones.some((zone) => gap(zone.middle, door.point) < 1100)) {
      zones.push({ kind: 'radio', middle: door.point, radius: random.between(220, 320) });
    }
  }
  return zones;
}
