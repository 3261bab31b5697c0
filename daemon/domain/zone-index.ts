import RBush, { type BBox } from 'rbush';
import type { VanKind } from '../../protocol/registry.ts';
import type { Zone } from '../../protocol/zone.ts';
import { type Box, type Outline, outlineOf } from './zone-geometry.ts';
import { ZoneHours } from './zone-schedule.ts';

/** A zone as it was for some time, ready to be asked about fixes. */
export interface LaidZone {
  readonly id: string;
  /** counts for fixes with `from` ≤ fixTime < `until`, UTC ms */
  readonly from: number;
  readonly until: number;
  readonly outline: Outline;
  /** a van leaves only this far beyond the edge, m */
  readonly margin: number;
  readonly dwell: number | undefined;
  readonly speedLimit: number | undefined;
  /** absent: always */
  readonly hours: ZoneHours | undefined;
  /** absent: all */
  readonly vans: ReadonlySet<string> | undefined;
  readonly kinds: ReadonlySet<VanKind> | undefined;
}

/** Of the size of a zone, and m at least: what a fix beyond the edge must exceed to be outside. */
const margin = { share: 0.1, least: 20 };

export function layZone(
  {
    id,
    shape,
    rules,
    schedule,
    vans,
    kinds,
  }: Pick<Zone, 'shape' | 'rules' | 'schedule' | 'vans' | 'kinds'> & {
    id: string;
  },
  timeZone: string,
  from: number,
  until = Infinity,
): LaidZone {
  const outline = outlineOf(shape);
  return {
    id,
    from,
    until,
    outline,
    margin: Math.max(margin.share * outline.size, margin.least),
    dwell: rules.dwellMinutes === undefined ? undefined : rules.dwellMinutes * 60_000,
    speedLimit: rules.speedLimit,
    hours: schedule === undefined ? undefined : new ZoneHours(schedule, timeZone),
    vans: vans === undefined ? undefined : new Set(vans),
    kinds: kinds === undefined ? undefined : new Set(kinds),
  };
}

/**
 * Zones, and their boxes packed so that those at a point are found with few looks at memory: with thousands of vans in
 * turn, that is what a look costs.
 */
export class ZoneList {
  /** from south to north */
  readonly zones: readonly LaidZone[];
  /** millionths of degrees: first all southern edges, then all northern, western and eastern ones */
  readonly #edges: Int32Array;
  readonly #tallest: number;

  constructor(zones: readonly LaidZone[]) {
    this.zones = zones.toSorted((a, b) => a.outline.south - b.outline.south);
    const boxes = this.zones.map(({ outline }) => outline);
    this.#edges = Int32Array.from([
      ...boxes.map(({ south }) => Math.floor(south * 1e6)),
      ...boxes.map(({ north }) => Math.ceil(north * 1e6)),
      // Across the 180th meridian the longitude decides nothing here.
      ...boxes.map((box) => (isAcross(box) ? -180e6 : Math.floor(box.west * 1e6))),
      ...boxes.map((box) => (isAcross(box) ? 180e6 : Math.ceil(box.east * 1e6))),
    ]);
    this.#tallest = boxes.reduce((most, { south, north }) => Math.max(most, Math.ceil((north - south) * 1e6) + 2), 0);
  }

  /** Puts those in whose box a point lies into `found`. */
  at(latitude: number, longitude: number, found: LaidZone[]): void {
    const edges = this.#edges;
    const count = this.zones.length;
    const y = latitude * 1e6;
    const x = longitude * 1e6;
    let first = 0;
    for (let end = count; first < end; ) {
      const middle = (first + end) >> 1;
      if ((edges[middle] ?? 0) < y - this.#tallest) first = middle + 1;
      else end = middle;
    }
    for (let i = first; i < count && (edges[i] ?? 0) <= y; i++) {
      if (y > (edges[i + count] ?? 0) || x < (edges[i + 2 * count] ?? 0) || x > (edges[i + 3 * count] ?? 0)) continue;
      const zone = this.zones[i];
      if (zone !== undefined) found.push(zone);
    }
  }

  /** How far the nearest box is in which a point does not lie, degrees of latitude. `cosine`: of the point's latitude */
  reach(latitude: number, longitude: number, cosine: number): number {
    const edges = this.#edges;
    const count = this.zones.length;
    const y = latitude * 1e6;
    const x = longitude * 1e6;
    let nearest = Infinity;
    for (let i = 0; i < count; i++) {
      const north = Math.max((edges[i] ?? 0) - y, y - (edges[i + count] ?? 0), 0);
      const east = Math.max((edges[i + 2 * count] ?? 0) - x, x - (edges[i + 3 * count] ?? 0), 0) * cosine;
      const square = north * north + east * east;
      if (square > 0 && square < nearest) nearest = square;
    }
    return Math.sqrt(nearest) / 1e6;
  }
}

