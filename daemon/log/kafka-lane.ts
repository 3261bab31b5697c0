import type { Batch, Message, WireErrorKind } from './kafka-wire.ts';

/** Messages that were given together, in one or several lanes. */
export interface Parcel {
  /** `count` of its messages are durable; the last of them lies before `end` in `part` */
  written(part: number, count: number, end: number): void;
  /** one of its messages can never be written */
  refused(reason: string): void;
}

interface Entry {
  message: Message;
  bytes: number;
  parcel: Parcel;
  since: number;
}

/** Uncompressed bytes of a batch; the broker's limit is 1,048,588. */
const mostBytes = 900_000;
/** Bytes beside key and value: headers and the record's own frame. */
const overhead = 120;

/** About what a message takes in Kafka and in memory. */
export function bytesOf({ key, value }: Message): number {
  return overhead + key.length + (value === null ? 0 : Buffer.byteLength(value));
}

/** The queue of one partition: see `kafka-lanes.ts`. */
export class Lane {
  static readonly mostRecords = 1000;
  readonly part: number;
  /** the number the next new batch begins with */
  sequence = 0;
  #queue: Entry[] = [];
  #begin = 0;
  #batch: { batch: Batch; entries: readonly Entry[] } | undefined;
  #onItsWay = false;
  /** records of a batch; fewer after the broker found one too big */
  #most = Lane.mostRecords;

  constructor(part: number) {
    this.part = part;
  }

  get isEmpty(): boolean {
    return this.#batch === undefined && this.#begin === this.#queue.length;
  }

  get isReady(): boolean {
    return !this.#onItsWay && !this.isEmpty;
  }

  /** UTC ms since when the oldest waits */
  get oldest(): number | undefined {
    return (this.#batch?.entries[0] ?? this.#queue[this.#begin])?.since;
  }

  add(messages: readonly Message[], parcel: Parcel, since: number): void {
    for (const message of messages) this.#queue.push({ message, bytes: bytesOf(message), parcel, since });
  }

  drop(parcel: Parcel): void {
    this.#queue = this.#queue.slice(this.#begin).filter((entry) => entry.parcel !== parcel);
    this.#begin = 0;
  }

  /** The batch to send now: the one that failed, or a new one of what waits. */
  take(time: number): Batch {
    this.#onItsWay = true;
    this.#batch ??= this.#next(time);
    return this.#batch.batch;
  }

  #next(time: number): { batch: Batch; entries: readonly Entry[] } {
    let end = this.#begin;
    for (let bytes = 0; end < this.#queue.length && end - this.#begin < this.#most; end++) {
      bytes += this.#queue[end]?.bytes ?? 0;
      if (bytes > mostBytes && end > this.#begin) break;
    }
    const entries = this.#queue.slice(this.#begin, end);
    this.#begin = end;
    // The front of the queue is given up in large pieces: cutting off each batch would move the rest each time.
    if (this.#begin > 10_000 || this.#begin === this.#queue.length) {
      this.#queue = this.#queue.slice(this.#begin);
      this.#begin = 0;
    }
    const messages = entries.map(({ message }) => message);
    const batch = { part: this.part, sequence: this.sequence, time, messages };
    this.sequence += messages.length;
    return { batch, entries };
  }

  /** The batch is durable from `offset` on; answers the offset after it. */
  written(offset: number): number {
    const entries = this.#batch?.entries ?? [];
    this.#end();
    for (let i = 0; i < entries.length; ) {
      const { parcel } = entries[i] as Entry;
      const first = i;
      while (i < entries.length && entries[i]?.parcel === parcel) i++;
      parcel.written(this.part, i - first, offset + i);
    }
    return offset + entries.length;
  }

  /** The batch was not confirmed. */
  failed(kind: WireErrorKind): void {
    if (kind !== 'too-big') return;
    // It is not in the log and its numbers are free again: smaller batches, and at last a single record that is given up.
    const { batch, entries = [] } = this.#batch ?? {};
    this.sequence = batch?.sequence ?? this.sequence;
    this.#batch = undefined;
    if (entries.length > 1) this.#queue = [...entries, ...this.#queue.slice(this.#begin)];
    else this.#queue = this.#queue.slice(this.#begin);
    this.#begin = 0;
    this.#most = Math.max(1, entries.length >> 1);
    if (entries.length === 1) entries[0]?.parcel.refused('the brokers take no record of this size');
  }

  /** Those of whom something was sent and not confirmed. */
  inDoubt(): Parcel[] {
    return (this.#batch?.entries ?? []).map(({ parcel }) => parcel);
  }

  /** May be sent again. */
  release(): void {
    this.#onItsWay = false;
  }

  /** Under a new producer: numbers begin again, an unconfirmed batch stays as it is. */
  renumber(): void {
    this.sequence = 0;
    if (this.#batch === undefined) return;
    this.#batch = { ...this.#batch, batch: { ...this.#batch.batch, sequence: 0 } };
    this.sequence = this.#batch.batch.messages.length;
  }

  #end(): void {
    this.#batch = undefined;
    this.#onItsWay = false;
  }
}
