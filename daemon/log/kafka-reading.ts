import type { LogRecord } from '../../protocol/record.ts';
import { cursorText, type Place } from './kafka-cursor.ts';
import type { Layout } from './kafka-layout.ts';
import type { PoisonList } from './kafka-poison.ts';
import { Poison, recordOf } from './kafka-record.ts';
import type { Fetched, Received, Wanted } from './kafka-wire.ts';
import type { LogBatch } from './log.ts';

export interface ReadingDeps {
  layout: Layout;
  epoch: string;
  from: Place;
  /** reads no further than this; without it, for ever */
  upTo?: readonly number[];
  poison: PoisonList;
  /** called for a forwarded record that was had before */
  onRepeated: () => void;
}

/** One reader's place: what it wants next of each part, and what becomes of that. */
export class Reading {
  /** by part: the offset that is read next */
  readonly position: number[];
  readonly #deps: ReadingDeps;
  readonly #marks: Map<string, Map<number, number>>;
  /** parts that are asked for alone, see `#pass` */
  readonly #alone = new Set<number>();

  constructor(deps: ReadingDeps) {
    this.#deps = deps;
    this.position = [...deps.from.offsets];
    this.#marks = new Map([...deps.from.marks].map(([daemon, marks]) => [daemon, new Map(marks)]));
  }

  /** Those of these parts that are not read to the end. */
  open(parts: readonly number[]): number[] {
    return parts.filter((part) => this.#at(part) < this.#end(part));
  }

  /** What to ask for, of these parts; nothing when all of them are read. */
  wanted(parts: readonly number[]): Wanted[] {
    const open = this.open(parts);
    const alone = open.find((part) => this.#alone.has(part));
    return (alone === undefined ? open : [alone]).map((part) => ({ part, offset: this.#at(part) }));
  }

  /** Takes what an answer brought; undefined when nothing moved. An answer may be late and bring what was had already. */
  take(fetched: readonly Fetched[]): LogBatch | undefined {
    const records: LogRecord[] = [];
    let moved = false;
    for (const { part, messages, after } of fetched) {
      const at = this.#at(part);
      const end = this.#end(part);
      for (const message of messages) {
        if (message.offset < at || message.offset >= end) continue;
        const record = this.#recordOf(part, message);
        if (record !== undefined) records.push(record);
      }
      if (after === undefined || after <= at || at >= end) continue;
      this.position[part] = Math.min(after, end);
      this.#alone.delete(part);
      moved = true;
    }
    if (!moved) moved = this.#pass(fetched);
    if (!moved) return undefined;
    const { epoch, layout } = this.#deps;
    const place = { offsets: this.position, marks: this.#marks };
    return { cursor: cursorText(epoch, layout.shape, place), records };
  }

  /** Begins a part again elsewhere, when there is nothing at its place. */
  jump(part: number, offset: number): void {
    this.position[part] = offset;
    this.#alone.delete(part);
  }

  /**
   * A compacted topic may have a stretch without any record, for which the broker has nothing to answer although the
   * part goes on behind it. An answer to a question about one part alone holds at least one batch if there is one; so
   * when that is empty too, nothing is at this offset, and the next one is tried.
   */
  #pass(fetched: readonly Fetched[]): boolean {
    let moved = false;
    for (const { part, next, messages } of fetched) {
      const at = this.#at(part);
      if (messages.length > 0 || at >= Math.min(next, this.#end(part))) continue;
      if (fetched.length === 1 && this.#alone.has(part)) {
        this.position[part] = at + 1;
        moved = true;
      } else this.#alone.add(part);
      return moved;
    }
    for (const { part } of fetched) this.#alone.delete(part);
    return moved;
  }

  #recordOf(part: number, message: Received): LogRecord | undefined {
    const { layout, poison, onRepeated } = this.#deps;
    let record: LogRecord;
    try {
      record = recordOf(layout.topicOf(part), message);
    } catch (error) {
      if (!(error instanceof Poison)) throw error;
      const { name = '', partition = 0 } = layout.parts[part] ?? {};
      poison.add(name, partition, message.offset, error.message);
      return undefined;
    }
    if (record.origin === undefined || this.#isNew(part, record.origin)) return record;
    onRepeated();
    return undefined;
  }

  #isNew(part: number, { daemon, sequence }: { daemon: string; sequence: number }): boolean {
    const marks = this.#marks.get(daemon) ?? new Map<number, number>();
    if (sequence <= (marks.get(part) ?? -1)) return false;
    this.#marks.set(daemon, marks.set(part, sequence));
    return true;
  }

  #at(part: number): number {
    return this.position[part] ?? 0;
  }

  #end(part: number): number {
    return this.#deps.upTo === undefined ? Number.POSITIVE_INFINITY : (this.#deps.upTo[part] ?? 0);
  }
}
