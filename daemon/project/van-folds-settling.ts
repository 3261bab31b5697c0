import type { Position } from '../../protocol/position.ts';
import { type FoldTrails, Refold, staleFrom } from './van-folds-refold.ts';
import { type FoldRun, isBetween } from './van-folds-run.ts';
import { isSettled, type KeptFact, type VanFold } from './van-folds-state.ts';
import type { VanFoldsTable } from './van-folds-table.ts';
import { replace } from './van-folds-unsaved.ts';

/** How facts became known. */
export interface Telling {
  /** found at fixes no newer than others that were gone through before: history is corrected, nothing happens now */
  late: boolean;
  /** facts told before that turned out to be none */
  withdrawn: readonly KeptFact[];
}
export type FactsListener = (agency: string, vanId: string, facts: readonly KeptFact[], how: Telling) => void;

/** Pages of one van's trail that are gone through in a row. */
export const pagesAtOnce = 40;

/** Brings folds up to their vans' trails: fix by fix where that is all, else from where something has changed. */
export class Settling {
  readonly run: FoldRun;
  /** folds that are not settled */
  readonly waiting = new Set<VanFold>();
  /** folds with something to be written */
  readonly unsaved = new Set<VanFold>();
  readonly #trails: FoldTrails;
  readonly #refolds = new Map<VanFold, Refold>();
  readonly #listeners = new Set<FactsListener>();
  #found: KeptFact[] = [];
  #open: VanFoldsTable | undefined;

  constructor(run: FoldRun, trails: FoldTrails) {
    this.run = run;
    this.#trails = trails;
  }

  /** Begins anew, over these tables. */
  open(table: VanFoldsTable): void {
    this.#open = table;
    for (const set of [this.waiting, this.unsaved, this.#refolds]) set.clear();
  }

  get table(): VanFoldsTable {
    if (this.#open === undefined) throw new Error('the folds of the vans are not open');
    return this.#open;
  }

  onFacts(listener: FactsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The usual case: a fix that is the newest of its van, and shown by it. */
  take(fold: VanFold, position: Position): void {
    if (fold.states.length === 0) this.#catchUp(fold, position.fixTime);
    if (!isSettled(fold)) {
      this.wait(fold, position.fixTime);
      return;
    }
    const found = this.#found;
    const { end } = fold;
    if (isBetween(fold.key, end, position.fixTime)) {
      const checkpoint = { time: end, states: this.run.copy(fold.states) };
      replace(this.table, fold, end, Number.POSITIVE_INFINITY, [], [checkpoint]);
      this.unsaved.add(fold);
    }
    this.run.take(fold.agency, fold.vanId, fold.states, position, found);
    if (found.length > 0) {
      replace(this.table, fold, end, Number.POSITIVE_INFINITY, found, []);
      this.unsaved.add(fold);
    }
    fold.end = position.fixTime;
    fold.seen = position.fixTime;
    if (found.length === 0) return;
    this.#found = [];
    this.#tell(fold, found, { late: false, withdrawn: [] });
  }

  /** Before a newest fix is taken: what was before it in the trail of a van that is new, or not read since the start. */
  #catchUp(fold: VanFold, fixTime: number): void {
    fold.seen = Math.max(fold.seen, fixTime - 1);
    this.settle(fold, pagesAtOnce, fixTime - 1);
    if (fold.states.length > 0) fold.seen = fold.end;
  }

  /** The newest fix of a device is not believed until its next one says so. */
  doubt(fold: VanFold, device: string, fixTime: number): void {
    fold.doubts ??= new Map();
    fold.doubts.set(device, Math.max(fixTime, fold.doubts.get(device) ?? fixTime));
    fold.changed = true;
    this.unsaved.add(fold);
  }

  /** A fix of one of its devices came that is not simply its newest. */
  late(fold: VanFold, device: string, fixTime: number): void {
    const doubt = fold.doubts?.get(device) ?? fixTime;
    if (doubt < fixTime) {
      fold.doubts?.delete(device);
      if (fold.doubts?.size === 0) fold.doubts = undefined;
      fold.changed = true;
      this.unsaved.add(fold);
    }
    fold.seen = Math.max(fold.seen, doubt);
    fold.late ??= new Map();
    const span = fold.late.get(device);
    fold.late.set(device, {
      first: Math.min(fixTime, doubt, span?.first ?? fixTime),
      last: Math.max(fixTime, doubt, span?.last ?? fixTime),
    });
    this.#giveUp(fold);
    this.waiting.add(fold);
  }

  /** From a time on (UTC ms) everything may be otherwise. */
  stale(fold: VanFold, from: number): void {
    fold.stale = { from: Math.min(from, fold.stale?.from ?? from), to: Number.POSITIVE_INFINITY };
    this.#giveUp(fold);
    this.waiting.add(fold);
  }

  /** A refold that is under way begins anew. */
  #giveUp(fold: VanFold): void {
    const refold = this.#refolds.get(fold);
    if (refold === undefined) return;
    this.#refolds.delete(fold);
    const { from, to } = refold.stale;
    fold.stale = { from: Math.min(from, fold.stale?.from ?? from), to: Math.max(to, fold.stale?.to ?? to) };
  }

  /** Its trail is to be read up to `seen` (UTC ms). */
  wait(fold: VanFold, seen: number): void {
    fold.seen = Math.max(fold.seen, seen);
    this.waiting.add(fold);
  }

  /** Goes through what is stale, some pages at most; what is left waits. */
  settle(fold: VanFold, pages: number, limit = Number.POSITIVE_INFINITY): void {
    for (let page = 0; page < pages; page++) {
      let refold = this.#refolds.get(fold);
      if (refold === undefined) {
        if (isSettled(fold)) break;
        const { fold: run, trails, table } = { fold: this.run, trails: this.#trails, table: this.table };
        refold = new Refold({ run, trails, table }, fold, limit);
        this.#refolds.set(fold, refold);
      }
      const found = refold.advance(limit);
      if (found === undefined) continue;
      this.#refolds.delete(fold);
      this.unsaved.add(fold);
      const late = found.facts.filter(({ at }) => at <= found.lateUpTo);
      const fresh = found.facts.filter(({ at }) => at > found.lateUpTo);
      const { withdrawn } = found;
      if (late.length > 0 || withdrawn.length > 0) this.#tell(fold, late, { late: true, withdrawn });
      if (fresh.length > 0) this.#tell(fold, fresh, { late: false, withdrawn: [] });
      if (limit < Number.POSITIVE_INFINITY) return;
    }
    if (!isSettled(fold)) {
      this.waiting.add(fold);
      return;
    }
    this.waiting.delete(fold);
    this.#keepStale(fold, undefined);
  }

  /** Before a save: what a restart must know of the folds that wait. */
  keepWaiting(): void {
    for (const fold of this.waiting) {
      const from = Math.min(this.#refolds.get(fold)?.stale.from ?? Infinity, staleFrom(this.#trails, fold));
      // What is newer than the newest checkpoint is gone through again anyway.
      this.#keepStale(fold, from <= fold.end ? from : undefined);
    }
  }

  #keepStale(fold: VanFold, from: number | undefined): void {
    if (fold.savedStale === from) return;
    fold.savedStale = from;
    fold.changed = true;
    this.unsaved.add(fold);
  }

  #tell(fold: VanFold, facts: readonly KeptFact[], how: Telling): void {
    for (const listener of this.#listeners) listener(fold.agency, fold.vanId, facts, how);
  }
}
