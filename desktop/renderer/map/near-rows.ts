import type { ConsumerColumns } from './consumer-columns.ts';
import { screenOf } from './screen.ts';
import type { View } from './view.ts';

/** Fewer than these are all drawn: looking for those in view would be the greater work. */
const few = 5000;
/** How far around the view dots are drawn as well, in widths of it, so that moving the map a little shows no rim. */
const around = 0.6;

interface Dots {
  length: number;
  attributes: { getPosition: { value: Float64Array; size: number } };
}

/** The consumers in and around the view: of 100,000, near, a graphics card is given some hundred. */
export class NearRows {
  #dots: Dots = { length: 0, attributes: { getPosition: { value: new Float64Array(0), size: 2 } } };
  /** which row of the columns each dot is; undefined: they are the same */
  #rows: Uint32Array | undefined;
  #made: { version: number; box: { west: number; south: number; east: number; north: number } | undefined } | undefined;

  rowOf(dot: number): number | undefined {
    return this.#rows === undefined ? dot : this.#rows[dot];
  }

  dots(columns: ConsumerColumns, view: View): Dots {
    const { version, length, places } = columns;
    const made = this.#made;
    if (length <= few) {
      if (made?.version === version && made.box === undefined) return this.#dots;
      this.#made = { version, box: undefined };
      this.#rows = undefined;
      this.#dots = { length, attributes: { getPosition: { value: places, size: 2 } } };
      return this.#dots;
    }
    const { west, south, east, north } = screenOf(view);
    const kept = made?.box;
    const isInside =
      kept !== undefined && west >= kept.west && east <= kept.east && south >= kept.south && north <= kept.north;
    // Far closer than when they were chosen, most of them lie outside.
    const isTight = kept !== undefined && (kept.east - kept.west) / (east - west) < 4 * (1 + 2 * around);
    if (made?.version === version && isInside && isTight) return this.#dots;
    const wide = (east - west) * around;
    const high = (north - south) * around;
    const box = { west: west - wide, south: south - high, east: east + wide, north: north + high };
    this.#made = { version, box };
    const rows = new Uint32Array(length);
    const value = new Float64Array(length * 2);
    let dot = 0;
    for (let row = 0; row < length; row++) {
      const longitude = places[row * 2] ?? 0;
      const latitude = places[row * 2 + 1] ?? 0;
      if (longitude < box.west || longitude > box.east || latitude < box.south || latitude > box.north) continue;
      rows[dot] = row;
      value[dot * 2] = longitude;
      value[dot * 2 + 1] = latitude;
      dot++;
    }
    this.#rows = rows.slice(0, dot);
    this.#dots = { length: dot, attributes: { getPosition: { value: value.slice(0, dot * 2), size: 2 } } };
    return this.#dots;
  }
}
