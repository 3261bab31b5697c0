import { type Topic, topics } from '../../protocol/record.ts';
import { partitionOf, topicName } from './kafka-topics.ts';
import type { Part } from './kafka-wire.ts';

/** All partitions of all topics, numbered through in the order of `topics`. */
export class Layout {
  readonly parts: readonly Part[];
  readonly shape: readonly number[];
  readonly #topicOf: readonly Topic[];
  readonly #begin: ReadonlyMap<Topic, number>;

  /** `partitions`: of each topic, in the order of `topics` */
  constructor(prefix: string, partitions: readonly number[]) {
    const parts: Part[] = [];
    const topicOf: Topic[] = [];
    const begin = new Map<Topic, number>();
    for (const [i, topic] of topics.entries()) {
      begin.set(topic, parts.length);
      for (let partition = 0; partition < (partitions[i] ?? 0); partition++) {
        parts.push({ name: topicName(prefix, topic), partition });
        topicOf.push(topic);
      }
    }
    this.parts = parts;
    this.shape = partitions;
    this.#topicOf = topicOf;
    this.#begin = begin;
  }

  topicOf(part: number): Topic {
    return this.#topicOf[part] as Topic;
  }

  /** The part that has the records of an agency and topic. */
  partFor(topic: Topic, agency: string): number {
    return (this.#begin.get(topic) ?? 0) + partitionOf(agency, this.shape[topics.indexOf(topic)] ?? 1);
  }

  /** `positions.v1-3`, as Kafka's own tools write it */
  nameOf(part: number): string {
    const { name = '?', partition = 0 } = this.parts[part] ?? {};
    return `${name}-${partition}`;
  }
}
