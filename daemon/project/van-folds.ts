import type { Database } from 'better-sqlite3';
import type { Position } from '../../protocol/position.ts';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Assignment } from '../../protocol/registry.ts';
import { trailPointOf } from '../../protocol/trail.ts';
import type { TimedFact } from '../domain/fold.ts';
import { type RegistryView, vanAt } from '../domain/registry-view.ts';
import type { Cursor } from '../log/log.ts';
import { inaccurate } from './jumps.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import { type FoldTrails, Refold } from './van-folds-refold.ts';
import { FoldRun, isBetween } from './van-folds-run.ts';
import { Sources } from './van-folds-sources.ts';
import {
  type AnyStep,
  isSettled,
  type KeptFact,
  restlessUntil,
  sourcesDiffer,
  type VanFold,
} from './van-folds-state.ts';
import { VanFoldsTable } from './van-folds-table.ts';
import { replace } from './van-folds-unsaved.ts';
import type { LiveView } from './world.ts';

export interface FoldsOptions {
  registry: RegistryView;
  trails: FoldTrails;
  live: LiveView;
  /** in the order in which each fix is given to them */
  steps: readonly AnyStep[];
  /** UTC ms; for expiry */
  now?: () => number;
  /** how long facts are kept, ms */
  keep?: number;
}

/** How facts became known. */
export interface Telling {
  /** found at fixes no newer than others that were gone through before: history is corrected, nothing happens now */
  late: boolean;
  /** facts told before that turned out to be none */
  withdrawn: readonly KeptFact[];
}
export type FactsListener = (agency: string, vanId: string, facts: readonly KeptFact[], how: Telling) => void;

const day = 86_400_000;
/** Work on trails that are to be gone through again: ms with a save, and pages of one van in a row. */
const workWithSave = 100;
const pagesAtOnce = 40;
/** Vans looked at for old facts with each save. */
const expiryStep = 20;
/** Saves that only work comes to are at least this far apart, ms. */
const restBetween = 500;

/**
 * Goes through the fixes of every van in the order of fixTime, step by step, and keeps the facts that are found. What it
 * goes through is the van's trail and nothing else, so its facts are the same in whatever order fixes and events came.
 *
 * A fix that is the newest of its van and shown by it (live.ts knows) is taken at once. Everything else (late fixes, a
 * device that was moved, settings that came later than the fixes they are for) makes a part of the trail stale, and that
 * part is gone through again from the checkpoint before it: with the next save, or when the van is asked about.
 *
 * Saved are checkpoints and facts, never the state at the end: after a restart that is made again from the newest
 * checkpoint. So a save costs little, whatever the number of vans. Comes after trails and live.
 */
export class VanFolds implements Projection {
  readonly name = 'van-folds';
  readonly version = 1;
  readonly topics = ['positions', 'events'] as const;
  /** what it has stays right; records it has taken are told by the trails */
  readonly lasting = true;
  /** when trails or registry were mended it looks at them again */
  readonly derived = true;
  readonly #trails: FoldTrails;
  readonly #live: LiveView;
  readonly #sources: Sources;
  readonly #run: FoldRun;
  readonly #now: () => number;
  readonly #keep: number;
  readonly #agencies = new Map<string, Map<string, VanFold>>();
  #byKey: VanFold[] = [];
  readonly #waiting = new Set<VanFold>();
  readonly #refolds = new Map<VanFold, Refold>();
  readonly #unsaved = new Set<VanFold>();
  readonly #listeners = new Set<FactsListener>();
  #found: KeptFact[] = [];
  #db: Database | undefined;
  #open: VanFoldsTable | undefined;
  /** the trails are as far as this is: a record has come since the start */
  #begun = false;
  #savedAt = 0;
  #nextExpiry = 0;

  constructor(options: FoldsOptions) {
    this.#trails = options.trails;
    this.#live = options.live;
    this.#sources = new Sources(options.registry);
    this.#run = new FoldRun(options.steps);
    this.#now = options.now ?? Date.now;
    this.#keep = options.keep ?? 3 * 365 * day;
  }

