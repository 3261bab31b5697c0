import type { OrderEntry } from '../../world/entries.ts';
import type { OrderGroup } from '../../world/order-list.ts';

/** One line of the board. */
export type BoardRow =
  | { readonly kind: 'heading'; readonly id: string; readonly group: OrderGroup }
  | { readonly kind: 'order'; readonly id: string; readonly entry: OrderEntry; readonly group: OrderGroup };

/** The lines of a board, each made when it is asked for: 60,000 of them are never made at once. */
export class BoardRows {
  readonly #groups: readonly OrderGroup[];
  /** the line of each group's heading */
  readonly #starts: number[] = [];
  readonly length: number;
  #lineOf: Map<string, number> | undefined;

  constructor(groups: readonly OrderGroup[]) {
    this.#groups = groups;
    let line = 0;
    for (const { entries } of groups) {
      this.#starts.push(line);
      line += entries.length + 1;
    }
    this.length = line;
  }

  at(line: number): BoardRow | undefined {
    if (line < 0 || line >= this.length) return undefined;
    const at = this.#groupAt(line);
    const group = this.#groups[at] as OrderGroup;
    const place = line - (this.#starts[at] as number);
    if (place === 0) return { kind: 'heading', id: `heading-${group.key}`, group };
    const entry = group.entries[place - 1] as OrderEntry;
    return { kind: 'order', id: `row-order-${entry.order.id}`, entry, group };
  }

  /** What a line is known by; asked for every line, so it makes nothing. */
  keyAt(line: number): string {
    const at = this.#groupAt(line);
    const group = this.#groups[at];
    return group?.entries[line - (this.#starts[at] ?? 0) - 1]?.order.id ?? `heading ${group?.key}`;
  }

  isHeading(line: number): boolean {
    return this.#starts[this.#groupAt(line)] === line;
  }

  /** The group that a line is of. */
  #groupAt(line: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= line) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The line of an order; undefined: it is not on the board. */
  lineOf(orderId: string): number | undefined {
    if (this.#lineOf === undefined) {
      this.#lineOf = new Map();
      this.#groups.forEach(({ entries }, g) => {
        const start = (this.#starts[g] as number) + 1;
        for (const [i, { order }] of entries.entries()) this.#lineOf?.set(order.id, start + i);
      });
    }
    return this.#lineOf.get(orderId);
  }

  /** The orders from one line to another, either way, without the headings between. */
  between(a: number, b: number): string[] {
    const ids: string[] = [];
    for (let line = Math.min(a, b); line <= Math.max(a, b); line++) {
      const row = this.at(line);
      if (row?.kind === 'order') ids.push(row.entry.order.id);
    }
    return ids;
  }

  /** Where a key leads from a line; undefined: nowhere. */
  step(from: number | undefined, key: string): number | undefined {
    const page = 8;
    const first = this.length > 1 ? 1 : undefined;
    const last = this.length > 1 ? this.length - 1 : undefined;
    const down = (line: number) => (this.isHeading(line) ? line + 1 : line);
    const up = (line: number) => (this.isHeading(line) ? (line === 0 ? 1 : line - 1) : line);
    if (first === undefined || last === undefined) return undefined;
    switch (key) {
      case 'ArrowDown':
        return from === undefined ? first : down(Math.min(from + 1, last));
      case 'ArrowUp':
        return from === undefined ? last : up(Math.max(from - 1, 0));
      case 'PageDown':
        return from === undefined ? first : down(Math.min(from + page, last));
      case 'PageUp':
        return from === undefined ? first : up(Math.max(from - page, 0));
      case 'Home':
        return first;
      case 'End':
        return last;
      default:
        return undefined;
    }
  }
}
