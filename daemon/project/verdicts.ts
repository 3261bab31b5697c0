import type { Database, Statement } from 'better-sqlite3';
import type { Verdict } from '../domain/registry.ts';

/** What became of a command, asked for by the id of its event. */
export interface RequestState {
  id: string;
  /** pending: this daemon has given it to the log, which has neither refused it nor brought it back yet */
  state: 'pending' | 'applied' | 'dropped';
  /** why it was dropped */
  detail?: string;
}

interface Kept {
  agency: string;
  /** UTC ms, of the event */
  time: number;
  /** null: it was applied */
  dropped: string | null;
}

/** How long a verdict is kept, ms, and how many at most, the newest. */
const keptMs = 86_400_000;
const keptCount = 100_000;
/** Commands the log refused that are remembered; they are in no log, so only this daemon can tell. */
const refusedCount = 1000;

/**
 * What became of the events of the last day. The registry projection keeps them with its own state, so every daemon on
 * a log can say it, also after a restart; those not saved yet are in memory, the others in the table. The first verdict
 * about an id stands: the same event a second time is dropped by what it expects, which says nothing about the first.
 */
export class Verdicts {
  readonly #now: () => number;
  #unsaved = new Map<string, Kept>();
  readonly #awaited = new Map<string, { agency: string; tell: (verdict: Verdict) => void }>();
  readonly #refused = new Map<string, { agency: string; why: string }>();
  #find: Statement<[string], Kept> | undefined;

  /** `now`: UTC ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes the missing table. Those who wait go on waiting. */
  open(db: Database): void {
    this.#unsaved.clear();
    db.exec(`CREATE TABLE IF NOT EXISTS verdict (
        sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, agency TEXT NOT NULL, time INTEGER NOT NULL, dropped TEXT
      ) STRICT;
      CREATE INDEX IF NOT EXISTS verdict_time ON verdict (time);`);
    this.#find = db.prepare('SELECT agency, time, dropped FROM verdict WHERE id = ?');
  }

  save(db: Database): void {
    const put = db.prepare('INSERT OR IGNORE INTO verdict (id, agency, time, dropped) VALUES (?, ?, ?, ?)');
    for (const [id, { agency, time, dropped }] of this.#unsaved) put.run(id, agency, time, dropped);
    db.prepare('DELETE FROM verdict WHERE time < ?').run(this.#now() - keptMs);
    db.prepare('DELETE FROM verdict WHERE sequence <= (SELECT max(sequence) FROM verdict) - ?').run(keptCount);
  }

  saved(): void {
    this.#unsaved.clear();
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS verdict');
  }

  /** Resolves when the log has brought the event and it was applied or dropped. Ask before it is appended. */
  expect(agency: string, id: string): Promise<Verdict> {
    return new Promise((resolve) => this.#awaited.set(id, { agency, tell: resolve }));
  }

  /** The log has said that it does not have the event and never will. */
  refused(id: string, why: string): void {
    const agency = this.#awaited.get(id)?.agency;
    this.#awaited.delete(id);
    if (agency === undefined) return;
    this.#refused.set(id, { agency, why });
    for (const oldest of this.#refused.keys()) {
      if (this.#refused.size <= refusedCount) break;
      this.#refused.delete(oldest);
    }
  }

  /** The log has brought an event; told for each, whoever made it. */
  take(agency: string, event: { id?: unknown; time?: unknown } | undefined, verdict: Verdict): void {
    const { id, time } = event ?? {};
    // What cannot be read may lack anything.
    if (typeof id !== 'string' || id.length > 64) return;
    this.#awaited.get(id)?.tell(verdict);
    this.#awaited.delete(id);
    if (typeof time !== 'number' || !(time >= this.#now() - keptMs) || this.#kept(id) !== undefined) return;
    const dropped = verdict === 'applied' ? null : verdict.dropped.slice(0, 500);
    this.#unsaved.set(id, { agency, time: Math.trunc(time), dropped });
  }

  /** Undefined: nothing is known of such a command in this agency. */
  state(agency: string, id: string): RequestState | undefined {
    const kept = this.#kept(id);
    if (kept !== undefined) {
      if (kept.agency !== agency || kept.time < this.#now() - keptMs) return undefined;
      return kept.dropped === null ? { id, state: 'applied' } : { id, state: 'dropped', detail: kept.dropped };
    }
    if (this.#awaited.get(id)?.agency === agency) return { id, state: 'pending' };
    const refused = this.#refused.get(id);
    if (refused?.agency !== agency) return undefined;
    return { id, state: 'dropped', detail: `the log did not take it: ${refused.why}` };
  }

  /** Commands of this daemon that wait for the log. */
  get undecided(): number {
    return this.#awaited.size;
  }

  #kept(id: string): Kept | undefined {
    return this.#unsaved.get(id) ?? this.#find?.get(id);
  }
}
