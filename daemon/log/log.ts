import type { LogRecord, Topic } from '../../protocol/record.ts';

/**
 * The log is the waist of the daemon and its only truth: an ordered, durable list of records. Ingest and commands
 * append; projections read; neither knows the other. Two logs stand behind this interface (embedded, Kafka) and one
 * contract suite (`contract.ts`) runs on both.
 */
export interface Log {
  start(): Promise<void>;
  /** Finishes what was accepted, then closes. Stopping twice is harmless. */
  stop(): Promise<void>;
  /**
   * Appends in call order. `settled` is called once, in call order: without an error after the records are durable
   * (committed with `synchronous=FULL`) _and_ after every tail handler has been given them; with an error when they
   * are not in the log and never will be. All records of one call become durable together or not at all.
   */
  append(records: readonly LogRecord[], settled: (error?: LogError) => void): void;
  /**
   * Records after `from` (null: from the beginning), in order, up to `upTo`, or to the head at the time of the call.
   * Batches need not be those of another read, but none reaches beyond `upTo`.
   */
  read(from: Cursor | null, topics?: readonly Topic[], upTo?: Cursor): AsyncIterable<LogBatch>;
  /**
   * Calls `handler` with everything after `from`: first what is already there, then each commit as it happens.
   * The handler is synchronous; while it throws nothing is lost, the error goes to `onError` and reading goes on.
   * Resolves, when it has caught up with the head once, to a function that ends the tail.
   */
  tail(from: Cursor | null, handler: (batch: LogBatch) => void): Promise<() => void>;
  /** The newest durable place, or null for an empty log. */
  head(): Cursor | null;
  /** Whether everything up to `other` lies at or before `cursor`. Throws UnknownCursor for one of another log. */
  covers(cursor: Cursor, other: Cursor): boolean;
  /** Bytes accepted by `append` and not yet durable; ingest holds back at its cap. */
  waitingBytes(): number;
  status(): LogStatus;
}

/** A place in the log: opaque to everyone outside `daemon/log/`; safe in URLs and frames. */
export type Cursor = string;

/** The records of one commit (or a part of one when reading), and the place after them. */
export interface LogBatch {
  cursor: Cursor;
  records: readonly LogRecord[];
}

export interface LogStatus {
  /** true: appends are being accepted and become durable */
  writable: boolean;
  /** one line for readiness, when something is wrong: what, since when, what to do */
  problem?: string;
  /** stretches of the log that were found damaged and set aside, newest first */
  damage: readonly { at: number; detail: string; records: number | null; file: string }[];
  records: number;
  bytes: number;
}

/** Thrown or passed on when the log cannot take records: the disk is full, the file is gone, the log is stopped. */
export class LogError extends Error {
  override name = 'LogError';
  /** `full`: no room on the disk (it recovers by itself); `closed`; `io`: anything else the disk said */
  readonly kind: 'full' | 'closed' | 'io';
  constructor(kind: 'full' | 'closed' | 'io', message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The cursor was made by another log (or another life of it): start from a snapshot. */
export class UnknownCursor extends Error {
  override name = 'UnknownCursor';
}
