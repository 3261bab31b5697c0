import { Random } from '../random.ts';
import type { Door } from './doors.ts';
import { personName } from './names.ts';
import { toLatLon } from './plane.ts';
import type { Town } from './town.ts';

/** A consumer as POST /api/consumers takes it. */
export interface DemoConsumer {
  id: string;
  name: string;
  phone: string;
  address: string;
  pincode: string;
  latitude: number;
  longitude: number;
  language: 'en' | 'hi';
}

/** The doors of the first `count` consumers; all different. */
export function homesOf(town: Town, count: number): Door[] {
  if (count > town.doors.length) throw new RangeError(`the town has ${town.doors.length} doors, not ${count}`);
  return new Random(town.seed).fork('homes').shuffled(town.doors).slice(0, count);
}

/**
 * The first `count` consumers of the town, each at a door of its own. Telephone numbers begin with +91 00: no Indian
 * number begins with a zero, so none of them can ring anywhere.
 */
export function consumersOf(town: Town, count: number): DemoConsumer[] {
  const random = new Random(town.seed).fork('consumers');
  return homesOf(town, count).map((door, i) => {
    const district = town.districts[door.district];
    const digits = String(Math.floor(random.next() * 1e8)).padStart(8, '0');
    return {
      id: `c${String(i + 1).padStart(5, '0')}`,
      name: personName(random),
      phone: `+91 00${digits.slice(0, 3)} ${digits.slice(3)}`,
      address: `${door.number}, ${town.streets[door.street]?.name ?? ''}, ${district?.name ?? ''}`,
      pincode: district?.pincode ?? '',
      ...toLatLon(door.point),
      language: random.chance(0.5) ? 'hi' : 'en',
    };
  });
}
