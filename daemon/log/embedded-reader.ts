import { setImmediate } from 'node:timers/promises';
import { topics as allTopics, type LogRecord, type Topic } from '../../protocol/record.ts';
import { recordsOf } from './group.ts';
import type { Cursor, LogBatch } from './log.ts';
import type { Page, PageRequest } from './writer-messages.ts';

export interface ReaderDeps {
  page: (request: PageRequest) => Promise<Page>;
  head: () => number;
  cursorOf: (commit: number) => Cursor;
  onError: (error: unknown) => void;
}

/** One commit as it has just become durable. */
interface Live {
  commit: number;
  batch: LogBatch;
}

type Handler = (batch: LogBatch) => void;

/** Live commits kept while the last page of a tail is on its way; when more come, one more page is asked for. */
const mostHeld = 256;

/** Reading: pages of what is there, and tails that go on with what comes. */
export class Reader {
  readonly #deps: ReaderDeps;
  #handlers = new Set<Handler>();
  /** tails about to go live: their share of the commits that come meanwhile */
  #holding = new Set<Live[]>();

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  async *read(from: number, upTo: number, topics: readonly Topic[] = allTopics): AsyncGenerator<LogBatch> {
    // The next page is read by the writer thread while this one is parsed and used.
    let next = from < upTo ? this.#deps.page({ kind: 'page', from, upTo, topics }) : undefined;
    while (next !== undefined) {
      const page: Page = await next;
      next = page.done ? undefined : this.#deps.page({ kind: 'page', from: page.to, upTo, topics });
      // Whoever stops in between does not wait for it, and an error of it is then nobody's.
      next?.catch(() => {});
      const batch = this.#batchOf(page);
      if (batch.records.length > 0) yield batch;
    }
  }

  #batchOf(page: Page): LogBatch {
    const runs = page.runs.map(({ topic, json }) => recordsOf(topic, json));
    const records: LogRecord[] = runs.length === 1 ? (runs[0] ?? []) : runs.flat();
    return { cursor: this.#deps.cursorOf(page.to), records };
  }

  async tail(from: number, handler: Handler): Promise<() => void> {
    const upTo = this.#deps.head();
    for await (const batch of this.read(from, upTo)) {
      this.#give(handler, batch);
      // Reading a long past must leave room for what happens now.
      await setImmediate();
    }
    await this.#goLive(Math.max(from, upTo), handler);
    const tail: Handler = (batch) => handler(batch);
    this.#handlers.add(tail);
    return () => this.#handlers.delete(tail);
  }

  /**
   * Reads the rest and holds what is committed meanwhile, so that the two meet without a gap. It ends in the same turn
   * of the event loop in which the handler joins the live ones.
   */
  async #goLive(from: number, handler: Handler): Promise<void> {
    const { page, head } = this.#deps;
    let position = from;
    while (position < head()) {
      const held: Live[] = [];
      this.#holding.add(held);
      try {
        const rest = await page({ kind: 'page', from: position, upTo: head(), topics: allTopics });
        position = rest.to;
        const batch = this.#batchOf(rest);
        if (batch.records.length > 0) this.#give(handler, batch);
        if (!rest.done || held.length > mostHeld) continue;
        for (const { commit, batch: live } of held) {
          position = commit;
          this.#give(handler, live);
        }
      } finally {
        this.#holding.delete(held);
      }
    }
  }

  /** Gives one commit to all tails. */
  live(commit: number, batch: LogBatch): void {
    for (const handler of this.#handlers) this.#give(handler, batch);
    for (const held of this.#holding) if (held.length <= mostHeld) held.push({ commit, batch });
  }

  #give(handler: Handler, batch: LogBatch): void {
    try {
      handler(batch);
    } catch (error) {
      this.#deps.onError(error);
    }
  }
}
