import type { LatLon } from '../../protocol/geo.ts';
import { type Address, attributionOf, type SeenPlace } from '../../protocol/place.ts';
import type { PlaceFinder } from '../project/places.ts';
import type { Doors, FoundDoor } from './doors.ts';
import type { PoliteGeocoder } from './polite.ts';
import type { RemoteAddress } from './remote.ts';

/** What may be told to whom asks. */
export interface AskedBy {
  agency: string;
  /** he sees all consumers of the agency; to others no door is told, and no street that is known by doors alone */
  seesConsumers: boolean;
}

/** m within which a point is at a street or a door of ours */
const atStreet = 150;
const inStreet = 400;

/**
 * Addresses both ways, from what we have ourselves: consumers, streets, the gazetteer. It works with no network. A
 * service outside, where there is one, is asked last, only for what nothing of ours knows, and only for staff: what it
 * may be asked in a minute is little.
 */
export class Addresses {
  readonly #deps: { doors: Doors; places: PlaceFinder; remote?: PoliteGeocoder };

  constructor(deps: { doors: Doors; places: PlaceFinder; remote?: PoliteGeocoder }) {
    this.#deps = deps;
  }

  /** Best first: own consumers, then streets and places, then what a service outside says. */
  async search({ agency, seesConsumers }: AskedBy, text: string, limit: number, near?: LatLon): Promise<Address[]> {
    const { doors, places, remote } = this.#deps;
    const found: Address[] = [];
    if (seesConsumers) {
      for (const door of doors.search(agency, text, limit, near)) found.push(ofDoor(door, near));
    }
    const around = near === undefined ? {} : { near };
    for (const place of await places.search(agency, text, { limit, ...around })) found.push(ofPlace(place));
    if (found.length === 0 && remote !== undefined && seesConsumers) {
      for (const one of (await remote.search(text, near)) ?? []) found.push(ofRemote(one, remote.attribution));
    }
    return found.slice(0, limit);
  }

  /** What is at a point; null: nothing is known within about 70 km. */
  async reverse({ agency, seesConsumers }: AskedBy, point: LatLon): Promise<Address | null> {
    const { doors, places, remote } = this.#deps;
    const [area] = await places.near(agency, point, { limit: 1, kinds: ['city', 'pincode'] });
    const [street] = await places.near(agency, point, { limit: 1, kinds: ['street'] });
    if (street !== undefined && (street.distance ?? 0) <= inStreet) return withArea(ofPlace(street), area);
    const door = seesConsumers
      ? doors.near(agency, point, atStreet, 8).find((one) => one.street !== undefined)
      : undefined;
    if (door?.street !== undefined) {
      const pincode = door.pincode === undefined ? {} : { pincode: door.pincode };
      const address = { text: door.street, source: 'street' as const, ...pincode, distance: Math.round(door.distance) };
      return withArea({ ...address, latitude: door.latitude, longitude: door.longitude }, area);
    }
    const [outside] = remote === undefined || !seesConsumers ? [] : ((await remote.reverse(point)) ?? []);
    if (outside !== undefined && remote !== undefined) return ofRemote(outside, remote.attribution);
    return area === undefined ? null : { ...ofPlace(area), text: awayFrom(area) };
  }
}

function ofDoor({ id, latitude, longitude, label, pincode, distance }: FoundDoor, near: LatLon | undefined): Address {
  return {
    text: label,
    latitude,
    longitude,
    source: 'consumer',
    id,
    ...(pincode === undefined ? {} : { pincode }),
    ...(near === undefined ? {} : { distance: Math.round(distance) }),
  };
}

function ofPlace(place: SeenPlace): Address {
  const { key, kind, latitude, longitude, pincode, distance } = place;
  const attribution = attributionOf(key);
  return {
    text: lineOf(place),
    latitude,
    longitude,
    source: kind === 'street' ? 'street' : 'place',
    id: key,
    ...(pincode === undefined ? {} : { pincode }),
    ...(distance === undefined ? {} : { distance }),
    ...(attribution === undefined ? {} : { attribution }),
  };
}

function ofRemote({ text, latitude, longitude, pincode }: RemoteAddress, attribution: string): Address {
  return { text, latitude, longitude, source: 'outside', ...(pincode === undefined ? {} : { pincode }), attribution };
}

function lineOf({ name, city, district, state, pincode }: SeenPlace): string {
  const parts = [name, city, district, [state, pincode].filter(Boolean).join(' ')];
  return parts.filter((part, i) => part !== undefined && part !== '' && parts.indexOf(part) === i).join(', ');
}

/** A street with the town it is in. */
function withArea(street: Address, area: SeenPlace | undefined): Address {
  if (area === undefined || (area.distance ?? 0) > 10_000) return street;
  const town = area.city ?? area.name;
  return street.text.includes(town) ? street : { ...street, text: `${street.text}, ${town}` };
}

/** A village 3 km away is not where one is: the distance is said. */
function awayFrom(area: SeenPlace): string {
  const metres = area.distance ?? 0;
  return metres < 1500 ? lineOf(area) : `${Math.round(metres / 1000)} km from ${lineOf(area)}`;
}
