import type { Device } from '../../protocol/registry.ts';
import type { LogError } from '../log/log.ts';
import type { Input, Rejection } from './format.ts';

/** Who sent it, proven by credentials. Everything that comes in goes through one Intake: decode → admit → log. */
export interface Sender {
  agency: string;
  device: Device;
  /** for people and dead letters: the MQTT topic or HTTP route it came by, without credentials */
  via: string;
}

/** What became of one message, item by item. */
export interface Outcome {
  accepted: number;
  /** fixes that were kept already (same device, same fixTime) */
  duplicates: number;
  /** refused items; each is kept as a dead letter */
  rejected: readonly Rejection[];
  /** rightly no position in it: what it was */
  ignored?: string;
}

export interface Intake {
  /**
   * Takes one message. `settled` is called exactly once: without an error when everything in it (positions and dead
   * letters) is durable, with a LogError when nothing of it was kept and the sender must send it again.
   */
  take(input: Input, sender: Sender, settled: (error: LogError | undefined, outcome: Outcome) => void): void;
}
