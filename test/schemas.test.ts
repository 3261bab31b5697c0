import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import avsc from 'avsc';
import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { afterEach, describe, expect, it } from 'vitest';
import { messageOf } from '../daemon/log/kafka-record.ts';
import type { Event, LogRecord, Topic } from '../protocol/record.ts';
import { avroOf } from '../tools/avro.ts';
import { fromAvro, toAvro } from '../tools/avro-value.ts';
import { breaks } from '../tools/compatible.ts';
import { publishedForm } from '../tools/json-schema.ts';
import { published } from '../tools/published.ts';
import { SchemaFolder } from '../tools/schema-folder.ts';

type ValueOf<T extends Topic> = Exclude<Extract<LogRecord, { topic: T }>['value'], null>;
type DataOf<T extends Event['type']> = Extract<Event, { type: T }>['data'];
const time = 1_764_000_000_000;

/** One of every kind, so that a new kind of event asks for its example here. */
const data: { [T in Event['type']]: DataOf<T>[] } = {
  'agency-added': [
    { agency: { id: 'demo', name: 'Demo', timeZone: 'Asia/Kolkata', language: 'hi' } },
    { agency: { id: 'demo', name: 'Demo', timeZone: 'UTC', language: 'en', latitude: 21.1, longitude: 78.6 } },
  ],
  'van-added': [
    { id: 'v1', name: 'Van 1', kind: 'van' },
    { id: 'v2', name: 'Van 2', kind: 'aircraft', driverId: 'ravi' },
  ],
  'van-changed': [
    { id: 'v1', name: 'Blue' },
    { id: 'v1', driverId: null },
    { id: 'v1', driverId: 'ravi' },
  ],
  'van-removed': [{ id: 'v1' }],
  'device-added': [
    { id: 'gps', username: 'gps', type: 'tracker', from: 0 },
    { id: 'gps', username: 'gps-demo', type: 'phone', vanId: 'v1', gatewayId: 'gate', from: time },
  ],
  'device-moved': [
    { id: 'gps', vanId: null, from: time },
    { id: 'gps', vanId: 'v1', from: time },
  ],
  'device-enabled': [{ id: 'gps', enabled: false }],
  'device-removed': [{ id: 'gps' }],
  'consumer-added': [{ id: 'c1' }],
  'consumer-changed': [{ id: 'c1' }],
  'consumer-removed': [{ id: 'c1' }],
};
const events = Object.entries(data).flatMap(([type, all]) =>
  all.map((one) => ({
    id: '7a0f6cf1-8c9e-4a43-bf0c-0a1f0b3e4d5c',
    time,
    actor: 'ADMIN:anu',
    type,
    expects: [{ subject: 'van:v1', version: 3 }],
    data: one,
  })),
);
const fix = { device: 'van-7', fixTime: time, receivedAt: time + 800, latitude: 21.145, longitude: 79.088 };
const letter: ValueOf<'dead-letters'> = {
  id: '7a0f6cf1-8c9e-4a43-bf0c-0a1f0b3e4d5c',
  time,
  device: 'van-7',
  reason: 'clock-ahead',
  detail: 'the clock is 2 h ahead',
  format: 'native',
  via: 'vantrail/van-7/position',
  bytes: 'e30=',
};
const examples: Record<string, unknown[]> = {
  'vantrail.positions.v1': [
    fix,
    { ...fix, speed: 31.5, course: 271, altitude: 310, accuracy: 5, battery: 66, ignition: true },
  ] satisfies ValueOf<'positions'>[],
  'vantrail.events.v1': events,
  'vantrail.people.v1': [
    { id: 'c1', name: 'Asha', version: 1 },
    {
      id: 'c2',
      name: 'आशा',
      phone: '+91 712 000',
      address: '4 Ring Road',
      pincode: '440001',
      latitude: 21.1,
      longitude: 79,
      language: 'hi',
      version: 2,
    },
  ] satisfies ValueOf<'people'>[],
  'vantrail.accounts.v1': [
    { kind: 'device', username: 'gps', deviceId: 'gps', keyHash: 'aa' },
    { kind: 'device', username: 'gps', deviceId: 'gps', keyHash: 'aa', tokenHash: 'bb' },
  ] satisfies ValueOf<'accounts'>[],
  'vantrail.dead-letters.v1': [letter, { ...letter, clockAhead: 7_200_000 }],
};

