import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import kafkajs, { type Consumer } from 'kafkajs';

/** What stands in an event beside its data; the whole of it is in `protocol/schemas/vantrail.events.v1.schema.json`. */
interface Told {
  type: string;
  expects: { subject: string; version: number }[];
}

/** Calls `take` with each event that was applied, in order per agency; those that came second in a race are dropped. */
export async function readEvents<E extends Told>(
  consumer: Pick<Consumer, 'subscribe' | 'run'>,
  topic: string,
  take: (agency: string, event: E) => void,
): Promise<void> {
  const versions = new Map<string, number>();
  const nameOf = (agency: string, { subject }: { subject: string }) => `${agency}/${subject}`;
  const eachMessage = async ({ message }: { message: { key: Buffer | null; value: Buffer | null } }) => {
    const [agency, event] = [String(message.key), JSON.parse(String(message.value)) as E];
    if (event.expects.some((one) => (versions.get(nameOf(agency, one)) ?? 0) !== one.version)) return;
    for (const one of event.expects) versions.set(nameOf(agency, one), one.version + 1);
    take(agency, event);
  };
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage });
}

if (import.meta.main) {
  // kafkajs has no zstd of its own, and our topics are packed with it.
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer),
    decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
  });
  const [broker = '127.0.0.1:9092', topic = 'vantrail.events.v1'] = process.argv.slice(2);
  // A group of its own each time: versions are counted from the first event on.
  const consumer = new kafkajs.Kafka({ brokers: [broker] }).consumer({ groupId: `outside-reader-${Date.now()}` });
  await consumer.connect();
  await readEvents(consumer, topic, (agency, event) => console.log(agency, JSON.stringify(event)));
}
