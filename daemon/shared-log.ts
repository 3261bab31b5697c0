import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { type KafkaAccess, KafkaDuties, KafkaExchange, KafkaGroup, KafkaLog } from './log/kafka.ts';
import { topicName } from './log/kafka-topics.ts';
import type { Cursor } from './log/log.ts';
import { SpooledLog } from './log/spool.ts';

const day = 86_400_000;

/** What a daemon has with `--log kafka`. */
export interface SharedLog {
  /** this daemon's name among those of the log; a restarted one has another */
  daemon: string;
  log: SpooledLog;
  /** the same, for what only Kafka's end of it knows; undefined until the log is started */
  kafka: () => KafkaLog | undefined;
  exchange: KafkaExchange;
  /** which agencies this daemon sends messages for */
  duties: KafkaDuties;
}

/** How to get into the cluster that the options name. */
function kafkaAccess(config: Config): KafkaAccess {
  const { kafkaSasl, kafkaUsername = '', kafkaPassword = '' } = config;
  return {
    brokers: config.kafkaBrokers,
    ...(config.kafkaTls
      ? { tls: config.kafkaCa === undefined ? {} : { ca: readFileSync(config.kafkaCa, 'utf8') } }
      : {}),
    ...(kafkaSasl === 'none'
      ? {}
      : { sasl: { mechanism: kafkaSasl, username: kafkaUsername, password: kafkaPassword } }),
  };
}

/**
 * The log of a daemon that shares it with others: Kafka behind a spool on this daemon's disk, and the exchange beside it.
 *
 * `saved`: the cursors that the projections have saved.
 */
export function openSharedLog(
  config: Config,
  deps: { spoolFolder: string; saved: () => readonly Cursor[] | undefined; logger: Logger },
): SharedLog {
  const { spoolFolder, saved, logger } = deps;
  const access = kafkaAccess(config);
  const topics = {
    prefix: config.kafkaPrefix,
    partitions: config.kafkaPartitions,
    replication: config.kafkaReplication,
    retentionMs: { positions: config.positionsKeptDays * day, 'dead-letters': config.deadLettersKeptDays * day },
  };
  let kafka: KafkaLog | undefined;
  const log = new SpooledLog({
    folder: spoolFolder,
    daemon: hostname(),
    remote: (origin) => {
      kafka = new KafkaLog({ ...access, ...topics, origin, logger, maxWaitingBytes: config.maxWaitingBytes });
      return kafka;
    },
    saved,
    logger,
    maxBytes: config.spoolMaxBytes,
    ...(config.ack === 'kafka' ? { ack: { fallback: config.ackFallback } } : {}),
  });
  return {
    daemon: `${hostname()}-${randomUUID().slice(0, 8)}`,
    log,
    kafka: () => kafka,
    exchange: new KafkaExchange({ ...access, ...topics, logger }),
    duties: new KafkaDuties({
      ...access,
      topic: topicName(config.kafkaPrefix, 'events'),
      group: `${config.kafkaPrefix}-effects`,
      logger,
    }),
  };
}

/** The topics of other systems that the options name; all daemons of one prefix are members of one group. */
export function openSources(config: Config, sources: readonly { topic: string }[], logger: Logger): KafkaGroup {
  const topics = sources.map(({ topic }) => topic);
  return new KafkaGroup({ ...kafkaAccess(config), topics, group: `${config.kafkaPrefix}-sources`, logger });
}
