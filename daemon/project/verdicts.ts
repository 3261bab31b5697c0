import type { Database } from 'better-sqlite3';
import type { Verdict } from '../domain/registry.ts';
import { type KeptVerdict, VerdictPages } from './verdict-pages.ts';

/** What became of a command, asked for by the id of its event. */
export interface RequestState {
  id: string;
  /** pending: this daemon has given it to the log, which has neither refused it nor brought it back yet */
  state: 'pending' | 'applied' | 'dropped';
  /** why it was dropped */
  detail?: string;
}

/** Who waits for the verdict about an event. */
interface Waiter {
  agency: string;
  /** whether anyone else was told of the event and may ask for it */
  asked: boolean;
  tell: (verdict: Verdict, id: string) => void;
}

/** How long a verdict is kept, ms, and how many, the newest (and some more: they go page by page). */
const keptMs = 86_400_000;
const keptCount = 100_000;
/** Commands the log refused that are remembered; they are in no log, so only this daemon can tell. */
const refusedCount = 1000;

/**
 * What became of the events of the last day. The registry projection keeps them with its own state, so every daemon on
 * a log can say it, also after a restart; those not saved yet are in memory, the others in the table. The first verdict
 * about an id stands: the same event a second time is dropped by what it expects, which says nothing about the first.
 */
export class Verdicts {
  readonly #now: () => number;
  readonly #unsaved = new Map<string, KeptVerdict>();
  readonly #pages = new VerdictPages();
  readonly #awaited = new Map<string, Waiter>();
  readonly #refused = new Map<string, { agency: string; why: string }>();
  /** about the event that was taken last, however old it is */
  #latest = { agency: '', id: '', dropped: false };

  /** `now`: UTC ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes the missing table. Those who wait go on waiting. */
  open(db: Database): void {
    this.#unsaved.clear();
    this.#pages.open(db);
  }

  save(db: Database): void {
    this.#pages.save(db, this.#unsaved, this.#now() - keptMs, keptCount);
  }

  saved(): void {
    this.#unsaved.clear();
    this.#pages.saved();
  }

  static drop(db: Database): void {
    VerdictPages.drop(db);
  }

  /** Resolves when the log has brought the event and it was applied or dropped. Ask before it is appended. */
  expect(agency: string, id: string): Promise<Verdict> {
    return new Promise((resolve) => this.#awaited.set(id, { agency, asked: true, tell: resolve }));
  }

  /**
   * The same for many events at once, as an import makes them: resolves when the log has brought all of them, to those
   * that were dropped, by their ids. Nobody else is told these ids, so nobody will ask for them, and they are not kept:
   * a long list would push out all that is.
   */
  expectAll(events: Iterable<{ agency: string; id: string }>): Promise<ReadonlyMap<string, Verdict>> {
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<string, Verdict>>();
    const dropped = new Map<string, Verdict>();
    let left = 1;
    const tell: Waiter['tell'] = (verdict, id) => {
      if (verdict !== 'applied') dropped.set(id, verdict);
      if (--left === 0) resolve(dropped);
    };
    let waiter: Waiter | undefined;
    for (const { agency, id } of events) {
      if (waiter?.agency !== agency) waiter = { agency, asked: false, tell };
      this.#awaited.set(id, waiter);
      left++;
    }
    tell('applied', ''); // of none: there is nothing to wait for
    return promise;
  }

  /** The log has said that it does not have the event and never will. */
  refused(id: string, why: string): void {
    const agency = this.#awaited.get(id)?.agency;
    this.#awaited.delete(id);
    if (agency === undefined) return;
    this.#refused.set(id, { agency, why });
    for (const oldest of this.#refused.keys()) {
      if (this.#refused.size <= refusedCount) break;
      this.#refused.delete(oldest);
    }
  }

  /** The log has brought an event; told for each, whoever made it. */
  take(agency: string, event: { id?: unknown; time?: unknown } | undefined, verdict: Verdict): void {
    const { id, time } = event ?? {};
    // What cannot be read may lack anything.
    if (typeof id !== 'string' || id.length > 64) return;
    this.#latest.agency = agency;
    this.#latest.id = id;
    this.#latest.dropped = verdict !== 'applied';
    const waiter = this.#awaited.get(id);
    if (waiter !== undefined) {
      this.#awaited.delete(id);
      waiter.tell(verdict, id);
      if (!waiter.asked) return;
    }
    if (typeof time !== 'number' || !(time >= this.#now() - keptMs) || this.#unsaved.has(id)) return;
    const dropped = verdict === 'applied' ? null : verdict.dropped.slice(0, 500);
    this.#unsaved.set(id, { agency, time: Math.trunc(time), dropped });
  }

  /**
   * Whether the event that projections are being given was dropped, for those that come after the one it is for. That
   * holds for the whole log, unlike `state`, and looks nothing up.
   */
  dropped(agency: string, id: string): boolean {
    const { agency: latestAgency, id: latestId, dropped } = this.#latest;
    if (latestId === id && latestAgency === agency) return dropped;
    return this.state(agency, id)?.state === 'dropped';
  }

  /** Undefined: nothing is known of such a command in this agency. */
  state(agency: string, id: string): RequestState | undefined {
    const kept = this.#pages.find(id) ?? this.#unsaved.get(id);
    if (kept !== undefined) {
      if (kept.agency !== agency || kept.time < this.#now() - keptMs) return undefined;
      return kept.dropped === null ? { id, state: 'applied' } : { id, state: 'dropped', detail: kept.dropped };
    }
    if (this.#awaited.get(id)?.agency === agency) return { id, state: 'pending' };
    const refused = this.#refused.get(id);
    if (refused?.agency !== agency) return undefined;
    return { id, state: 'dropped', detail: `the log did not take it: ${refused.why}` };
  }

  /** Commands of this daemon that wait for the log. */
  get undecided(): number {
    return this.#awaited.size;
  }
}
