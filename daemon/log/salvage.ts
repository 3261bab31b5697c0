import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expiring, newestOnly, type Topic } from '../../protocol/record.ts';
import { savedCounts, type TopicCounts } from './counts.ts';
import { type Damage, damagedName, noteDamage } from './damage.ts';
import { syncFile, syncFolder } from './durable-file.ts';
import {
  fileName,
  keptColumns,
  keptTopics,
  metaColumns,
  newestColumns,
  pageSize,
  readingOrder,
  schema,
  tableOf,
  topicNumber,
} from './layout.ts';
import { type ScannedRow, scanRows } from './page-scan.ts';
import { type NewestRow, newestCrc, packing as packings, type Row, rowCrc, sealed, unsealed } from './row.ts';
import { emptyRow } from './set-aside.ts';

/**
 * Saves what can be read of a log whose file is damaged beyond a single row: every row that proves itself by its
 * checksum goes into a fresh file, the old file is set aside under a new name, and the damage is noted.
 *
 * Commit numbers and epoch stay, so cursors stay good; the numbers go on far above the last one found, so that no
 * number is given a second time when the newest rows are the ones that were lost.
 */
export function salvage(folder: string, at: number, why: string): Damage {
  const path = join(folder, fileName);
  const fresh = join(folder, salvaging);
  removeDatabase(fresh);
  let found: Found & { missing: number | null };
  try {
    found = saveInto(fresh, path);
  } catch (error) {
    removeDatabase(fresh);
    throw new Error(`${path} is damaged and could not be salvaged, it is untouched: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const damage: Damage = {
    at,
    detail: `${why}; ${found.rows} rows with ${found.records} records were saved into a fresh file${
      found.bad > 0 ? `, ${found.bad} damaged rows were left` : ''
    }`,
    records: found.missing,
    file: damagedName(folder, at, fileName),
  };
  noteDamage(folder, damage);
  renameSync(fresh, join(folder, salvaged));
  exchange(folder, damage.file);
  return damage;
}

/** No journal: the file is of no use until it is complete, and is made anew after a crash. */
function saveInto(fresh: string, path: string): Found & { missing: number | null } {
  const db = new Database(fresh);
  try {
    db.pragma(`page_size = ${pageSize}`);
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.exec(schema);
    return db.transaction(() => {
      const found = copyRows(path, db);
      return { ...found, missing: closeChains(db, found) };
    })();
  } finally {
    db.close();
    syncFile(fresh);
  }
}

const salvaging = `${fileName}.salvaging`;
const salvaged = `${fileName}.salvaged`;
const { lost } = packings;
/** How far the commit numbers jump: more commits than a lost tail can have had. */
const jump = 1_000_000_000;

/** Ends an exchange of files that a crash has cut short. Answers whether there was one. */
export function finishSalvage(folder: string, at: number): boolean {
  if (!existsSync(join(folder, salvaged))) return false;
  exchange(folder, damagedName(folder, at, fileName));
  return true;
}

/** While the complete `salvaged` file exists, `log.sqlite` is the damaged one: every step can be done again. */
function exchange(folder: string, aside: string): void {
  const path = join(folder, fileName);
  for (const suffix of ['', '-wal']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, join(folder, aside + suffix));
  }
  rmSync(`${path}-shm`, { force: true });
  renameSync(join(folder, salvaged), path);
  syncFolder(folder);
}

interface Found {
  rows: number;
  records: number;
  /** rows that are the log's by their shape and whose checksum is wrong */
  bad: number;
  /** the highest commit */
  head: number;
  counts: Map<Topic, TopicCounts>;
}

function copyRows(path: string, db: Database.Database): Found {
  const keep = new Map(
    keptTopics.map((topic) => [topic, db.prepare(`INSERT OR REPLACE INTO ${tableOf(topic)} VALUES (?,?,?,?,?,?,?,?)`)]),
  );
  const keepNewest = db.prepare(`
    INSERT INTO newest (topic, key, commit_number, crc, value) VALUES (?,?,?,?,?)
    ON CONFLICT (topic, key) DO UPDATE SET commit_number = excluded.commit_number, crc = excluded.crc,
      value = excluded.value WHERE excluded.commit_number > newest.commit_number`);
  const setMeta = (name: string, value: string) =>
    db.prepare('INSERT INTO meta VALUES (?,?)').run(name, sealed(name, value));
  const found: Found = { rows: 0, records: 0, bad: 0, head: 0, counts: new Map() };
  const epochs = new Set<string>();
  let earlier = '[]';
  for (const scanned of scanRows(path)) {
    const [name, stored] = scanned.values;
    if (scanned.values.length === metaColumns && typeof name === 'string') {
      const value = unsealed(name, stored);
      if (value === undefined) continue;
      if (name === 'epoch') epochs.add(value);
      if (name === 'earlier') earlier = value;
      if (name === 'head') found.head = Math.max(found.head, Number(value));
      const counted = keptTopics.find((topic) => name === `counts ${topic}`);
      if (counted !== undefined) found.counts.set(counted, savedCounts(value));
      continue;
    }
    const row = keptRow(scanned);
    const newest = newestRow(scanned);
    if (row !== undefined) {
      const topic = keptTopics.find((one) => rowCrc(topicNumber[one], row) === row.crc);
      if (topic === undefined) {
        found.bad++;
        continue;
      }
      const { commit, time, records, recordsBefore, bytesBefore, packing, crc, body } = row;
      keep.get(topic)?.run(commit, time, records, recordsBefore, bytesBefore, packing, crc, body);
      found.rows++;
      if (packing !== lost) found.records += records;
      found.head = Math.max(found.head, commit);
    } else if (newest !== undefined) {
      if (newestCrc(newest) !== newest.crc || !isNewestTopic(newest.topic)) {
        found.bad++;
        continue;
      }
      keepNewest.run(newest.topic, newest.key, newest.commit, newest.crc, newest.value);
      found.rows++;
      found.records++;
      found.head = Math.max(found.head, newest.commit);
    }
  }
  // Two epochs in one file mean that neither can be trusted; without one the next start makes a new one.
  const [epoch] = epochs;
  if (epochs.size === 1 && epoch !== undefined) {
    setMeta('epoch', epoch);
    setMeta('earlier', earlier);
  }
  if (found.rows > 0) setMeta('head', String(found.head + jump));
  return found;
}

function keptRow({ rowid, values }: ScannedRow): Row | undefined {
  const [none, time, records, recordsBefore, bytesBefore, packing, crc, body] = values;
  if (values.length !== keptColumns || none !== null || !Buffer.isBuffer(body)) return undefined;
  const numbers = [time, records, recordsBefore, bytesBefore, packing, crc].filter(
    (value) => typeof value === 'number',
  );
  const [a, b, c, d, e, f] = numbers;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  if (e === undefined || f === undefined) return undefined;
  return { commit: rowid, time: a, records: b, recordsBefore: c, bytesBefore: d, packing: e, crc: f, body };
}

function newestRow({ values }: ScannedRow): NewestRow | undefined {
  const [none, topic, key, commit, crc, value] = values;
  if (values.length !== newestColumns || none !== null || typeof topic !== 'number') return undefined;
  if (typeof key !== 'string' || typeof commit !== 'number' || typeof crc !== 'number') return undefined;
  if (value !== null && typeof value !== 'string') return undefined;
  return { topic, key, commit, crc, value };
}

function isNewestTopic(number: number): boolean {
  return readingOrder.some((topic: Topic) => topicNumber[topic] === number && newestOnly.has(topic));
}

/**
 * Puts a row without a body where the chain of counts (`counts.ts`) has a gap, so that each loss is found and reported
 * once. Answers how many records are missing; null when it cannot be said.
 */
function closeChains(db: Database.Database, found: Found): number | null {
  let missing = 0;
  for (const topic of keptTopics) {
    const saved = found.counts.get(topic);
    const table = tableOf(topic);
    const insert = db.prepare(`INSERT INTO ${table} VALUES (?,?,?,?,?,?,?,?)`);
    const rows = db
      .prepare(
        `SELECT commit_number AS "commit", time, records, records_before AS recordsBefore, packing,
           bytes_before + length(body) AS bytes FROM ${table} ORDER BY commit_number`,
      )
      .iterate() as IterableIterator<Row & { bytes: number }>;
    const counts = { records: 0, bytes: 0, expired: 0, ...saved, lost: 0 };
    const gaps: Row[] = [];
    let end: number | undefined;
    let time = 0;
    const close = (commit: number, from: number, upTo: number) => {
      if (upTo <= from) return;
      gaps.push(emptyRow(topic, { commit, time, recordsBefore: from, records: upTo - from }));
      counts.lost += upTo - from;
      missing += upTo - from;
    };
    for (const row of rows) {
      time = row.time;
      // Where positions begin was lost with the counts: what is missing before the first has expired, as it seems.
      if (end === undefined && saved === undefined && expiring.has(topic)) counts.expired = row.recordsBefore;
      if (end === undefined) counts.expired = Math.min(counts.expired, row.recordsBefore);
      close(row.commit - 1, end ?? counts.expired, row.recordsBefore);
      end = row.recordsBefore + row.records;
      if (row.packing === lost) counts.lost += row.records;
      counts.bytes = Math.max(counts.bytes, row.bytes);
    }
    close(found.head + 1, end ?? counts.expired, counts.records);
    counts.records = Math.max(counts.records, end ?? 0);
    for (const gap of gaps) {
      const { commit, records, recordsBefore, bytesBefore, packing, crc, body } = gap;
      insert.run(commit, gap.time, records, recordsBefore, bytesBefore, packing, crc, body);
    }
    const name = `counts ${topic}`;
    db.prepare('INSERT INTO meta VALUES (?,?)').run(name, sealed(name, JSON.stringify(counts)));
  }
  return found.rows === 0 ? null : missing;
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}
