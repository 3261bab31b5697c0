/**
 * Which cell of a picture each name has. A name keeps its cell as long as it is wanted, so that of a hundred names only
 * the new ones are drawn; when there is no room any more, or a name is too wide, all of them move to a larger picture.
 */
export class NameCells {
  /** px of a cell's width, before anything is magnified */
  width = 0;
  columns = 0;
  rows = 0;
  #cells = new Map<string, number>();
  #free: number[] = [];

  /**
   * Gives each of these names a cell; those that are not among them lose theirs. Answers which have a new one, and
   * whether the picture is another one, with none of the old cells.
   */
  take(names: Iterable<string>, widthOf: (name: string) => number): { fresh: string[]; isOther: boolean } {
    const wanted = new Set(names);
    for (const [name, cell] of this.#cells) {
      if (wanted.has(name)) continue;
      this.#cells.delete(name);
      this.#free.push(cell);
    }
    let fresh = [...wanted].filter((name) => !this.#cells.has(name));
    const widest = Math.max(0, ...fresh.map(widthOf));
    const isOther = widest > this.width || fresh.length > this.#free.length;
    if (isOther) {
      this.#grow(Math.max(widest, this.width), wanted.size);
      fresh = [...wanted];
    }
    for (const name of fresh) this.#cells.set(name, this.#free.pop() ?? 0);
    return { fresh, isOther };
  }

  cellOf(name: string): number | undefined {
    return this.#cells.get(name);
  }

  /** Nothing is drawn any more. */
  clear(): void {
    this.#cells.clear();
    this.#free = [];
  }

  #grow(widest: number, names: number): void {
    this.width = Math.ceil(widest / widthStep) * widthStep;
    this.columns = Math.max(1, Math.floor(lineWidth / this.width));
    // Half as many again, so that names may come and go.
    this.rows = Math.ceil(Math.max(fewest, names * 1.5) / this.columns);
    this.#cells.clear();
    this.#free = Array.from({ length: this.columns * this.rows }, (_, i) => i).reverse();
  }
}

/** Widths of cells differ by this at least, px: a letter more is no reason to draw all names anew. */
const widthStep = 16;
/** px of a line of cells, before anything is magnified: what it becomes is held by every graphics card (4096). */
const lineWidth = 1300;
/** Cells that there are at least. */
const fewest = 48;
