import type { TopicPlan } from './kafka-topics.ts';

/**
 * What our Kafka log needs of a Kafka client, and nothing of any client in particular: `kafka.ts` has the one
 * implementation, the rest of `kafka-*.ts` is ours and knows only this.
 *
 * Partitions of all topics are numbered through: a `part` is an index into the layout the wire was made with.
 */
export interface Wire {
  /** Asks which node leads each part; undefined where none does at the moment. */
  leaders(): Promise<(number | undefined)[]>;
  /**
   * Writes one batch each to parts that `node` leads, with acknowledgement by all in-sync replicas. Answers in the order
   * given the offset of each batch's first record, or why it is not confirmed. Throws when nothing is known of any.
   */
  produce(node: number, producer: ProducerId, batches: readonly Batch[]): Promise<(number | WireError)[]>;
  newProducer(): Promise<ProducerId>;
  /**
   * Reads from parts that `node` leads; waits so many ms for something new where there is nothing. With `error`, some
   * part could not be read, and is not among those fetched.
   */
  fetch(node: number, wanted: readonly Wanted[], waitMs: number): Promise<{ fetched: Fetched[]; error?: WireError }>;
  /** The oldest offset there is of each part, and the one that comes after the newest. */
  ends(): Promise<{ first: number[]; next: number[] }>;
  close(): Promise<void>;
}

/** One partition of one of our topics, by its full name. */
export interface Part {
  name: string;
  partition: number;
}

export interface ProducerId {
  id: number;
  epoch: number;
}

/** A record as Kafka carries it. */
export interface Message {
  key: string;
  value: string | null;
  headers: Record<string, string>;
}

/** Records for one part. Sent again it is the same to the last byte. */
export interface Batch {
  part: number;
  /** number of its first record among all this producer wrote to the part */
  sequence: number;
  /** UTC ms, the time Kafka gives its records */
  time: number;
  messages: readonly Message[];
}

export interface Wanted {
  part: number;
  offset: number;
}

export interface Received {
  offset: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | undefined>;
  /** it stands for a batch that cannot be read, for this reason */
  unreadable?: string;
}

export interface Fetched {
  part: number;
  /** offset after the newest record that all in-sync replicas have */
  next: number;
  /** oldest offset there is */
  first: number;
  messages: readonly Received[];
  /** where to read on: after the last batch that was read, compacted records included; undefined: nothing was read */
  after: number | undefined;
}

/**
 * Why a request to the brokers failed:
 * `unreachable`: no answer (connection refused, closed, silent) ·
 * `moved`: the part is led by another broker now, or by none yet ·
 * `producer`: the producer's numbers are no longer accepted; a new producer id is needed ·
 * `range`: there is no such offset ·
 * `too-big`: the broker takes no batch of this size ·
 * `denied`: sign-in, rights or certificate refused; trying again does not mend it ·
 * `other`: whatever else the broker said; tried again
 */
export type WireErrorKind = 'unreachable' | 'moved' | 'producer' | 'range' | 'too-big' | 'denied' | 'other';

export class WireError extends Error {
  override name = 'WireError';
  readonly kind: WireErrorKind;
  /** where it is about one part */
  readonly part: number | undefined;
  constructor(kind: WireErrorKind, message: string, options?: ErrorOptions & { part?: number | undefined }) {
    super(message, options);
    this.kind = kind;
    this.part = options?.part;
  }
}

export function wireErrorOf(error: unknown): WireError {
  return error instanceof WireError ? error : new WireError('other', String((error as Error).message ?? error));
}

/** A way into one cluster. */
export interface Client {
  /**
   * Makes the topics that are not there. Answers how many partitions each has, in the order of the plans, and a word
   * that changes when one of them is made anew. Throws a LogError when one is not fit for us.
   */
  prepare(plans: readonly TopicPlan[]): Promise<{ partitions: number[]; epoch: string }>;
  /** A wire with connections of its own. */
  wire(parts: readonly Part[]): Wire;
}
