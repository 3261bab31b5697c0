import Database from 'better-sqlite3';
import { keptTopics, tableOf } from './layout.ts';
import { packing, type Row } from './row.ts';
import { damagedNewest, damagedRow, newestRowColumns, rowColumns, type StoredNewest } from './verify.ts';

export interface CheckedLog {
  records: number;
  /** rows whose checksum is wrong */
  damagedRows: number;
}

/** Checks every row of a log's file that nobody has open, and counts its records. Changes nothing. */
export function checkLog(path: string): CheckedLog {
  const db = new Database(path, { readonly: true });
  const checked: CheckedLog = { records: 0, damagedRows: 0 };
  try {
    for (const topic of keptTopics) {
      const rows = db.prepare(`SELECT ${rowColumns} FROM ${tableOf(topic)}`).iterate() as IterableIterator<Row>;
      for (const row of rows) {
        if (damagedRow(topic, row) !== undefined) checked.damagedRows++;
        else if (row.packing !== packing.lost) checked.records += row.records;
      }
    }
    const rows = db.prepare(`SELECT ${newestRowColumns} FROM newest`).iterate() as IterableIterator<StoredNewest>;
    for (const row of rows) {
      if (damagedNewest(row) !== undefined) checked.damagedRows++;
      else checked.records++;
    }
    return checked;
  } finally {
    db.close();
  }
}
