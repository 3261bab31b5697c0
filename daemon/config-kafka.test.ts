import { describe, expect, it } from 'vitest';
import { checkKafka, type KafkaOptions as Options } from './config-kafka.ts';

const embedded: Options = {
  log: 'embedded',
  kafkaBrokers: [],
  kafkaPrefix: 'vantrail',
  kafkaTls: false,
  kafkaSasl: 'none',
  kafkaSource: [],
  ack: 'spool',
  ackFallback: 'spool',
};
const kafka: Options = { ...embedded, log: 'kafka', kafkaBrokers: ['k1:9092', 'k2:9092'], keysFile: '/run/keys.json' };
const signedIn = { kafkaSasl: 'scram-sha-512', kafkaUsername: 'vantrail', kafkaPassword: 'verysecret' } as const;

/** What is refused: `option: rule`, or undefined. */
function refusal(options: Options): string | undefined {
  try {
    checkKafka(options, (option, value, rule) => {
      throw new Error(`--${option}: ${JSON.stringify(value)} is wrong: ${rule}`);
    });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
const without = (options: Options, key: keyof Options): Options => {
  const { [key]: _left, ...rest } = options;
  return rest as Options;
};

describe('options about Kafka', () => {
  it.each<[string, Options]>([
    ['none', embedded],
    ['Kafka', kafka],
    ['an IPv6 broker', { ...kafka, kafkaBrokers: ['[::1]:9092'] }],
    ['TLS and sign-in', { ...kafka, ...signedIn, kafkaTls: true, kafkaCa: 'ca.pem' }],
    ['acknowledgement by Kafka, strictly', { ...kafka, ack: 'kafka', ackFallback: 'refuse' }],
    [
      'another source beside the embedded log',
      { ...embedded, kafkaBrokers: ['k:9092'], kafkaSource: ['a.b-c:osmand'] },
    ],
    ['a registry', { ...kafka, schemaRegistry: 'http://registry:8081' }],
  ])('may be: %s', (_name, options) => expect(refusal(options)).toBeUndefined());

  it.each<[Options, string]>([
    [{ ...kafka, kafkaBrokers: [] }, '--log: "kafka" is wrong: --kafka-brokers must be given with it'],
    [
      without(kafka, 'keysFile'),
      '--log: "kafka" is wrong: --keys-file must be given with it, the same for all daemons; npm run -s token -- --keys-file FILE --rotate-key makes one',
    ],
    [
      { ...kafka, kafkaBrokers: ['k1:9092', 'k2'] },
      '--kafka-brokers: "k2" is wrong: must be host:port, as kafka-1.example.org:9092',
    ],
    [
      { ...kafka, kafkaBrokers: ['k1:0'] },
      '--kafka-brokers: "k1:0" is wrong: must be host:port, as kafka-1.example.org:9092',
    ],
    [
      { ...embedded, kafkaBrokers: ['k1:9092'] },
      '--kafka-brokers: ["k1:9092"] is wrong: --log kafka (or --kafka-source) must be given with it',
    ],
    [
      { ...embedded, kafkaSource: ['a:native'] },
      '--kafka-source: ["a:native"] is wrong: --kafka-brokers must be given with it',
    ],
    [
      { ...kafka, kafkaSource: ['native'] },
      '--kafka-source: "native" is wrong: must be topic:format or topic:format@agency/gateway, as delivery.location.v1:delivery-location',
    ],
    [
      { ...kafka, kafkaPrefix: 'gas agency' },
      '--kafka-prefix: "gas agency" is wrong: must be letters, digits, dots, dashes and underscores',
    ],
    [
      without({ ...kafka, ...signedIn }, 'kafkaUsername'),
      '--kafka-sasl: "scram-sha-512" is wrong: --kafka-username must be given with it',
    ],
    [
      without({ ...kafka, ...signedIn }, 'kafkaPassword'),
      '--kafka-sasl: "scram-sha-512" is wrong: --kafka-password (or --kafka-password-file) must be given with it',
    ],
    [
      { ...kafka, ...signedIn, kafkaSasl: 'none' },
      '--kafka-sasl: "none" is wrong: must be plain, scram-sha-256 or scram-sha-512 where a user or password is given',
    ],
    [{ ...kafka, kafkaCa: 'ca.pem' }, '--kafka-ca: "ca.pem" is wrong: --kafka-tls must be given with it'],
    [{ ...embedded, ack: 'kafka' }, '--ack: "kafka" is wrong: --log kafka must be given with it'],
    [{ ...kafka, ackFallback: 'refuse' }, '--ack-fallback: "refuse" is wrong: --ack kafka must be given with it'],
    [
      { ...kafka, schemaRegistry: 'registry' },
      '--schema-registry: "(not shown)" is wrong: must be an http or https address, as https://registry.example.org:8081',
    ],
  ])('may not be: %j', (options, message) => {
    expect(refusal(options)).toBe(message);
    expect(message).not.toContain('verysecret');
  });
});
