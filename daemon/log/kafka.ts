import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { Logger } from 'pino';
import { prepareTopics } from './kafka-admin.ts';
import { type Cluster, ClusterWire } from './kafka-cluster.ts';
import { type Connection, type ConnectionErrors, mendConnections } from './kafka-connection.ts';
import { type DutyMember, KafkaDutiesOn, type KafkaDutiesOptions, usualSilence } from './kafka-duties.ts';

import { readError } from './kafka-errors.ts';
import { KafkaExchangeOn, type KafkaExchangeOptions } from './kafka-exchange.ts';
import { KafkaGroupOn, type KafkaGroupOptions } from './kafka-group.ts';
import { KafkaLogOn, type KafkaLogOptions } from './kafka-log.ts';
import { topicIdRequest } from './kafka-topic-ids.ts';
import type { TopicPlan } from './kafka-topics.ts';
import type { Client, Part, Wire } from './kafka-wire.ts';

/**
 * The one file that knows kafkajs. Its public parts cannot read without a consumer group, and can report a `send` as done
 * that was not written everywhere (its issue 1303), so we use the parts beneath, described in `kafka-cluster.ts`. They are
 * not meant for that, but will not change any more: kafkajs is no longer developed, and a test holds it at 2.2.4.
 */
const load = createRequire(import.meta.url);

/**
 * Its queue of requests looks after itself with a timer that it sets again each time, also when it is empty, and then to
 * a time in the past: one call a millisecond and connection on Node 24. An empty queue needs no timer.
 */
interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}
const { prototype: queue } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
const { scheduleCheckPendingRequests } = queue;
queue.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheckPendingRequests.call(this);
};

const { prototype: connection } = load('kafkajs/src/network/connection') as { prototype: Connection };
mendConnections(connection, load('kafkajs/src/errors') as ConnectionErrors);

// For topics of other systems; ours are packed in `kafka-batch.ts`.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { buffer: Buffer }) => promisify(zstdCompress)(buffer),
  decompress: (bytes: Buffer) => promisify(zstdDecompress)(bytes),
});

/** How to get into a cluster. */
export interface KafkaAccess {
  /** host:port */
  brokers: readonly string[];
  /** TLS; with `ca` (PEM) where the system does not know who signed the brokers' certificates */
  tls?: { ca?: string };
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
}

/** Kafka as a log. */
export class KafkaLog extends KafkaLogOn {
  constructor(options: KafkaLogOptions & KafkaAccess) {
    super(options, new KafkaClient(options));
  }
}

/** Short messages between the daemons of one log. */
export class KafkaExchange extends KafkaExchangeOn {
  constructor(options: KafkaExchangeOptions & KafkaAccess) {
    super(options, new KafkaClient(options));
  }
}

/**
 * For members of a group: joining takes longer than the requests of a log may, and it goes on trying by itself, whatever the
 * error.
 */
const patient = {
  initialRetryTime: 300,
  maxRetryTime: 5000,
  retries: Number.MAX_SAFE_INTEGER,
  restartOnFailure: async () => true,
};

/** Topics of other systems (`kafka-group.ts`). */
export class KafkaGroup extends KafkaGroupOn {
  constructor(options: KafkaGroupOptions & KafkaAccess) {
    const retry = patient;
    super(options, kafkaOf(options, { retry }).consumer({ groupId: options.group, retry }));
  }
}

/** Which daemon acts for which agencies (`kafka-duties.ts`). */
export class KafkaDuties extends KafkaDutiesOn {
  constructor(options: KafkaDutiesOptions & KafkaAccess) {
    super(options, dutyMember(options));
  }
}

function dutyMember(options: KafkaDutiesOptions & KafkaAccess): DutyMember {
  const retry = patient;
  const kafka = kafkaOf(options, { retry });
  const sessionTimeout = options.silence ?? usualSilence;
  const consumer = kafka.consumer({
    groupId: options.group,
    sessionTimeout,
    heartbeatInterval: Math.floor(sessionTimeout / 5),
    retry,
  });
  return {
    events: consumer.events,
    on: (event, listener) => consumer.on(event as 'consumer.heartbeat', listener),
    connect: () => consumer.connect(),
    subscribe: (what) => consumer.subscribe(what),
    run: (how) => consumer.run(how),
    disconnect: () => consumer.disconnect(),
    partitions: async (topic) => {
      const admin = kafka.admin();
      await admin.connect();
      try {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.length ?? 0;
      } finally {
        await admin.disconnect();
      }
    },
  };
}

/** ms: a broker that is silent for so long is taken for dead, and asked about elsewhere */
const requestTimeout = 3000;
const connectionTimeout = 1000;

class KafkaClient implements Client {
  readonly #kafka: Kafka;
  readonly #logger: Logger;

  constructor(access: KafkaAccess & { logger: Logger }) {
    this.#logger = access.logger;
    // It tries each of the brokers once; all further attempts are ours.
    this.#kafka = kafkaOf(access, {
      retry: { initialRetryTime: 20, maxRetryTime: 100, retries: access.brokers.length - 1 },
    });
  }

  async prepare(plans: readonly TopicPlan[]): Promise<{ partitions: number[]; epoch: string }> {
    const partitions = await prepareTopics(this.#kafka.admin(), plans, this.#logger);
    const cluster = this.#cluster();
    try {
      const names = plans.map(({ name }) => name);
      await cluster.connect();
      await cluster.addMultipleTargetTopics(names);
      const { connectionPool } = await cluster.findControllerBroker();
      const ids: string[] = [];
      for (const name of names) ids.push(await connectionPool.send(topicIdRequest(name)));
      return { partitions, epoch: createHash('sha256').update(ids.join()).digest('hex').slice(0, 16) };
    } catch (error) {
      throw readError(error);
    } finally {
      await cluster.disconnect();
    }
  }

  wire(parts: readonly Part[]): Wire {
    return new ClusterWire(this.#cluster(), parts);
  }

  #cluster(): Cluster {
    const inner = this.#kafka as unknown as Record<symbol, ((options: object) => Cluster) | undefined>;
    const symbol = Object.getOwnPropertySymbols(inner).find(({ description }) =>
      description?.endsWith('createCluster'),
    );
    const make = symbol && inner[symbol];
    if (make === undefined) throw new Error('kafkajs 2.2.4 is needed, and this is another version');
    return make({ allowAutoTopicCreation: false, metadataMaxAge: 1000 });
  }
}

function kafkaOf(
  { brokers, tls, sasl, logger }: KafkaAccess & { logger: Logger },
  more: Pick<KafkaConfig, 'retry'>,
): Kafka {
  return new kafkajs.Kafka({
    clientId: 'vantrail',
    brokers: [...brokers],
    ...(tls === undefined ? {} : { ssl: tls.ca === undefined ? true : { ca: [tls.ca] } }),
    // A copy: it keeps the signing-in with the password in the object it is given.
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as SASLOptions }),
    connectionTimeout,
    authenticationTimeout: requestTimeout,
    requestTimeout,
    ...more,
    // What it says at every failed attempt, we say once.
    logCreator:
      () =>
      ({ namespace, log }) =>
        logger.debug({ kafkajs: namespace }, log.message),
  });
}
