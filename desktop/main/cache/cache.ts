import { mkdirSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { TrailPoint } from '../../../protocol/trail.ts';
import { decodeChunk } from '../../../protocol/trail-chunk.ts';
import type {
  CachedTrail,
  CacheFacts,
  FeedBatch,
  Found,
  PicturePart,
  Stretch,
  Thing,
  WaitingNote,
} from '../../shared/bridge.ts';
import type { CacheNotice } from './calls.ts';
import { Damaged, InUse, openFile, readOnly, saysDamaged, saysFull, setAside } from './file.ts';
import { Heard } from './heard.ts';
import { Notes } from './notes.ts';
import { picturePart } from './picture.ts';
import { bytesUsed, forgetOld, type Limits } from './retention.ts';
import { NewerFile } from './schema.ts';
import { Things } from './things.ts';
import { Trails } from './trails.ts';

interface CacheDeps {
  /** the folder of this server, agency and account */
  folder: string;
  limits: Limits;
  /** told what a person should know */
  notice: (notice: CacheNotice) => void;
  /** this computer's clock, UTC ms; it only names files and is compared with the daemon's */
  now: () => number;
}

interface Parts {
  db: Database;
  things: Things;
  trails: Trails;
  heard: Heard;
  notes: Notes;
}

/** The disk took nothing: what was heard is not in the cache. */
class NotWritten extends Error {
  constructor(reason: string) {
    super(`the cache could not be written (${reason})`);
    this.name = 'NotWritten';
  }
}

/**
 * The trail cache of one account: what this desk has seen, to be shown before the network answers and while it does
 * not. It is never the truth, so it can be lost: a damaged file is put aside, a new one begun, and what is missing is
 * asked for again. All calls are synchronous; it lives in a process of its own.
 */
export class TrailCache {
  #deps: CacheDeps;
  #parts: Parts | undefined;
  #link: number | undefined;
  #asOf: number | undefined;
  #heardNow = false;
  #full = false;
  #dropped = 0;

  constructor(deps: CacheDeps) {
    this.#deps = deps;
  }

  /** Throws InUse when another process has it. */
  start(): void {
    if (this.#parts !== undefined) return;
    mkdirSync(this.#deps.folder, { recursive: true, mode: 0o700 });
    try {
      this.#parts = this.#open();
      this.#asOf = this.#fact('asOf', Number);
    } catch (error) {
      if (error instanceof InUse || (!saysDamaged(error) && !(error instanceof NewerFile))) throw error;
      this.#startAnew(error);
    }
    const ahead = (this.#asOf ?? 0) - this.#deps.now();
    if (ahead > 600_000) {
      this.#deps.notice({ key: 'clock', minutes: Math.round(ahead / 60_000) });
    }
  }

  /** the daemon's clock at the last word from it, UTC ms */
  get asOf(): number | undefined {
    return this.#asOf;
  }

  stop(): void {
    if (this.#parts === undefined) return;
    try {
      this.flush();
    } catch {
      // Told already; what is not written is asked for again.
    }
    this.#parts?.db.close();
    this.#parts = undefined;
  }

  /** Takes in what a page heard. Throws NotWritten when the disk does not take it, RangeError when it is no batch. */
  take(batch: FeedBatch): void {
    this.#guarded((parts) => {
      if (this.#link !== batch.link) {
        this.#flush(parts);
        parts.trails.connected();
        parts.heard.connected();
        this.#link = batch.link;
      }
      parts.db.transaction(() => parts.heard.take(batch))();
      parts.trails.heard(batch.at);
      this.#asOf = batch.at;
      this.#heardNow = true;
      // After a full disk everything is written at once, to know whether it is over.
      if (this.#full || batch.messages.length > 0) this.#flush(parts);
      if (!this.#full) return;
      this.#full = false;
      this.#deps.notice({ key: 'cache-writes' });
    });
  }

  /** Writes what is only in memory: points, last positions, until when all of it is true. */
  flush(): void {
    this.#guarded((parts) => this.#flush(parts));
  }

  /** Forgets what is too old or too much; only once the daemon has said what time it is. */
  tidy(): void {
    const at = this.#asOf;
    if (!this.#heardNow || at === undefined) return;
    this.#guarded((parts) => forgetOld(parts.db, parts.things, this.#deps.limits, at));
  }

  /** Reads the whole file for what reading a part does not show; a damaged one is replaced. Takes seconds when it is big. */
  check(): void {
    this.#guarded(({ db }) => {
      const found = db.pragma('integrity_check(1)', { simple: true });
      if (found !== 'ok') throw new Damaged(String(found));
    });
  }

  /** undefined: this account has never seen anything here. */
  picture(after: string | undefined): PicturePart | undefined {
    return this.#guarded((parts) => {
      const agency = parts.heard.agency ?? this.#fact('agency', String);
      if (this.#asOf === undefined || agency === undefined) return undefined;
      return picturePart(parts.things, { agency, asOf: this.#asOf }, after);
    });
  }

  trail(vanId: string, period: Stretch): CachedTrail {
    return this.#guarded(({ trails }) => trails.read(vanId, period));
  }

  /** What has to be asked for to know all about this period. */
  missing(vanId: string, period: Stretch): Stretch[] {
    return this.#guarded(({ trails }) => trails.missing(vanId, period));
  }

  /** Takes in the daemon's answer about a stretch: chunks, oldest first. Answers how many points there were. */
  keep(vanId: string, asked: Stretch, chunks: readonly Uint8Array[], askedAt: number): number {
    return this.#guarded((parts) => {
      const points = new Map<number, TrailPoint>();
      for (const chunk of chunks) for (const point of decodeChunk(chunk)) points.set(point.fixTime, point);
      const inOrder = [...points.values()].sort((a, b) => a.fixTime - b.fixTime);
      parts.db.transaction(() => parts.trails.keep(vanId, asked, inOrder, askedAt))();
      return inOrder.length;
    });
  }

  search(text: string, limit: number): Found[] {
    return this.#guarded(({ things }) => things.search(text, limit));
  }

  find(kind: Found['kind'], id: string): Found | undefined {
    return this.#guarded(({ things }) => things.get(kind, id));
  }

  addNote(about: Thing, text: string): WaitingNote {
    return this.#guarded(({ notes }) => notes.add(about, text, this.#deps.now()));
  }

  waitingNotes(): WaitingNote[] {
    return this.#guarded(({ notes }) => notes.all());
  }

  removeNote(id: number): boolean {
    return this.#guarded(({ notes }) => notes.remove(id));
  }

  facts(): CacheFacts {
    return this.#guarded(({ db }) => ({
      open: true,
      bytes: bytesUsed(db),
      points: db.prepare('SELECT coalesce(sum(points), 0) FROM chunk').pluck().get() as number,
      things: db.prepare('SELECT count(*) FROM thing').pluck().get() as number,
      asOf: this.#asOf,
    }));
  }

  /** Vans of which something is here. */
  vans(): string[] {
    return this.#guarded(({ things }) => things.ids('van').map(({ id }) => id));
  }

  #open(): Parts {
    const db = openFile(this.#deps.folder);
    try {
      const things = new Things(db, () => this.#droppedOne());
      const trails = new Trails(db, { damaged: () => this.#droppedOne() });
      return { db, things, trails, heard: new Heard(things, trails), notes: new Notes(db) };
    } catch (error) {
      db.close();
      throw error;
    }
  }

  #flush(parts: Parts): void {
    const { agency } = parts.heard;
    parts.db.transaction(() => {
      parts.trails.write();
      parts.heard.write();
      const put = parts.db.prepare('INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)');
      if (this.#asOf !== undefined) put.run('asOf', String(this.#asOf));
      if (agency !== undefined) put.run('agency', agency);
    })();
  }

  #fact<T>(name: string, as: (text: string) => T): T | undefined {
    const value = this.#parts?.db.prepare('SELECT value FROM fact WHERE name = ?').pluck().get(name);
    return typeof value === 'string' ? as(value) : undefined;
  }

  /** Runs a piece of work; a damaged file is replaced by an empty one, and the work done there. */
  #guarded<T>(work: (parts: Parts) => T): T {
    if (this.#parts === undefined) throw new Error('the cache is not open');
    try {
      return work(this.#parts);
    } catch (error) {
      // The file has taken nothing of it, so what is only in memory may not build on it: keys of vans for one.
      this.#parts.trails.giveUp();
      this.#parts.heard.giveUp();
      this.#link = undefined;
      if (saysFull(error)) {
        if (!this.#full) {
          this.#full = true;
          this.#deps.notice({ key: 'cache-full' });
        }
        throw new NotWritten((error as Error).message);
      }
      if (!saysDamaged(error)) throw error;
      this.#startAnew(error);
      return work(this.#parts);
    }
  }

  #startAnew(error: unknown): void {
    const notes = this.#savedNotes();
    this.#parts?.db.close();
    this.#parts = undefined;
    setAside(this.#deps.folder, this.#deps.now());
    const parts = this.#open();
    this.#parts = parts;
    for (const { about, text, at } of notes) parts.notes.add(about, text, at);
    this.#link = undefined;
    this.#asOf = undefined;
    this.#deps.notice({ key: 'cache-damaged', newer: error instanceof NewerFile });
  }

  /** Notes are the one thing here that no daemon has. */
  #savedNotes(): WaitingNote[] {
    try {
      return this.#parts?.notes.all() ?? readNotes(this.#deps.folder);
    } catch {
      return [];
    }
  }

  #droppedOne(): void {
    this.#dropped++;
    if (this.#dropped > 1) return;
    this.#deps.notice({ key: 'cache-piece' });
  }
}

/** The notes in a file that cannot be opened as a cache any more. Throws when they cannot be read either. */
function readNotes(folder: string): WaitingNote[] {
  const db = readOnly(folder);
  try {
    return new Notes(db).all();
  } finally {
    db.close();
  }
}
