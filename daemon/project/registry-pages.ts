import type { Database } from 'better-sqlite3';
import { documentOf, restore, type SubjectDocument } from '../domain/registry-documents.ts';
import type { RegistryState } from '../domain/registry-state.ts';
import { type EventKind, ofEvent, type Subject, subjectOf, type Thing, type ValueKind } from '../domain/subject.ts';
import type { Cursor } from '../log/log.ts';

/** Things of a page: 8 kB of consumers, two pages of SQLite; one change writes little, an import few rows. */
const roomOfPage = 24;
/** Pages of a slice at least, which take about six milliseconds to write; and what part of all that wait it is. */
const leastSlice = 128;
const slices = 16;
/** ms between two slices */
const sliceEvery = 900;

interface Page {
  number: number;
  agency: string;
  /** things that events name; what belongs to one (personal fields, a credential) lies beside it */
  things: Thing[];
}

/** Pages that wait to be written, in the order in which they were touched first. */
interface Waiting {
  pages: Set<Page>;
  /** reading the log from here brings again all that touched them */
  from: Cursor | null;
}

/**
 * How the registry lies in SQLite: pages of some things each, a row each. With a row for each subject a list of
 * consumers took three times as long to write. A thing stays on its page, and a page is written whole, so whatever is
 * erased is overwritten.
 *
 * After a long list thousands of pages wait, and writing them at once would hold everybody up. So those of consumers are
 * written in slices, some of them later than others; until all are, the log is read again from before the oldest that
 * waits. An event that was about one consumer and expects nothing else is then dropped where it is on a page already,
 * since the version is past it, and applied where not; newest values come to be the newest again. Pages that any other
 * event has touched are written with the next save, together, and that event is not applied again (`EventsAhead`).
 */
export class RegistryPages {
  readonly #state: RegistryState;
  readonly #leastSlice: number;
  /** by agency, kind and id: joining those to a subject for each look-up would take as long as all the rest */
  #pageOf = new Map<string, Map<string, Map<string, Page>>>();
  /** the page of each agency that new things come on */
  #filling = new Map<string, Page>();
  #last = 0;
  /** to be written with the next save */
  #due = new Set<Page>();
  /** to be written in slices, the first before the second; what is touched goes into the second */
  #slow: [Waiting, Waiting] = [nobody(), nobody()];
  #writing: Page[] = [];
  #savedAt = 0;

  /** `leastInSlice`: pages; a test has few */
  constructor(state: RegistryState, leastInSlice = leastSlice) {
    this.#state = state;
    this.#leastSlice = leastInSlice;
  }

  /** Makes the missing table and puts what it has into the state, which knows nothing yet. */
  open(db: Database): void {
    this.#pageOf = new Map();
    this.#filling = new Map();
    this.#due = new Set();
    this.#slow = [nobody(), nobody()];
    this.#writing = [];
    this.#last = 0;
    db.exec(`CREATE TABLE IF NOT EXISTS registry (
      page INTEGER PRIMARY KEY, agency TEXT NOT NULL, documents TEXT NOT NULL) STRICT`);
    const rows = db.prepare<[], [number, string, string]>('SELECT page, agency, documents FROM registry').raw();
    for (const [number, agency, documents] of rows.iterate()) {
      const page: Page = { number, agency, things: [] };
      for (const [subject, document] of JSON.parse(documents) as [Subject, SubjectDocument][]) {
        const { kind, id } = subjectOf(subject);
        this.#place(page, kind as EventKind, id);
        restore(this.#state, agency, subject, document);
      }
      this.#last = Math.max(this.#last, number);
      if (page.things.length < roomOfPage) this.#filling.set(agency, page);
    }
  }

  /**
   * Something of this subject has changed and is to be written. `from`: reading the log from here brings it again;
   * `alone`: by that it is right again, whatever else was written or not.
   */
  touch(agency: string, kind: EventKind | ValueKind, id: string, from: Cursor | null, alone: boolean): void {
    const page = this.#pageFor(agency, keptWith(kind), id);
    const [first, second] = this.#slow;
    if (!alone) this.#due.add(page);
    else if (!this.#due.has(page) && !first.pages.has(page)) {
      if (second.pages.size === 0) second.from = from;
      second.pages.add(page);
    }
  }

  /** Whether a slice is due. */
  get wantsSave(): boolean {
    const [first, second] = this.#slow;
    return first.pages.size + second.pages.size > 0 && performance.now() - this.#savedAt >= sliceEvery;
  }

  /** Writes all pages that are due and a slice of the others, or all of them; answers the oldest that go on waiting. */
  save(db: Database, all: boolean): { from: Cursor | null } | undefined {
    this.#writing = [...this.#due];
    const [first, second] = this.#slow;
    const count = first.pages.size + second.pages.size;
    let left = all ? count : Math.max(this.#leastSlice, Math.ceil(count / slices));
    const kept: Waiting[] = [];
    for (const waiting of [first, second]) {
      const pages = [...waiting.pages].filter((page) => !this.#due.has(page));
      this.#writing.push(...pages.slice(0, left));
      if (pages.length > left) kept.push(waiting);
      left = Math.max(0, left - pages.length);
    }
    this.#write(db);
    return kept[0];
  }

  #write(db: Database): void {
    if (this.#writing.length === 0) return;
    const put = db.prepare(
      'INSERT INTO registry VALUES (?, ?, ?) ON CONFLICT (page) DO UPDATE SET documents = excluded.documents',
    );
    for (const { number, agency, things } of this.#writing) {
      const documents: [Subject, SubjectDocument][] = [];
      for (const thing of things) {
        const document = documentOf(this.#state, agency, thing, true);
        if (document !== undefined) documents.push([ofEvent(thing.kind, thing.id), document]);
      }
      put.run(number, agency, JSON.stringify(documents));
    }
  }

  /** What was written is durable. Nothing is touched between `save` and this. */
  saved(): void {
    const [first, second] = this.#slow;
    for (const page of this.#writing) {
      this.#due.delete(page);
      first.pages.delete(page);
      second.pages.delete(page);
    }
    this.#writing = [];
    if (first.pages.size === 0) this.#slow = [second, nobody()];
    this.#savedAt = performance.now();
  }

  static drop(db: Database): void {
    db.exec('DROP TABLE IF EXISTS registry');
  }

  #pageFor(agency: string, kind: EventKind, id: string): Page {
    const known = this.#pageOf.get(agency)?.get(kind)?.get(id);
    if (known !== undefined) return known;
    let filling = this.#filling.get(agency);
    if (filling === undefined || filling.things.length >= roomOfPage) {
      filling = { number: ++this.#last, agency, things: [] };
      this.#filling.set(agency, filling);
    }
    this.#place(filling, kind, id);
    return filling;
  }

  #place(page: Page, kind: EventKind, id: string): void {
    const kinds = this.#pageOf.get(page.agency) ?? new Map<string, Map<string, Page>>();
    this.#pageOf.set(page.agency, kinds);
    const known = kinds.get(kind) ?? new Map<string, Page>();
    kinds.set(kind, known);
    if (known.has(id)) return;
    known.set(id, page);
    page.things.push({ kind, id });
  }
}

/** Personal fields are written with their consumer, a credential with its device. */
function keptWith(kind: EventKind | ValueKind): EventKind {
  if (kind === 'person') return 'consumer';
  return kind === 'credential' ? 'device' : kind;
}

function nobody(): Waiting {
  return { pages: new Set(), from: null };
}
