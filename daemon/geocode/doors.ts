import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Consumer } from '../../protocol/registry.ts';
import { fold } from '../domain/place-text.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Change } from '../project/world.ts';

interface Door extends LatLon {
  id: string;
  text: string;
  street: string | undefined;
  pincode: string | undefined;
  cell: number;
}

/** A consumer's door near a point, or one whose address fits a text. */
export interface FoundDoor extends LatLon {
  id: string;
  /** name and address, for those who may see them */
  label: string;
  street: string | undefined;
  pincode: string | undefined;
  /** m; 0 where no point was asked for */
  distance: number;
}

/** Degrees of a cell's side: about 250 m. */
const side = 0.0025;
const around = 360 / side;

/**
 * The doors of an agency's consumers, by where they are and by the words of their addresses: the first thing that an
 * address look-up asks, and the only one that knows the lanes of the own town. In memory, of this daemon; kept up with
 * the registry.
 */
export class Doors {
  readonly #registry: RegistryView;
  #agencies = new Map<string, { doors: Map<string, Door>; cells: Map<number, Set<Door>> }>();

  constructor(deps: { registry: RegistryView }) {
    this.#registry = deps.registry;
  }

  /** To be told of every change of the world. */
  changed({ agency, consumers }: Pick<Change, 'agency' | 'consumers'>): void {
    const world = this.#agencies.get(agency);
    // Nobody has asked about this agency yet: it is read as a whole then.
    if (world === undefined) return;
    for (const id of consumers) this.#put(world, id, this.#registry.consumer(agency, id));
  }

  /** The nearest doors within so many m. */
  near(agency: string, point: LatLon, metres: number, many: number): FoundDoor[] {
    const { cells } = this.#of(agency);
    const reach = Math.min(20, Math.ceil(metres / (side * 100_000)) + 1);
    const [row, column] = [rowOf(point.latitude), columnOf(point.longitude)];
    const found: FoundDoor[] = [];
    for (let y = row - reach; y <= row + reach; y++) {
      for (let x = column - reach; x <= column + reach; x++) {
        for (const door of cells.get(y * around + x) ?? []) {
          const away = distance(point, door);
          if (away <= metres) found.push(this.#found(agency, door, away));
        }
      }
    }
    return found.sort((a, b) => a.distance - b.distance).slice(0, many);
  }

  /** Doors whose name, number or address has all the words. */
  search(agency: string, text: string, many: number, near: LatLon | undefined): FoundDoor[] {
    const words = fold(text).split(' ').filter(Boolean);
    if (words.length === 0) return [];
    const found: FoundDoor[] = [];
    for (const door of this.#of(agency).doors.values()) {
      if (words.every((word) => door.text.includes(word))) {
        found.push(this.#found(agency, door, near === undefined ? 0 : distance(near, door)));
      }
    }
    return found.sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1)).slice(0, many);
  }

  #found(agency: string, { id, latitude, longitude, street, pincode }: Door, away: number): FoundDoor {
    const { name = id, address } = this.#registry.consumer(agency, id) ?? {};
    const label = address === undefined ? name : `${name}, ${address.replace(/\s*\n\s*/g, ', ')}`;
    return { id, latitude, longitude, label, street, pincode, distance: away };
  }

  #of(agency: string) {
    let world = this.#agencies.get(agency);
    if (world === undefined) {
      world = { doors: new Map(), cells: new Map() };
      this.#agencies.set(agency, world);
      for (const consumer of this.#registry.consumers(agency)) this.#put(world, consumer.id, consumer);
    }
    return world;
  }

  #put(
    { doors, cells }: { doors: Map<string, Door>; cells: Map<number, Set<Door>> },
    id: string,
    consumer: Consumer | undefined,
  ): void {
    const before = doors.get(id);
    if (before !== undefined) {
      doors.delete(id);
      const cell = cells.get(before.cell);
      cell?.delete(before);
      if (cell?.size === 0) cells.delete(before.cell);
    }
    if (consumer?.latitude === undefined || consumer.longitude === undefined) return;
    const { latitude, longitude, name, number = '', address = '', pincode } = consumer;
    const cell = rowOf(latitude) * around + columnOf(longitude);
    const text = fold(`${name} ${number} ${address} ${pincode ?? ''}`);
    const door = { id, latitude, longitude, text, street: streetOf(address), pincode, cell };
    doors.set(id, door);
    cells.set(cell, (cells.get(cell) ?? new Set()).add(door));
  }
}

function rowOf(latitude: number): number {
  return Math.floor((latitude + 90) / side);
}
function columnOf(longitude: number): number {
  return Math.floor((longitude + 180) / side);
}

/**
 * The street of an address, without the house: the first of its parts that has a word in it and no number. "14/2, Tank
 * Road, Ward 4" → "Tank Road"; a part like "14 Tank Road" loses the number. Nobody's door is told by it.
 */
export function streetOf(address: string): string | undefined {
  for (const part of address.split(/[,\n]/)) {
    const street = part
      .trim()
      .replace(/^(?:(?:plot|house|flat|shop|door|h)\.?\s*)?(?:no\.?\s*)?#?\d[\w/-]*\s*/iu, '')
      .trim();
    if (/\p{L}{3}/u.test(street) && !/\d/.test(street)) return street.slice(0, 80);
  }
  return undefined;
}
