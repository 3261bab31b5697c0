import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** One message, as `ingest/source.ts` takes it. */
export interface GroupMessage {
  topic: string;
  partition: number;
  offset: string;
  key: Uint8Array | null;
  value: Uint8Array | null;
  /** UTC ms as the brokers keep it; below zero: none */
  timestamp: number;
}

export interface KafkaGroupOptions {
  /** the topics that are read */
  topics: readonly string[];
  /** the name of the group that all daemons are members of */
  group: string;
  logger: Logger;
  /** ms before messages that could not be kept are given again */
  againAfterMs?: number;
}

/** What this needs of a consumer of kafkajs. */
interface Consumer {
  connect(): Promise<void>;
  subscribe(what: { topics: string[]; fromBeginning: boolean }): Promise<void>;
  run(options: {
    autoCommit: boolean;
    eachBatchAutoResolve: boolean;
    eachBatch: (given: Given) => Promise<void>;
  }): Promise<void>;
  commitOffsets(offsets: { topic: string; partition: number; offset: string }[]): Promise<void>;
  disconnect(): Promise<void>;
}

interface Given {
  batch: {
    topic: string;
    partition: number;
    messages: { offset: string; key: Uint8Array | null; value: Uint8Array | null; timestamp: string }[];
  };
  resolveOffset(offset: string): void;
  heartbeat(): Promise<void>;
  isRunning(): boolean;
  isStale(): boolean;
}

/** ms between two attempts to reach brokers that do not answer */
const connectAgain = 5000;

/**
 * Reads topics of other systems as a member of one consumer group, from the oldest message on. A group is right here, and
 * only here: each message is to be taken by one daemon, and its offset means that it has become durable in our log.
 */
export class KafkaGroupOn {
  readonly #options: KafkaGroupOptions;
  readonly #consumer: Consumer;
  #running: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(options: KafkaGroupOptions, consumer: Consumer) {
    this.#options = options;
    this.#consumer = consumer;
  }

  /**
   * Begins to read, and goes on trying while no broker answers. `handler` is given one batch of a partition at a time; its
   * offsets are committed when it resolves. When it rejects, the same messages are given again after a pause.
   */
  async start(handler: (batch: readonly GroupMessage[]) => Promise<void>): Promise<void> {
    this.#running = this.#run(handler);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#consumer.disconnect();
  }

  async #run(handler: (batch: readonly GroupMessage[]) => Promise<void>): Promise<void> {
    const { topics, logger } = this.#options;
    for (let failures = 0; !this.#stopping.signal.aborted; failures++) {
      try {
        await this.#consumer.connect();
        await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
        await this.#consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: (given) => this.#take(given, handler),
        });
        return;
      } catch (error) {
        if (failures === 0) logger.warn({ topics, err: error }, 'topics of other systems cannot be read yet');
        await this.#pause(connectAgain);
      }
    }
  }

  async #take(given: Given, handler: (batch: readonly GroupMessage[]) => Promise<void>): Promise<void> {
    const { topic, partition, messages } = given.batch;
    const batch = messages.map(({ offset, key, value, timestamp }) => ({
      ...{ topic, partition, offset, key, value },
      timestamp: Number(timestamp),
    }));
    const last = messages.at(-1)?.offset;
    if (last === undefined) return;
    while (given.isRunning() && !given.isStale() && !this.#stopping.signal.aborted) {
      try {
        await handler(batch);
      } catch (error) {
        this.#options.logger.debug({ topic, partition, err: error }, 'a batch is given again');
        await this.#pause(this.#options.againAfterMs ?? 1000);
        await given.heartbeat();
        continue;
      }
      given.resolveOffset(last);
      await this.#consumer.commitOffsets([{ topic, partition, offset: String(BigInt(last) + 1n) }]);
      await given.heartbeat();
      return;
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
