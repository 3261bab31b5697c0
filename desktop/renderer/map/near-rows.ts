import type { ConsumerColumns } from './consumer-columns.ts';
import { Surroundings } from './surroundings.ts';
import type { View } from './view.ts';

/** Fewer than these are all drawn: looking for those in view would be the greater work. */
const few = 5000;

interface Dots {
  length: number;
  attributes: { getPosition: { value: Float64Array; size: number } };
}

/** The consumers in and around the view: of 100,000, near, a graphics card is given some hundred. */
export class NearRows {
  #dots: Dots = { length: 0, attributes: { getPosition: { value: new Float64Array(0), size: 2 } } };
  /** which row of the columns each dot is; undefined: they are the same */
  #rows: Uint32Array | undefined;
  #made: { version: number; isAll: boolean } | undefined;
  readonly #surroundings = new Surroundings();

  rowOf(dot: number): number | undefined {
    return this.#rows === undefined ? dot : this.#rows[dot];
  }

  dots(columns: ConsumerColumns, view: View): Dots {
    const { version, length, places } = columns;
    const made = this.#made;
    if (length <= few) {
      if (made?.version === version && made.isAll) return this.#dots;
      this.#made = { version, isAll: true };
      this.#rows = undefined;
      this.#dots = { length, attributes: { getPosition: { value: places, size: 2 } } };
      return this.#dots;
    }
    if (made?.version === version && !made.isAll && !this.#surroundings.hasLeft(view)) return this.#dots;
    this.#made = { version, isAll: false };
    const box = this.#surroundings.take(view);
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
