import type { Database, Statement } from 'better-sqlite3';
import { distance, type LatLon } from '../../protocol/geo.ts';
import { baseGazetteer, type PlaceKind } from '../../protocol/place.ts';
import { EditCounter } from '../domain/edit-counter.ts';
import { inLatin, trigrams } from '../domain/place-text.ts';
import type { FoundPlace } from './place-index-file.ts';
import { PlaceSignatures } from './place-signatures.ts';

interface Row extends LatLon {
  id: number;
  agency: string;
  key: string;
  kind: PlaceKind;
  names: string;
  state: string;
  district: string | null;
  population: number;
}

interface Candidate extends FoundPlace {
  row: Row;
}

/** From this many inhabitants on a place is among those that a short beginning of a name finds first. */
export const large = 10_000;
/** Rows that are looked at for one part of a search. */
const mostRows = 200;
const columns = 'id, agency, key, kind, names, state, district, population, latitude, longitude';

/**
 * Finds places by their names: exactly, by their beginning, by a part (FTS5 with trigrams), and with errors (bits in
 * memory); in every script that they have names in, and Devanagari also as it sounds. Words that are no part of the
 * name may say the district or the state.
 *
 * Rank 0: this name exactly, 1: a name begins so, 2: a word in it does, 3: somewhere in it, 3 + errors: nearly so.
 */
export class PlaceSearch {
  readonly #begins: Statement<[string, string, string, number], Row>;
  readonly #beginsLarge: Statement<[string, string, string, number], Row>;
  readonly #row: Statement<[number], Row>;
  readonly #all: Statement<[], [number, string, number]>;
  readonly #regionNames: Statement<[], string>;
  readonly #match: Statement<[string, number], number>;
  readonly #signatures = new PlaceSignatures();
  /** words of the names of states and districts */
  readonly #regions = new Set<string>();
  #loaded = false;

  constructor(db: Database) {
    const begins = (index: string, where: string) => `SELECT ${columns} FROM entry INDEXED BY ${index}
      WHERE agency = ? AND name >= ? AND name < ? AND shown = 1 ${where} LIMIT ?`;
    this.#begins = db.prepare(begins('entry_name', ''));
    this.#beginsLarge = db.prepare(begins('entry_large', `AND population >= ${large}`));
    this.#regionNames = db
      .prepare<[], string>('SELECT state FROM entry UNION SELECT district FROM entry WHERE district IS NOT NULL')
      .pluck();
    this.#match = db
      .prepare<[string, number], number>('SELECT rowid FROM entry_text WHERE entry_text MATCH ? LIMIT ?')
      .pluck();
    this.#row = db.prepare(`SELECT ${columns} FROM entry WHERE id = ? AND shown = 1`);
    this.#all = db
      .prepare<[], [number, string, number]>('SELECT id, names, population FROM entry WHERE shown = 1')
      .raw();
  }

  /** Takes up the names of a place that is new or changed. */
  add(id: number, names: readonly string[], population: number, regions: readonly string[]): void {
    if (!this.#loaded) return;
    this.#signatures.add(id, names, population);
    for (const region of regions) for (const word of region.split(' ')) this.#regions.add(word);
  }

  /** Reads the names into memory, as the first search would. */
  reload(): void {
    this.#signatures.clear();
    for (const [id, names, population] of this.#all.iterate()) {
      this.#signatures.add(id, names.split('\n'), population);
    }
    for (const region of this.#regionNames.all()) for (const word of region.split(' ')) this.#regions.add(word);
    this.#loaded = true;
  }

  /** `query`: folded. Best first: by rank, then by distance where it is asked for, then by inhabitants. */
  find(agency: string, query: string, many: number, passes: (row: Row) => boolean, near?: LatLon): FoundPlace[] {
    if (!this.#loaded) this.reload();
    const found = new Map<number, Candidate>();
    for (const text of new Set([query, inLatin(query)])) {
      const words = text.split(' ');
      // The last words may say where it is: they are tried as a part of the name first.
      for (let named = words.length; named >= Math.max(1, words.length - 3); named--) {
        const search = { layers: new Set([baseGazetteer, agency]), name: words.slice(0, named).join(' '), many };
        const where = words.slice(named);
        if (!where.every((word) => this.#isRegion(word))) break;
        this.#findName(search, found, (row) => where.every((word) => lies(row, word)) && passes(row));
        if ([...found.values()].some(({ rank }) => rank <= 1)) break;
      }
    }
    return [...found.values()]
      .map(({ row, ...one }) => ({ ...one, row, ...(near === undefined ? {} : { distance: distance(near, row) }) }))
      .sort(
        (a, b) =>
          a.rank - b.rank ||
          (a.distance ?? 0) - (b.distance ?? 0) ||
          b.row.population - a.row.population ||
          a.row.id - b.row.id,
      )
      .slice(0, many)
      .map(({ row: _row, ...one }) => one);
  }

  #findName(
    { layers, name, many }: { layers: ReadonlySet<string>; name: string; many: number },
    found: Map<number, Candidate>,
    passes: (row: Row) => boolean,
  ): void {
    const counter = new EditCounter(name);
    const take = (row: Row, errors: number) => {
      const rank = rankOf(row, name, errors, counter);
      if (rank === undefined || (found.get(row.id)?.rank ?? Infinity) <= rank) return;
      if (layers.has(row.agency) && passes(row)) found.set(row.id, { key: row.key, rank, row });
    };
    const enough = () => {
      let good = 0;
      for (const { rank } of found.values()) {
        if (rank === 0) return true;
        if (rank <= 2) good++;
      }
      return good >= many;
    };
    for (const agency of layers) {
      const after = `${name}\u{10ffff}`;
      for (const row of this.#beginsLarge.all(agency, name, after, mostRows)) take(row, 0);
      for (const row of this.#begins.all(agency, name, after, mostRows)) take(row, 0);
    }
    if (enough() || Array.from(name).length < 3) return;
    for (const row of this.#containing(name)) take(row, 0);
    const errors = name.length < 4 ? 0 : name.length < 8 ? 1 : 2;
    if (enough() || errors === 0) return;
    for (const { owner } of this.#signatures.similar(name, errors, mostRows / 2)) {
      const row = this.#row.get(owner);
      if (row !== undefined) take(row, errors);
    }
  }

  /** Whether a word begins the name of a state or district. */
  #isRegion(word: string): boolean {
    if (this.#regions.has(word)) return true;
    for (const region of this.#regions) if (region.startsWith(word)) return true;
    return false;
  }

  #containing(name: string): Row[] {
    const inside = trigrams(name).filter((trigram) => !trigram.startsWith(' ') && !trigram.endsWith(' '));
    const match = inside.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ');
    return this.#match.all(match, mostRows).flatMap((id) => this.#row.get(id) ?? []);
  }
}

/** How well a place's names fit; undefined: not within so many errors. */
function rankOf({ names }: Row, name: string, errors: number, counter: EditCounter): number | undefined {
  let best: number | undefined;
  for (const one of names.split('\n')) {
    let rank: number | undefined;
    if (one === name) return 0;
    if (one.startsWith(name)) rank = 1;
    else if (` ${one}`.includes(` ${name}`)) rank = 2;
    else if (one.includes(name)) rank = 3;
    else if (errors > 0) {
      const needed = counter.editsOf(one);
      if (needed <= errors) rank = 3 + needed;
    }
    if (rank !== undefined && (best === undefined || rank < best)) best = rank;
  }
  return best;
}

function lies({ state, district }: Row, word: string): boolean {
  return ` ${state} ${district ?? ''}`.includes(` ${word}`);
}
