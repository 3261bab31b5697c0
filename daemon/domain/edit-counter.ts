/** Letters of a pattern that fit into the bits of a number. */
const most = 31;
/** by UTF-16 unit, the bits of the places at which the present pattern has it; all 0 between uses */
const placesOf = new Int32Array(65_536);

/**
 * Counts the typing errors between one name and many others: letters added, left out, changed, or swapped with their
 * neighbour (optimal string alignment). Bit-parallel after Hyyrö (2003, "A bit-vector algorithm for computing
 * Levenshtein and Damerau edit distances"): a few operations a letter. Of names longer than 31 letters the first 31
 * are compared.
 */
export class EditCounter {
  readonly #units: Uint16Array;

  constructor(name: string) {
    this.#units = unitsOf(name);
  }

  editsOf(other: string): number {
    const units = unitsOf(other);
    return this.edits(units, 0, units.length);
  }

  /** The same for a name that stands in an array of UTF-16 units. */
  edits(text: Uint16Array, start: number, length: number): number {
    const pattern = this.#units;
    const size = pattern.length;
    if (size === 0) return length;
    for (let i = 0; i < size; i++)
      placesOf[pattern[i] as number] = (placesOf[pattern[i] as number] as number) | (1 << i);
    const last = 1 << (size - 1);
    let errors = size;
    // Differences between neighbours in a column of the table of distances: +1 and −1; and on its diagonal: 0.
    let up = -1;
    let down = 0;
    let level = 0;
    let placesBefore = 0;
    for (let i = start; i < start + Math.min(length, most); i++) {
      const places = placesOf[text[i] as number] as number;
      const swapped = ((~level & places) << 1) & placesBefore;
      level = ((((places & up) + up) | 0) ^ up) | places | down | swapped;
      let right = down | ~(level | up);
      let left = level & up;
      if ((right & last) !== 0) errors++;
      if ((left & last) !== 0) errors--;
      right = (right << 1) | 1;
      left <<= 1;
      up = left | ~(level | right);
      down = right & level;
      placesBefore = places;
    }
    for (let i = 0; i < size; i++) placesOf[pattern[i] as number] = 0;
    return errors;
  }
}

function unitsOf(name: string): Uint16Array {
  return Uint16Array.from({ length: Math.min(name.length, most) }, (_, i) => name.charCodeAt(i));
}