describe('the published schemas', () => {
  const folder = new SchemaFolder(fileURLToPath(new URL('../protocol/schemas', import.meta.url)));

  it('are what the TypeBox schemas say; otherwise: npm run schemas', () => {
    expect(folder.stale(published())).toEqual([]);
    expect(folder.gone(published())).toEqual([]);
  });

  it('may follow every revision that was released; otherwise: docs/kafka.md, "Changing a schema"', () => {
    expect(folder.breaks(published())).toEqual([]);
  });

  it.each(published())('$name: JSON Schema, Avro and our values agree', ({ name, json, avro }) => {
    const check = Compile(json as TSchema);
    const loose = avsc.Type.forSchema(avro as avsc.Schema, { wrapUnions: false });
    const strict = avsc.Type.forSchema(avro as avsc.Schema, { wrapUnions: true });
    const values = examples[name] ?? [];
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) {
      expect(check.Errors(value)).toEqual([]);
      // as it is, for readers whose unions need no names
      expect(loose.isValid(value, { noUndeclaredFields: true })).toBe(true);
      // and through Avro's binary form there and back, not a field lost
      const encoded = strict.toBuffer(strict.fromString(JSON.stringify(toAvro(avro, value))));
      expect(fromAvro(avro, JSON.parse(strict.toString(strict.fromBuffer(encoded))))).toEqual(value);
      expect(check.Check({ ...(value as object), another: 1 })).toBe(false);
    }
    expect(check.Check({})).toBe(false);
  });

  it('are what the headers of a record in Kafka name', () => {
    const records = published().map(({ name, avro }) => {
      const record = { topic: name.split('.')[1], agency: 'demo', id: 'x', value: examples[name]?.[0] } as LogRecord;
      const { schema, version } = messageOf(record, undefined).headers;
      return [`vantrail.v${version}.${schema}`, `${avro.namespace}.${avro.name}`];
    });
    expect(records.map(([told]) => told)).toEqual(records.map(([, published]) => published));
  });

  it('tell a driver who was taken away from one who was not mentioned', () => {
    const { avro } = published().find(({ name }) => name === 'vantrail.events.v1') ?? {};
    const changed = (more: object) => avro && toAvro(avro, { ...events[0], data: { id: 'v1', ...more } });
    expect(changed({})).toMatchObject({ data: { driverId: null } });
    expect(changed({ driverId: null })).toMatchObject({ data: { driverId: { 'vantrail.v1.Cleared': {} } } });
    expect(changed({ driverId: 'ravi' })).toMatchObject({ data: { driverId: { string: 'ravi' } } });
  });
});

describe('npm run schemas', () => {
  const run = async (...options: string[]) => {
    const program = fileURLToPath(new URL('../tools/schemas.ts', import.meta.url));
    const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (part) => {
      said += part;
    });
    const [code] = await once(child, 'close');
    return { code, said };
  };

  it('checks, helps, and refuses options it does not know', async () => {
    expect(await run('--check')).toEqual({ code: 0, said: 'the published schemas are as they should be\n' });
    expect(await run('--help')).toMatchObject({ code: 0, said: expect.stringContaining('--release') });
    expect(await run('--chekc')).toMatchObject({ code: 2, said: expect.stringContaining('unknown option --chekc') });
  });
});

const schemas = (schema: TSchema) => {
  const json = publishedForm('vantrail.tests.v1', schema);
  return { name: 'vantrail.tests.v1', json, avro: avroOf('Test', 'vantrail.v1', json) };
};

const plain = { id: Type.String(), speed: Type.Optional(Type.Number({ minimum: 0, maximum: 200 })) };
const word = (...words: string[]) => Type.Union(words.map((one) => Type.Literal(one)));
const stopped = Type.Object({ type: Type.Literal('stopped'), data: Type.Object({ at: Type.Integer() }) });
const started = Type.Object({ type: Type.Literal('started'), data: Type.Object({ from: Type.String() }) });
const moved = Type.Object({
  type: Type.Literal('moved'),
  data: Type.Object({ at: Type.Integer(), to: Type.String() }),
});

