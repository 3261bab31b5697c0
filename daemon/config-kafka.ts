import { readSources } from './ingest/source-option.ts';
import { readRegistryAddress } from './log/schema-registry-address.ts';

/** The options of `config.ts` that have to do with Kafka. */
export interface KafkaOptions {
  log: 'embedded' | 'kafka';
  kafkaBrokers: readonly string[];
  kafkaPrefix: string;
  kafkaTls: boolean;
  kafkaCa?: string;
  kafkaSasl: 'none' | 'plain' | 'scram-sha-256' | 'scram-sha-512';
  kafkaUsername?: string;
  kafkaPassword?: string;
  kafkaSource: readonly string[];
  ack: 'spool' | 'kafka';
  ackFallback: 'spool' | 'refuse';
  keysFile?: string;
  schemaRegistry?: string;
}

const makeKeys = 'npm run -s token -- --keys-file FILE --rotate-key makes one';

/** The rules about Kafka that one option alone cannot break. `refuse` throws with option, value and rule. */
export function checkKafka(
  config: KafkaOptions,
  refuse: (option: string, value: unknown, rule: string) => never,
): void {
  const kafka = config.log === 'kafka';
  if (kafka && config.kafkaBrokers.length === 0) refuse('log', config.log, '--kafka-brokers must be given with it');
  for (const broker of config.kafkaBrokers) {
    if (!isBroker(broker)) refuse('kafka-brokers', broker, 'must be host:port, as kafka-1.example.org:9092');
  }
  const sources = config.kafkaSource.length > 0;
  if (sources && config.kafkaBrokers.length === 0) {
    refuse('kafka-source', config.kafkaSource, '--kafka-brokers must be given with it');
  }
  readSources(config.kafkaSource, config.kafkaPrefix, (value, rule) => refuse('kafka-source', value, rule));
  if (!kafka && !sources && config.kafkaBrokers.length > 0) {
    refuse('kafka-brokers', config.kafkaBrokers, '--log kafka (or --kafka-source) must be given with it');
  }
  // A token signed by one daemon must be good at the others, also after a restart.
  if (kafka && config.keysFile === undefined) {
    refuse('log', config.log, `--keys-file must be given with it, the same for all daemons; ${makeKeys}`);
  }
  // Kafka takes names of 249 characters; `.dead-letters.v1` is the longest of ours.
  if (!/^[\w.-]{1,200}$/.test(config.kafkaPrefix)) {
    refuse('kafka-prefix', config.kafkaPrefix, 'must be letters, digits, dots, dashes and underscores');
  }
  checkSigningIn(config, refuse);
  if (!kafka && config.ack === 'kafka') refuse('ack', config.ack, '--log kafka must be given with it');
  if (config.ack === 'spool' && config.ackFallback === 'refuse') {
    refuse('ack-fallback', config.ackFallback, '--ack kafka must be given with it');
  }
  if (config.schemaRegistry !== undefined) {
    try {
      readRegistryAddress(config.schemaRegistry);
    } catch (error) {
      refuse('schema-registry', '(not shown)', (error as Error).message);
    }
  }
}

function checkSigningIn(
  { kafkaSasl, kafkaUsername, kafkaPassword, kafkaTls, kafkaCa }: KafkaOptions,
  refuse: (option: string, value: unknown, rule: string) => never,
): void {
  if (kafkaSasl !== 'none' && kafkaUsername === undefined) {
    refuse('kafka-sasl', kafkaSasl, '--kafka-username must be given with it');
  }
  if (kafkaSasl !== 'none' && kafkaPassword === undefined) {
    refuse('kafka-sasl', kafkaSasl, '--kafka-password (or --kafka-password-file) must be given with it');
  }
  if (kafkaSasl === 'none' && (kafkaUsername !== undefined || kafkaPassword !== undefined)) {
    refuse('kafka-sasl', kafkaSasl, 'must be plain, scram-sha-256 or scram-sha-512 where a user or password is given');
  }
  if (kafkaCa !== undefined && !kafkaTls) refuse('kafka-ca', kafkaCa, '--kafka-tls must be given with it');
}

function isBroker(text: string): boolean {
  const [, port] = /^(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}
