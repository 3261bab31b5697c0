import type { LogRecord } from '../../protocol/record.ts';
import type { Cursor, Log, LogBatch } from './log.ts';
import { sequenceOf } from './marks.ts';
import { type Place, writeCursor } from './spool-cursor.ts';
import type { SpoolFile } from './spool-file.ts';

export interface SpoolTailDeps {
  spool: SpoolFile;
  remote: Pick<Log, 'tail'>;
  /** whose records of the shared log are this daemon's own (`origin.daemon`) */
  own: string;
  handler: (batch: LogBatch) => void;
  onError: (error: unknown) => void;
  /** told when the shared log has more of this spool than the spool itself */
  onAhead: () => void;
}

/** Whether a record of the shared log is to be taken from there: it is another's, or its number is at most `shared`. */
export function takenFromShared(own: string, shared: number): (record: LogRecord) => boolean {
  return ({ origin }) => origin === undefined || origin.daemon !== own || origin.sequence <= shared;
}

/** A tail of both logs that gives each record once, from whichever its place says (`spool-cursor.ts`). */
export class SpoolTail {
  readonly #deps: SpoolTailDeps;
  readonly #wanted: (record: LogRecord) => boolean;
  #place: Place;
  /** commits up to here may be given */
  #released: number;
  /** commits that are durable and not released, in order */
  #held: { commit: number; records: readonly LogRecord[] }[] = [];
  #ends: (() => void)[] = [];
  #ended = false;

  constructor(deps: SpoolTailDeps, place: Place, released: number) {
    this.#deps = deps;
    this.#place = place;
    this.#released = released;
    this.#wanted = takenFromShared(deps.own, place.shared);
  }

  /** The spool is still needed from here on. */
  get commit(): number {
    return this.#place.commit;
  }

  /** Resolves when it has caught up with the spool. */
  async followSpool(): Promise<void> {
    const { spool } = this.#deps;
    const from = spool.cursorAt(this.#place.commit);
    this.#until(await spool.log.tail(from, ({ cursor, records }) => this.#spooled(spool.commitAt(cursor), records)));
  }

  /** Resolves when it has caught up with the shared log. */
  async followRemote(from: Cursor | null): Promise<void> {
    this.#until(
      await this.#deps.remote.tail(from, ({ cursor, records }) => {
        if (this.#ended) return;
        this.#place = { ...this.#place, remote: { at: cursor } };
        if (records.every(this.#wanted)) this.#give(records);
        else {
          this.#compare(records);
          this.#give(records.filter(this.#wanted));
        }
      }),
    );
  }

  /** Gives what was held up to a commit, and no longer holds what comes up to it. */
  release(upTo: number): void {
    this.#released = upTo;
    const kept = this.#held.findIndex(({ commit }) => commit > upTo);
    const released = this.#held.splice(0, kept < 0 ? this.#held.length : kept);
    for (const { commit, records } of released) this.#giveCommit(commit, records);
  }

  end(): void {
    this.#ended = true;
    this.#held = [];
    for (const end of this.#ends.splice(0)) end();
  }

  /** What comes back of this spool must be in it: a disk put back to an older state would give numbers a second time. */
  #compare(records: readonly LogRecord[]): void {
    const last = records.findLast(({ origin }) => origin?.daemon === this.#deps.own)?.origin;
    if (last !== undefined && last.sequence > sequenceOf(this.#deps.spool.log.mark())) this.#deps.onAhead();
  }

  #until(end: () => void): void {
    if (this.#ended) end();
    else this.#ends.push(end);
  }

  #spooled(commit: number, records: readonly LogRecord[]): void {
    if (this.#ended) return;
    if (commit > this.#released) this.#held.push({ commit, records });
    else this.#giveCommit(commit, records);
  }

  #giveCommit(commit: number, records: readonly LogRecord[]): void {
    this.#place = { ...this.#place, commit };
    this.#give(records);
  }

  #give(records: readonly LogRecord[]): void {
    if (records.length === 0) return;
    try {
      this.#deps.handler({ cursor: writeCursor(this.#deps.spool.epoch, this.#place), records });
    } catch (error) {
      this.#deps.onError(error);
    }
  }
}