describe('a change of a schema', () => {
  it.each<[string, TSchema, TSchema]>([
    ['nothing', Type.Object(plain), Type.Object(plain)],
    ['an optional field', Type.Object(plain), Type.Object({ ...plain, note: Type.Optional(Type.String()) })],
    ['another word', Type.Object({ kind: word('van', 'bike') }), Type.Object({ kind: word('van', 'bike', 'cart') })],
    ['wider bounds', Type.Object(plain), Type.Object({ ...plain, speed: Type.Optional(Type.Number({ minimum: 0 })) })],
    ['a kind of event', Type.Union([stopped, started]), Type.Union([stopped, started, moved])],
    [
      'a field of one kind of event',
      Type.Union([stopped, started]),
      Type.Union([
        stopped,
        Type.Object({
          type: Type.Literal('started'),
          data: Type.Object({ from: Type.String(), by: Type.Optional(Type.String()) }),
        }),
      ]),
    ],
    ['another description', Type.Object({ id: Type.String() }), Type.Object({ id: Type.String({ description: 'x' }) })],
  ])('may be: %s', (_what, before, after) => {
    expect(breaks(schemas(before), schemas(after))).toEqual([]);
  });

  it.each<[string, TSchema, TSchema, RegExp]>([
    [
      'a new required field',
      Type.Object(plain),
      Type.Object({ ...plain, note: Type.String() }),
      /backward: .*note.*absent in old values/,
    ],
    [
      'a required field that becomes optional',
      Type.Object(plain),
      Type.Object({ ...plain, id: Type.Optional(Type.String()) }),
      /forward: .*id.*always there/,
    ],
    ['a field less', Type.Object(plain), Type.Object({ id: Type.String() }), /backward: speed .*gone/],
    [
      'another name',
      Type.Object({ id: Type.String() }),
      Type.Object({ key: Type.String() }),
      /forward: id of the value was always there/,
    ],
    [
      'another type',
      Type.Object({ id: Type.String() }),
      Type.Object({ id: Type.Integer() }),
      /backward: .*was of type string, is integer/,
    ],
    [
      'fractions where there were whole numbers',
      Type.Object({ size: Type.Integer() }),
      Type.Object({ size: Type.Number() }),
      /forward: old readers cannot read new values/,
    ],
    [
      'null where there was none',
      Type.Object({ id: Type.String() }),
      Type.Object({ id: Type.Union([Type.String(), Type.Null()]) }),
      /forward: .*id of the value was never null/,
    ],
    [
      'null no more',
      Type.Object({ id: Type.Union([Type.String(), Type.Null()]) }),
      Type.Object({ id: Type.String() }),
      /backward: .*id of the value may be null in old values/,
    ],
    [
      'a word less',
      Type.Object({ kind: word('van', 'bike') }),
      Type.Object({ kind: word('van') }),
      /backward: .*may be "bike" in old values/,
    ],
    ['only some words', Type.Object({ id: Type.String() }), Type.Object({ id: word('a', 'b') }), /may be "any text"/],
    [
      'narrower bounds',
      Type.Object(plain),
      Type.Object({ ...plain, speed: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })) }),
      /backward: speed .*maximum was 200, is 100/,
    ],
    [
      'a pattern',
      Type.Object({ id: Type.String() }),
      Type.Object({ id: Type.String({ pattern: '^[a-z]+$' }) }),
      /backward: id .*pattern was free/,
    ],
    ['a kind of event less', Type.Union([stopped, started]), Type.Union([stopped]), /\(started\) may not be gone/],
    [
      'a list of other things',
      Type.Object({ of: Type.Array(Type.String()) }),
      Type.Object({ of: Type.Array(Type.Integer()) }),
      /backward: an item of of .*was of type string/,
    ],
  ])('may not be: %s', (_what, before, after, why) => {
    expect(breaks(schemas(before), schemas(after)).join('\n')).toMatch(why);
  });

  it('cannot be said in Avro when one name means two things, and says where', () => {
    const other = Type.Object({ type: Type.Literal('other'), data: Type.Object({ at: Type.String() }) });
    expect(() => schemas(Type.Union([stopped, other]))).toThrow(/TestDataAt has several types \("long", "string"\)/);
  });
});

describe('the folder of schemas', () => {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
  });
  const emptyFolder = () => {
    const path = mkdtempSync(join(tmpdir(), 'schemas-'));
    made.push(path);
    return { path, folder: new SchemaFolder(path) };
  };

  it('names what is stale, keeps released revisions, and compares with all of them', () => {
    const { path, folder } = emptyFolder();
    const first = [schemas(Type.Object(plain))];
    const second = [schemas(Type.Object({ ...plain, note: Type.Optional(Type.String()) }))];
    expect(folder.stale(first)).toEqual(['vantrail.tests.v1.schema.json', 'vantrail.tests.v1.avsc']);
    folder.write(first);
    expect(folder.stale(first)).toEqual([]);
    expect(folder.release()).toEqual(['vantrail.tests.v1.1']);
    expect(folder.breaks(second)).toEqual([]);
    folder.write(second);
    expect(folder.release()).toEqual(['vantrail.tests.v1.2']);
    expect(folder.release()).toEqual([]);
    // back to the first: that is what the second must not lose, wherever it is kept
    expect(folder.breaks(first).map((why) => why.split(':')[0])).toEqual([
      join('released', 'vantrail.tests.v1.2'),
      'vantrail.tests.v1',
    ]);
    writeFileSync(join(path, 'vantrail.tests.v1.avsc'), '{}');
    expect(folder.stale(second)).toEqual(['vantrail.tests.v1.avsc']);
    expect(folder.gone([])).toEqual(['vantrail.tests.v1']);
  });
});
