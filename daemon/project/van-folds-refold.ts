import type { TrailPoint } from '../../protocol/trail.ts';
import { tellingFixes } from './freshness.ts';
import { inaccurate } from './jumps.ts';
import type { Trails } from './trails.ts';
import { type FoldRun, isBetween } from './van-folds-run.ts';
import type { Checkpoint, KeptFact, VanFold } from './van-folds-state.ts';
import type { VanFoldsTable } from './van-folds-table.ts';
import { checkpointAt, checkpointBefore, foundIn, replace } from './van-folds-unsaved.ts';

export type FoldTrails = Pick<Trails, 'van' | 'device' | 'newest'>;

/** What a refold has brought to light. */
export interface Found {
  /** facts that were not known, in order */
  facts: KeptFact[];
  /** facts that turned out to be none */
  withdrawn: KeptFact[];
  /** facts found up to here are about the past, UTC ms */
  lateUpTo: number;
}

/**
 * Goes through a part of a van's trail again: from the checkpoint before what has changed to the end, or to a checkpoint
 * after which everything is as it was. Page by page, so that a long trail may be gone through with pauses; nothing is
 * changed in the fold before the end.
 */
export class Refold {
  /** what had changed, UTC ms */
  readonly stale: { from: number; to: number };
  readonly #run: FoldRun;
  readonly #trails: FoldTrails;
  readonly #table: VanFoldsTable;
  readonly #fold: VanFold;
  readonly #after: number;
  readonly #lateUpTo: number;
  #states: unknown[];
  #time: number;
  /** where it found everything as it was, UTC ms */
  #same: number | undefined;
  #facts: KeptFact[] = [];
  #checkpoints: Checkpoint[] = [];
  #upTo: number;
  #pages: Iterator<TrailPoint[]>;

  /** Goes no farther than `limit` (UTC ms). */
  constructor(deps: { run: FoldRun; trails: FoldTrails; table: VanFoldsTable }, fold: VanFold, limit: number) {
    this.#run = deps.run;
    this.#trails = deps.trails;
    this.#table = deps.table;
    this.#fold = fold;
    this.stale = staleIn(deps.trails, fold);
    const known = fold.states.length > 0;
    this.#lateUpTo = known ? fold.end : Number.POSITIVE_INFINITY;
    if (known && this.stale.from > fold.end) {
      this.#states = deps.run.copy(fold.states);
      this.#time = fold.end;
    } else {
      const checkpoint = checkpointBefore(deps.table, fold, this.stale.from);
      // A checkpoint that is not written yet is still needed as it is.
      this.#states = checkpoint === undefined ? deps.run.initial() : deps.run.copy(checkpoint.states);
      this.#time = checkpoint?.time ?? -1;
    }
    this.#after = this.#time;
    this.#upTo = Math.min(fold.seen, limit);
    this.#pages = this.#read();
  }

  /** Goes through another page. What it has found, once it is at the end. */
  advance(limit: number): Found | undefined {
    const page = this.#pages.next();
    if (page.done !== true) {
      for (const point of page.value) {
        if (point.mark !== undefined || point.fixTime <= this.#time) continue;
        if (isBetween(this.#fold.key, this.#time, point.fixTime) && this.#asItWas()) return undefined;
        this.#run.take(this.#fold.agency, this.#fold.vanId, this.#states, point, this.#facts);
        this.#time = point.fixTime;
      }
      return undefined;
    }
    const upTo = Math.min(this.#fold.seen, limit);
    if (upTo > this.#upTo) {
      // More has come meanwhile.
      this.#upTo = upTo;
      this.#pages = this.#read();
      return undefined;
    }
    return this.#end();
  }

  /** Sets a checkpoint. Whether everything from there on is as it was: then it goes on at the old end. */
  #asItWas(): boolean {
    const fold = this.#fold;
    const time = this.#time;
    const checkpoint = { time, states: this.#run.copy(this.#states) };
    this.#checkpoints.push(checkpoint);
    if (this.#same !== undefined || time <= this.stale.to || fold.states.length === 0) return false;
    if (checkpointAt(this.#table, fold, time) !== JSON.stringify(checkpoint.states)) return false;
    this.#same = time;
    this.#states = this.#run.copy(fold.states);
    this.#time = fold.end;
    this.#pages = this.#read();
    return true;
  }

  #end(): Found {
    const fold = this.#fold;
    const upTo = this.#same ?? Number.POSITIVE_INFINITY;
    const replaced = this.#facts.filter(({ at }) => at <= upTo);
    const known = foundIn(this.#table, fold, this.#after, upTo);
    const { facts, withdrawn } = compare(known, replaced);
    const added = this.#facts.filter(({ at }) => at > upTo);
    const within = this.#checkpoints.filter(({ time }) => time <= upTo);
    replace(this.#table, fold, this.#after, upTo, replaced, within);
    if (this.#same !== undefined) {
      const later = this.#checkpoints.filter(({ time }) => time > upTo);
      if (added.length > 0 || later.length > 0) {
        replace(this.#table, fold, fold.end, Number.POSITIVE_INFINITY, added, later);
      }
    }
    fold.states = this.#states;
    fold.end = this.#time;
    if (fold.seen <= this.#upTo) fold.seen = fold.end;
    return { facts: [...facts, ...added], withdrawn, lateUpTo: this.#lateUpTo };
  }

  #read(): Iterator<TrailPoint[]> {
    const { agency, vanId } = this.#fold;
    return this.#trails.van(agency, vanId, this.#time + 1, this.#upTo + 1)[Symbol.iterator]();
  }
}

/** What of the fold's stretch is to be gone through again; takes it down as done. */
function staleIn(trails: FoldTrails, fold: VanFold): { from: number; to: number } {
  const stale = { from: Math.min(staleFrom(trails, fold), fold.end + 1), to: fold.stale?.to ?? fold.end };
  for (const [device, { last }] of fold.late ?? []) {
    stale.to = Math.max(stale.to, following(trails, fold.agency, device, last));
  }
  fold.stale = undefined;
  fold.late = undefined;
  return stale;
}

/** From when on the trail may be otherwise than when it was gone through, UTC ms; Infinity: nowhere. */
export function staleFrom(trails: Pick<FoldTrails, 'newest'>, fold: VanFold): number {
  let from = fold.stale?.from ?? Number.POSITIVE_INFINITY;
  for (const [device, { first }] of fold.late ?? []) {
    // A fix may set or clear the marks of its neighbours, of the first one by the third, and changes the rhythm of its
    // device, by which a spare waits, for as long as that remembers.
    const [before] = trails.newest(fold.agency, device, 2, first, (point) => !inaccurate(point));
    from = Math.min(from, before?.fixTime ?? first);
  }
  return from;
}

function following(trails: FoldTrails, agency: string, device: string, time: number): number {
  let count = 0;
  for (const page of trails.device(agency, device, time + 1, Number.POSITIVE_INFINITY)) {
    for (const point of page) if (!inaccurate(point) && ++count > tellingFixes) return point.fixTime;
  }
  return Number.POSITIVE_INFINITY;
}

function compare(known: readonly KeptFact[], found: readonly KeptFact[]): Pick<Found, 'facts' | 'withdrawn'> {
  const key = ({ step, fact }: KeptFact) => `${step} ${JSON.stringify(fact)}`;
  const before = new Set(known.map(key));
  const after = new Set(found.map(key));
  return {
    facts: found.filter((each) => !before.has(key(each))),
    withdrawn: known.filter((each) => !after.has(key(each))),
  };
}
