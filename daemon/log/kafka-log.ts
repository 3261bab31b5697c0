import type { Logger } from 'pino';
import { type LogRecord, type Topic, topics } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import { coversPlace, cursorText, noMarks, type Place, placeOf } from './kafka-cursor.ts';
import { Ends } from './kafka-ends.ts';
import { Layout } from './kafka-layout.ts';
import { pages } from './kafka-pages.ts';
import { PoisonList, type PoisonRecord } from './kafka-poison.ts';
import { Reach, untilAnswered } from './kafka-reach.ts';
import { Reading } from './kafka-reading.ts';
import { Tails } from './kafka-tails.ts';
import { type TopicOptions, topicPlans } from './kafka-topics.ts';
import { type Client, type Wire, wireErrorOf } from './kafka-wire.ts';
import { Writing } from './kafka-writing.ts';
import { type Cursor, type LogBatch, LogError, type LogStatus } from './log.ts';
import type { RemoteLog, Spooled } from './remote.ts';

export interface KafkaLogOptions extends TopicOptions {
  /** host:port */
  brokers: readonly string[];
  logger: Logger;
  /** the name under which this daemon's spool forwards (`LogRecord.origin.daemon`) */
  origin?: string;
  /** bytes that `append` takes before the brokers have them; more is refused. 64 MiB unless told otherwise */
  maxWaitingBytes?: number;
  /** ms that `stop` waits for brokers that do not answer */
  stopWithinMs?: number;
  /** UTC ms */
  now?: () => number;
}

/** What there is between `start` and `stop`. */
interface Opened {
  epoch: string;
  layout: Layout;
  ends: Ends;
  writer: Wire;
  /** for what is past, and for how far it all reaches */
  reader: Wire;
}

/** ms between two questions how far the log reaches, while no tail hears of it anyway */
const askEvery = 1000;

/**
 * Kafka as a log, on any client of it (`kafka-wire.ts`). Writing is in `kafka-lanes.ts`, reading in `kafka-follow.ts` and
 * `kafka-pages.ts`; here they meet.
 *
 * Where it promises less than the embedded log: the records of one append become durable together per topic and agency
 * only; and when it is stopped while no broker answers, what was sent and not answered is never settled.
 */
export class KafkaLogOn implements RemoteLog, Service {
  readonly name = 'log';
  readonly #options: KafkaLogOptions;
  readonly #client: Client;
  readonly #now: () => number;
  readonly #reach: Reach;
  readonly #poison: PoisonList;
  readonly #tails: Tails;
  readonly #writing: Writing;
  #state: 'new' | 'starting' | 'open' | 'stopped' = 'new';
  #opened: Opened | undefined;
  #stopped: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #gaps: LogStatus['damage'] = [];
  #repeated = 0;

