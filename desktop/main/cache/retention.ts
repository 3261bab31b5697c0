import type { Database } from 'better-sqlite3';
import type { Things } from './things.ts';

export interface Limits {
  days: number;
  megabytes: number;
}

const day = 86_400_000;
/** What a row costs beside its blob, roughly. */
const rowBytes = 60;

/**
 * Forgets what is older than the limit, then the oldest trails until the file is below its size. `heardAt` is the
 * daemon's clock: this computer's may be years off, and must not empty the cache. Nor must a daemon's that is: ages are
 * counted from the newest fix there is, if that is older.
 */
export function forgetOld(db: Database, things: Things, limits: Limits, heardAt: number): void {
  const newest = db.prepare('SELECT max(last) FROM chunk').pluck().get() as number | null;
  const oldest = Math.min(heardAt, newest ?? heardAt) - limits.days * day;
  db.transaction(() => {
    cutBefore(db, oldest);
    things.expire(oldest);
  })();
  // A page is free when all its rows are gone, so the first cut may not be enough.
  for (let pass = 0; pass < 5; pass++) {
    const excess = bytesUsed(db) - limits.megabytes * 1_000_000;
    if (excess <= 0) break;
    db.transaction(() => cutBefore(db, endOfOldest(db, excess)))();
  }
  db.pragma('incremental_vacuum');
}

/** The time until which the oldest trails take so many bytes, and a little more: the next hour should not ask again. */
function endOfOldest(db: Database, bytes: number): number {
  const rows = db.prepare<[], { last: number; bytes: number }>(
    'SELECT last, length(data) AS bytes FROM chunk ORDER BY last',
  );
  let freed = 0;
  let until = 0;
  for (const row of rows.iterate()) {
    freed += row.bytes + rowBytes;
    until = row.last + 1;
    if (freed > bytes * 1.1) break;
  }
  return until;
}

function cutBefore(db: Database, time: number): void {
  db.prepare('DELETE FROM chunk WHERE last < ?').run(time);
  db.prepare('DELETE FROM held WHERE until <= ?').run(time);
  db.prepare('UPDATE held SET start = ? WHERE start < ?').run(time, time);
}

/** What the file holds, without what is free in it, bytes. */
export function bytesUsed(db: Database): number {
  const pages = db.pragma('page_count', { simple: true }) as number;
  const free = db.pragma('freelist_count', { simple: true }) as number;
  return (pages - free) * (db.pragma('page_size', { simple: true }) as number);
}
