import { Reader } from './kafka-bytes.ts';
import { type KafkaRequest, kafkaRequest } from './kafka-requests.ts';

/**
 * The id Kafka gave a topic when it was made: the one thing that tells a topic that was deleted and made again from the
 * one before. kafkajs does not ask for it, so this is version 12 of the Metadata request, for one topic
 * (https://kafka.apache.org/protocol#The_Messages_Metadata). Strings and lists have their length plus one before them,
 * and tagged fields, of which there are none, a count.
 */
const noTags = 0;

export function topicIdRequest(topic: string): KafkaRequest<string> {
  const name = Buffer.from(topic);
  if (name.length > 126) throw new Error(`the name of topic ${topic} is too long`);
  const noId = Buffer.alloc(16);
  const [createIt, tellRights] = [0, 0];
  const body = Buffer.concat([
    Buffer.from([noTags]), // of the header
    Buffer.from([2]), // one topic
    noId,
    Buffer.from([name.length + 1]),
    name,
    Buffer.from([noTags, createIt, tellRights, noTags]),
  ]);
  return kafkaRequest({ apiKey: 3, apiVersion: 12, apiName: 'Metadata' }, () => body, readTopicId);
}

/** Reads the answer as far as the id of its first topic. Throws when it has none. */
function readTopicId(payload: Buffer): string {
  const at = new Reader(payload);
  const length = () => Math.max(0, at.unsigned() - 1);
  const skipTags = () => {
    for (let count = at.unsigned(); count > 0; count--) {
      at.unsigned();
      at.skip(at.unsigned());
    }
  };
  skipTags();
  at.skip(4); // throttle time
  for (let brokers = length(); brokers > 0; brokers--) {
    at.skip(4); // its id
    at.skip(length()); // host
    at.skip(4); // port
    at.skip(length()); // rack
    skipTags();
  }
  at.skip(length()); // id of the cluster
  at.skip(4); // controller
  const error = length() < 1 ? -1 : at.int16();
  if (error !== 0) throw new Error(`Kafka does not tell the id of a topic (error ${error})`);
  at.skip(length()); // name
  return at.take(16).toString('hex');
}
