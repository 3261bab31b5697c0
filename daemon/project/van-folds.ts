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
import type { FoldTrails } from './van-folds-refold.ts';
import { FoldRun } from './van-folds-run.ts';
import { type FactsListener, pagesAtOnce, Settling } from './van-folds-settling.ts';
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
  /** how long a save may go through trails again, ms; what is left waits for the next one */
  workWithSave?: number;
}

const day = 86_400_000;
/** Vans looked at for old facts with each save. */
const expiryStep = 20;
/** Saves that only work comes to are at least this far apart, ms. */
const restBetween = 125;

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
  readonly #live: LiveView;
  readonly #sources: Sources;
  readonly #settling: Settling;
  readonly #now: () => number;
  readonly #keep: number;
  readonly #workWithSave: number;
  readonly #agencies = new Map<string, Map<string, VanFold>>();
  #byKey: VanFold[] = [];
  #db: Database | undefined;
  /** trails and registry are as far as this is */
  #begun = false;
  #savedAt = 0;
  #nextExpiry = 0;

  constructor(options: FoldsOptions) {
    this.#live = options.live;
    this.#sources = new Sources(options.registry);
    this.#settling = new Settling(new FoldRun(options.steps), options.trails);
    this.#now = options.now ?? Date.now;
    this.#keep = options.keep ?? 3 * 365 * day;
    this.#workWithSave = options.workWithSave ?? 25;
  }

  /** Facts as they become known; returns an unsubscribe. A rebuild tells them as well. */
  onFacts(listener: FactsListener): () => void {
    return this.#settling.onFacts(listener);
  }

  /** What steps know of a van has changed, for fixes from a time on (UTC ms); without a van: of all of the agency. */
  changed(agency: string, from: number, vanId?: string): void {
    const vans = this.#agencies.get(agency);
    const only = vanId === undefined ? undefined : vans?.get(vanId);
    const folds = vanId === undefined ? vans?.values() : only && [only];
    for (const fold of folds ?? []) if (fold.end >= from || fold.seen >= from) this.#settling.stale(fold, from);
  }

  /** The state of a step at the end of a van's trail, to be read only; undefined: nothing is known of the van. */
  state(agency: string, vanId: string, step: string): unknown {
    const fold = this.#settled(agency, vanId);
    return fold?.states[this.#settling.run.indexOf(step)];
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
      ...this.#settling.table.newestBefore(key, step, from, unsaved === undefined ? 4 : 64),
      ...this.#settling.table.from(key, step, from, to),
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
      this.#begun = false;
      this.#begin();
      return;
    }
    this.#db = db;
    this.#settling.open(new VanFoldsTable(db));
    this.#agencies.clear();
    this.#byKey = [];
    this.#sources.forget();
    this.#begun = false;
    const same = this.#settling.table.keepOnly(this.#settling.run.signature);
    for (const kept of this.#settling.table.vans()) {
      this.#enter({ ...kept, end: same ? kept.end : -1, seen: Number.POSITIVE_INFINITY });
    }
  }

  reset(db: Database): void {
    VanFoldsTable.drop(db);
    this.#db = undefined;
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    this.#begin();
    if (record.topic === 'events') this.#registered(record.agency, record.value);
    else if (record.topic === 'positions' && !changes.duplicate) this.#fix(record.agency, record.value);
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    this.#savedAt = performance.now();
    if (this.#begun) {
      for (const fold of this.#settling.waiting) {
        if (performance.now() - this.#savedAt >= this.#workWithSave) break;
        this.#settling.settle(fold, pagesAtOnce);
      }
    }
    this.#settling.keepWaiting();
    for (const fold of this.#settling.unsaved) this.#settling.table.put(fold);
    const oldest = this.#now() - this.#keep;
    for (let i = 0; i < Math.min(expiryStep, this.#byKey.length); i++) {
      const fold = this.#byKey[this.#nextExpiry++ % this.#byKey.length];
      if (fold !== undefined) this.#settling.table.expire(fold.key, oldest);
    }
    return cursor;
  }

  saved(): void {
    for (const fold of this.#settling.unsaved) {
      fold.unsaved = undefined;
      fold.changed = false;
    }
    this.#settling.unsaved.clear();
  }

  wantsSave(): boolean {
    return this.#begun && this.#settling.waiting.size > 0 && performance.now() - this.#savedAt >= restBetween;
  }

  #fix(agency: string, position: Position): void {
    const known = this.#sources.device(agency, position.device);
    if (known === undefined) return;
    if (known.fold !== undefined && position.fixTime >= known.since) {
      this.#fixOfVan(known.fold, position);
      return;
    }
    const { assignments } = known;
    if (assignments.length > 1) {
      this.#fixOfMoved(agency, position, assignments);
      return;
    }
    const [only] = assignments;
    if (only === undefined || only.vanId === null || position.fixTime < only.from) return;
    known.fold = this.#of(agency, only.vanId);
    known.since = only.from;
    this.#fixOfVan(known.fold, position);
  }

  /** Of a device that is not on its first van: the neighbours of its fix may have been on another one. */
  #fixOfMoved(agency: string, position: Position, assignments: Assignment[]): void {
    const { device, fixTime } = position;
    const vanId = vanAt({ assignments }, fixTime);
    const newest = this.#live.device(agency, device)?.fixTime === fixTime;
    if (!inaccurate(trailPointOf(position))) {
      for (const other of new Set(assignments.map((assignment) => assignment.vanId))) {
        const fold = other === null ? undefined : this.#agencies.get(agency)?.get(other);
        if (fold === undefined || (newest && fold.doubts?.has(device) !== true)) continue;
        this.#settling.late(fold, device, fixTime);
        this.#settling.wait(fold, Number.POSITIVE_INFINITY);
      }
    }
    if (vanId !== null) this.#fixOfVan(this.#of(agency, vanId), position);
  }

  #fixOfVan(fold: VanFold, position: Position): void {
    const { device, fixTime } = position;
    const shown = this.#live.van(fold.agency, fold.vanId);
    if (fold.doubts?.has(device) === true && !inaccurate(trailPointOf(position)))
      this.#settling.late(fold, device, fixTime);
    if (fixTime < fold.restlessUntil) {
      this.#settling.late(fold, device, fixTime);
      this.#settling.wait(fold, Number.POSITIVE_INFINITY);
    } else if (shown?.fixTime === fixTime && shown.device === device && fixTime > fold.end) {
      this.#settling.take(fold, shown);
    } else if (fixTime <= fold.end || (shown !== undefined && shown.fixTime > fixTime)) {
      this.#settling.late(fold, device, fixTime);
      this.#settling.wait(fold, Math.max(fixTime, shown?.fixTime ?? 0));
    } else if (!inaccurate(trailPointOf(position))) {
      const own = this.#live.device(fold.agency, device)?.fixTime;
      // Its own newest one, while the van shows another device: nothing will come of it.
      if (own === fixTime) return;
      if (own === undefined || own < fixTime) this.#settling.doubt(fold, device, fixTime);
      else {
        this.#settling.late(fold, device, fixTime);
        this.#settling.wait(fold, own);
      }
    }
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
    if (doubt >= 0) for (const fold of folds) this.#settling.doubt(fold, device, doubt);
  }

  /** Once trails and registry are as far as this is: when the first record comes, or somebody asks. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    for (const fold of this.#byKey) this.#recheck(fold.agency, fold.vanId);
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
    this.#settling.unsaved.add(fold);
    fold.seen = Number.POSITIVE_INFINITY;
    this.#settling.stale(fold, since);
  }

  #settled(agency: string, vanId: string): VanFold | undefined {
    this.#begin();
    const fold = this.#agencies.get(agency)?.get(vanId);
    if (fold === undefined) return undefined;
    if (!isSettled(fold)) this.#settling.settle(fold, Number.POSITIVE_INFINITY);
    return fold;
  }

  #of(agency: string, vanId: string): VanFold {
    const known = this.#agencies.get(agency)?.get(vanId);
    if (known !== undefined) return known;
    const key = (this.#byKey.at(-1)?.key ?? 0) + 1;
    const sources = this.#sources.ofVan(agency, vanId);
    const fold = this.#enter({
      key,
      agency,
      vanId,
      end: -1,
      sources,
      doubts: undefined,
      savedStale: undefined,
      seen: -1,
    });
    fold.changed = true;
    this.#settling.unsaved.add(fold);
    return fold;
  }

  #enter(
    of: Pick<VanFold, 'key' | 'agency' | 'vanId' | 'end' | 'sources' | 'doubts' | 'savedStale' | 'seen'>,
  ): VanFold {
    const fold: VanFold = {
      ...of,
      restlessUntil: restlessUntil(of.sources),
      states: [],
      stale: of.savedStale === undefined ? undefined : { from: of.savedStale, to: Number.POSITIVE_INFINITY },
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
    this.#settling.waiting.add(fold);
    return fold;
  }
}
