import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';

/**
 * What was found damaged is never thrown away: its raw bytes stay in the folder as `damaged-…`, with a note beside
 * them. The notes are the only list of damage there is, so it outlives the database itself; an operator who has dealt
 * with one deletes its files.
 */
export interface Damage {
  /** when it was found, UTC ms */
  at: number;
  /** what was found and what became of it, for a person */
  detail: string;
  /** records that are missing from the log now; null: not known */
  records: number | null;
  /** the file it was set aside as, in the folder of the log */
  file: string;
}

/** A name for a set-aside file, free in this folder: `damaged-20261120T101530Z-WHAT`. */
export function damagedName(folder: string, at: number, what: string): string {
  const stamp = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const name = `damaged-${stamp}-${what}`;
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : name.replace(/(\.\w+)?$/, `-${number}$1`);
    if (!existsSync(join(folder, free))) return free;
  }
}

/** Notes a damage; what it speaks of must be safe in `damage.file` already. */
export function noteDamage(folder: string, damage: Damage): void {
  writeDurably(join(folder, `${damage.file}.json`), `${JSON.stringify(damage, null, 2)}\n`);
}

/** All damage noted in this folder, newest first. */
export function listDamage(folder: string): Damage[] {
  const found: Damage[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('damaged-') || !name.endsWith('.json')) continue;
    try {
      const { at, detail, records } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Damage;
      found.push({ at: Number(at), detail: String(detail), records: records ?? null, file: name.slice(0, -5) });
    } catch {
      found.push({ at: 0, detail: 'the note of this damage cannot be read', records: null, file: name });
    }
  }
  return found.sort((a, b) => b.at - a.at);
}
