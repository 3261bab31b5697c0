import type { Topic } from '../../protocol/record.ts';
import type { Lineage } from './cursor.ts';
import type { Damage } from './damage.ts';

/** What the daemon's thread and the log's writer thread say to each other. */
export interface WriterData {
  folder: string;
  /** pages the file may have, to stand in for a full disk in tests */
  maxPageCount?: number;
}

/** A place behind a commit, and what the kept topics were ever given up to there. */
export interface Mark {
  commit: number;
  records: number;
  /** of bodies, as they lie in the file */
  bytes: number;
}

/** How much of a topic is kept: what is older (ms) or beyond the size (bytes on disk) goes, oldest first. */
export interface Retention {
  positionsMaxAgeMs: number;
  positionsMaxBytes: number;
  deadLettersMaxAgeMs: number;
  deadLettersMaxBytes: number;
}

/** The records of one commit in one topic: `text` as `row.ts` defines it, as UTF-8. */
interface KeptPart {
  topic: Topic;
  records: number;
  text: Uint8Array<ArrayBuffer>;
}

/**
 * The records of one commit in a topic that keeps the newest value per key, the value of each key at the same place in
 * `values`: it is JSON; null erases. Two lists cross to the other thread several times faster than one of pairs.
 */
export interface NewestPart {
  topic: Topic;
  keys: string[];
  values: (string | null)[];
}

export interface CommitRequest {
  kind: 'commit';
  /** UTC ms */
  time: number;
  kept: readonly KeptPart[];
  newest: readonly NewestPart[];
}

/** Asks for the records behind `from`, up to `upTo` or until a page is full. */
export interface PageRequest {
  kind: 'page';
  from: number;
  upTo: number;
  topics: readonly Topic[];
  /** with the place of each record in the order of all that the log was given */
  numbered?: true;
}

/** Runs of records of one topic each, in reading order; `json` is an array of `[agency, value]` or `[agency, id, value]`, as UTF-8. */
export interface Page {
  /** everything up to here has been read */
  to: number;
  done: boolean;
  runs: { topic: Topic; json: Uint8Array<ArrayBuffer>; numbers?: readonly Numbers[] }[];
  /** when it was asked for with numbers */
  numbered?: {
    /** where `to` is */
    after: Mark;
    /** UTC ms: when the first of its commits was made; undefined for an empty page */
    since: number | undefined;
  };
}

/** Records that stand one behind the other: the number of the first, and how many they are. */
export interface Numbers {
  first: number;
  records: number;
}

export type Question =
  | PageRequest
  | { kind: 'retain'; now: number; retention: Retention }
  /** writes and erases this many bytes, to learn whether the disk takes them */
  | { kind: 'probe'; bytes: number }
  | { kind: 'limit'; pages: number }
  /** notes durably how far another log has taken over the records of this one */
  | { kind: 'forwarded'; mark: Mark }
  /** removes what may expire, up to a commit, as far as it is older than `before` (UTC ms); answers the new beginning */
  | { kind: 'trim'; upTo: number; before: number }
  | { kind: 'close' };

export type Request = CommitRequest | { kind: 'ask'; id: number; question: Question };

export interface Totals {
  records: number;
  /** size of the file on disk */
  bytes: number;
  /** what the kept topics were ever given */
  given: Omit<Mark, 'commit'>;
}

export interface Opened {
  lineage: Lineage;
  head: number;
  totals: Totals;
  damage: readonly Damage[];
  /** what lies up to here has been trimmed */
  beginning: Mark;
  /** as noted last */
  forwarded: Mark | undefined;
}

/** What a question brought; most bring only that it was done. */
export interface Answer {
  page?: Page;
  beginning?: Mark;
}

export interface Failure {
  kind: 'full' | 'io';
  message: string;
}

export type Reply =
  | { kind: 'opened'; opened: Opened }
  | { kind: 'refused'; message: string; full: boolean }
  | { kind: 'committed'; commit: number; totals: Totals }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'answer'; id: number; answer?: Answer; failure?: Failure; totals?: Totals }
  | { kind: 'damage'; damage: Damage };
