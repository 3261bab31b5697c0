import type { Fix } from '../../protocol/position.ts';
import type { Reason } from '../../protocol/record.ts';

/**
 * A payload format: one file each under `formats/`, listed in order in `formats/index.ts`. Pure: bytes in, fixes in
 * our units out. A format never throws for bad input; what it cannot read it names.
 */
export interface Format {
  name: string;
  /** Whether this format is to read the input; the first in the list that says so does. */
  reads(input: Input): boolean;
  decode(input: Input): Decoded;
}

/** What came in, before anyone has looked at it. */
export interface Input {
  /** the door it came through (see `mqtt-topics.ts` and `http/intake.ts`) */
  door: 'position' | 'owntracks' | 'teltonika' | 'thingsboard' | 'raw' | 'gateway' | 'osmand' | 'http';
  /** the part of the MQTT topic after `door/{username}/`, or empty */
  subtopic: string;
  bytes: Uint8Array;
  /** the parsed JSON, when the bytes are JSON (parsed once, before the formats are asked) */
  json?: unknown;
  /** the query of an HTTP request */
  query?: Readonly<Record<string, string | undefined>>;
  /** UTC ms */
  receivedAt: number;
  /**
   * Only for what is read from another system's topic: the one format it was configured with, and the device that the
   * message's key names, for payloads that name none. Every fix must say, or be told, whose it is.
   */
  source?: { format: string; device?: string };
}

export interface Decoded {
  /** fixes as the payload states them; `deviceId` set only behind a gateway or in a batch that names devices */
  fixes: readonly Fix[];
  /** where each of `fixes` stands in the payload, so that a later refusal can name the item; absent: 0, 1, 2, … */
  indexes?: readonly number[];
  /** items that could not be read, by their index in the payload (0 for a single one) */
  rejected: readonly Rejection[];
  /** a message that rightly has no position in it (a will, a way-point list, a status): what it was */
  ignored?: string;
}

export interface Rejection {
  index: number;
  reason: Reason;
  /** what was wrong and where, for a person; at most 500 characters */
  detail: string;
  clockAhead?: number;
}
