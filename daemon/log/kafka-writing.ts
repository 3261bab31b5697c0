import type { Logger } from 'pino';
import type { LogRecord, Origin } from '../../protocol/record.ts';
import { Calls, type Given } from './kafka-calls.ts';
import { bytesOf, type Parcel } from './kafka-lane.ts';
import { Lanes } from './kafka-lanes.ts';
import type { Layout } from './kafka-layout.ts';
import type { Reach } from './kafka-reach.ts';
import { messageOf } from './kafka-record.ts';
import type { Message, Wire } from './kafka-wire.ts';
import { LogError } from './log.ts';
import type { Spooled } from './remote.ts';

export interface WritingDeps {
  given: Given;
  logger: Logger;
  /** the name under which this daemon's spool forwards */
  origin: string | undefined;
  maxWaitingBytes: number;
}

/** What writing needs once the log is open. */
export interface WritingTo {
  wire: Wire;
  layout: Layout;
  reach: Reach;
  onWritten: (part: number, end: number) => void;
  now: () => number;
}

const notOpen = () => new LogError('closed', 'the log is not open');

/** Appending and forwarding: records become messages, each in the lane of its partition. */
export class Writing {
  readonly #deps: WritingDeps;
  readonly #calls: Calls;
  readonly #forwarding = new Set<(error: LogError) => void>();
  #to: { layout: Layout; lanes: Lanes } | undefined;
  #forwarded = 0;

  constructor(deps: WritingDeps) {
    this.#deps = deps;
    this.#calls = new Calls(deps.given, (err) =>
      deps.logger.error({ err }, 'a callback of an append failed; the log goes on'),
    );
  }

  open({ layout, onWritten, ...to }: WritingTo): void {
    const lanes = new Lanes({
      ...to,
      parts: layout.parts.length,
      logger: this.#deps.logger,
      onWritten: (part, end) => {
        onWritten(part, end);
        this.#calls.settle();
      },
    });
    this.#to = { layout, lanes };
  }

  /** Takes no more; waits for the brokers to have what was taken, but no longer than so many ms. */
  async close(withinMs: number): Promise<void> {
    const to = this.#to;
    this.#to = undefined;
    if (to === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    await Promise.race([this.#calls.drained(), promise]);
    clearTimeout(timer);
    const inDoubt = to.lanes.close();
    this.#calls.abandon(new LogError('closed', 'the log was closed before a Kafka broker took this'), inDoubt);
    for (const reject of this.#forwarding) reject(notOpen());
  }

  append(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    if (this.#to === undefined) {
      this.#calls.answer(settled, notOpen());
      return;
    }
    const { layout, lanes } = this.#to;
    let lots: Map<number, Message[]>;
    try {
      lots = group(layout, records, (record) => [record, undefined]);
    } catch (cause) {
      this.#calls.answer(
        settled,
        new LogError('io', `a record cannot be written: ${(cause as Error).message}`, { cause }),
      );
      return;
    }
    const { waitingBytes } = this.#calls;
    const bytes = lots.values().reduce((sum, lot) => lot.reduce((all, message) => all + bytesOf(message), sum), 0);
    if (waitingBytes > 0 && waitingBytes + bytes > this.#deps.maxWaitingBytes) {
      const reason = `${waitingBytes} bytes wait for the Kafka brokers; nothing more is taken until they have them`;
      this.#calls.answer(settled, new LogError('io', reason));
    } else if (records.length === 0) {
      this.#calls.answer(settled);
    } else {
      const call = this.#calls.add(settled, records.length, bytes);
      for (const [part, lot] of lots) lanes.add(part, lot, call);
    }
  }

  async forward(spooled: readonly Spooled[]): Promise<void> {
    const { origin: daemon, logger } = this.#deps;
    if (this.#to === undefined) throw notOpen();
    if (daemon === undefined) throw new LogError('io', 'without the option `origin` nothing can be forwarded');
    if (spooled.length === 0) return;
    const { layout, lanes } = this.#to;
    const lots = group(layout, spooled, ({ record, sequence }) => [record, { daemon, sequence }]);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let left = spooled.length;
    const less = (count: number) => {
      left -= count;
      this.#forwarded += count;
      if (left === 0) resolve();
    };
    const parcel: Parcel = {
      written: (_part, count) => less(count),
      refused: (reason) => {
        // It can never be written, and must not hold up all that comes after it.
        logger.error(
          { reason, from: spooled[0]?.sequence, to: spooled.at(-1)?.sequence },
          'a record was not forwarded',
        );
        less(1);
      },
    };
    this.#forwarding.add(reject);
    for (const [part, lot] of lots) lanes.add(part, lot, parcel);
    await promise.finally(() => this.#forwarding.delete(reject));
  }

  /** Settles what only waited for tails. */
  settle(): void {
    this.#calls.settle();
  }

  get waitingBytes(): number {
    return this.#calls.waitingBytes;
  }

  get forwarded(): number {
    return this.#forwarded;
  }

  problem(): string | undefined {
    return this.#to?.lanes.problem((part) => this.#to?.layout.nameOf(part) ?? '');
  }
}

/** Messages by part, in order. */
function group<T>(
  layout: Layout,
  items: readonly T[],
  read: (item: T) => [LogRecord, Origin | undefined],
): Map<number, Message[]> {
  const lots = new Map<number, Message[]>();
  for (const item of items) {
    const [record, origin] = read(item);
    const part = layout.partFor(record.topic, record.agency);
    const lot = lots.get(part);
    if (lot === undefined) lots.set(part, [messageOf(record, origin)]);
    else lot.push(messageOf(record, origin));
  }
  return lots;
}
