import { expiring, type Topic } from '../../protocol/record.ts';
import type { TopicCounts } from './counts.ts';
import { keptTopics, tableOf } from './layout.ts';
import type { LogFile } from './log-file.ts';
import { oldestRows, removeOldest, stepRows } from './retention.ts';
import type { Row } from './row.ts';
import type { Mark, Numbers } from './writer-messages.ts';

/**
 * What a spool needs of its log: a number for each record, a note of how far they were forwarded, and removing what is
 * no longer needed. Lives in the writer thread, but for `sequenceOf`.
 */

/** Half of what commit numbers jump when a damaged file is salvaged (`salvage.ts`). */
const half = 500_000_000;

/**
 * The number of the last record up to a mark, the same whenever it is asked for. It counts what the kept topics were
 * given; and since a salvage may have lost the end of the file, and with it records that were forwarded, it goes
 * up by more than those can have been where the commit numbers jump.
 */
export function sequenceOf({ commit, records }: Pick<Mark, 'commit' | 'records'>): number {
  return records + Math.floor(commit / half) * 2 * half;
}

/** What a topic was given up to a commit, ever. */
function givenTo(file: LogFile, topic: Topic, commit: number): Omit<Mark, 'commit'> {
  const next = file
    .statement(
      `SELECT records_before AS records, bytes_before AS bytes FROM ${tableOf(topic)}
         WHERE commit_number > ? ORDER BY commit_number LIMIT 1`,
    )
    .get(commit) as Omit<Mark, 'commit'> | undefined;
  return next ?? file.counts.of(topic);
}

/** Numbers the records of rows that are read in order, from behind a commit on. */
export class Numbering {
  readonly #file: LogFile;
  readonly #given = new Map<Topic, Omit<Mark, 'commit'>>();
  /** UTC ms: time of the first row */
  since: number | undefined;

  constructor(file: LogFile, from: number) {
    this.#file = file;
    for (const topic of keptTopics) this.#given.set(topic, givenTo(file, topic, from));
  }

  /** The numbers of the records of the next row, which is sound. */
  take(topic: Topic, { commit, time, records, recordsBefore, bytesBefore, body }: Row): Numbers {
    this.since ??= time;
    this.#given.set(topic, { records: recordsBefore, bytes: bytesBefore });
    const first = sequenceOf({ commit, records: this.#sum().records + 1 });
    this.#given.set(topic, { records: recordsBefore + records, bytes: bytesBefore + body.length });
    return { first, records };
  }

  /** Passes over a row whose own figures cannot be trusted. */
  pass(topic: Topic, commit: number): void {
    this.#given.set(topic, givenTo(this.#file, topic, commit));
  }

  /** The mark behind the rows so far. */
  at(commit: number): Mark {
    return { commit, ...this.#sum() };
  }

  #sum(): Omit<Mark, 'commit'> {
    const sum = { records: 0, bytes: 0 };
    for (const { records, bytes } of this.#given.values()) {
      sum.records += records;
      sum.bytes += bytes;
    }
    return sum;
  }
}

const forwarded = 'forwarded';
const trimmed = 'trimmed';

/** Notes, durably, how far the records were taken over by another log. */
export function noteForwarded(file: LogFile, mark: Mark): void {
  file.guarded(() => file.setMeta(forwarded, JSON.stringify(mark)));
}

/** Undefined when nothing was noted, or the note speaks of what the file no longer has. */
export function forwardedOf(file: LogFile): Mark | undefined {
  const text = file.meta(forwarded);
  const mark = text === undefined ? undefined : (JSON.parse(text) as Mark);
  return mark === undefined || mark.commit > file.head ? undefined : mark;
}

/** Everything up to here is no longer in the file, or was never there. */
export function beginningOf(file: LogFile): Mark {
  const mark: Mark = { commit: Number(file.meta(trimmed) ?? 0), records: 0, bytes: 0 };
  let first = file.head + 1;
  for (const topic of trimmable) {
    const [oldest] = oldestRows(file, topic);
    const { expired, bytes } = file.counts.of(topic);
    mark.records += expired;
    mark.bytes += oldest?.bytesBefore ?? bytes;
    if (oldest !== undefined) first = Math.min(first, oldest.commit);
  }
  // A salvage keeps the counts but not this entry.
  if (mark.records > 0 && mark.commit === 0) mark.commit = first - 1;
  return mark;
}

const trimmable = keptTopics.filter((topic) => expiring.has(topic));

/**
 * Removes some of what may expire: up to the commit `upTo`, as far as it is older than `before` (UTC ms), all topics up
 * to the same commit. Answers whether there may be more.
 */
export function trimStep(file: LogFile, { upTo, before }: { upTo: number; before: number }): boolean {
  return file.guarded(() => {
    let end = Math.min(upTo, file.head);
    const oldest = trimmable.map((topic) => ({ topic, rows: oldestRows(file, topic) }));
    for (const { rows } of oldest) {
      const kept = rows.find(({ time }) => time >= before);
      if (kept !== undefined) end = Math.min(end, kept.commit - 1);
      else if (rows.length === stepRows) end = Math.min(end, rows.at(-1)?.commit ?? end);
    }
    const removed = oldest
      .map(({ topic, rows }) => ({ topic, rows: rows.filter(({ commit }) => commit <= end) }))
      .filter(({ rows }) => rows.length > 0);
    if (removed.length === 0) return false;
    const remove = file.db.transaction(() => {
      file.setMeta(trimmed, String(end));
      return removed.map(({ topic, rows }): [Topic, TopicCounts] => [topic, removeOldest(file, topic, rows)]);
    });
    for (const [topic, counts] of remove.immediate()) file.counts.set(topic, counts);
    return removed.some(({ rows }) => rows.length === stepRows);
  });
}
