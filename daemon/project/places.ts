import type { Database } from 'better-sqlite3';
import type { LatLon } from '../../protocol/geo.ts';
import { baseGazetteer, type PlaceKind, type SeenPlace } from '../../protocol/place.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { applyPlace, type PlaceLayer, type PlaceView, placeEventOf, seen } from '../domain/place.ts';
import type { Cursor } from '../log/log.ts';
import { PlaceTable } from './place-table.ts';
import type { Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';

/** The gazetteer as http and the address look-up search it (`place-index.ts`). Every answer is what that agency sees. */
export interface PlaceFinder {
  /** by name, best first */
  search(
    agency: string,
    query: string,
    options: { limit: number; kind?: PlaceKind; near?: LatLon },
  ): Promise<SeenPlace[]>;
  /** nearest first, with their distance; nothing farther away than about 70 km */
  near(agency: string, point: LatLon, options: { limit: number; kinds?: readonly PlaceKind[] }): Promise<SeenPlace[]>;
  byPincode(agency: string, pincode: string, limit: number): Promise<SeenPlace[]>;
  /** cities of this name in a state; `removed`: those that were removed, as they would be restored */
  named(agency: string, name: string, state: string, removed?: boolean): Promise<SeenPlace[]>;
}

/** Places of a layer that changed; of the base: those that every agency sees. */
export interface PlacesChange {
  agency: string;
  keys: ReadonlySet<string>;
}

/**
 * The places of all layers, by their keys. What a batch of the log brings is written at once (see `wantsSave`), so that
 * a row waits in memory only while the disk is full.
 */
export class PlacesProjection implements Projection, PlaceView {
  readonly name = 'places';
  readonly version = 1;
  readonly topics = ['places'] as const;
  readonly #verdicts: Pick<Verdicts, 'take'> | undefined;
  readonly #table = new PlaceTable();
  #unwritten = new Map<string, { agency: string; key: string; layer: PlaceLayer }>();
  #change = 0;
  #listeners = new Set<(change: PlacesChange) => void>();

  constructor(deps: { verdicts?: Pick<Verdicts, 'take'> } = {}) {
    this.#verdicts = deps.verdicts;
  }

  layer(agency: string, key: string): PlaceLayer | undefined {
    return this.#unwritten.get(nameOf(agency, key))?.layer ?? this.#table.get(agency, key);
  }

  place(agency: string, key: string): SeenPlace | undefined {
    const base = this.layer(baseGazetteer, key);
    return seen(base, agency === baseGazetteer ? undefined : this.layer(agency, key));
  }

  /** How far the table has come, and in which of its lives: an index that has seen more is of another one. */
  get written(): { life: string; change: number } {
    const { life, change } = this.#table;
    return { life, change };
  }

  /** Told after each batch of the log, once per layer. */
  onChange(listener: (change: PlacesChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(db: Database): void {
    this.#unwritten = new Map();
    this.#table.open(db);
  }

  apply(record: LogRecord): void {
    const event = placeEventOf(record);
    if (event === undefined) return;
    const { agency } = record;
    const { key } = event.data;
    const { verdict, layer } = applyPlace(this.layer(agency, key), agency, event);
    if (layer !== undefined) this.#unwritten.set(nameOf(agency, key), { agency, key, layer });
    this.#verdicts?.take(agency, event, verdict);
  }

  wantsSave(): boolean {
    return this.#unwritten.size > 0;
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    this.#change = this.#table.put(this.#unwritten.values());
    return cursor;
  }

  saved(): void {
    this.#table.change = this.#change;
    if (this.#unwritten.size === 0) return;
    const changed = new Map<string, Set<string>>();
    for (const { agency, key } of this.#unwritten.values()) {
      const keys = changed.get(agency);
      if (keys === undefined) changed.set(agency, new Set([key]));
      else keys.add(key);
    }
    this.#unwritten.clear();
    for (const [agency, keys] of changed) for (const listener of this.#listeners) listener({ agency, keys });
  }

  reset(db: Database): void {
    this.#table.reset(db);
  }
}

function nameOf(agency: string, key: string): string {
  return `${agency}\n${key}`;
}
