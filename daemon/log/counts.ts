import type { Topic } from '../../protocol/record.ts';
import { keptTopics, tableOf } from './layout.ts';
import type { LogFile } from './log-file.ts';
import { Malformed } from './malformed.ts';

/**
 * What a kept topic was given and has lost since. Each row says how many records its topic was given before it, so the
 * rows of a topic make a chain: where it has a gap, rows are missing, even when SQLite sees nothing wrong with the
 * file (one wrong byte in an inner page can hide many rows).
 */
export interface TopicCounts {
  /** records and bytes of bodies the topic was ever given */
  records: number;
  bytes: number;
  /** records that were removed because they need no longer be kept: where the chain begins */
  expired: number;
  /** records between there and the end that were found damaged or missing; rows without a body stand for them */
  lost: number;
}

const none: TopicCounts = { records: 0, bytes: 0, expired: 0, lost: 0 };

export class Counts {
  readonly #kept = new Map<Topic, TopicCounts>();
  /** keys in topics that keep the newest value, erased ones included */
  newest = 0;

  of(topic: Topic): TopicCounts {
    return this.#kept.get(topic) ?? none;
  }

  add(topic: Topic, change: Partial<TopicCounts>): void {
    const now = this.of(topic);
    this.#kept.set(topic, {
      records: now.records + (change.records ?? 0),
      bytes: now.bytes + (change.bytes ?? 0),
      expired: now.expired + (change.expired ?? 0),
      lost: now.lost + (change.lost ?? 0),
    });
  }

  set(topic: Topic, counts: TopicCounts): void {
    this.#kept.set(topic, counts);
  }

  records(): number {
    let sum = this.newest;
    for (const { records, expired, lost } of this.#kept.values()) sum += records - expired - lost;
    return sum;
  }

  /** Records and bytes that the kept topics were ever given. */
  given(): { records: number; bytes: number } {
    const sum = { records: 0, bytes: 0 };
    for (const { records, bytes } of this.#kept.values()) {
      sum.records += records;
      sum.bytes += bytes;
    }
    return sum;
  }

  /** Saves the counts of a topic: before its rows are removed, and at the end. Between, its last row has them. */
  save(file: LogFile, topic: Topic): void {
    file.setMeta(`counts ${topic}`, JSON.stringify(this.of(topic)));
  }

  /** Reads the counts of all topics and checks both ends of their chains. Answers the highest commit of all. */
  open(file: LogFile): number {
    let head = 0;
    for (const topic of keptTopics) {
      const saved = savedCounts(file.meta(`counts ${topic}`));
      const [first, last] = [edge(file, topic, 'ASC'), edge(file, topic, 'DESC')];
      const begin = first?.recordsBefore ?? saved.expired;
      const end = last === undefined ? begin : last.recordsBefore + last.records;
      if (begin !== saved.expired) throw new Malformed(`the first rows of ${topic} are missing`);
      if (end < saved.records) throw new Malformed(`the last rows of ${topic} are missing`);
      const bytes = last === undefined ? saved.bytes : Math.max(last.bytesBefore + (last.bytes ?? 0), saved.bytes);
      this.#kept.set(topic, { ...saved, records: end, bytes });
      head = Math.max(head, last?.commit ?? 0);
    }
    return head;
  }
}

export function savedCounts(text: string | undefined): TopicCounts {
  return text === undefined ? none : { ...none, ...(JSON.parse(text) as Partial<TopicCounts>) };
}

/** The first or last row of a topic. */
interface Edge {
  commit: number;
  records: number;
  recordsBefore: number;
  bytesBefore: number;
  bytes: number | null;
}

function edge(file: LogFile, topic: Topic, order: 'ASC' | 'DESC'): Edge | undefined {
  return file
    .statement(
      `SELECT commit_number AS "commit", records, records_before AS recordsBefore, bytes_before AS bytesBefore,
         length(body) AS bytes FROM ${tableOf(topic)} ORDER BY commit_number ${order} LIMIT 1`,
    )
    .get() as Edge | undefined;
}
