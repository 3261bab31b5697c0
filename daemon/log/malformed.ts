import Database from 'better-sqlite3';

/** The file is damaged beyond a single row: its rows must be salvaged. */
export class Malformed extends Error {
  override name = 'Malformed';
}

/** Whether an error says that the file is no sound database. */
export function isMalformed(error: unknown): boolean {
  if (error instanceof Malformed) return true;
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** The same while opening: there SQLite has other words for a wrong byte in the header or in the schema. */
export function isMalformedAtOpen(error: unknown): boolean {
  if (isMalformed(error)) return true;
  return error instanceof Database.SqliteError && /^SQLITE_(ERROR|READONLY)$/.test(error.code);
}
