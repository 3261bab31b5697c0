import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avsc from 'avsc';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { messageOf, recordOf } from '../daemon/log/kafka-record.ts';
import { AccountProfile } from '../protocol/account.ts';
import type { LogRecord } from '../protocol/record.ts';
import { Consumer } from '../protocol/registry.ts';
import type { AvroRecord } from '../tools/avro.ts';
import { fromAvro, toAvro } from '../tools/avro-value.ts';
import type { JsonSchema } from '../tools/json-schema.ts';
import { type Published, published } from '../tools/published.ts';
import { SchemaFolder } from '../tools/schema-folder.ts';
import { examples } from './schema-examples.ts';

const path = fileURLToPath(new URL('../protocol/schemas', import.meta.url));
const folder = new SchemaFolder(path);

/** As Kafka has it: the schema that the headers name. */
const schemaOf = (record: LogRecord): string => {
  const { schema, version } = messageOf(record, undefined).headers;
  return `vantrail.v${version}.${schema}`;
};
const nameOf = ({ namespace, name }: Pick<AvroRecord, 'namespace' | 'name'>): string => `${namespace}.${name}`;
const examplesOf = (avro: AvroRecord) => examples.filter((record) => schemaOf(record) === nameOf(avro));
const strict = (avro: AvroRecord) => avsc.Type.forSchema(avro as avsc.Schema, { wrapUnions: true });
const writtenBy = (avro: AvroRecord, value: unknown): Buffer =>
  strict(avro).toBuffer(strict(avro).fromString(JSON.stringify(toAvro(avro, value))));
const called = (name: string): Published => {
  const found = published().find((one) => one.name === name);
  if (found === undefined) throw new Error(`no schema is called ${name}`);
  return found;
};

describe('the published schemas', () => {
  it('are what the TypeBox schemas say; otherwise: npm run schemas', () => {
    expect(folder.stale(published())).toEqual([]);
    expect(folder.gone(published())).toEqual([]);
  });

  it('may follow every revision that was released; otherwise: docs/kafka.md, "Changing a schema"', () => {
    expect(folder.breaks(published())).toEqual([]);
  });

  it('are one for each kind of values, in the topic that has it', () => {
    const topics = new Map(examples.map((record) => [schemaOf(record), record.topic]));
    expect(published().map(({ name, avro }) => [nameOf(avro), name.split('.')[1]])).toEqual(
      published().map(({ avro }) => [nameOf(avro), topics.get(nameOf(avro))]),
    );
    expect(topics.size).toBe(published().length);
  });

  it.each(published())('$name: JSON Schema, Avro and our values agree', ({ json, avro }) => {
    const check = Compile(json as TSchema);
    const loose = avsc.Type.forSchema(avro as avsc.Schema, { wrapUnions: false });
    const records = examplesOf(avro);
    expect(records.length).toBeGreaterThan(0);
    for (const { value } of records) {
      expect(check.Errors(value)).toEqual([]);
      // as it is, for readers whose unions need no names
      expect(loose.isValid(value, { noUndeclaredFields: true })).toBe(true);
      // and through Avro's binary form there and back, not a field lost
      const read = strict(avro).fromBuffer(writtenBy(avro, value));
      expect(fromAvro(avro, JSON.parse(strict(avro).toString(read)))).toEqual(value);
      expect(check.Check({ ...value, another: 1 })).toBe(false);
    }
    expect(check.Check({})).toBe(false);
  });

  it.each(published())('$name: none but its own values', ({ json, avro }) => {
    const check = Compile(json as TSchema);
    const others = examples.filter((record) => schemaOf(record) !== nameOf(avro) && check.Check(record.value));
    expect(others).toEqual([]);
  });

  it('are of what comes back from Kafka as it was', () => {
    for (const record of examples) {
      const { key, value, headers } = messageOf(record, undefined);
      const received = {
        ...{ offset: 0, key: Buffer.from(key), value: value === null ? null : Buffer.from(value) },
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
      };
      expect(recordOf(record.topic, received)).toEqual(record);
    }
  });

  it('tell a driver who was taken away from one who was not mentioned', () => {
    const { avro } = called('vantrail.events.v1');
    const changed = (more: object) => toAvro(avro, { expects: [], data: { id: 'v1', ...more } });
    expect(changed({})).toMatchObject({ data: { driverId: null } });
    expect(changed({ driverId: null })).toMatchObject({ data: { driverId: { 'vantrail.v1.Cleared': {} } } });
    expect(changed({ driverId: 'ravi' })).toMatchObject({ data: { driverId: { string: 'ravi' } } });
    expect(changed({ capacity: null })).toMatchObject({
      data: { capacity: { 'vantrail.v1.ClearedObject': 'CLEARED' } },
    });
  });

  it('say what a value of a map is', () => {
    const { avro } = called('vantrail.places.v1');
    const metadata = { rank: 13, share: 0.5, winter: true, zone: 'east', retired: null };
    expect(toAvro(avro, { expects: [], data: { place: { metadata } } })).toMatchObject({
      data: {
        place: {
          'vantrail.v1.Place': {
            metadata: {
              map: {
                ...{ rank: { double: 13 }, share: { double: 0.5 }, winter: { boolean: true } },
                ...{ zone: { string: 'east' }, retired: null },
              },
            },
          },
        },
      },
    });
  });
});

