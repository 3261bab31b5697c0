import type { Topic } from '../../protocol/record.ts';
import { keptTopics, tableOf, topicNumber, topicOf } from './layout.ts';
import type { LogFile } from './log-file.ts';
import { Malformed } from './malformed.ts';
import { type NewestRow, newestCrc, type Row, rowCrc } from './row.ts';
import type { DamagedRow } from './set-aside.ts';

/** The columns of a kept row and of a newest-only row, named as in `row.ts`. */
export const rowColumns = `commit_number AS "commit", time, records, records_before AS recordsBefore,
  bytes_before AS bytesBefore, packing, crc, body`;
export const newestRowColumns = 'id, topic, key, commit_number AS "commit", crc, value';
export type StoredNewest = NewestRow & { id: number };

/** Bytes that are checked at each start, per table: with all tables about what a second of reading yields. */
const checkedAtStart = 16_777_216;
/** Up to this size (32 MB) the structure of the whole file is checked at each start. */
const pagesCheckedAll = 8192;
/** More records than any commit has. */
const mostRecords = 100_000_000;

/** Undefined when the row is what was written. */
export function damagedRow(topic: Topic, row: Row): DamagedRow | undefined {
  if (Buffer.isBuffer(row.body) && rowCrc(topicNumber[topic], row) === row.crc) return undefined;
  const raw = Buffer.isBuffer(row.body) ? row.body : Buffer.from(JSON.stringify(row));
  const sane = Number.isSafeInteger(row.records) && row.records > 0 && row.records <= mostRecords;
  return { topic, commit: row.commit, records: sane ? row.records : 1, raw };
}

/** Undefined when the row is what was written. */
export function damagedNewest(row: StoredNewest): DamagedRow | undefined {
  if (newestCrc(row) === row.crc && typeof row.key === 'string') return undefined;
  const topic = topicOf(row.topic) ?? 'people';
  const commit = Number.isSafeInteger(row.commit) ? row.commit : 0;
  return { topic, commit, records: 1, raw: Buffer.from(JSON.stringify(row)), id: row.id };
}

/** Follows the chain of counts of one topic (`counts.ts`) over rows in order. Throws where rows are missing. */
export class Chain {
  readonly #topic: Topic;
  #commit: number;
  /** what the next row must say it has before it; undefined behind a damaged row */
  #expected: number | undefined;

  constructor(file: LogFile, topic: Topic, from: number) {
    this.#topic = topic;
    this.#commit = from;
    const before = file
      .statement(
        `SELECT records_before + records FROM ${tableOf(topic)} WHERE commit_number <= ?
           ORDER BY commit_number DESC LIMIT 1`,
      )
      .pluck()
      .get(from);
    this.#expected = typeof before === 'number' ? before : file.counts.of(topic).expired;
  }

  follow(row: Row, damaged: boolean): void {
    if (row.commit <= this.#commit) throw new Malformed(`commits of ${this.#topic} are out of order`);
    this.#commit = row.commit;
    if (!damaged) {
      if (this.#expected !== undefined && this.#expected !== row.recordsBefore) {
        throw new Malformed(`records of ${this.#topic} before commit ${row.commit} are missing`);
      }
      this.#expected = row.recordsBefore + row.records;
    } else this.#expected = undefined;
  }

  /** At the end of what is there. */
  end(records: number): void {
    if (this.#expected !== undefined && this.#expected !== records) {
      throw new Malformed(`the last records of ${this.#topic} are missing`);
    }
  }
}

/**
 * Checks the newest rows of each table: what a crash or a failing disk is most likely to have hurt. All of the rest is
 * checked whenever it is read. Answers damaged rows; throws when rows are missing.
 */
export function checkEnds(file: LogFile): DamagedRow[] {
  const pages = Number(file.db.pragma('page_count', { simple: true }));
  const checks = [...(pages <= pagesCheckedAll ? ['quick_check(1)'] : []), 'integrity_check(newest)'];
  for (const check of checks) {
    const sound = file.db.pragma(check, { simple: true });
    if (sound !== 'ok') throw new Malformed(String(sound).replaceAll('\n', ' '));
  }
  const damaged: DamagedRow[] = [];
  for (const topic of keptTopics) {
    const start = startOfCheck(file, topic);
    const chain = new Chain(file, topic, start);
    const select = `SELECT ${rowColumns} FROM ${tableOf(topic)} WHERE commit_number > ? ORDER BY commit_number`;
    for (const row of file.statement(select).iterate(start) as IterableIterator<Row>) {
      const bad = damagedRow(topic, row);
      if (bad !== undefined) damaged.push(bad);
      chain.follow(row, bad !== undefined);
    }
    chain.end(file.counts.of(topic).records);
  }
  let budget = checkedAtStart;
  const rows = file.statement(`SELECT ${newestRowColumns} FROM newest ORDER BY id DESC`).iterate();
  for (const row of rows as IterableIterator<StoredNewest>) {
    const bad = damagedNewest(row);
    if (bad !== undefined) damaged.push(bad);
    budget -= 100 + (row.value?.length ?? 0);
    if (budget < 0) break;
  }
  return damaged;
}

/** The commit behind which the check begins: that many bytes before the end. */
function startOfCheck(file: LogFile, topic: Topic): number {
  let budget = checkedAtStart;
  const rows = file
    .statement(
      `SELECT commit_number AS "commit", length(body) AS bytes FROM ${tableOf(topic)} ORDER BY commit_number DESC`,
    )
    .iterate() as IterableIterator<{ commit: number; bytes: number | null }>;
  for (const { commit, bytes } of rows) {
    // A row costs its page's share too, so that millions of tiny rows are not all read.
    budget -= 100 + (bytes ?? 0);
    if (budget < 0) return commit;
  }
  return 0;
}