  constructor(options: KafkaLogOptions, client: Client) {
    const { logger, brokers, origin, maxWaitingBytes = 67_108_864 } = options;
    this.#options = options;
    this.#client = client;
    this.#now = options.now ?? Date.now;
    this.#reach = new Reach(brokers, this.#now);
    this.#poison = new PoisonList(logger, this.#now);
    this.#tails = new Tails({
      reach: this.#reach,
      logger,
      onGap: (...gap) => this.#onGap(...gap),
      onGiven: () => this.#writing.settle(),
    });
    this.#writing = new Writing({
      given: (part, end) => this.#tails.isGiven(part, end),
      logger,
      origin,
      maxWaitingBytes,
    });
  }

  /**
   * Makes and checks the topics. While no broker answers it goes on trying, and `status` says so; rejects when a broker
   * refuses us or a topic is not fit for a log, and when it is stopped first.
   */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new LogError('closed', 'a log can be started once');
    this.#state = 'starting';
    const opened = await this.#try(() => this.#open());
    if (this.#state !== 'starting') {
      await Promise.all([opened.reader.close(), opened.writer.close()]);
      throw new LogError('closed', 'the log was stopped while it started');
    }
    const { layout, ends, writer } = opened;
    this.#writing.open({
      wire: writer,
      layout,
      reach: this.#reach,
      onWritten: (part, end) => ends.learn(part, end),
      now: this.#now,
    });
    this.#opened = opened;
    this.#state = 'open';
    this.#timer = setInterval(() => void this.#ask(), askEvery).unref();
  }

  async #open(): Promise<Opened> {
    const { partitions, epoch } = await this.#client.prepare(topicPlans(this.#options));
    const layout = new Layout(this.#options.prefix, partitions);
    const reader = this.#client.wire(layout.parts);
    try {
      const ends = new Ends(await reader.ends());
      return { epoch, layout, ends, reader, writer: this.#client.wire(layout.parts) };
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  /** Tries until a broker answers, or the log is stopped. */
  #try<T>(work: () => Promise<T>): Promise<T> {
    return untilAnswered(work, { reach: this.#reach, logger: this.#options.logger, isOver: () => this.#isStopped() });
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  /**
   * Without a tail nothing else tells how far others have written, or whether the brokers answer. One question at a time:
   * while a broker is silent, each takes longer than there is between two.
   */
  async #ask(): Promise<void> {
    if (this.#opened === undefined || this.#tails.size > 0 || this.#asking) return;
    this.#asking = true;
    try {
      this.#opened.ends.learnAll(await this.#opened.reader.ends());
      this.#reach.answered();
    } catch (error) {
      this.#reach.failed(wireErrorOf(error));
    }
    this.#asking = false;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    const opened = this.#opened;
    // Tails go on until what was appended has been given to them.
    await this.#writing.close(this.#options.stopWithinMs ?? 5000);
    this.#opened = undefined;
    this.#state = 'stopped';
    await this.#tails.close();
    await Promise.all([opened?.writer.close(), opened?.reader.close()]);
  }

  append(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    this.#writing.append(records, settled);
  }

  forward(part: readonly Spooled[]): Promise<void> {
    return this.#writing.forward(part);
  }

  read(from: Cursor | null, wanted: readonly Topic[] = topics, upTo?: Cursor): AsyncIterable<LogBatch> {
    // The end is that of the time of the call, not of when the first batch is asked for.
    return this.#read(from, wanted, upTo ?? [...(this.#opened?.ends.next ?? [])]);
  }

  async *#read(from: Cursor | null, wanted: readonly Topic[], end: Cursor | number[]): AsyncGenerator<LogBatch> {
    const { layout, reader, ...opened } = this.#needOpen();
    const upTo = typeof end === 'string' ? placeOf(end, opened.epoch, layout.shape).offsets : end;
    yield* pages({
      wire: reader,
      reading: await this.#reading(from, upTo),
      parts: layout.parts.map((_, part) => part).filter((part) => wanted.includes(layout.topicOf(part))),
      reach: this.#reach,
      isClosed: () => this.#opened === undefined,
      onGap: (...gap) => this.#onGap(...gap),
    });
  }

  async tail(from: Cursor | null, handler: (batch: LogBatch) => void): Promise<() => void> {
    const { layout, ends, reader } = this.#needOpen();
    const reading = await this.#reading(from);
    ends.learnAll(await this.#try(() => reader.ends()));
    this.#needOpen();
    const target = new Ends({ first: [], next: ends.next });
    return await this.#tails.follow({ wire: this.#client.wire(layout.parts), layout, reading, ends, target, handler });
  }

  async #reading(from: Cursor | null, upTo?: readonly number[]): Promise<Reading> {
    const { epoch, layout, reader } = this.#needOpen();
    const place: Place =
      from === null
        ? { offsets: (await this.#try(() => reader.ends())).first, marks: noMarks }
        : placeOf(from, epoch, layout.shape);
    return new Reading({
      layout,
      epoch,
      from: place,
      ...(upTo === undefined ? {} : { upTo }),
      poison: this.#poison,
      onRepeated: () => {
        if (upTo === undefined) this.#repeated++;
      },
    });
  }

  /** The newest place this daemon knows of. It has no marks of spools: to read on, take the cursor of a batch. */
  head(): Cursor | null {
    if (this.#opened === undefined) return null;
    const { epoch, layout, ends } = this.#opened;
    return ends.isEmpty ? null : cursorText(epoch, layout.shape, { offsets: ends.next, marks: noMarks });
  }

  covers(cursor: Cursor, other: Cursor): boolean {
    const { epoch, layout } = this.#needOpen();
    return coversPlace(placeOf(cursor, epoch, layout.shape).offsets, placeOf(other, epoch, layout.shape).offsets);
  }

  waitingBytes(): number {
    return this.#writing.waitingBytes;
  }

  unreachableSince(): number | undefined {
    return this.#reach.since();
  }

  lag(): number | undefined {
    return this.#reach.since() === undefined ? this.#tails.lag() : undefined;
  }

  /** Records in Kafka that could not be read: how many since the start, and the newest of them. */
  poison(): { count: number; newest: readonly PoisonRecord[] } {
    return this.#poison;
  }

  /** Forwarded records that tails dropped because they had had them, since the start. */
  repeated(): number {
    return this.#repeated;
  }

  /** Records of the spool that the brokers have confirmed, since the start. */
  forwarded(): number {
    return this.#writing.forwarded;
  }

  status(): LogStatus {
    const closed = this.#opened === undefined ? 'the log is not open' : undefined;
    const problem = this.#reach.problem() ?? closed ?? this.#writing.problem();
    return {
      writable: problem === undefined,
      ...(problem === undefined ? {} : { problem }),
      damage: this.#gaps,
      records: this.#opened?.ends.records ?? 0,
      // What it takes on the brokers' disks is theirs to tell.
      bytes: 0,
    };
  }

  #onGap(part: number, from: number, to: number): void {
    const file = this.#opened?.layout.nameOf(part) ?? '';
    const records = to > from ? to - from : null;
    const detail =
      to > from
        ? `records ${from} to ${to - 1} are gone before this daemon read them; it goes on at ${to}`
        : `it ends before record ${from}, which this daemon has had; it is read again from ${to}`;
    this.#options.logger.error({ topic: file, from, to }, `a part of the log is not where it was: ${detail}`);
    this.#gaps = [{ at: this.#now(), detail, records, file }, ...this.#gaps].slice(0, 100);
  }

  #needOpen(): Opened {
    if (this.#opened === undefined) throw new LogError('closed', 'the log is not open');
    return this.#opened;
  }
}
