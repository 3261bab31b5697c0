import { WireError, type WireErrorKind } from './kafka-wire.ts';

/** What kafkajs puts on its errors, as far as we look at it. */
interface ClientError {
  name?: string;
  message?: string;
  /** Kafka's own name of the error */
  type?: string;
  /** of the socket, or TLS */
  code?: unknown;
  cause?: ClientError;
  errors?: ClientError[];
}

const kindByType: Record<string, WireErrorKind> = {
  NOT_LEADER_FOR_PARTITION: 'moved',
  LEADER_NOT_AVAILABLE: 'moved',
  UNKNOWN_TOPIC_OR_PARTITION: 'moved',
  REPLICA_NOT_AVAILABLE: 'moved',
  FENCED_LEADER_EPOCH: 'moved',
  UNKNOWN_LEADER_EPOCH: 'moved',
  KAFKA_STORAGE_ERROR: 'moved',
  NOT_CONTROLLER: 'moved',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'producer',
  DUPLICATE_SEQUENCE_NUMBER: 'producer',
  UNKNOWN_PRODUCER_ID: 'producer',
  INVALID_PRODUCER_EPOCH: 'producer',
  INVALID_PRODUCER_ID_MAPPING: 'producer',
  OFFSET_OUT_OF_RANGE: 'range',
  MESSAGE_TOO_LARGE: 'too-big',
  RECORD_LIST_TOO_LARGE: 'too-big',
  SASL_AUTHENTICATION_FAILED: 'denied',
  UNSUPPORTED_SASL_MECHANISM: 'denied',
  TOPIC_AUTHORIZATION_FAILED: 'denied',
  CLUSTER_AUTHORIZATION_FAILED: 'denied',
};

const kindByName: Record<string, WireErrorKind> = {
  KafkaJSConnectionError: 'unreachable',
  KafkaJSConnectionClosedError: 'unreachable',
  KafkaJSRequestTimeoutError: 'unreachable',
  KafkaJSLockTimeout: 'unreachable',
  KafkaJSNoBrokerAvailableError: 'unreachable',
  KafkaJSBrokerNotFound: 'moved',
  KafkaJSMetadataNotLoaded: 'moved',
  KafkaJSTopicMetadataNotLoaded: 'moved',
  KafkaJSSASLAuthenticationError: 'denied',
};

/** Codes of OpenSSL's certificate checks, and Node's check of the name in it. */
const certificate = /CERT|UNABLE_TO_VERIFY|ERR_TLS|ISSUER/;

/** Kafka's numbers of the errors that one part of an answer can have. */
const typeByCode: Record<number, string> = {
  1: 'OFFSET_OUT_OF_RANGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_FOR_PARTITION',
  7: 'REQUEST_TIMED_OUT',
  9: 'REPLICA_NOT_AVAILABLE',
  10: 'MESSAGE_TOO_LARGE',
  18: 'RECORD_LIST_TOO_LARGE',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  46: 'DUPLICATE_SEQUENCE_NUMBER',
  47: 'INVALID_PRODUCER_EPOCH',
  49: 'INVALID_PRODUCER_ID_MAPPING',
  56: 'KAFKA_STORAGE_ERROR',
  59: 'UNKNOWN_PRODUCER_ID',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
};

/** The error of a part of an answer; undefined when there is none. */
export function errorOfCode(code: number, part: number): WireError | undefined {
  if (code === 0) return undefined;
  const type = typeByCode[code];
  return new WireError(kindByType[type ?? ''] ?? 'other', `Kafka says ${type ?? `error ${code}`}`, { part });
}

/** Reads an error of kafkajs. Those of its retries wrap the one that counts. */
export function readError(error: unknown): WireError {
  if (error instanceof WireError) return error;
  let inner = error as ClientError;
  while (inner.cause?.name?.startsWith('KafkaJS')) inner = inner.cause;
  const { type = '', name = '', message = String(error), code } = inner;
  if (typeof code === 'string' && certificate.test(code)) {
    const said = `the certificate of the broker is not trusted (${message}); give the CA that signed it with --kafka-ca`;
    return new WireError('denied', said, { cause: error });
  }
  const kind = kindByType[type] ?? kindByName[name] ?? 'other';
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED') {
    const said = `the brokers refuse the sign-in (${message}); check --kafka-sasl, --kafka-username and --kafka-password`;
    return new WireError('denied', said, { cause: error });
  }
  return new WireError(kind, message, { cause: error });
}
