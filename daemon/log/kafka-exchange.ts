import type { Logger } from 'pino';
import type { Service } from '../lifecycle.ts';
import type { Parcel } from './kafka-lane.ts';
import { Lanes } from './kafka-lanes.ts';
import { pauseAfter, Reach, untilAnswered } from './kafka-reach.ts';
import { exchangePlan, type TopicOptions } from './kafka-topics.ts';
import { type Client, type Wire, wireErrorOf } from './kafka-wire.ts';
import { LogError } from './log.ts';
import type { Exchange, ExchangeMessage } from './remote.ts';

export interface KafkaExchangeOptions extends Pick<TopicOptions, 'prefix' | 'replication'> {
  /** host:port */
  brokers: readonly string[];
  logger: Logger;
  /** UTC ms */
  now?: () => number;
}

/** ms a message may take to be sent */
const sendWithin = 5000;
/** ms an answer may wait for something new */
const longPoll = 500;

/** Messages in a topic of one partition, read from its end on (`remote.ts`), on any client of Kafka. */
export class KafkaExchangeOn implements Exchange, Service {
  readonly name = 'exchange';
  readonly #options: KafkaExchangeOptions;
  readonly #client: Client;
  readonly #reach: Reach;
  readonly #listeners = new Set<(message: ExchangeMessage) => void>();
  #wires: { writer: Wire; reader: Wire } | undefined;
  #lanes: Lanes | undefined;
  #reading: Promise<void> | undefined;
  #stopped = false;

  constructor(options: KafkaExchangeOptions, client: Client) {
    this.#options = options;
    this.#client = client;
    this.#reach = new Reach(options.brokers, options.now ?? Date.now);
  }

  /** Resolves when messages that are sent from now on will be heard; waits for a broker that answers. */
  async start(): Promise<void> {
    const { logger, now = Date.now } = this.#options;
    const trying = { reach: this.#reach, logger, isOver: () => this.#stopped };
    const plan = exchangePlan(this.#options);
    await untilAnswered(() => this.#client.prepare([plan]), trying);
    const part = { name: plan.name, partition: 0 };
    const reader = this.#client.wire([part]);
    const writer = this.#client.wire([part]);
    this.#wires = { writer, reader };
    const { next } = await untilAnswered(() => reader.ends(), trying);
    const onWritten = () => {};
    this.#lanes = new Lanes({ wire: writer, parts: 1, reach: this.#reach, logger, onWritten, now });
    this.#reading = this.#read(reader, next[0] ?? 0);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#lanes?.close();
    await Promise.all([this.#wires?.writer.close(), this.#wires?.reader.close()]);
    await this.#reading;
  }

  async send(message: ExchangeMessage): Promise<void> {
    const lanes = this.#lanes;
    if (lanes === undefined || this.#stopped) throw new LogError('closed', 'the exchange is not open');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const parcel: Parcel = {
      written: () => resolve(),
      refused: (reason) => reject(new LogError('io', reason)),
    };
    const timer = setTimeout(() => {
      lanes.drop(0, parcel);
      reject(new LogError('io', `no Kafka broker has taken a message within ${sendWithin / 1000} s`));
    }, sendWithin);
    lanes.add(0, [{ key: message.daemon, value: JSON.stringify(message), headers: {} }], parcel);
    await promise.finally(() => clearTimeout(timer));
  }

  onMessage(listener: (message: ExchangeMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #read(wire: Wire, from: number): Promise<void> {
    let at = from;
    let node: number | undefined;
    for (let failures = 0; !this.#stopped; ) {
      try {
        node ??= (await wire.leaders())[0];
        if (node === undefined) throw new Error('the exchange has no leader yet');
        const { fetched, error } = await wire.fetch(node, [{ part: 0, offset: at }], longPoll);
        if (error !== undefined) throw error;
        failures = 0;
        this.#reach.answered();
        const [{ messages, after } = { messages: [], after: undefined }] = fetched;
        const news = messages.filter(({ offset }) => offset >= at);
        at = Math.max(at, after ?? at);
        for (const { value } of news) this.#tell(value);
      } catch (caught) {
        const error = wireErrorOf(caught);
        if (this.#stopped) return;
        this.#reach.failed(error);
        node = undefined;
        // What expired while we were away would be too old to act on.
        if (error.kind === 'range')
          at = await wire.ends().then(
            ({ next }) => next[0] ?? at,
            () => at,
          );
        await new Promise((resolve) => setTimeout(resolve, pauseAfter(failures++)));
      }
    }
  }

  #tell(value: Buffer | null): void {
    let message: ExchangeMessage;
    try {
      message = JSON.parse(value?.toString() ?? '') as ExchangeMessage;
    } catch {
      this.#options.logger.warn('a message between daemons is not JSON and was ignored');
      return;
    }
    for (const listener of this.#listeners) {
      try {
        listener(message);
      } catch (err) {
        this.#options.logger.error({ err }, 'a listener to messages between daemons threw');
      }
    }
  }
}