describe('a program made for a released schema', () => {
  const files = readdirSync(`${path}/released`).filter((file) => file.endsWith('.avsc'));
  it.each(files)('reads by %s what is written now, and of it all that it knows', (file) => {
    const old = JSON.parse(readFileSync(`${path}/released/${file}`, 'utf8')) as AvroRecord;
    const now = published().find(({ avro }) => nameOf(avro) === nameOf(old));
    if (now === undefined) throw new Error(`${nameOf(old)} is not published any more`);
    const [reader, writer] = [strict(old), strict(now.avro)];
    const resolver = reader.createResolver(writer);
    // It takes what the headers call by the name it knows, and leaves the rest.
    const records = examplesOf(now.avro);
    expect(records.length).toBeGreaterThan(0);
    for (const { value } of records) {
      if (value === null) throw new Error('null has no schema');
      const read = fromAvro(old, JSON.parse(reader.toString(reader.fromBuffer(writtenBy(now.avro, value), resolver))));
      expect(value).toMatchObject(read as object);
      for (const { name } of old.fields) expect(name in (read as object)).toBe(name in value);
    }
  });
});

describe('what never expires', () => {
  /** Every field in a schema, with the words that tell alternatives apart: `order-booked.data.cylinders`. */
  function fieldsOf(schema: JsonSchema, at: string): string[] {
    const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
      return [`${at}${name}`, ...fieldsOf(one, `${at}${name}.`)];
    });
    return [
      ...inner,
      ...(schema.items === undefined ? [] : fieldsOf(schema.items, at)),
      ...(schema.anyOf ?? []).flatMap((one) => {
        const word = one.properties?.type?.const;
        return fieldsOf(one, word === undefined ? at : `${at}${word}.`);
      }),
    ];
  }
  const eventFields = fieldsOf(called('vantrail.events.v1').json, '').filter((field) => field.includes('.data.'));
  const endsWith = (names: ReadonlySet<string>) => (field: string) =>
    names.has(field.slice(field.lastIndexOf('.') + 1));

  it('has no personal field: these alone are called like one, and are of an agency, a van, a zone or a rule', () => {
    const personal = new Set([...Object.keys(Consumer.properties), ...Object.keys(AccountProfile.properties)]);
    // what every thing has, and what tells kinds apart
    for (const name of ['id', 'version', 'kind']) personal.delete(name);
    expect([...personal]).toContain('phone');
    const agency = ['name', 'language', 'latitude', 'longitude', 'phone'];
    const places = ['mapCentre.latitude', 'mapCentre.longitude', 'godown.latitude', 'godown.longitude'];
    expect(eventFields.filter(endsWith(personal)).sort()).toEqual(
      [
        ...['agency-added', 'agency-changed'].flatMap((type) =>
          [...agency, ...places].map((field) => `${type}.data.agency.${field}`),
        ),
        ...['zone-added', 'zone-changed'].flatMap((type) => [
          `${type}.data.name`,
          ...['circle', 'corridor.line', 'polygon.corners'].flatMap((shape) =>
            ['latitude', 'longitude'].map((field) => `${type}.data.shape.${shape}.${field}`),
          ),
        ]),
        'alert-rules-set.data.settings.limits.name',
        'van-added.data.name',
        'van-changed.data.name',
      ].sort(),
    );
  });

  it('has no secret, nor the hash of one', () => {
    const hashes = published().flatMap(({ name, json }) =>
      name.startsWith('vantrail.accounts.v1') ? fieldsOf(json, '.').filter((field) => /hash$/i.test(field)) : [],
    );
    const secrets = new Set(hashes.map((field) => field.slice(1)));
    expect([...secrets].sort()).toEqual(['hash', 'keyHash', 'tokenHash']);
    expect(eventFields.filter(endsWith(new Set([...secrets, 'code', 'password', 'token', 'client'])))).toEqual([]);
  });

  it('has nothing in its examples that stands in people or accounts, but ids', () => {
    const texts = (value: unknown): string[] => {
      if (typeof value === 'string') return [value];
      return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
    };
    const own = new Set(
      examples.flatMap(({ topic, value }) => {
        if (topic !== 'people' || value === null) return [];
        const { id: _id, language: _language, ...fields } = value;
        return texts({ ...fields, kind: undefined });
      }),
    );
    expect(own).toContain('4 Ring Road');
    const events = examples.filter(({ topic }) => topic === 'events');
    expect(events.flatMap(({ value }) => texts(value)).filter((text) => own.has(text))).toEqual([]);
  });
});
