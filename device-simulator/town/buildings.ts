import type { Random } from '../random.ts';
import type { Door } from './doors.ts';
import type { Point } from './plane.ts';

/**
 * Footprints for the look of the map: one house for up to three doors in a row, so that the file stays small. Nothing
 * else is decided by them.
 */
export function makeBuildings(
  random: Random,
  doors: readonly Door[],
  most: number,
): { district: number; ring: Point[] }[] {
  const rows: Door[][] = [];
  let row: Door[] = [];
  for (const door of doors) {
    const last = row[row.length - 1];
    const follows =
      last !== undefined &&
      row.length < 3 &&
      last.edge === door.edge &&
      door.number === last.number + 2 &&
      last.facing.x * door.facing.x + last.facing.y * door.facing.y > 0.995;
    if (follows) row.push(door);
    else {
      if (row.length > 0) rows.push(row);
      row = [door];
    }
  }
  if (row.length > 0) rows.push(row);
  const chance = most / Math.max(most, rows.length);
  return rows.filter(() => random.chance(chance)).map((doorsInRow) => footprint(random, doorsInRow));
}

function footprint(random: Random, row: readonly Door[]): { district: number; ring: Point[] } {
  const first = row[0] as Door;
  const last = row[row.length - 1] as Door;
  const { facing } = first;
  // along the street, in the direction the doors follow one another
  const along = { x: facing.y, y: -facing.x };
  const sign = (last.point.x - first.point.x) * along.x + (last.point.y - first.point.y) * along.y < 0 ? -1 : 1;
  const length = Math.sqrt((last.point.x - first.point.x) ** 2 + (last.point.y - first.point.y) ** 2);
  const left = -first.frontage * random.between(0.3, 0.42) * sign;
  const right = (length + last.frontage * random.between(0.3, 0.42)) * sign;
  const front = -3;
  const back = random.between(5, 10);
  const corner = (u: number, v: number): Point => ({
    x: first.point.x + along.x * u + facing.x * v,
    y: first.point.y + along.y * u + facing.y * v,
  });
  const start = corner(left, front);
  return {
    district: first.district,
    ring: [start, corner(right, front), corner(right, back), corner(left, back), start],
  };
}
