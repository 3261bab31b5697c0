import { decodeBatches, encodeBatch } from './kafka-batch.ts';
import { Reader, Writer } from './kafka-bytes.ts';
import { errorOfCode } from './kafka-errors.ts';
import type { Batch, Fetched, Part, ProducerId, Wanted, WireError } from './kafka-wire.ts';

/**
 * The two requests that carry records, in the versions that Kafka 2.3 to 4.x understand and that know zstd
 * (https://kafka.apache.org/protocol): Produce 7 and Fetch 11. In the form kafkajs' connections take.
 */
export interface KafkaRequest<T> {
  request: {
    apiKey: number;
    apiVersion: number;
    apiName: string;
    encode: () => Promise<{ buf: Buffer; buffer: Buffer }>;
  };
  response: { decode: (payload: Buffer) => Promise<{ answer: T }>; parse: (decoded: { answer: T }) => Promise<T> };
}

export function kafkaRequest<T>(
  name: { apiKey: number; apiVersion: number; apiName: string },
  encode: () => Promise<Buffer> | Buffer,
  decode: (payload: Buffer) => T,
): KafkaRequest<T> {
  return {
    request: {
      ...name,
      encode: async () => {
        const buffer = await encode();
        return { buf: buffer, buffer };
      },
    },
    response: { decode: async (payload) => ({ answer: decode(payload) }), parse: async ({ answer }) => answer },
  };
}

/** What became of one part in a request. */
export interface PartAnswer<T> {
  part: number;
  error: WireError | undefined;
  answer: T;
}

/** ms a broker waits for the other replicas before it says that it cannot confirm */
const replicaTimeout = 2500;
const allReplicas = -1;

/** Answers the offset of each batch's first record. */
export function produceRequest(
  parts: Parts,
  producer: ProducerId,
  batches: readonly Batch[],
): KafkaRequest<PartAnswer<number>[]> {
  return kafkaRequest(
    { apiKey: 0, apiVersion: 7, apiName: 'Produce' },
    async () => {
      const encoded = new Map<Batch, Buffer>();
      for (const batch of batches) encoded.set(batch, await encodeBatch(batch, producer));
      const size = encoded.values().reduce((sum, { length }) => sum + length, 256);
      const out = new Writer(size).int16(-1).int16(allReplicas).int32(replicaTimeout);
      return parts
        .writeByTopic(out, batches, (batch) => {
          const bytes = encoded.get(batch) as Buffer;
          out.int32(bytes.length).raw(bytes);
        })
        .done();
    },
    (payload) => {
      const at = new Reader(payload);
      return parts.readByTopic(at, (part) => {
        const error = errorOfCode(at.int16(), part);
        const answer = at.int64();
        at.skip(16); // times of append and of the oldest record's offset
        return { part, error, answer };
      });
    },
  );
}

/** bytes (packed) that one answer brings, and of one part; a position takes about 15 of them */
const mostFetched = 262_144;
const mostFetchedOfPart = 131_072;
/** No transactions are used, so whatever all in-sync replicas have counts. */
const readUncommitted = 0;
const noReplica = -1;
const noSession = -1;

export function fetchRequest(
  parts: Parts,
  wanted: readonly Wanted[],
  waitMs: number,
): KafkaRequest<PartAnswer<Fetched>[]> {
  return kafkaRequest(
    { apiKey: 1, apiVersion: 11, apiName: 'Fetch' },
    () => {
      const out = new Writer(64 * wanted.length);
      out.int32(noReplica).int32(waitMs).int32(1).int32(mostFetched).int8(readUncommitted).int32(0).int32(noSession);
      parts.writeByTopic(out, wanted, ({ offset }) => {
        out.int32(-1).int64(offset).int64(-1).int32(mostFetchedOfPart);
      });
      return out.int32(0).string('').done();
    },
    (payload) => {
      const at = new Reader(payload);
      at.skip(10); // throttle time, error of a session, its id
      return parts.readByTopic(at, (part): PartAnswer<Fetched> => {
        const error = errorOfCode(at.int16(), part);
        const next = at.int64();
        at.skip(8); // last stable offset
        const first = at.int64();
        at.list(() => at.skip(16)); // aborted transactions
        at.skip(4); // a replica that would be nearer
        const records = at.take(Math.max(0, at.int32()));
        return { part, error, answer: { part, next, first, ...decodeBatches(records) } };
      });
    },
  );
}

/** Names of parts, as requests group them by topic. */
export class Parts {
  readonly all: readonly Part[];
  readonly names: readonly string[];
  readonly #byName = new Map<string, number>();

  constructor(all: readonly Part[]) {
    this.all = all;
    this.names = [...new Set(all.map(({ name }) => name))];
    for (const [part, { name, partition }] of all.entries()) this.#byName.set(`${name}-${partition}`, part);
  }

  find(topic: string, partition: number): number | undefined {
    return this.#byName.get(`${topic}-${partition}`);
  }

  nameOf(part: number): string {
    const { name = '?', partition = 0 } = this.all[part] ?? {};
    return `${name}-${partition}`;
  }

  writeByTopic<T extends { part: number }>(out: Writer, items: readonly T[], write: (item: T) => void): Writer {
    const byTopic = Map.groupBy(items, ({ part }) => this.all[part]?.name ?? '');
    return out.list([...byTopic], ([name, ofTopic]) => {
      out.string(name).list(ofTopic, (item) => {
        out.int32(this.all[item.part]?.partition ?? 0);
        write(item);
      });
    });
  }

  readByTopic<T>(at: Reader, read: (part: number) => T): T[] {
    return at
      .list(() => {
        const name = at.string();
        return at.list(() => read(this.find(name, at.int32()) ?? -1));
      })
      .flat();
  }
}