  /** Facts as they become known; returns an unsubscribe. A rebuild tells them as well. */
  onFacts(listener: FactsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What steps know of an agency has changed, for fixes from a time on (UTC ms). */
  changed(agency: string, from: number): void {
    for (const fold of this.#agencies.get(agency)?.values() ?? []) {
      if (fold.end >= from || fold.seen >= from) this.#stale(fold, from);
    }
  }

  /** The state of a step at the end of a van's trail, to be read only; undefined: nothing is known of the van. */
  state(agency: string, vanId: string, step: string): unknown {
    const fold = this.#settled(agency, vanId);
    return fold?.states[this.#run.indexOf(step)];
  }

  /**
   * A van's facts of one step that touch `from` ≤ time < `to` (UTC ms), in order. Of those that began before `from` the
   * newest few are looked at: facts of a step follow one another.
   */
  facts(agency: string, vanId: string, step: string, from: number, to: number): TimedFact[] {
    const fold = this.#settled(agency, vanId);
    if (fold === undefined) return [];
    const { key, unsaved } = fold;
    const over = ({ at }: KeptFact) => unsaved === undefined || at <= unsaved.after || at > unsaved.until;
    const found = [
      ...this.#table.newestBefore(key, step, from, unsaved === undefined ? 4 : 64),
      ...this.#table.from(key, step, from, to),
    ].filter(over);
    found.push(...(unsaved?.facts ?? []).filter((each) => each.step === step));
    return found
      .map(({ fact }) => fact)
      .filter((fact) => fact.from < to && (fact.from >= from || (fact.until ?? fact.from) > from))
      .sort((a, b) => a.from - b.from);
  }

  open(db: Database): void {
    if (this.#db === db) {
      // Other projections were exchanged.
      for (const fold of this.#byKey) this.#recheck(fold.agency, fold.vanId);
      return;
    }
    this.#db = db;
    this.#open = new VanFoldsTable(db);
    this.#agencies.clear();
    this.#byKey = [];
    for (const set of [this.#waiting, this.#refolds, this.#unsaved]) set.clear();
    this.#sources.forget();
    this.#begun = false;
    const same = this.#table.keepOnly(this.#run.signature);
    for (const kept of this.#table.vans()) {
      this.#enter({ ...kept, end: same ? kept.end : -1, seen: Number.POSITIVE_INFINITY });
      this.#recheck(kept.agency, kept.vanId);
    }
  }

  reset(db: Database): void {
    VanFoldsTable.drop(db);
    this.#db = undefined;
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    this.#begun = true;
    if (record.topic === 'events') this.#registered(record.agency, record.value);
    else if (record.topic === 'positions' && !changes.duplicate) this.#fix(record.agency, record.value);
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    this.#savedAt = performance.now();
    if (this.#begun) {
      for (const fold of this.#waiting) {
        if (performance.now() - this.#savedAt >= workWithSave) break;
        this.#settle(fold, pagesAtOnce);
      }
    }
    for (const fold of this.#unsaved) this.#table.put(fold);
    const oldest = this.#now() - this.#keep;
    for (let i = 0; i < Math.min(expiryStep, this.#byKey.length); i++) {
      const fold = this.#byKey[this.#nextExpiry++ % this.#byKey.length];
      if (fold !== undefined) this.#table.expire(fold.key, oldest);
    }
    return cursor;
  }

  saved(): void {
    for (const fold of this.#unsaved) {
      fold.unsaved = undefined;
      fold.changed = false;
    }
    this.#unsaved.clear();
  }

  wantsSave(): boolean {
    return this.#begun && this.#waiting.size > 0 && performance.now() - this.#savedAt >= restBetween;
  }

  #fix(agency: string, position: Position): void {
    const known = this.#sources.device(agency, position.device);
    if (known === undefined) return;
    const { assignments } = known;
    if (assignments.length > 1) {
      this.#fixOfMoved(agency, position, assignments);
      return;
    }
    const [only] = assignments;
    if (only === undefined || only.vanId === null || position.fixTime < only.from) return;
    known.fold ??= this.#of(agency, only.vanId);
    this.#fixOfVan(known.fold, position);
  }

  /** Of a device that is not on its first van: the neighbours of its fix may have been on another one. */
  #fixOfMoved(agency: string, position: Position, assignments: Assignment[]): void {
    const { device, fixTime } = position;
    const vanId = vanAt({ assignments }, fixTime);
    if (vanId !== null) this.#fixOfVan(this.#of(agency, vanId), position);
    if (inaccurate(trailPointOf(position))) return;
    const newest = this.#live.device(agency, device)?.fixTime === fixTime;
    for (const other of new Set(assignments.map((assignment) => assignment.vanId))) {
      const fold = other === null || other === vanId ? undefined : this.#agencies.get(agency)?.get(other);
      if (fold === undefined || (newest && fold.doubts?.has(device) !== true)) continue;
      this.#late(fold, device, fixTime);
      this.#wait(fold, Number.POSITIVE_INFINITY);
    }
  }

  #fixOfVan(fold: VanFold, position: Position): void {
    const { device, fixTime } = position;
    const shown = this.#live.van(fold.agency, fold.vanId);
    if (fold.doubts?.has(device) === true && !inaccurate(trailPointOf(position))) this.#late(fold, device, fixTime);
    if (fixTime < fold.restlessUntil) {
      this.#late(fold, device, fixTime);
      this.#wait(fold, Number.POSITIVE_INFINITY);
    } else if (shown?.fixTime === fixTime && shown.device === device && fixTime > fold.end) {
      if (fold.states.length === 0 || fold.seen < fixTime) this.#catchUp(fold, fixTime);
      if (isSettled(fold)) this.#take(fold, shown);
      else this.#wait(fold, fixTime);
    } else if (fixTime <= fold.end || (shown !== undefined && shown.fixTime > fixTime)) {
      this.#late(fold, device, fixTime);
      this.#wait(fold, Math.max(fixTime, shown?.fixTime ?? 0));
    } else if (!inaccurate(trailPointOf(position))) {
      const own = this.#live.device(fold.agency, device)?.fixTime;
      // Its own newest one, while the van shows another device: nothing will come of it.
      if (own === fixTime) return;
      if (own !== undefined && own > fixTime) this.#late(fold, device, fixTime);
      this.#doubt(fold, device, fixTime);
    }
  }

  /** The usual case: the newest fix of a van that is settled. */
  #take(fold: VanFold, position: Position): void {
    const found = this.#found;
    const { end } = fold;
    if (isBetween(fold.key, end, position.fixTime)) {
      const checkpoint = { time: end, states: this.#run.copy(fold.states) };
      replace(this.#table, fold, end, Number.POSITIVE_INFINITY, [], [checkpoint]);
      this.#unsaved.add(fold);
    }
    this.#run.take(fold.agency, fold.vanId, fold.states, position, found);
    if (found.length > 0) {
      replace(this.#table, fold, end, Number.POSITIVE_INFINITY, found, []);
      this.#unsaved.add(fold);
    }
    fold.end = position.fixTime;
    fold.seen = position.fixTime;
    if (found.length === 0) return;
    this.#found = [];
    this.#tell(fold, found, { late: false, withdrawn: [] });
  }

  /** Before a newest fix is taken: what was before it in the trail of a van that is new, or not read since the start. */
  #catchUp(fold: VanFold, fixTime: number): void {
    if (fold.states.length > 0) return;
    fold.seen = Math.max(fold.seen, fixTime - 1);
    this.#settle(fold, pagesAtOnce, fixTime - 1);
    if (fold.states.length > 0) fold.seen = fold.end;
  }

  #registered(agency: string, event: Event): void {
    switch (event.type) {
      case 'device-added':
      case 'device-moved':
      case 'device-enabled':
      case 'device-removed':
        this.#deviceChanged(agency, event.data.id);
        return;
      case 'van-added':
      case 'van-changed':
      case 'van-removed':
        this.#recheck(agency, event.data.id);
    }
  }

  #deviceChanged(agency: string, device: string): void {
    const vans = this.#sources.changed(agency, device);
    for (const vanId of vans) this.#recheck(agency, vanId);
    const folds = [...vans].flatMap((vanId) => this.#agencies.get(agency)?.get(vanId) ?? []);
    // A fix in doubt may be on another van now.
    const doubt = Math.max(...folds.map((fold) => fold.doubts?.get(device) ?? -1));
    if (doubt >= 0) for (const fold of folds) this.#doubt(fold, device, doubt);
  }

  #doubt(fold: VanFold, device: string, fixTime: number): void {
    fold.doubts ??= new Map();
    fold.doubts.set(device, fixTime);
    fold.changed = true;
    this.#unsaved.add(fold);
  }

  /** Finds out whether a van has other devices than when its trail was gone through. */
  #recheck(agency: string, vanId: string): void {
    const sources = this.#sources.ofVan(agency, vanId);
    const known = this.#agencies.get(agency)?.get(vanId);
    if (known === undefined && sources.length === 0) return;
    const fold = known ?? this.#of(agency, vanId);
    // Its fixes may have come before its devices were heard of.
    if (known === undefined) fold.seen = Number.POSITIVE_INFINITY;
    const since = sourcesDiffer(fold.sources, sources);
    if (since === undefined) return;
    fold.sources = sources;
    fold.restlessUntil = restlessUntil(sources);
    fold.changed = true;
    this.#unsaved.add(fold);
    fold.seen = Number.POSITIVE_INFINITY;
    this.#stale(fold, since);
  }

  #late(fold: VanFold, device: string, fixTime: number): void {
    const doubt = fold.doubts?.get(device);
    if (doubt !== undefined) {
      fold.doubts?.delete(device);
      if (fold.doubts?.size === 0) fold.doubts = undefined;
      fold.seen = Math.max(fold.seen, doubt);
      fold.changed = true;
      this.#unsaved.add(fold);
    }
    fold.late ??= new Map();
    const { late } = fold;
    const span = late.get(device);
    const [first, last] = [Math.min(fixTime, doubt ?? fixTime), Math.max(fixTime, doubt ?? fixTime)];
    late.set(device, { first: Math.min(first, span?.first ?? first), last: Math.max(last, span?.last ?? last) });
    this.#giveUp(fold);
    this.#waiting.add(fold);
  }

  #stale(fold: VanFold, from: number): void {
    fold.stale = { from: Math.min(from, fold.stale?.from ?? from), to: Number.POSITIVE_INFINITY };
    this.#giveUp(fold);
    this.#waiting.add(fold);
  }

  /** A refold that is under way begins anew. */
  #giveUp(fold: VanFold): void {
    const refold = this.#refolds.get(fold);
    if (refold === undefined) return;
    this.#refolds.delete(fold);
    const { from, to } = refold.stale;
    fold.stale = { from: Math.min(from, fold.stale?.from ?? from), to: Math.max(to, fold.stale?.to ?? to) };
  }

