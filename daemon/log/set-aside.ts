import { join } from 'node:path';
import type { Topic } from '../../protocol/record.ts';
import { type Damage, damagedName, noteDamage } from './damage.ts';
import { writeDurably } from './durable-file.ts';
import { tableOf, topicNumber } from './layout.ts';
import type { LogFile } from './log-file.ts';
import { Malformed } from './malformed.ts';
import { packing, type Row, rowCrc } from './row.ts';

/** A row that was read and is not what was written. */
export interface DamagedRow {
  topic: Topic;
  commit: number;
  /** as the row has it, which may be wrong as well */
  records: number;
  raw: Buffer;
  /** of a newest-only row, which has no place of its own in the log */
  id?: number;
}

/** Copies a damaged row out as it is, puts one without a body in its place, and notes the damage. */
export function setAside(file: LogFile, folder: string, at: number, row: DamagedRow): Damage {
  const { topic, commit, raw, id } = row;
  const name = damagedName(folder, at, `${commit}-${topic}.bin`);
  writeDurably(join(folder, name), raw);
  const detail = `commit ${commit} of ${topic} was damaged (wrong checksum); reading goes on after it`;
  const replace = file.db.transaction(() => {
    const records = id === undefined ? empty(file, row, at) : forget(file, id);
    const damage: Damage = { at, detail, records, file: name };
    noteDamage(folder, damage);
    return damage;
  });
  return replace.immediate();
}

/** The row that stands for lost ones: it closes the chain of counts, and has nothing to read. */
export function emptyRow(topic: Topic, row: Pick<Row, 'commit' | 'time' | 'recordsBefore' | 'records'>): Row {
  const empty = { ...row, bytesBefore: 0, packing: packing.lost, body: Buffer.alloc(0) };
  return { ...empty, crc: rowCrc(topicNumber[topic], empty) };
}

/** Answers how many records are lost. */
function empty(file: LogFile, { topic, commit, records: stated }: DamagedRow, at: number): number {
  const table = tableOf(topic);
  const before = file
    .statement(
      `SELECT records_before + records FROM ${table} WHERE commit_number < ? ORDER BY commit_number DESC LIMIT 1`,
    )
    .pluck()
    .get(commit) as number | undefined;
  const after = file
    .statement(`SELECT records_before FROM ${table} WHERE commit_number > ? ORDER BY commit_number LIMIT 1`)
    .pluck()
    .get(commit) as number | undefined;
  const recordsBefore = before ?? file.counts.of(topic).expired;
  const end = after ?? recordsBefore + stated;
  const records = end - recordsBefore;
  if (!(records > 0)) throw new Malformed(`the counts around commit ${commit} of ${topic} are wrong`);
  const row = emptyRow(topic, { commit, time: at, recordsBefore, records });
  const { changes } = file
    .statement(
      `UPDATE ${table} SET time = ?, records = ?, records_before = ?, bytes_before = ?, packing = ?, crc = ?, body = ?
         WHERE commit_number = ?`,
    )
    .run(row.time, records, recordsBefore, row.bytesBefore, row.packing, row.crc, row.body, commit);
  if (changes !== 1) throw new Malformed(`commit ${commit} of ${topic} cannot be found again`);
  // Without a row after it, the damaged one was what the end of the topic was read from.
  const known = file.counts.of(topic);
  file.counts.add(topic, { lost: records, ...(after === undefined ? { records: end - known.records } : {}) });
  file.counts.save(file, topic);
  file.setMeta('head', String(file.head));
  return records;
}

function forget(file: LogFile, id: number): number {
  const { changes } = file.statement('DELETE FROM newest WHERE id = ?').run(id);
  if (changes !== 1) throw new Malformed('a row of newest values cannot be found again');
  file.counts.newest--;
  file.setMeta('head', String(file.head));
  return 1;
}
