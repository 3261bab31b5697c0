import type { Database, Statement } from 'better-sqlite3';
import type { Found } from '../../shared/bridge.ts';
import { searchable } from '../../shared/searchable.ts';

type Kind = Found['kind'];

/** An entry of the feed as it is kept: the thing itself, without the number and the position it came with. */
type Json = Record<string, unknown>;

/** A thing as the feed gave it, and where it was last. */
interface Entry {
  id: string;
  thing: Json;
  spot: Json | null;
}

/** What every van, consumer, order and alert was when it was last heard of, and where vans and consumers were. */
export class Things {
  #put: Statement<[string, string, string, string, number, number | null]>;
  #get: Statement<[string, string], Found>;
  #remove: Statement<[string, string]>;
  #ids: Statement<[string], { id: string; ended: number | null }>;
  #page: Statement<[string, string, number], { id: string; json: string; spot: string | null }>;
  #recent: Statement<[number], Found>;
  #putSpot: Statement<[string, string, string]>;
  #removeSpot: Statement<[string, string]>;
  #expire: Statement<[number]>;
  #db: Database;
  #damaged: () => void;

  /** `damaged` is told of what cannot be read any more; it is taken out, the next snapshot brings it back. */
  constructor(db: Database, damaged: () => void) {
    this.#db = db;
    this.#damaged = damaged;
    this.#put = db.prepare(
      `INSERT INTO thing (kind, id, json, text, heard, ended) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE
         SET json = excluded.json, text = excluded.text, heard = excluded.heard, ended = excluded.ended
         WHERE json <> excluded.json OR text <> excluded.text`,
    );
    this.#get = db.prepare('SELECT kind, id, json, heard FROM thing WHERE kind = ? AND id = ?');
    this.#remove = db.prepare('DELETE FROM thing WHERE kind = ? AND id = ?');
    this.#ids = db.prepare('SELECT id, ended FROM thing WHERE kind = ?');
    this.#page = db.prepare(
      `SELECT thing.id, thing.json, spot.json AS spot FROM thing
       LEFT JOIN spot ON spot.kind = thing.kind AND spot.id = thing.id
       WHERE thing.kind = ? AND thing.id > ? AND (thing.kind <> 'alert' OR thing.ended IS NULL) ORDER BY thing.id LIMIT ?`,
    );
    this.#recent = db.prepare('SELECT kind, id, json, heard FROM thing ORDER BY heard DESC LIMIT ?');
    this.#putSpot = db.prepare('INSERT OR REPLACE INTO spot (kind, id, json) VALUES (?, ?, ?)');
    this.#removeSpot = db.prepare('DELETE FROM spot WHERE kind = ? AND id = ?');
    this.#expire = db.prepare('DELETE FROM thing WHERE ended < ?');
  }

  put(kind: Kind, id: string, thing: Json, heard: number): void {
    const ended = kind === 'alert' ? thing.closedAt : thing.endedAt;
    this.#put.run(kind, id, JSON.stringify(thing), textOf(thing), heard, typeof ended === 'number' ? ended : null);
  }

  spot(kind: Kind, id: string, position: object | null): void {
    if (position === null) this.#removeSpot.run(kind, id);
    else this.#putSpot.run(kind, id, JSON.stringify(position));
  }

  get(kind: Kind, id: string): Found | undefined {
    return this.#get.get(kind, id);
  }

  remove(kind: Kind, id: string): void {
    this.#remove.run(kind, id);
    this.#removeSpot.run(kind, id);
  }

  ids(kind: Kind): { id: string; ended: number | null }[] {
    return this.#ids.all(kind);
  }

  /** Things of a kind in the order of their ids, after `after`; of alerts those that are open. */
  page(kind: Kind, after: string, limit: number): { entries: Entry[]; last: string | undefined } {
    const rows = this.#page.all(kind, after, limit);
    const entries: Entry[] = [];
    for (const { id, json, spot } of rows) {
      try {
        entries.push({ id, thing: JSON.parse(json) as Json, spot: JSON.parse(spot ?? 'null') as Json | null });
      } catch {
        this.remove(kind, id);
        this.#damaged();
      }
    }
    return { entries, last: rows.length < limit ? undefined : rows.at(-1)?.id };
  }

  /** Every word of the text has to be there; the newest first. */
  search(text: string, limit: number): Found[] {
    const words = searchable(text).split(/\s+/).filter(Boolean);
    if (words.length === 0) return this.#recent.all(limit);
    const rule = words.map(() => 'instr(text, ?) > 0').join(' AND ');
    return this.#db
      .prepare<string[], Found>(
        `SELECT kind, id, json, heard FROM thing WHERE ${rule} ORDER BY heard DESC LIMIT ${Math.floor(limit)}`,
      )
      .all(...words);
  }

  /** Forgets what ended before `time`. */
  expire(time: number): void {
    this.#expire.run(time);
  }
}

/** All the texts and numbers of a thing, digits of telephone numbers also without what stands between them. */
function textOf(thing: Json): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(thing)) {
    if (name === 'version' || (typeof value !== 'string' && typeof value !== 'number')) continue;
    parts.push(String(value));
    if (name === 'phone') parts.push(String(value).replace(/\D/g, ''));
  }
  return searchable(...parts);
}
