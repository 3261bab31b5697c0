import type { Connection } from './kafka-connection.ts';
import { readError } from './kafka-errors.ts';
import { fetchRequest, type KafkaRequest, Parts, produceRequest } from './kafka-requests.ts';
import {
  type Batch,
  type Fetched,
  type Part,
  type ProducerId,
  type Wanted,
  type Wire,
  WireError,
} from './kafka-wire.ts';

/** The inner parts of kafkajs 2.2.4 that we use, as they are there: see `kafka.ts` for the reason. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  findBroker(node: { nodeId: string }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  brokerPool: { brokers: Record<string, Broker>; seedBroker: Broker | undefined };
}

interface Broker {
  connectionPool: {
    host: string;
    port: number;
    pool: Connection[];
    send<T>(request: KafkaRequest<T>): Promise<T>;
  };
  initProducerId(request: { transactionTimeout: number }): Promise<{ producerId: string; producerEpoch: number }>;
}

/** The wire on kafkajs' inner parts. */
export class ClusterWire implements Wire {
  readonly #cluster: Cluster;
  readonly #parts: Parts;
  #closed = false;

  constructor(cluster: Cluster, parts: readonly Part[]) {
    this.#cluster = cluster;
    this.#parts = new Parts(parts);
  }

  leaders(): Promise<(number | undefined)[]> {
    return this.#request(async () => {
      await this.#metadata();
      const leaders = this.#parts.all.map((): number | undefined => undefined);
      for (const name of this.#parts.names) {
        for (const { partitionId, leader } of this.#cluster.findTopicPartitionMetadata(name)) {
          const part = this.#parts.find(name, partitionId);
          if (part !== undefined && leader >= 0) leaders[part] = leader;
        }
      }
      return leaders;
    });
  }

  newProducer(): Promise<ProducerId> {
    return this.#request(async () => {
      const broker = await this.#cluster.findControllerBroker();
      const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: 60_000 });
      return { id: Number(producerId), epoch: producerEpoch };
    });
  }

  produce(node: number, producer: ProducerId, batches: readonly Batch[]): Promise<(number | WireError)[]> {
    return this.#request(async () => {
      const { connectionPool } = await this.#cluster.findBroker({ nodeId: String(node) });
      const answers = await connectionPool.send(produceRequest(this.#parts, producer, batches));
      const outcomes = new Map(answers.map(({ part, error, answer }) => [part, error ?? answer]));
      const missing = (part: number) =>
        new WireError('other', `the answer does not speak of ${this.#parts.nameOf(part)}`);
      return batches.map(({ part }) => outcomes.get(part) ?? missing(part));
    });
  }

  fetch(node: number, wanted: readonly Wanted[], waitMs: number): Promise<{ fetched: Fetched[]; error?: WireError }> {
    return this.#request(async () => {
      const { connectionPool } = await this.#cluster.findBroker({ nodeId: String(node) });
      const answers = await connectionPool.send(fetchRequest(this.#parts, wanted, waitMs));
      const error = answers.find((each) => each.error !== undefined)?.error;
      const fetched = answers.filter((each) => each.error === undefined).map(({ answer }) => answer);
      return error === undefined ? { fetched } : { fetched, error };
    });
  }

  ends(): Promise<{ first: number[]; next: number[] }> {
    return this.#request(async () => {
      await this.#metadata();
      const [first, next] = await Promise.all([this.#offsets(true), this.#offsets(false)]);
      return { first, next };
    });
  }

  async #offsets(fromBeginning: boolean): Promise<number[]> {
    const { all, names } = this.#parts;
    const topics = names.map((topic) => {
      const partitions = all.filter(({ name }) => name === topic).map(({ partition }) => ({ partition }));
      return { topic, partitions, fromBeginning };
    });
    const offsets = new Map<number | undefined, number>();
    for (const { topic, partitions } of await this.#cluster.fetchTopicsOffset(topics)) {
      for (const { partition, offset } of partitions) offsets.set(this.#parts.find(topic, partition), Number(offset));
    }
    return all.map((_, part) => {
      const offset = offsets.get(part);
      if (offset === undefined) throw new Error(`no broker tells how far ${this.#parts.nameOf(part)} reaches`);
      return offset;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { connection } of this.#connections()) connection.rejectRequests(new Error('the wire was closed'));
    await this.#cluster.disconnect();
  }

  async #metadata(): Promise<void> {
    await this.#cluster.connect();
    await this.#cluster.addMultipleTargetTopics([...this.#parts.names]);
    await this.#cluster.refreshMetadata();
  }

  async #request<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('the wire was closed');
    try {
      const answer = await work();
      // What was asked in the last moment may have opened a connection anew.
      if (this.#closed) await this.#cluster.disconnect();
      return answer;
    } catch (error) {
      if (this.#closed) await this.#cluster.disconnect().catch(() => {});
      else await this.#dropSilent(error);
      throw readError(error);
    }
  }

  /**
   * Drops the connections to a broker that did not answer in time. kafkajs would keep them, and ask that broker again who
   * leads what, with three seconds of silence each time.
   */
  async #dropSilent(error: unknown): Promise<void> {
    const { name, broker } = error as { name?: string; broker?: string };
    if (name !== 'KafkaJSRequestTimeoutError') return;
    for (const { connection, address } of this.#connections()) {
      if (address !== broker) continue;
      connection.rejectRequests(error as Error);
      await connection.disconnect();
    }
  }

  #connections(): { connection: Connection; address: string }[] {
    const { brokers, seedBroker } = this.#cluster.brokerPool;
    const all = new Set([...Object.values(brokers), ...(seedBroker === undefined ? [] : [seedBroker])]);
    return [...all].flatMap(({ connectionPool: { host, port, pool } }) =>
      pool.map((connection) => ({ connection, address: `${host}:${port}` })),
    );
  }
}
