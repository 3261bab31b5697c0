import type { Topic } from '../../protocol/record.ts';
import { tableOf } from './layout.ts';
import type { LogFile } from './log-file.ts';
import { packing } from './row.ts';
import type { Retention } from './writer-messages.ts';

/** Rows deleted in one step: a few milliseconds, so that commits in between wait no longer than that. */
const stepRows = 256;

interface Candidate {
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
    const oldest = file
      .statement(
        `SELECT commit_number AS "commit", time, records, records_before AS recordsBefore,
           packing, bytes_before AS bytesBefore FROM ${tableOf(topic)} ORDER BY commit_number LIMIT ${stepRows}`,
      )
      .all() as Candidate[];
    const given = file.counts.of(topic).bytes;
    // From the oldest on without a gap: a row whose time is newer than its neighbours' (the clock was set) waits.
    const kept = oldest.findIndex((row) => row.time >= before && given - row.bytesBefore <= mostBytes);
    const expired = kept < 0 ? oldest : oldest.slice(0, kept);
    const last = expired.at(-1);
    if (last === undefined) return false;
    // Positions name no person: zeros are written only where that costs no write of its own.
    const lost = expired.reduce((sum, row) => sum + (row.packing === packing.lost ? row.records : 0), 0);
    const counts = file.counts.of(topic);
    const after = { ...counts, expired: last.recordsBefore + last.records, lost: counts.lost - lost };
    file.db.pragma(`secure_delete = ${topic === 'positions' ? 'FAST' : 'ON'}`);
    try {
      const remove = file.db.transaction(() => {
        file.setMeta('head', String(file.head));
        file.setMeta(`counts ${topic}`, JSON.stringify(after));
        file.statement(`DELETE FROM ${tableOf(topic)} WHERE commit_number <= ?`).run(last.commit);
      });
      remove.immediate();
    } finally {
      file.db.pragma('secure_delete = ON');
    }
    file.counts.set(topic, after);
    return kept < 0;
  });
}
