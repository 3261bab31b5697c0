import type { Database, Statement } from 'better-sqlite3';
import type { FramePosition } from '../../../protocol/feed-frame.ts';
import { type TrailPoint, trailPointOf } from '../../../protocol/trail.ts';
import { encodeChunk } from '../../../protocol/trail-chunk.ts';
import type { CachedTrail, Stretch } from '../../shared/bridge.ts';
import { Chunks } from './chunks.ts';
import { Held } from './held.ts';
import { atMost, known, without } from './stretches.ts';

/** Fixes further apart than this, or twice the van's usual interval, have a silence between them, ms. */
const leastDense = 60_000;
/** A fix that was on its way for longer may have left others behind, which the feed does not tell, ms. */
const freshFor = 60_000;
/** Questions to the daemon about one van at a time. */
const mostStretches = 8;

/** A van whose fixes come in. */
interface Hearing {
  key: number;
  /** the newest chunk's points while there is room in it, and what came since */
  open: TrailPoint[];
  /** whether `open` has points that are not in the file */
  dirty: boolean;
  /** stretches to be marked as held with the next write */
  held: Stretch[];
  /** the newest fix of this connection, UTC ms */
  newest: number | undefined;
  /** the usual time between fixes, ms */
  interval: number;
}

/**
 * Trails of vans: chunks of points, and for each van of which times everything is here.
 *
 * The feed tells states, not messages: a fix is in it when it was the newest one. So a time counts as held only where
 * fix followed fix, each fresh, over one connection. Everything else is missing, and asked for when it is wanted.
 */
export class Trails {
  #chunks: Chunks;
  #held: Held;
  #addVan: Statement<[string], { key: number }>;
  #findVan: Statement<[string], { key: number }>;
  #removeVan: Statement<[string]>;
  #hearing = new Map<string, Hearing>();
  /** until when the present connection has heard everything, UTC ms; undefined: there is none */
  #heardUntil: number | undefined;

  constructor(db: Database, deps: { damaged: () => void }) {
    this.#held = new Held(db);
    this.#chunks = new Chunks(db, (van, start, last) => {
      this.#held.cut(van, { from: start, to: last + 1 });
      deps.damaged();
    });
    this.#addVan = db.prepare('INSERT INTO van (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET id = id RETURNING key');
    this.#findVan = db.prepare('SELECT key FROM van WHERE id = ?');
    this.#removeVan = db.prepare('DELETE FROM van WHERE id = ?');
  }

  /** Another connection: what lies between is not known. Call after `write`. */
  connected(): void {
    for (const each of this.#hearing.values()) each.newest = undefined;
    this.#heardUntil = undefined;
  }

  heard(at: number): void {
    this.#heardUntil = at;
  }

  /** The usual time between a van's fixes, ms. */
  interval(vanId: string, interval: number): void {
    this.#of(vanId).interval = interval;
  }

  /** A fix of the feed, heard at `at` by the daemon's clock. */
  live(vanId: string, fix: Omit<FramePosition, 'index'> & { receivedAt?: number }, at: number): void {
    const { fixTime } = fix;
    const van = this.#of(vanId);
    // A frame does not say when the daemon received the fix; its own time stands for that until the daemon is asked.
    const point = trailPointOf({ device: '', ...fix, receivedAt: fix.receivedAt ?? fixTime });
    const last = van.open.at(-1)?.fixTime;
    if (last === undefined || fixTime > last) {
      van.open.push(point);
      van.dirty = true;
    }
    const { newest } = van;
    if (newest !== undefined && fixTime <= newest) return;
    const isDense = newest !== undefined && fixTime - newest <= this.#dense(van) && at - fixTime <= freshFor;
    const from = isDense ? newest : fixTime;
    const end = van.held.at(-1);
    if (end !== undefined && isDense) end.to = fixTime + 1;
    else van.held.push({ from, to: fixTime + 1 });
    van.newest = fixTime;
  }

  /** Writes what is only in memory; within a transaction of the caller's. */
  write(): void {
    for (const van of this.#hearing.values()) this.#write(van);
  }

  /** What the file did not take is not said to be held, and asked for again later. */
  giveUp(): void {
    this.#hearing.clear();
    this.#heardUntil = undefined;
  }

  read(vanId: string, period: Stretch): CachedTrail {
    const van = this.#find(vanId);
    if (van === undefined) return { chunks: [], missing: period.from < period.to ? [period] : [] };
    const rows = this.#chunks.read(van, period.from, period.to);
    const hearing = this.#hearing.get(vanId);
    const open = hearing?.dirty === true ? hearing.open : [];
    // Its row, if there is one, begins with the same point and ends earlier.
    const chunks = rows.filter(({ start }) => start !== open[0]?.fixTime).map(({ data }) => data);
    if (open.length > 0) chunks.push(encodeChunk(open));
    return { chunks, missing: this.#missing(van, hearing, period) };
  }

  /** What has to be asked for, in few questions. */
  missing(vanId: string, period: Stretch): Stretch[] {
    const van = this.#find(vanId);
    const all = van === undefined ? [period] : this.#missing(van, this.#hearing.get(vanId), period);
    return atMost(all, mostStretches);
  }

  /** Takes in what the daemon answered about a stretch, oldest point first. */
  keep(vanId: string, asked: Stretch, points: readonly TrailPoint[], askedAt: number): void {
    const van = this.#of(vanId);
    this.#write(van);
    this.#chunks.merge(van.key, points);
    const stretches = known(
      asked,
      points.map(({ fixTime }) => fixTime),
      askedAt,
      this.#dense(van),
    );
    for (const each of stretches) this.#held.add(van.key, each);
    van.open = this.#chunks.openEnd(van.key);
  }

  forget(vanId: string): void {
    const van = this.#find(vanId);
    this.#hearing.delete(vanId);
    if (van === undefined) return;
    this.#chunks.forget(van);
    this.#held.forget(van);
    this.#removeVan.run(vanId);
  }

  #dense(van: Hearing): number {
    return Math.max(leastDense, 2 * van.interval);
  }

  #missing(key: number, hearing: Hearing | undefined, period: Stretch): Stretch[] {
    const held = [...this.#held.within(key, period), ...(hearing?.held ?? [])];
    // While the feed is there, a van that says nothing has said nothing.
    if (hearing?.newest !== undefined && this.#heardUntil !== undefined) {
      held.push({ from: hearing.newest, to: Math.max(hearing.newest, this.#heardUntil) + freshFor });
    }
    return without(period, held);
  }

  #find(vanId: string): number | undefined {
    return this.#hearing.get(vanId)?.key ?? this.#findVan.get(vanId)?.key;
  }

  #of(vanId: string): Hearing {
    let van = this.#hearing.get(vanId);
    if (van === undefined) {
      const key = this.#addVan.get(vanId)?.key ?? 0;
      van = { key, open: this.#chunks.openEnd(key), dirty: false, held: [], newest: undefined, interval: 0 };
      this.#hearing.set(vanId, van);
    }
    return van;
  }

  #write(van: Hearing): void {
    if (van.dirty) van.open = this.#chunks.write(van.key, van.open);
    for (const each of van.held) this.#held.add(van.key, each);
    van.dirty = false;
    van.held = [];
  }
}
