import type { Database, Statement } from 'better-sqlite3';
import { distance, type LatLon } from '../../protocol/geo.ts';
import type { PlaceKind } from '../../protocol/place.ts';

/** Degrees of a cell's side: about 2 km. */
const side = 0.02;
/** cells around the earth */
const around = 360 / side;
/** Rings of cells that are looked at, one after the other; the last reaches about 70 km. */
const rings = [0, 1, 2, 4, 8, 16, 32];
/** m of a degree of latitude; a little less than it is, for bounds */
const degree = 110_500;

/** The cell of the grid a point lies in: rows from the south, columns from the west. */
export function cellOf({ latitude, longitude }: LatLon): number {
  return rowOf(latitude) * around + columnOf(longitude);
}
function rowOf(latitude: number): number {
  return Math.floor((latitude + 90) / side);
}
function columnOf(longitude: number): number {
  return Math.floor((longitude + 180) / side) % around;
}

interface Point extends LatLon {
  agency: string;
  key: string;
  kind: PlaceKind;
}

/** Finds the places nearest to a point by looking at the cells around it, ring by ring. */
export class PlaceGrid {
  readonly #cells: Statement<[number, number], Point>;

  constructor(db: Database) {
    this.#cells = db.prepare(
      'SELECT agency, key, kind, latitude, longitude FROM entry INDEXED BY entry_cell WHERE cell BETWEEN ? AND ?',
    );
  }

  /** The nearest `many` that pass, nearest first; nothing that is farther away than about 70 km. */
  nearest(point: LatLon, many: number, passes: (place: Point) => boolean): (Point & { distance: number })[] {
    let found: (Point & { distance: number })[] = [];
    let inside = -1;
    for (const ring of rings) {
      // Asking whether a place passes costs more than its distance.
      const farthest = found[many - 1]?.distance ?? Infinity;
      for (const place of this.#between(point, ring, inside)) {
        const away = distance(point, place);
        if (away < farthest && passes(place)) found.push({ ...place, distance: away });
      }
      found.sort((a, b) => a.distance - b.distance);
      found = found.slice(0, Math.max(many, 1));
      inside = ring;
      const worst = found[many - 1];
      if (worst !== undefined && worst.distance <= this.#sure(point, ring)) break;
    }
    return found.slice(0, many);
  }

  /** The points in the square of `ring` cells around the point's own, without those in the square of `inside`. */
  *#between({ latitude, longitude }: LatLon, ring: number, inside: number): Generator<Point> {
    const row = rowOf(latitude);
    const column = columnOf(longitude);
    for (let y = row - ring; y <= row + ring; y++) {
      const outer = Math.abs(y - row) > inside;
      if (outer) yield* this.#row(y, column - ring, column + ring);
      else {
        yield* this.#row(y, column - ring, column - inside - 1);
        yield* this.#row(y, column + inside + 1, column + ring);
      }
    }
  }

  /** Columns go on beyond the 180th meridian on the other side. */
  *#row(y: number, west: number, east: number): Generator<Point> {
    if (east < 0) return yield* this.#row(y, west + around, east + around);
    if (west >= around) return yield* this.#row(y, west - around, east - around);
    if (west < 0) yield* this.#row(y, west + around, around - 1);
    if (east >= around) yield* this.#row(y, 0, east - around);
    yield* this.#cells.all(y * around + Math.max(west, 0), y * around + Math.min(east, around - 1));
  }

  /** m within which nothing can lie outside the square */
  #sure({ latitude, longitude }: LatLon, ring: number): number {
    const within = (value: number) => {
      const part = value / side - Math.floor(value / side);
      return (ring + Math.min(part, 1 - part)) * side;
    };
    const narrow = Math.cos((Math.min(89.9, Math.abs(latitude) + (ring + 1) * side) * Math.PI) / 180);
    return Math.min(within(latitude + 90), within(longitude + 180) * narrow) * degree;
  }
}
