import type { LogRecord } from '../../protocol/record.ts';
import type { Log } from './log.ts';

/** A record of this daemon's spool on its way to the shared log. */
export interface Spooled {
  record: LogRecord;
  /** its place in the spool: greater than that of every record before it, and the same whenever it is sent again */
  sequence: number;
}

/**
 * A log that several daemons share. Its records say which daemon's spool they came from (`LogRecord.origin`); its own
 * readers drop what they have had of an origin already, so that sending a record again has no second effect.
 */
export interface RemoteLog extends Log {
  /**
   * Appends a part of this daemon's spool, in order. Resolves when all of it is durable; it is tried until then.
   * Rejects with a LogError (`closed`) when the log is stopped first: then the same part must be sent again later.
   */
  forward(part: readonly Spooled[]): Promise<void>;
  /** UTC ms since when no broker answers; undefined while one does */
  unreachableSince(): number | undefined;
  /** records at the brokers that the tail has not been given yet; undefined while that is not known */
  lag(): number | undefined;
}

/** Short messages between daemons of one log, to whoever listens now: nothing of it is kept for later readers. */
export interface Exchange {
  /** Resolves when it is sent; rejects with a LogError when that took longer than 5 s. */
  send(message: ExchangeMessage): Promise<void>;
  /** Messages of other daemons and of this one, from now on. */
  onMessage(listener: (message: ExchangeMessage) => void): () => void;
}

export type ExchangeMessage =
  /** a device has connected at `daemon`: its older connections elsewhere end */
  | { type: 'connected'; daemon: string; username: string; at: number }
  /** a command to a tracker, for whoever has it */
  | { type: 'command'; daemon: string; id: string; username: string; payload: string }
  | { type: 'command-answer'; daemon: string; id: string; delivered: boolean };
