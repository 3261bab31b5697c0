import { Position } from '../protocol/position.ts';
import { DeadLetter, DeviceCredential, Event, type LogRecord, type Topic } from '../protocol/record.ts';
import { Consumer } from '../protocol/registry.ts';
import { type AvroRecord, avroOf } from './avro.ts';
import { type JsonSchema, publishedForm } from './json-schema.ts';

type ValueOf<T extends Topic> = Extract<LogRecord, { topic: T }>['value'];
/** Topics in which there can be records; the compiler asks for a schema once a topic gets values. */
type FilledTopic = { [T in Topic]: [ValueOf<T>] extends [never] ? never : T }[Topic];

/**
 * What the values of each topic are, and what their Avro record is called. Where null is a value too, it is Kafka's
 * tombstone and no part of a schema.
 */
const values: Readonly<Record<FilledTopic, [record: string, schema: object]>> = {
  positions: ['Position', Position],
  events: ['Event', Event],
  people: ['Consumer', Consumer],
  accounts: ['DeviceCredential', DeviceCredential],
  'dead-letters': ['DeadLetter', DeadLetter],
};

/** The schemas of one topic's values, in both languages, under the name they are published by. */
export interface Published {
  name: string;
  json: JsonSchema;
  avro: AvroRecord;
}

/** A change that old readers or old values could not bear needs a topic of a new version, never a new number here. */
const version = 'v1';

/** Every published schema, made from the TypeBox schemas. */
export function published(): Published[] {
  return Object.entries(values).map(([topic, [record, schema]]) => {
    const name = `vantrail.${topic}.${version}`;
    const json = publishedForm(name, schema);
    return { name, json, avro: avroOf(record, `vantrail.${version}`, json) };
  });
}