  #wait(fold: VanFold, seen: number): void {
    fold.seen = Math.max(fold.seen, seen);
    this.#waiting.add(fold);
  }

  /** Goes through what is stale, some pages at most; what is left waits. */
  #settle(fold: VanFold, pages: number, limit = Number.POSITIVE_INFINITY): void {
    for (let page = 0; page < pages; page++) {
      let refold = this.#refolds.get(fold);
      if (refold === undefined) {
        if (isSettled(fold)) break;
        const { fold: run, trails, table } = { fold: this.#run, trails: this.#trails, table: this.#table };
        refold = new Refold({ run, trails, table }, fold, limit);
        this.#refolds.set(fold, refold);
      }
      const found = refold.advance(limit);
      if (found === undefined) continue;
      this.#refolds.delete(fold);
      this.#unsaved.add(fold);
      const late = found.facts.filter(({ at }) => at <= found.lateUpTo);
      const fresh = found.facts.filter(({ at }) => at > found.lateUpTo);
      const { withdrawn } = found;
      if (late.length > 0 || withdrawn.length > 0) this.#tell(fold, late, { late: true, withdrawn });
      if (fresh.length > 0) this.#tell(fold, fresh, { late: false, withdrawn: [] });
      if (limit < Number.POSITIVE_INFINITY) return;
    }
    if (isSettled(fold)) this.#waiting.delete(fold);
    else this.#waiting.add(fold);
  }

  #settled(agency: string, vanId: string): VanFold | undefined {
    const fold = this.#agencies.get(agency)?.get(vanId);
    if (fold === undefined) return undefined;
    if (!isSettled(fold)) this.#settle(fold, Number.POSITIVE_INFINITY);
    return fold;
  }

  #tell(fold: VanFold, facts: readonly KeptFact[], how: Telling): void {
    for (const listener of this.#listeners) listener(fold.agency, fold.vanId, facts, how);
  }

  #of(agency: string, vanId: string): VanFold {
    const known = this.#agencies.get(agency)?.get(vanId);
    if (known !== undefined) return known;
    const key = (this.#byKey.at(-1)?.key ?? 0) + 1;
    const sources = this.#sources.ofVan(agency, vanId);
    const fold = this.#enter({ key, agency, vanId, end: -1, sources, doubts: undefined, seen: -1 });
    fold.changed = true;
    this.#unsaved.add(fold);
    return fold;
  }

  #enter(of: Pick<VanFold, 'key' | 'agency' | 'vanId' | 'end' | 'sources' | 'doubts' | 'seen'>): VanFold {
    const fold: VanFold = {
      ...of,
      restlessUntil: restlessUntil(of.sources),
      states: [],
      stale: undefined,
      late: undefined,
      unsaved: undefined,
      changed: false,
    };
    let vans = this.#agencies.get(fold.agency);
    if (vans === undefined) {
      vans = new Map();
      this.#agencies.set(fold.agency, vans);
    }
    vans.set(fold.vanId, fold);
    this.#byKey.push(fold);
    this.#waiting.add(fold);
    return fold;
  }

  get #table(): VanFoldsTable {
    if (this.#open === undefined) throw new Error('the folds of the vans are not open');
    return this.#open;
  }
}
