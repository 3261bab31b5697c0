import type { FoldStep, TimedFact } from '../domain/fold.ts';

/** A step, whatever its state and facts are: the engine only passes them on. */
export type AnyStep = FoldStep<unknown, TimedFact>;

/** A fact, and what found it. */
export interface KeptFact {
  /** name of the step */
  step: string;
  /** fixTime of the fix at which it was found, UTC ms */
  at: number;
  fact: TimedFact;
}

/** The states of all steps after the fix at `time`. */
export interface Checkpoint {
  time: number;
  states: readonly unknown[];
}

/** What replaces everything that is in the file of a van for `after` < time ≤ `until`. */
interface Unsaved {
  after: number;
  until: number;
  /** false: the file has nothing there */
  replaces: boolean;
  facts: KeptFact[];
  checkpoints: Checkpoint[];
}

/** When a device was on the van, and how fast it may go there (km/h): what its trail depends on beside the fixes. */
export interface Source {
  device: string;
  from: number;
  /** null: still */
  to: number | null;
  /** null: none */
  limit: number | null;
}

/** One van, as far as its trail has been gone through. */
export interface VanFold {
  readonly key: number;
  readonly agency: string;
  readonly vanId: string;
  /** fixTime of the last fix that is in `states`; −1: none */
  end: number;
  /** empty: not read from the file yet, the newest checkpoint there is that of `end` */
  states: unknown[];
  sources: Source[];
  /** what it shows is not to be taken from the live state for fixes before this time, UTC ms */
  restlessUntil: number;
  /** the trail is to be read up to here, UTC ms; Infinity: to its end */
  seen: number;
  /** what may be otherwise in the trail than when it was gone through, UTC ms, both ends included */
  stale: { from: number; to: number } | undefined;
  /** from when on the file says that the trail is stale; undefined: it is not, as far as the file goes */
  savedStale: number | undefined;
  /** fixes that came late, by device: the times of the first and the last one */
  late: Map<string, { first: number; last: number }> | undefined;
  /** fixTime of a device's newest fix, where that is not believed until the next one says so */
  doubts: Map<string, number> | undefined;
  unsaved: Unsaved | undefined;
  /** sources, doubts or what is stale are not saved */
  changed: boolean;
}

/** Nothing of its trail is left to be gone through. */
export function isSettled(fold: VanFold): boolean {
  return fold.states.length > 0 && fold.stale === undefined && fold.late === undefined && fold.seen <= fold.end;
}

/** How long a device that has left the van may be in the way of another one there, ms: far longer than it is fresh. */
const aftermath = 36 * 3_600_000;

/**
 * Until when (UTC ms) the trail alone says which device a van shows. The live state knows what a device sent since it
 * left as well, and by that when it would have spoken again.
 */
export function restlessUntil(sources: readonly Source[]): number {
  if (new Set(sources.map(({ device }) => device)).size < 2) return Number.NEGATIVE_INFINITY;
  return Math.max(...sources.map(({ to }) => (to === null ? Number.NEGATIVE_INFINITY : to + aftermath)));
}

/**
 * Since when two lists of sources give another trail, UTC ms; undefined: they do not. The order of devices follows from
 * the times, so it makes no difference of its own.
 */
export function sourcesDiffer(before: readonly Source[], after: readonly Source[]): number | undefined {
  let earliest = Number.POSITIVE_INFINITY;
  for (const device of new Set([...before, ...after].map((source) => source.device))) {
    const [one, other] = [before, after].map((list) => list.filter((source) => source.device === device));
    for (let i = 0; i < Math.max(one?.length ?? 0, other?.length ?? 0); i++) {
      const [a, b] = [one?.[i], other?.[i]];
      if (a === undefined || b === undefined) earliest = Math.min(earliest, a?.from ?? b?.from ?? 0);
      else if (a.limit !== b.limit || a.from !== b.from) earliest = Math.min(earliest, a.from, b.from);
      else if (a.to !== b.to) earliest = Math.min(earliest, a.to ?? Infinity, b.to ?? Infinity);
    }
  }
  return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
}
