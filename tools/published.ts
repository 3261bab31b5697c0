import {
  AccountProfile,
  InvitationRecord,
  PasswordRecord,
  ServiceKeyRecord,
  SessionEndRecord,
  SessionRecord,
} from '../protocol/account.ts';
import { LinkCredential } from '../protocol/order.ts';
import { PlaceEvent } from '../protocol/place.ts';
import { Position } from '../protocol/position.ts';
import { DeadLetter, DeviceCredential, Event, type LogRecord, type Topic } from '../protocol/record.ts';
import { Consumer } from '../protocol/registry.ts';
import { WebhookSecret } from '../protocol/webhook.ts';
import { type AvroRecord, avroOf } from './avro.ts';
import { type JsonSchema, publishedForm } from './json-schema.ts';

type ValueOf<T extends Topic> = NonNullable<Extract<LogRecord, { topic: T }>['value']>;
/** By the field `kind` of a value; `plain`: it has none. */
type KindOf<V> = V extends { kind: infer K extends string } ? K : 'plain';
type Kinds<T extends Topic> = Readonly<Record<KindOf<ValueOf<T>>, readonly [record: string, schema: object]>>;

/**
 * What the values of each topic are, and what their Avro record is called: the header `schema` of a record in Kafka.
 * The compiler asks for a schema once a topic gets values of another kind. Where null is a value too, it is Kafka's
 * tombstone and no part of a schema.
 *
 * Each kind has a schema of its own, and a value of a new kind follows no other schema. One schema for all of a topic
 * could not have followed the first:
 *
 *   a union of records            an old reader cannot resolve a branch it does not know (`avro.ts`)
 *   one record with all fields    none of them could be required, but readers were promised that a credential of a
 *                                 device has its key's hash, and a consumer a name
 *
 * So old readers go on with the kind they were made for, by the header, and do not see the others; and in `people` an
 * account is not taken for a consumer, which by its fields it could be.
 */
const values: { readonly [T in Topic]: Kinds<T> } = {
  positions: { plain: ['Position', Position] },
  events: { plain: ['Event', Event] },
  people: { plain: ['Consumer', Consumer], account: ['AccountProfile', AccountProfile] },
  places: { plain: ['PlaceEvent', PlaceEvent] },
  accounts: {
    device: ['DeviceCredential', DeviceCredential],
    link: ['LinkCredential', LinkCredential],
    password: ['PasswordRecord', PasswordRecord],
    'service-key': ['ServiceKeyRecord', ServiceKeyRecord],
    invitation: ['InvitationRecord', InvitationRecord],
    session: ['SessionRecord', SessionRecord],
    'session-end': ['SessionEndRecord', SessionEndRecord],
    'webhook-secret': ['WebhookSecret', WebhookSecret],
  },
  'dead-letters': { plain: ['DeadLetter', DeadLetter] },
};

/** One schema, in both languages, under the name it is published by. */
export interface Published {
  name: string;
  json: JsonSchema;
  avro: AvroRecord;
}

/** A change that old readers or old values could not bear needs a topic of a new version, never a new number here. */
const version = 'v1';

/** Every published schema, made from the TypeBox schemas. */
export function published(): Published[] {
  return (Object.keys(values) as Topic[]).flatMap((topic) =>
    Object.values(values[topic]).map(([record, schema], place) => {
      // The first kind has the name of the topic, as it had before there were others.
      const name = `vantrail.${topic}.${version}${place === 0 ? '' : `-${record}`}`;
      const json = publishedForm(name, schema);
      return { name, json, avro: avroOf(record, `vantrail.${version}`, json) };
    }),
  );
}