function isAcross({ west, east }: Box): boolean {
  return east > 180 || west < -180;
}

/** Side of the cells whose zones are remembered, degrees (about 500 m), and how many cells at most. */
const cellsPerDegree = 200;
/** What is remembered around a cell beside it, of its side. */
const around = 0.5;
const mostCells = 100_000;
/** A cell with more zones than this is not gone through one by one. */
const mostInCell = 400;

let editions = 0;

interface Entry extends BBox {
  zone: LaidZone;
}

/**
 * The zones of an agency by where they are: an R-tree, and before it what it has answered for whole cells, since vans
 * stay in the same few streets all day. With all versions of a zone; whoever asks looks at `from` and `until`.
 */
export class ZoneIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<LaidZone, Entry[]>();
  readonly #cells = new Map<number, ZoneList | null>();
  #edition = ++editions;

  /** Another number after every change, and for every index. */
  get edition(): number {
    return this.#edition;
  }

  /** Many at once are quicker than one by one. */
  add(zones: readonly LaidZone[]): void {
    const added: Entry[] = [];
    for (const zone of zones) {
      const entries = entriesOf(zone);
      this.#entries.set(zone, entries);
      added.push(...entries);
    }
    this.#tree.load(added);
    this.#changed();
  }

  remove(zone: LaidZone): void {
    for (const entry of this.#entries.get(zone) ?? []) this.#tree.remove(entry);
    this.#entries.delete(zone);
    this.#changed();
  }

  #changed(): void {
    this.#cells.clear();
    this.#edition = ++editions;
  }

  /** Puts the zones in whose box a point lies into `found`. */
  at(latitude: number, longitude: number, found: LaidZone[]): void {
    const zones = this.#around(latitude, longitude);
    if (zones !== null) zones.at(latitude, longitude, found);
    else found.push(...this.#search(latitude, longitude, 0));
  }

  /** How far around a point no other box is, at least, degrees of latitude. `cosine`: of the point's latitude */
  reach(latitude: number, longitude: number, cosine: number): number {
    const zones = this.#around(latitude, longitude);
    if (zones === null) return 0;
    const y = (latitude + 90) * cellsPerDegree;
    const x = (longitude + 180) * cellsPerDegree;
    const [north, east] = [y - Math.floor(y), x - Math.floor(x)];
    // Up to where the boxes of the cell are known.
    const known = Math.min(Math.min(north, 1 - north) + around, (Math.min(east, 1 - east) + around) * cosine);
    return Math.min(known / cellsPerDegree, zones.reach(latitude, longitude, cosine));
  }

  /** The zones of the cell in which a point lies; null: too many. */
  #around(latitude: number, longitude: number): ZoneList | null {
    const row = Math.floor((latitude + 90) * cellsPerDegree);
    const column = Math.floor((longitude + 180) * cellsPerDegree);
    // Fewer than 2^32 cells: a number of 32 bits, which is found faster.
    const cell = (row * (361 * cellsPerDegree) + column) | 0;
    let zones = this.#cells.get(cell);
    if (zones === undefined) {
      zones = this.#cell((row - around) / cellsPerDegree - 90, (column - around) / cellsPerDegree - 180);
      if (this.#cells.size >= mostCells) this.#cells.clear();
      this.#cells.set(cell, zones);
    }
    return zones;
  }

  /** null: too many */
  #cell(south: number, west: number): ZoneList | null {
    // A hair wider than that, for what rounding puts in it.
    const found = this.#search(south - 1e-9, west - 1e-9, (1 + 2 * around) / cellsPerDegree + 2e-9);
    return found.length > mostInCell ? null : new ZoneList(found);
  }

  #search(south: number, west: number, side: number): LaidZone[] {
    const found = this.#tree.search({ minX: west, minY: south, maxX: west + side, maxY: south + side });
    // One that lies across the 180th meridian has two entries.
    return [...new Set(found.map(({ zone }) => zone))];
  }
}

/** One entry, or two where the zone lies across the 180th meridian. */
function entriesOf(zone: LaidZone): Entry[] {
  const { south, west, north, east } = zone.outline;
  const turns = [0, ...(east > 180 ? [-360] : []), ...(west < -180 ? [360] : [])];
  return turns.map((turn) => ({ minX: west + turn, minY: south, maxX: east + turn, maxY: north, zone }));
}
