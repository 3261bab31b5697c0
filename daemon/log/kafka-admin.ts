import type { Logger } from 'pino';
import { readError } from './kafka-errors.ts';
import { differences, type TopicFound, type TopicPlan } from './kafka-topics.ts';
import { LogError } from './log.ts';

/** What we use of kafkajs' admin client. */
export interface Admin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  listTopics(): Promise<string[]>;
  createTopics(options: {
    waitForLeaders: boolean;
    topics: {
      topic: string;
      numPartitions: number;
      replicationFactor: number;
      configEntries: { name: string; value: string }[];
    }[];
  }): Promise<boolean>;
  fetchTopicMetadata(options: {
    topics: string[];
  }): Promise<{ topics: { name: string; partitions: { replicas: number[] }[] }[] }>;
  describeConfigs(options: {
    includeSynonyms: boolean;
    resources: { type: number; name: string; configNames: string[] }[];
  }): Promise<{ resources: { resourceName: string; configEntries: { configName: string; configValue: string }[] }[] }>;
}

const topicResource = 2;

/**
 * Makes topics that are not there and compares those that are; changes none. Answers how many partitions each has.
 * Throws a LogError when one is not fit for us, and whatever the wire throws.
 */
export async function prepareTopics(admin: Admin, plans: readonly TopicPlan[], logger: Logger): Promise<number[]> {
  try {
    await admin.connect();
    const there = new Set(await admin.listTopics());
    const missing = plans.filter(({ name }) => !there.has(name));
    if (missing.length > 0) await make(admin, missing, logger);
    const found = await find(admin, plans);
    const compared = plans.map((plan, i) => differences(plan, found[i] as TopicFound));
    for (const warning of compared.flatMap(({ warnings }) => warnings)) logger.warn(warning);
    const refused = compared.flatMap((each) => each.refused);
    if (refused.length > 0) throw new LogError('io', refused.join('; '));
    return found.map(({ partitions }) => partitions);
  } catch (error) {
    throw error instanceof LogError ? error : readError(error);
  } finally {
    await admin.disconnect();
  }
}

async function make(admin: Admin, missing: readonly TopicPlan[], logger: Logger): Promise<void> {
  const topics = missing.map(({ name, partitions, replication, config }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor: replication,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
  }));
  try {
    await admin.createTopics({ waitForLeaders: true, topics });
    logger.info({ topics: missing.map(({ name }) => name) }, 'topics were made in Kafka');
  } catch (caught) {
    const { errors = [] } = caught as { errors?: { type?: string; message?: string; topic?: string }[] };
    // Another daemon that starts at the same time may be first with some of them.
    const real = errors.filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS');
    const [first] = real;
    if (first === undefined) {
      if (errors.length > 0) return;
      throw caught;
    }
    const hint = first.type === 'INVALID_REPLICATION_FACTOR' ? '; --kafka-replication says how many replicas' : '';
    throw new LogError('io', `Kafka does not make topic ${first.topic}: ${first.message}${hint}`, { cause: caught });
  }
}

async function find(admin: Admin, plans: readonly TopicPlan[]): Promise<TopicFound[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: plans.map(({ name }) => name) });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: plans.map(({ name, config }) => ({ type: topicResource, name, configNames: Object.keys(config) })),
  });
  return plans.map(({ name }) => {
    const partitions = topics.find((topic) => topic.name === name)?.partitions ?? [];
    if (partitions.length === 0) throw new Error(`topic ${name} is not known everywhere yet`);
    const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    return {
      name,
      partitions: partitions.length,
      replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      config: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
    };
  });
}
