import type { Database } from 'better-sqlite3';
import { newestOnly, type Topic } from '../../protocol/record.ts';
import { Malformed } from './malformed.ts';

/**
 * The file of the embedded log, `log.sqlite`.
 *
 * A topic whose records are all kept has a table of its own with one row per commit, so that positions and dead
 * letters can expire while events never do, and reading one topic never touches another. Topics that keep the newest
 * value per key share the table `newest`; a row without a value is a tombstone, which tells a reader that comes later
 * of the erasure. How a row is packed and checked stands in `row.ts`.
 */
export const fileName = 'log.sqlite';

/** Numbers of the topics in checksums and in `newest`. They are in files: never change one, never use one twice. */
export const topicNumber: Readonly<Record<Topic, number>> = {
  positions: 1,
  events: 2,
  people: 3,
  places: 4,
  accounts: 5,
  'dead-letters': 6,
};

/** The order in which the topics of one commit are read: what positions speak of comes before them. */
export const readingOrder: readonly Topic[] = ['events', 'accounts', 'people', 'places', 'positions', 'dead-letters'];
export const keptTopics: readonly Topic[] = readingOrder.filter((topic) => !newestOnly.has(topic));

export function topicOf(number: number): Topic | undefined {
  return readingOrder.find((topic) => topicNumber[topic] === number);
}

/** Name of the table of a kept topic. */
export function tableOf(topic: Topic): string {
  return topic.replace('-', '_');
}

/**
 * Pages of 4096 bytes, SQLite's own default, fixed here because salvage reads pages without SQLite. `time` is UTC ms;
 * the columns `…_before` count what the topic was ever given before this row, so that the number of records and bytes
 * in a topic are a subtraction of its last and first row.
 */
export const pageSize = 4096;

const keptTable = (topic: Topic) => `
  CREATE TABLE IF NOT EXISTS ${tableOf(topic)} (
    commit_number INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    records INTEGER NOT NULL,
    records_before INTEGER NOT NULL,
    bytes_before INTEGER NOT NULL,
    packing INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    body BLOB NOT NULL
  );`;

export const schema = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS newest (
    id INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL,
    key TEXT NOT NULL,
    commit_number INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    value TEXT,
    UNIQUE (topic, key)
  );
  CREATE INDEX IF NOT EXISTS newest_by_commit ON newest (topic, commit_number);
  ${keptTopics.map(keptTable).join('')}`;

/** Numbers of the columns of a row as salvage finds them in a page (the integer primary key itself is not in it). */
export const keptColumns = 8;
export const newestColumns = 6;
export const metaColumns = 2;

/**
 * Makes the settings the promises rest on and checks that they hold. better-sqlite3 reopens a WAL file with
 * `synchronous=NORMAL`, under which a commit is not yet on the disk when it returns, so it is set on every open.
 */
export function settle(db: Database, options: { maxPageCount?: number } = {}): void {
  db.pragma(`page_size = ${pageSize}`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // What is erased is overwritten with zeros, in the file and in its free pages.
  db.pragma('secure_delete = ON');
  db.pragma('journal_size_limit = 67108864');
  db.pragma('temp_store = MEMORY');
  if (options.maxPageCount !== undefined) db.pragma(`max_page_count = ${options.maxPageCount}`);
  if (db.pragma('page_size', { simple: true }) !== pageSize) throw new Malformed('its pages have a wrong size');
  const mode = db.pragma('journal_mode', { simple: true });
  const synchronous = db.pragma('synchronous', { simple: true });
  if (mode !== 'wal' || synchronous !== 2) {
    throw new Error(`SQLite would not make commits durable (journal_mode=${mode}, synchronous=${synchronous})`);
  }
}

/** SQLite before 3.51.3 could corrupt a WAL database in a race while the WAL is reset (sqlite.org/changes.html). */
export function checkVersion(version: string): void {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major * 1_000_000 + minor * 1000 + patch < 3_051_003) {
    throw new Error(`SQLite ${version} is too old: at least 3.51.3 is needed`);
  }
}
