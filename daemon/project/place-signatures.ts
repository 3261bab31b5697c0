import { EditCounter } from '../domain/edit-counter.ts';

/** A place one of whose names is nearly the one that was asked for. */
export interface Similar {
  owner: number;
  errors: number;
  population: number;
}

const longest = 255;

/**
 * Finds names that are nearly another one, in memory: about 40 bytes a name, and a millisecond or two for a million.
 *
 * Of each name two sets are kept as bits: which letters it has, and which pairs of neighbouring letters (hashed to 32).
 * One typing error changes at most 2 letters of the first set, and 6 pairs of the second (two letters swapped: three
 * pairs go, three come). What differs by more is not meant; the few that remain are compared letter by letter.
 */
export class PlaceSignatures {
  /** by the number of their letters */
  #names: (NamesOfLength | undefined)[] = [];

  /** Adds the names of a place. Those it had before stay: the caller looks at what it has now anyway. */
  add(owner: number, names: readonly string[], population: number): void {
    for (const name of names) {
      if (name.length === 0 || name.length > longest) continue;
      let some = this.#names[name.length];
      if (some === undefined) {
        some = new NamesOfLength(name.length);
        this.#names[name.length] = some;
      }
      some.add(name, owner, Math.min(population, 0xffffffff));
    }
  }

  clear(): void {
    this.#names = [];
  }

  /** The names within so many errors of `name`, fewest errors first, then by population; at most `many`. */
  similar(name: string, errors: number, many: number): Similar[] {
    const counter = new EditCounter(name);
    const found: Similar[] = [];
    for (let length = name.length - errors; length <= name.length + errors; length++) {
      this.#names[length]?.similar(name, errors, counter, found);
    }
    return found.sort((a, b) => a.errors - b.errors || b.population - a.population).slice(0, many);
  }
}

/** Names of one length, in columns. */
class NamesOfLength {
  readonly #length: number;
  #letters = new Uint32Array(16);
  #pairs = new Uint32Array(16);
  #owners = new Uint32Array(16);
  #populations = new Uint32Array(16);
  #text: Uint16Array<ArrayBuffer>;
  #count = 0;

  constructor(length: number) {
    this.#length = length;
    this.#text = new Uint16Array(16 * length);
  }

  add(name: string, owner: number, population: number): void {
    if (this.#count === this.#owners.length) this.#grow();
    const at = this.#count++;
    const { letters, pairs } = signature(name);
    this.#letters[at] = letters;
    this.#pairs[at] = pairs;
    this.#owners[at] = owner;
    this.#populations[at] = population;
    for (let i = 0; i < name.length; i++) this.#text[at * this.#length + i] = name.charCodeAt(i);
  }

  similar(name: string, errors: number, counter: EditCounter, found: Similar[]): void {
    const { letters, pairs } = signature(name);
    for (let at = 0; at < this.#count; at++) {
      if (ones((this.#letters[at] as number) ^ letters) > 2 * errors) continue;
      if (ones((this.#pairs[at] as number) ^ pairs) > 6 * errors) continue;
      const needed = counter.edits(this.#text, at * this.#length, this.#length);
      if (needed > errors) continue;
      found.push({ owner: this.#owners[at] as number, errors: needed, population: this.#populations[at] as number });
    }
  }

  #grow(): void {
    const larger = (old: Uint32Array<ArrayBuffer>) => {
      const made = new Uint32Array(2 * old.length);
      made.set(old);
      return made;
    };
    this.#letters = larger(this.#letters);
    this.#pairs = larger(this.#pairs);
    this.#owners = larger(this.#owners);
    this.#populations = larger(this.#populations);
    const text = new Uint16Array(2 * this.#text.length);
    text.set(this.#text);
    this.#text = text;
  }
}

function signature(name: string): { letters: number; pairs: number } {
  let letters = 0;
  let pairs = 0;
  let before = 0;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    letters |= 1 << (unit & 31);
    pairs |= pair(before, unit);
    before = unit;
  }
  return { letters: letters >>> 0, pairs: (pairs | pair(before, 0)) >>> 0 };
}

/** One bit of 32 for two neighbouring letters; 0 stands before the first and after the last. */
function pair(before: number, after: number): number {
  return 1 << (Math.imul(before * 131 + after, 0x9e3779b1) >>> 27);
}

/** Number of bits that are set. */
function ones(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
