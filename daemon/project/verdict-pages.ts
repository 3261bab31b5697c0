import type { Database, Statement } from 'better-sqlite3';

/** What became of an event, as it is kept. */
export interface KeptVerdict {
  agency: string;
  /** UTC ms, of the event */
  time: number;
  /** null: it was applied */
  dropped: string | null;
}

/** id, agency, time, dropped */
type Entry = [string, string, number, string | null];
interface Page {
  number: number;
  count: number;
  /** UTC ms, of its newest event */
  newest: number;
}

/** Verdicts of a page: about 20 kB. */
const roomOfPage = 256;

/**
 * Verdicts in SQLite, in the order in which they came, many in a row: they are written for every event and looked up
 * now and then, and with a row and an index entry for each, writing those of an import took ten times as long. A
 * look-up reads the texts, some milliseconds for a hundred thousand. When an id is here twice, the first counts.
 */
export class VerdictPages {
  /** oldest first */
  #pages: Page[] = [];
  /** what is on the last page */
  #entries: Entry[] = [];
  #saving: { pages: Page[]; entries: Entry[] } | undefined;
  #find: Statement<[string], string> | undefined;

  /** Makes the missing table. */
  open(db: Database): void {
    db.exec(`CREATE TABLE IF NOT EXISTS verdict (
      page INTEGER PRIMARY KEY, count INTEGER NOT NULL, newest INTEGER NOT NULL, entries TEXT NOT NULL) STRICT`);
    this.#pages = db.prepare<[], Page>('SELECT page AS number, count, newest FROM verdict ORDER BY page').all();
    const last = db.prepare<[], string>('SELECT entries FROM verdict ORDER BY page DESC LIMIT 1').pluck().get();
    this.#entries = last === undefined ? [] : (JSON.parse(last) as Entry[]);
    this.#saving = undefined;
    this.#find = db
      .prepare<[string], string>('SELECT entries FROM verdict WHERE instr(entries, ?) > 0 ORDER BY page')
      .pluck();
  }

  /** Adds verdicts; lets pages go whose events are all older than `since` (UTC ms), and all but the newest `most`. */
  save(db: Database, verdicts: ReadonlyMap<string, KeptVerdict>, since: number, most: number): void {
    const pages = [...this.#pages];
    let entries = this.#entries;
    if (verdicts.size > 0) {
      const put = db.prepare(`INSERT INTO verdict VALUES (?, ?, ?, ?) ON CONFLICT (page) DO UPDATE SET
        count = excluded.count, newest = excluded.newest, entries = excluded.entries`);
      const write = (page: Page) => put.run(page.number, page.count, page.newest, JSON.stringify(entries));
      let last = pages.pop() ?? { number: 1, count: 0, newest: 0 };
      entries = [...entries];
      for (const [id, { agency, time, dropped }] of verdicts) {
        if (entries.length >= roomOfPage) {
          write(last);
          pages.push(last);
          last = { number: last.number + 1, count: 0, newest: 0 };
          entries = [];
        }
        entries.push([id, agency, time, dropped]);
        last = { number: last.number, count: entries.length, newest: Math.max(last.newest, time) };
      }
      write(last);
      pages.push(last);
    }
    let count = pages.reduce((sum, page) => sum + page.count, 0);
    const erase = db.prepare('DELETE FROM verdict WHERE page = ?');
    const kept = pages.filter((page, i) => {
      // The last page stays, however old: new ones come behind it.
      if (i === pages.length - 1 || (page.newest >= since && count - page.count < most)) return true;
      erase.run(page.number);
      count -= page.count;
      return false;
    });
    this.#saving = { pages: kept, entries };
  }

  /** What was written is durable. */
  saved(): void {
    if (this.#saving === undefined) return;
    this.#pages = this.#saving.pages;
    this.#entries = this.#saving.entries;
    this.#saving = undefined;
  }

  find(id: string): KeptVerdict | undefined {
    for (const text of this.#find?.iterate(JSON.stringify(id)) ?? []) {
      const entry = (JSON.parse(text) as Entry[]).find(([one]) => one === id);
      if (entry !== undefined) return { agency: entry[1], time: entry[2], dropped: entry[3] };
    }
    return undefined;
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS verdict');
  }
}
