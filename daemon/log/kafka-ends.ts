import { coversPlace } from './kafka-cursor.ts';
import type { Fetched } from './kafka-wire.ts';

/** How far each part reaches, as far as anything has told us. */
export class Ends {
  /** by part: the offset after the newest record */
  readonly next: number[];
  readonly #first: number[];

  constructor({ first, next }: { first: readonly number[]; next: readonly number[] }) {
    this.#first = [...first];
    this.next = [...next];
  }

  learn(part: number, next: number): void {
    // What is told late, or by a leader that does not know all yet, is less than what we know.
    if (next > (this.next[part] ?? 0)) this.next[part] = next;
  }

  learnFetched(fetched: readonly Fetched[]): void {
    for (const { part, next, first } of fetched) {
      this.learn(part, next);
      if (first > (this.#first[part] ?? 0)) this.#first[part] = first;
    }
  }

  learnAll({ first, next }: { first: readonly number[]; next: readonly number[] }): void {
    for (const [part, end] of next.entries()) this.learn(part, end);
    for (const [part, begin] of first.entries()) this.#first[part] = begin;
  }

  get isEmpty(): boolean {
    return this.next.every((end) => end === 0);
  }

  /** Offsets in use: a little more than there are records in compacted topics. */
  get records(): number {
    return this.next.reduce((sum, end, part) => sum + Math.max(0, end - (this.#first[part] ?? 0)), 0);
  }

  /** Records after this place. */
  after(position: readonly number[]): number {
    return this.next.reduce((sum, end, part) => sum + Math.max(0, end - (position[part] ?? 0)), 0);
  }

  isReached(position: readonly number[]): boolean {
    return coversPlace(position, this.next);
  }
}
