import type { Database } from 'better-sqlite3';

/**
 * The tables of the cache. Each entry brings a file from the version before to its own; a file is never changed any
 * other way, so an old cache stays useful after an update.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Vans, consumers, orders, alerts: the newest word about each. text: what a search looks through.
  CREATE TABLE thing (
    key INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, text TEXT NOT NULL,
    heard INTEGER NOT NULL, ended INTEGER, UNIQUE (kind, id)) STRICT;

  -- The last position of a van or a consumer, apart from its fields because it changes with every fix.
  CREATE TABLE spot (
    kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;

  CREATE TABLE van (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;

  -- A row stays under about 2 KB, a quarter of a page, or SQLite moves it to pages of its own. sum: CRC-32 of data.
  CREATE TABLE chunk (
    van INTEGER NOT NULL, start INTEGER NOT NULL, last INTEGER NOT NULL, points INTEGER NOT NULL, sum INTEGER NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY (van, start)) STRICT, WITHOUT ROWID;

  -- Times of a van of which everything is here, from start until before until.
  CREATE TABLE held (
    van INTEGER NOT NULL, start INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (van, start))
    STRICT, WITHOUT ROWID;
  `,
  `
  -- Notes written without a connection; they wait for it.
  CREATE TABLE note (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
    at INTEGER NOT NULL) STRICT;
  `,
  `
  -- Alerts that have closed have ended too: they are no part of a picture, and expire.
  UPDATE thing SET ended = json ->> 'closedAt' WHERE kind = 'alert' AND json_valid(json);
  `,
];

export const newestVersion = steps.length;

/** Brings a file to the newest version, all of it or nothing. Throws when the file is of a version yet unknown. */
export function migrate(db: Database, upTo: number = newestVersion): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > upTo) throw new NewerFile(version);
  if (version === upTo) return;
  db.transaction(() => {
    for (const step of steps.slice(version, upTo)) db.exec(step);
    db.pragma(`user_version = ${upTo}`);
  })();
}

/** The file was written by a newer version of the app. */
export class NewerFile extends Error {
  constructor(version: number) {
    super(`the cache is of version ${version}, this app knows ${newestVersion}`);
    this.name = 'NewerFile';
  }
}
