import type { LatLon } from '../../protocol/geo.ts';
import type { Leg, TrackPoint, Way } from './route-finder.ts';

/*
 * Services answer for so many points at a time. What is longer is asked in parts, and put together here.
 */

/** Pieces of at most `most` points that share their ends: the last of one is the first of the next. */
function chained<T>(points: readonly T[], most: number): T[][] {
  const pieces: T[][] = [];
  for (let at = 0; at < points.length - 1; at += most - 1) pieces.push(points.slice(at, at + most));
  return pieces;
}

/** Legs over any number of points; null as soon as one piece has no way. */
export async function legsByPieces(
  points: readonly LatLon[],
  most: number,
  ask: (piece: LatLon[]) => Promise<Leg[] | null>,
): Promise<Leg[] | null> {
  const found = await Promise.all(chained(points, most).map(ask));
  const legs: Leg[] = [];
  for (const piece of found) {
    if (piece === null) return null;
    legs.push(...piece);
  }
  return legs;
}

/** The line under a track of any length; pieces that match nothing are left out. */
export async function snapByPieces(
  track: readonly TrackPoint[],
  most: number,
  ask: (piece: TrackPoint[]) => Promise<LatLon[] | null>,
): Promise<LatLon[] | null> {
  const found = await Promise.all(chained(track, most).map(ask));
  const line = found.flatMap((piece) => piece ?? []);
  return line.length < 2 ? null : line;
}

type AskMatrix = (from: readonly LatLon[], to: readonly LatLon[]) => Promise<(Way | null)[][] | null>;

/**
 * A matrix of any size, in blocks of at most `most` by `most`. A place without a road makes a service refuse its whole
 * block; then such places are looked for, and the others asked about again without them. A block that is not answered
 * stays empty; where none is, it rejects as the first one did.
 */
export async function matrixByBlocks(
  from: readonly LatLon[],
  to: readonly LatLon[],
  most: number,
  ask: AskMatrix,
): Promise<(Way | null)[][] | null> {
  const matrix: (Way | null)[][] = from.map(() => to.map(() => null));
  let failure: unknown;
  const fill = async (rows: readonly number[], columns: readonly number[]) => {
    if (rows.length === 0 || columns.length === 0) return 'refused';
    const pick = (places: readonly LatLon[], of: readonly number[]) => of.map((i) => places[i] as LatLon);
    const block = await ask(pick(from, rows), pick(to, columns)).catch((error: unknown) => {
      failure ??= error;
      return undefined;
    });
    if (block === undefined) return 'failed';
    block?.forEach((ways, i) => {
      for (const [j, way] of ways.entries()) (matrix[rows[i] as number] as (Way | null)[])[columns[j] as number] = way;
    });
    return block === null ? 'refused' : 'known';
  };
  const blocks = numbered(from.length, most).flatMap((rows) =>
    numbered(to.length, most).map((columns) => ({ rows, columns })),
  );
  const answered = await Promise.all(blocks.map(({ rows, columns }) => fill(rows, columns)));
  if (answered.every((how) => how === 'failed')) throw failure;
  const refused = blocks.filter((_, i) => answered[i] === 'refused');
  if (refused.length === 0) return matrix;
  const roadless = await placesWithoutRoad([...new Set([...from, ...to])], most, ask);
  const again = await Promise.all(
    refused.map(({ rows, columns }) =>
      fill(
        rows.filter((i) => !roadless.has(from[i] as LatLon)),
        columns.filter((i) => !roadless.has(to[i] as LatLon)),
      ),
    ),
  );
  return answered.includes('known') || again.includes('known') ? matrix : null;
}

/** Questions that are spent on finding places without a road; a few of them are found with a few times as many. */
const mostSearching = 40;

async function placesWithoutRoad(places: readonly LatLon[], most: number, ask: AskMatrix): Promise<Set<LatLon>> {
  const found = new Set<LatLon>();
  let left = mostSearching;
  const search = async (some: readonly LatLon[]): Promise<void> => {
    const [first] = some;
    if (first === undefined || left-- <= 0) return;
    // One column: as cheap as it can be.
    if ((await ask(some, [first]).catch(() => undefined)) !== null) return;
    if (some.length === 1) {
      found.add(first);
      return;
    }
    const half = some.length >> 1;
    await search(some.slice(0, half));
    await search(some.slice(half));
  };
  for (let at = 0; at < places.length; at += most) await search(places.slice(at, at + most));
  return found;
}

/** The numbers from 0 on, in groups of at most `most`. */
function numbered(count: number, most: number): number[][] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: Math.ceil(count / most) }, (_, i) => numbers.slice(i * most, (i + 1) * most));
}

/** Two tables as services answer them, s and lengths of so many metres each, as one. Throws where they do not fit. */
export function waysOf(answer: {
  durations: readonly (readonly (number | null)[])[];
  distances: readonly (readonly (number | null)[])[];
  rows: number;
  columns: number;
  metresEach: number;
}): (Way | null)[][] {
  const { durations, distances, rows, columns, metresEach } = answer;
  for (const cells of [durations, distances]) {
    expect(cells.length === rows && cells.every((row) => row.length === columns), 'a table of another size');
  }
  return durations.map((row, i) =>
    row.map((seconds, j) => {
      const length = distances[i]?.[j] ?? null;
      return seconds === null || length === null ? null : { metres: length * metresEach, seconds };
    }),
  );
}

/** Throws an Error with what is wrong unless it is so. */
export function expect(isSo: boolean, wrong: string): void {
  if (!isSo) throw new Error(wrong);
}
