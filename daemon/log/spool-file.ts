import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { LogRecord } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import { commitOf, cursorOf } from './cursor.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { EmbeddedLog } from './embedded.ts';
import { recordsOf } from './group.ts';
import type { Cursor } from './log.ts';
import { sequenceOf } from './marks.ts';
import type { Spooled } from './remote.ts';
import type { Mark, Page } from './writer-messages.ts';

export interface SpoolFileDeps {
  /** the spool's own folder */
  folder: string;
  logger: Logger;
  maxPageCount?: number;
  /** UTC ms */
  now?: () => number;
}

/** Some commits of the spool, whole ones and in order, ready to be forwarded. */
export interface Part {
  after: Mark;
  spooled: readonly Spooled[];
  /** UTC ms: when its first commit was made */
  since: number | undefined;
}

const nothing: Mark = { commit: 0, records: 0, bytes: 0 };

/** The spool on the disk: an embedded log whose records are numbered, and trimmed once nobody needs them. */
export class SpoolFile implements Service {
  readonly name = 'spool';
  readonly log: EmbeddedLog;
  readonly #folder: string;
  #beginning = nothing;
  #noted = nothing;
  /** the commit up to which rows may be gone by now */
  #floor = 0;
  #trimming: Promise<void> | undefined;

  constructor({ folder, logger, maxPageCount, now }: SpoolFileDeps) {
    this.#folder = folder;
    this.log = new EmbeddedLog({
      folder,
      logger,
      ...(maxPageCount === undefined ? {} : { maxPageCount }),
      ...(now === undefined ? {} : { now }),
    });
  }

  async start(): Promise<void> {
    await this.log.start();
    const { beginning, forwarded = nothing } = this.log.opened();
    this.#beginning = beginning;
    this.#floor = beginning.commit;
    this.#noted = forwarded.commit < beginning.commit ? beginning : forwarded;
  }

  async stop(): Promise<void> {
    await this.log.stop();
  }

  /** A random name that a new or restored file has anew: what was numbered under another one is of another spool. */
  get epoch(): string {
    return this.log.opened().lineage.epoch;
  }

  /**
   * The name under which its records are forwarded. It is made once and kept beside the log, so that it stays the same
   * when the daemon is called something else: the disk may return in another machine.
   */
  originOf(daemon: string): string {
    const path = join(this.#folder, 'origin');
    const known = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (known.endsWith(`-${this.epoch}`)) return known;
    const made = `${daemon}-${this.epoch}`;
    writeDurably(path, made);
    syncFolder(this.#folder);
    return made;
  }

  cursorAt(commit: number): Cursor {
    return cursorOf(this.epoch, commit);
  }

  commitAt(cursor: Cursor): number {
    return commitOf(cursor, this.log.opened().lineage, this.log.mark().commit);
  }

  /** Whether everything behind a commit is still here. */
  has(commit: number): boolean {
    return commit >= this.#floor;
  }

  /** What lies up to here has been trimmed. Waits for a trimming that is under way. */
  async beginning(): Promise<Mark> {
    while (this.#trimming !== undefined) await this.#trimming;
    // After a trimming that failed half way the file has to be asked.
    if (this.#beginning.commit < this.#floor) await this.trim(0, 0);
    return this.#beginning;
  }

  /** How far the records are forwarded, as noted on the disk. */
  noted(): Mark {
    return this.#noted;
  }

  async note(mark: Mark): Promise<void> {
    await this.log.ask({ kind: 'forwarded', mark });
    if (mark.commit > this.#noted.commit) this.#noted = mark;
  }

  /** Removes what lies up to `upTo` and is older than `before` (UTC ms). */
  async trim(upTo: number, before: number): Promise<void> {
    if (this.#trimming !== undefined) return this.#trimming;
    this.#floor = Math.max(this.#floor, upTo);
    this.#trimming = this.#trim(upTo, before).finally(() => {
      this.#trimming = undefined;
    });
    await this.#trimming;
  }

  async #trim(upTo: number, before: number): Promise<void> {
    const { beginning } = await this.log.ask({ kind: 'trim', upTo, before });
    if (beginning === undefined) return;
    this.#beginning = beginning;
    this.#floor = beginning.commit;
  }

  /** Reads the commits behind `from`, about half a megabyte of them, up to the newest at the time of the call. */
  async part(from: number): Promise<Part> {
    const upTo = this.log.mark().commit;
    const request = { kind: 'page', from, upTo, topics: ['positions', 'dead-letters'], numbered: true } as const;
    const { page } = await this.log.ask(request);
    if (page?.numbered === undefined) throw new Error('the spool answered without a numbered page');
    return { ...page.numbered, spooled: page.runs.flatMap(spooledOf) };
  }
}

function spooledOf({ topic, json, numbers = [] }: Page['runs'][number]): Spooled[] {
  const records = recordsOf(topic, json);
  const spooled: Spooled[] = [];
  for (const { first, records: count } of numbers) {
    for (let i = 0; i < count; i++) {
      const record = records[spooled.length];
      if (record !== undefined) spooled.push({ record, sequence: first + i });
    }
  }
  return spooled;
}

/** The records of one commit, numbered; `mark` is the place behind it. */
export function numberedCommit(records: readonly LogRecord[], mark: Mark): Spooled[] {
  const before = sequenceOf(mark) - records.length;
  // One order for both ways of reading: the file has the records of a commit by topic.
  return inReadingOrder(records).map((record, i) => ({ record, sequence: before + 1 + i }));
}

function inReadingOrder(records: readonly LogRecord[]): readonly LogRecord[] {
  if (records.every(({ topic }) => topic === 'positions')) return records;
  return records.toSorted((a, b) => Number(a.topic !== 'positions') - Number(b.topic !== 'positions'));
}
