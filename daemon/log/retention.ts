import type { Topic } from '../../protocol/record.ts';
import type { TopicCounts } from './counts.ts';
import { tableOf } from './layout.ts';
import type { LogFile } from './log-file.ts';
import { packing } from './row.ts';
import type { Retention } from './writer-messages.ts';

/** Rows deleted in one step: a few milliseconds, so that commits in between wait no longer than that. */
export const stepRows = 256;

export interface Candidate {
  commit: number;
  time: number;
  records: number;
  recordsBefore: number;
  packing: number;
  bytesBefore: number;
}

/** Deletes some of what need no longer be kept, oldest first. Answers whether there may be more. */
export function retainStep(file: LogFile, now: number, retention: Retention): boolean {
  const positions = expire(file, 'positions', now - retention.positionsMaxAgeMs, retention.positionsMaxBytes);
  const letters = expire(file, 'dead-letters', now - retention.deadLettersMaxAgeMs, retention.deadLettersMaxBytes);
  return positions || letters;
}

function expire(file: LogFile, topic: Topic, before: number, mostBytes: number): boolean {
  return file.guarded(() => {
    const oldest = oldestRows(file, topic);
    const given = file.counts.of(topic).bytes;
    // From the oldest on without a gap: a row whose time is newer than its neighbours' (the clock was set) waits.
    const kept = oldest.findIndex((row) => row.time >= before && given - row.bytesBefore <= mostBytes);
    const expired = kept < 0 ? oldest : oldest.slice(0, kept);
    if (expired.length === 0) return false;
    const after = file.db.transaction(() => removeOldest(file, topic, expired)).immediate();
    file.counts.set(topic, after);
    return kept < 0;
  });
}

/** The oldest rows of a topic: as many as one step deals with. */
export function oldestRows(file: LogFile, topic: Topic): Candidate[] {
  return file
    .statement(
      `SELECT commit_number AS "commit", time, records, records_before AS recordsBefore,
         packing, bytes_before AS bytesBefore FROM ${tableOf(topic)} ORDER BY commit_number LIMIT ${stepRows}`,
    )
    .all() as Candidate[];
}

/**
 * Deletes `rows`, the oldest of a topic, within the caller's transaction. Answers the counts that hold once it is
 * committed.
 */
export function removeOldest(file: LogFile, topic: Topic, rows: readonly Candidate[]): TopicCounts {
  const counts = file.counts.of(topic);
  const last = rows.at(-1);
  if (last === undefined) return counts;
  const lost = rows.reduce((sum, row) => sum + (row.packing === packing.lost ? row.records : 0), 0);
  const after = { ...counts, expired: last.recordsBefore + last.records, lost: counts.lost - lost };
  // Positions name no person: zeros are written only where that costs no write of its own.
  file.db.pragma(`secure_delete = ${topic === 'positions' ? 'FAST' : 'ON'}`);
  try {
    file.setMeta('head', String(file.head));
    file.setMeta(`counts ${topic}`, JSON.stringify(after));
    file.statement(`DELETE FROM ${tableOf(topic)} WHERE commit_number <= ?`).run(last.commit);
  } finally {
    file.db.pragma('secure_delete = ON');
  }
  return after;
}
