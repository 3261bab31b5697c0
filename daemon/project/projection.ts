import type { Database } from 'better-sqlite3';
import type { LogRecord, Topic } from '../../protocol/record.ts';
import type { Cursor } from '../log/log.ts';

/**
 * One state that is derived from the log: `(state, record) → state`, kept in memory and in tables of its own in the
 * projections' SQLite file. The projector opens projections in order, gives them records in order (each record to
 * every projection before the next one), and saves all of them and their cursors in one transaction.
 *
 * Life: open, then apply and save alternately. `reset` comes only before `open`.
 */
export interface Projection {
  /** unique; also the key of its saved cursor, and a good prefix for its tables */
  readonly name: string;
  /** of its tables and of the meaning of its state; another number than the saved one: reset, rebuilt from the log */
  readonly version: number;
  /** it is given records of these topics only */
  readonly topics: readonly Topic[];
  /**
   * true: what it has saved stays right when the log no longer knows its cursor; instead of a reset it is given the
   * whole log again and drops what it has already (trails reach further back than the log does)
   */
  readonly lasting?: boolean;
  /** true: a record that is given a second time changes nothing; so it is with lasting ones */
  readonly repeatable?: boolean;
  /** true: what it has is made from other projections; `open` makes it look at them again, at any time */
  readonly derived?: boolean;
  /** Creates missing tables and loads the saved state. Projections before it in the order are open already. */
  open(db: Database): void;
  /**
   * Takes one record into the state in memory. Synchronous, and right for any record: a throw is a poison record,
   * which is logged, counted and skipped for this projection.
   */
  apply(record: LogRecord, place: Place, changes: ChangeCollector): void;
  /**
   * Writes what is not written yet; runs inside the projector's transaction. Returns the cursor from which this
   * projection must be given the log again after a restart: usually `cursor` (everything applied so far), an older one
   * when a part of the state is left unwritten, null for the beginning. `closing`: the daemon stops; leave nothing
   * unwritten. The transaction may still fail (disk full), so forget what was unwritten only in `saved`.
   */
  save(db: Database, cursor: Cursor | null, closing: boolean): Cursor | null;
  /** The transaction of the last `save` is committed. */
  saved?(): void;
  /** Whether it wants to be saved at once, to keep its memory bounded, or although nothing new came. */
  wantsSave?(): boolean;
  /** Drops its tables. */
  reset(db: Database): void;
  /** Takes everything down that it has: its state is replaced as a whole, and may have been wrong anywhere. */
  everything?(changes: ChangeCollector): void;
}

/** Where a record stands in the log. One object per batch. */
export interface Place {
  /** reading from here gives the record's batch again; null: the beginning */
  before: Cursor | null;
  /** the cursor of the record's batch */
  after: Cursor;
}

/** Takes down what a batch changes, per agency, for `World.onChange`. */
export interface ChangeCollector {
  /** a van's live position moved; `receivedAt` (UTC ms) of the position behind it, 0 for none */
  moved(agency: string, vanId: string, receivedAt: number): void;
  /** added, changed or removed */
  van(agency: string, id: string): void;
  consumer(agency: string, id: string): void;
  device(agency: string, id: string): void;
  /** booked or changed */
  order(agency: string, id: string): void;
  /** drawn, changed or removed */
  zone?(agency: string, id: string): void;
  /** somebody did something with it; those that open and close by the clock are told by `alerts.ts` */
  alert(agency: string, id: string): void;
  /**
   * About the record at hand, false for each new one: true once the trails found that its fix is kept already. For
   * projections that come after the trails.
   */
  duplicate: boolean;
}
