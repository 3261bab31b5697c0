import type { WebhookNews } from '../../protocol/webhook.ts';
import type { OutboxFailure, OutboxItem } from '../domain/webhook-view.ts';

/** Items that wait, and dead letters that are kept, of one webhook at most; what is too much ends or is forgotten. */
export const mostWaiting = 10_000;
const mostFailed = 10_000;
/** Dead letters are kept this long, ms. */
const failuresKept = 30 * 86_400_000;
/** What is derived and was taken is remembered this long, ms; what is older is nobody's news. */
const toldKept = 3 * 86_400_000;
/** Derived news older than this is not taken any more, ms: as long as something is tried. */
export const newsFor = 86_400_000;

/** What goes into a line. */
export type News = Pick<OutboxItem, 'key' | 'time' | 'body' | 'derived'> & { type: WebhookNews };

/**
 * What waits for one webhook, in line, and what it did not take. Events of the log come, are taken and end in log
 * order, so that this is the same at every daemon; what is derived (alerts) each daemon puts in line by itself.
 */
export class Outbox {
  /** in line: a Map keeps the order in which things were put in */
  readonly waiting = new Map<string, OutboxItem>();
  readonly failed = new Map<string, OutboxFailure>();
  /** keys of what is derived and was taken, and when that was put on record, UTC ms */
  readonly told = new Map<string, number>();
  /** keys whose row in the file is not as it is here */
  readonly dirty = new Set<string>();
  /** of `waiting`, events of the log */
  #logged = 0;
  #seq = 0;

  /** From the file; in line order. */
  load(item: OutboxItem | OutboxFailure): void {
    this.#seq = Math.max(this.#seq, item.seq);
    if ('failedAt' in item) this.failed.set(item.key, item);
    else this.#wait(item);
  }

  /** Puts something at the end of the line; false: it has been there, or still is. */
  add(news: News, time: number): boolean {
    const { key } = news;
    if (this.waiting.has(key) || this.failed.has(key) || this.told.has(key)) return false;
    this.#wait({ ...news, seq: ++this.#seq });
    this.dirty.add(key);
    if (this.#logged > mostWaiting) this.#endOldest(time);
    return true;
  }

  /** A record of deliveries, put there at a time (UTC ms). */
  taken(
    { upTo, told, failed }: { upTo?: string; told: string[]; failed: { key: string; why: string }[] },
    time: number,
  ) {
    let last = upTo === undefined ? undefined : this.waiting.get(upTo)?.seq;
    for (const { key, why } of failed) {
      const item = this.waiting.get(key);
      if (item === undefined) continue;
      if (key === upTo) last = item.seq;
      this.#fail(item, why, time);
    }
    for (const key of told) {
      this.told.set(key, time);
      this.#drop(key);
    }
    if (last === undefined) return;
    for (const { key, seq, derived } of this.waiting.values()) {
      if (seq > last) break;
      if (!derived) this.#drop(key);
    }
  }

  /** Puts dead letters in line again, oldest first; no keys: all. */
  replay(keys: readonly string[]): void {
    const wanted = keys.length === 0 ? undefined : new Set(keys);
    for (const item of [...this.failed.values()]) {
      if (wanted?.has(item.key) === false) continue;
      const { failedAt: _at, why: _why, ...rest } = item;
      this.failed.delete(item.key);
      this.#wait({ ...rest, seq: ++this.#seq });
      this.dirty.add(item.key);
    }
  }

  /** Drops what is too old at a time (UTC ms). */
  forget(now: number): void {
    for (const { key, failedAt } of this.failed.values()) {
      if (failedAt >= now - failuresKept && this.failed.size <= mostFailed) break;
      this.failed.delete(key);
      this.dirty.add(key);
    }
    for (const [key, time] of this.told) {
      if (time >= now - toldKept) continue;
      this.told.delete(key);
      this.dirty.add(key);
    }
    // Another daemon may never have found it out, so that no record of it will come.
    for (const { key, time, derived } of this.waiting.values()) {
      if (derived && time < now - toldKept) this.#drop(key);
    }
  }

  #wait(item: OutboxItem): void {
    this.waiting.set(item.key, item);
    if (!item.derived) this.#logged++;
  }

  #drop(key: string): void {
    const item = this.waiting.get(key);
    if (item !== undefined && !item.derived) this.#logged--;
    this.waiting.delete(key);
    this.dirty.add(key);
  }

  #fail(item: OutboxItem, why: string, time: number): void {
    this.#drop(item.key);
    this.failed.set(item.key, { ...item, failedAt: time, why });
  }

  #endOldest(time: number): void {
    for (const item of this.waiting.values()) {
      if (item.derived) continue;
      this.#fail(item, `more than ${mostWaiting} were waiting`, time);
      return;
    }
  }
}
