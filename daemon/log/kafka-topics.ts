import { newestOnly, type Topic, topics } from '../../protocol/record.ts';

/** How a topic of ours must be, and how a new one is made. */
export interface TopicPlan {
  name: string;
  partitions: number;
  replication: number;
  config: Readonly<Record<string, string>>;
  /** settings without which records that must stay would be removed: another value is refused */
  vital: readonly string[];
}

/** How a topic is. */
export interface TopicFound {
  name: string;
  partitions: number;
  replication: number;
  config: Readonly<Record<string, string>>;
}

export interface TopicOptions {
  prefix: string;
  partitions: number;
  replication: number;
  /** without an entry a topic that may expire keeps 1095 days of positions, 90 of dead letters */
  retentionMs?: { positions?: number; 'dead-letters'?: number };
}

const day = 86_400_000;
/** Tombstones stay this long: a daemon that was away longer must be rebuilt, or it would not hear of an erasure. */
const tombstonesKept = 90 * day;

export function topicName(prefix: string, topic: Topic | 'exchange'): string {
  return `${prefix}.${topic}.v1`;
}

/** All topics of the log, in the order of `topics`. */
export function topicPlans(options: TopicOptions): TopicPlan[] {
  const { prefix, partitions, replication, retentionMs = {} } = options;
  const kept = {
    positions: retentionMs.positions ?? 1095 * day,
    'dead-letters': retentionMs['dead-letters'] ?? 90 * day,
  };
  return topics.map((topic) => ({
    name: topicName(prefix, topic),
    partitions,
    replication,
    ...(newestOnly.has(topic) ? compacted(replication) : expiring(topic, replication, kept)),
  }));
}

/** The topic of short messages between daemons: one partition, 10 minutes. */
export function exchangePlan({ prefix, replication }: Pick<TopicOptions, 'prefix' | 'replication'>): TopicPlan {
  const config = { ...common(replication), 'cleanup.policy': 'delete', 'retention.ms': String(600_000) };
  return { name: topicName(prefix, 'exchange'), partitions: 1, replication, config, vital: [] };
}

function common(replication: number): Record<string, string> {
  return {
    // One replica may be away without a pause; two copies at least of whatever was acknowledged.
    'min.insync.replicas': String(Math.max(1, replication - 1)),
    // The broker packs anew what others wrote in a way our reader cannot unpack.
    'compression.type': 'zstd',
  };
}

function compacted(replication: number): Pick<TopicPlan, 'config' | 'vital'> {
  const config = {
    ...common(replication),
    'cleanup.policy': 'compact',
    'delete.retention.ms': String(tombstonesKept),
    // What was erased is gone from the brokers' disks after a day or two.
    'max.compaction.lag.ms': String(day),
  };
  return { config, vital: ['cleanup.policy'] };
}

function expiring(
  topic: Topic,
  replication: number,
  kept: Partial<Record<Topic, number>>,
): Pick<TopicPlan, 'config' | 'vital'> {
  const retention = kept[topic];
  const config = { ...common(replication), 'cleanup.policy': 'delete', 'retention.ms': String(retention ?? -1) };
  if (retention !== undefined) return { config, vital: ['cleanup.policy'] };
  // Events and places never expire, by age or by size.
  return {
    config: { ...config, 'retention.bytes': '-1' },
    vital: ['cleanup.policy', 'retention.ms', 'retention.bytes'],
  };
}

/** How a topic that exists differs from what is wanted: sentences for the log, and those that forbid the start. */
export function differences(plan: TopicPlan, found: TopicFound): { refused: string[]; warnings: string[] } {
  const refused: string[] = [];
  const warnings: string[] = [];
  if (found.partitions !== plan.partitions) {
    warnings.push(
      `topic ${plan.name} has ${found.partitions} partitions, ${plan.partitions} are configured: its own number is used`,
    );
  }
  if (found.replication < plan.replication) {
    warnings.push(
      `topic ${plan.name} has ${found.replication} replicas, ${plan.replication} are configured: raise it with ` +
        'kafka-reassign-partitions.sh, or records may be lost with one broker',
    );
  }
  for (const [name, wanted] of Object.entries(plan.config)) {
    const has = found.config[name];
    if (has === undefined || has === wanted) continue;
    const said =
      `topic ${plan.name} has ${name}=${has}, wanted is ${name}=${wanted}: ` +
      `kafka-configs.sh --alter --entity-type topics --entity-name ${plan.name} --add-config ${name}=${wanted}`;
    (plan.vital.includes(name) ? refused : warnings).push(said);
  }
  return { refused, warnings };
}

/**
 * The partition of an agency: what Kafka's own clients choose for a record with that key, so that other programs find
 * the same. Every topic goes by the agency alone, so that order holds per agency.
 */
export function partitionOf(agency: string, partitions: number): number {
  return (murmur2(Buffer.from(agency)) & 0x7fff_ffff) % partitions;
}

/** MurmurHash2 as in Kafka's org.apache.kafka.common.utils.Utils. */
function murmur2(data: Buffer): number {
  const m = 0x5bd1_e995;
  let h = 0x9747_b28c ^ data.length;
  const whole = data.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(data.readInt32LE(i), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = data.length & 3;
  if (rest === 3) h ^= (data[whole + 2] ?? 0) << 16;
  if (rest >= 2) h ^= (data[whole + 1] ?? 0) << 8;
  if (rest >= 1) h = Math.imul(h ^ (data[whole] ?? 0), m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
