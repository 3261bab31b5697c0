/** A binary heap of numbers: the least rank comes out first. */
export class Heap {
  readonly #entries: { item: number; rank: number }[] = [];

  push(item: number, rank: number): void {
    const entries = this.#entries;
    let at = entries.length;
    entries.push({ item, rank });
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((entries[up]?.rank ?? 0) <= rank) break;
      this.#swap(at, up);
      at = up;
    }
  }

  pop(): { item: number; rank: number } | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (!top || !last || entries.length === 0) return top;
    entries[0] = last;
    for (let at = 0; ; ) {
      const left = at * 2 + 1;
      const right = left + 1;
      let least = at;
      if (left < entries.length && this.#rank(left) < this.#rank(least)) least = left;
      if (right < entries.length && this.#rank(right) < this.#rank(least)) least = right;
      if (least === at) return top;
      this.#swap(at, least);
      at = least;
    }
  }

  #rank(at: number): number {
    return this.#entries[at]?.rank ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const entry = this.#entries[a] as { item: number; rank: number };
    this.#entries[a] = this.#entries[b] as { item: number; rank: number };
    this.#entries[b] = entry;
  }
}
