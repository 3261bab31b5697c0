import type { Random } from '../random.ts';
import type { Door } from '../town/doors.ts';
import { gap, type Point } from '../town/plane.ts';
import type { Town } from '../town/town.ts';

/** A run: out of the godown, from door to door, and back. */
export interface Run {
  /** the doors in driving order, the godown at the end */
  stops: Door[];
}

/** Doors that one driver can serve on one run: some in one part of the town, in the order of the shortest next way. */
export function makeRun(random: Random, town: Town, doors: readonly Door[]): Run {
  const middle = random.pick(doors).point;
  const reach = random.between(500, 1100);
  const wanted = 10 + random.below(14);
  const chosen: Door[] = [];
  for (let tries = 0; tries < 3000 && chosen.length < wanted; tries++) {
    const door = random.pick(doors);
    if (gap(door.point, middle) < reach && !chosen.includes(door)) chosen.push(door);
  }
  const stops: Door[] = [];
  let at: Point = town.godown.point;
  while (chosen.length > 0) {
    let best = 0;
    chosen.forEach((door, i) => {
      if (gap(door.point, at) < gap((chosen[best] as Door).point, at)) best = i;
    });
    const [door] = chosen.splice(best, 1);
    if (!door) break;
    stops.push(door);
    at = door.point;
  }
  return { stops: [...stops, town.godown] };
}
