import type { Database } from 'better-sqlite3';
import type { DeadLetter, LogRecord, Reason } from '../../protocol/record.ts';
import type { Cursor } from '../log/log.ts';
import { LetterTable, sizeOf } from './letter-table.ts';
import type { Projection } from './projection.ts';
import type { DeadLetterView } from './world.ts';

export interface DeadLettersOptions {
  /** letters are kept this long, ms */
  keptMs?: number;
  /** bytes of letters kept per agency; the oldest go first */
  maxBytes?: number;
  /** UTC ms */
  now?: () => number;
}

const day = 86_400_000;
const defaultKeep = 90 * day;
const defaultMaxBytes = 256 * 1024 * 1024;
/** unwritten letters above this many bytes are to be saved at once */
const muchUnwritten = 4 * 1024 * 1024;
/** ms between looks for letters that are too old */
const expireEvery = 60_000;

/** The letters of an agency, newest first by time and id. What is not saved yet is in memory and in every answer. */
export class DeadLettersProjection implements Projection, DeadLetterView {
  readonly name = 'dead-letters';
  readonly version = 1;
  readonly topics = ['dead-letters'] as const;
  readonly repeatable = true;
  readonly #now: () => number;
  readonly #keep: number;
  readonly #maxBytes: number;
  readonly #table = new LetterTable();
  /** by agency and id */
  #unwritten = new Map<string, { agency: string; letter: DeadLetter }>();
  #unwrittenBytes = 0;
  #expiredAt = 0;
  /** bytes that came since the agency's letters were last kept to the limit */
  #sinceShrink = new Map<string, number>();

  constructor(options: DeadLettersOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#keep = options.keptMs ?? defaultKeep;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
  }

  list(agency: string, query: { reason?: Reason; device?: string; before?: string; limit: number }): DeadLetter[] {
    const { reason, device, before, limit } = query;
    const last = before === undefined ? undefined : this.get(agency, before);
    // A letter that has expired since: all that came before it has too.
    if (before !== undefined && last === undefined) return [];
    const unwritten = this.#unwrittenOf(agency).filter(
      (letter) =>
        (reason === undefined || letter.reason === reason) &&
        (device === undefined || letter.device === device) &&
        (last === undefined || newestFirst(last, letter) < 0),
    );
    const written = this.#table.list(agency, { reason, device, before: last, limit });
    return [...unwritten, ...written].sort(newestFirst).slice(0, limit);
  }

  get(agency: string, id: string): DeadLetter | undefined {
    return this.#unwritten.get(`${agency}/${id}`)?.letter ?? this.#table.get(agency, id);
  }

  countOf(agency: string, device: string, since: number): number {
    const unwritten = this.#unwrittenOf(agency).filter((letter) => letter.device === device && letter.time >= since);
    return unwritten.length + this.#table.countOf(agency, device, since);
  }

  open(db: Database): void {
    this.#unwritten = new Map();
    this.#unwrittenBytes = 0;
    this.#expiredAt = 0;
    this.#table.open(db);
  }

  apply(record: LogRecord): void {
    if (record.topic !== 'dead-letters') return;
    const { agency, value: letter } = record;
    if (letter.time < this.#now() - this.#keep || this.get(agency, letter.id) !== undefined) return;
    this.#unwritten.set(`${agency}/${letter.id}`, { agency, letter });
    const size = sizeOf(letter);
    this.#unwrittenBytes += size;
    this.#sinceShrink.set(agency, (this.#sinceShrink.get(agency) ?? 0) + size);
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    for (const { agency, letter } of this.#unwritten.values()) this.#table.put(agency, letter);
    for (const [agency, bytes] of this.#sinceShrink) {
      // Adding up an agency's letters at each save would cost more than the one percent is worth.
      if (bytes < this.#maxBytes / 100) continue;
      this.#table.shrink(agency, this.#maxBytes);
      this.#sinceShrink.delete(agency);
    }
    if (this.#now() - this.#expiredAt >= expireEvery) this.#table.expire(this.#now() - this.#keep);
    return cursor;
  }

  saved(): void {
    this.#unwritten.clear();
    this.#unwrittenBytes = 0;
    if (this.#now() - this.#expiredAt >= expireEvery) this.#expiredAt = this.#now();
  }

  wantsSave(): boolean {
    return this.#unwrittenBytes > muchUnwritten || this.#now() - this.#expiredAt >= expireEvery;
  }

  reset(db: Database): void {
    this.#table.reset(db);
  }

  #unwrittenOf(agency: string): DeadLetter[] {
    return Array.from(this.#unwritten.values())
      .filter((one) => one.agency === agency)
      .map(({ letter }) => letter);
  }
}

/** Ids only break ties: letters of one message have the same time. */
function newestFirst(a: DeadLetter, b: DeadLetter): number {
  if (a.time !== b.time) return b.time - a.time;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
