import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TSchema, Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { avroOf } from '../tools/avro.ts';
import { breaks } from '../tools/compatible.ts';
import { publishedForm } from '../tools/json-schema.ts';
import { SchemaFolder } from '../tools/schema-folder.ts';

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

const thing = Type.Object({ id: Type.String() }, { $id: 'Thing' });
const added = (type: string) => Type.Object({ type: Type.Literal(type), data: Type.Object({ thing }) });
const map = (rules = {}, ...more: TSchema[]) =>
  Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), ...more]), rules);

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
    [
      'a longer list',
      Type.Object({ of: Type.Array(Type.String(), { maxItems: 8 }) }),
      Type.Object({ of: Type.Array(Type.String(), { maxItems: 400 }) }),
    ],
    [
      'the same object in one more kind of event',
      Type.Union([started, added('added')]),
      Type.Union([started, added('added'), added('changed')]),
    ],
    ['more names in a map', Type.Object({ more: map({ maxProperties: 2 }) }), Type.Object({ more: map() })],
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
    [
      'a shorter list',
      Type.Object({ of: Type.Array(Type.String(), { maxItems: 400 }) }),
      Type.Object({ of: Type.Array(Type.String(), { maxItems: 8 }) }),
      /backward: of .*maxItems was 400, is 8/,
    ],
    [
      'a list without repetitions',
      Type.Object({ of: Type.Array(Type.String()) }),
      Type.Object({ of: Type.Array(Type.String(), { uniqueItems: true }) }),
      /backward: of .*uniqueItems was free, is true/,
    ],
    [
      'fewer names in a map',
      Type.Object({ more: map() }),
      Type.Object({ more: map({ maxProperties: 2 }) }),
      /backward: more .*maxProperties was free, is 2/,
    ],
    [
      'another type in a map',
      Type.Object({ more: map() }),
      Type.Object({ more: map({}, Type.Boolean()) }),
      /forward: old readers cannot read new values/,
    ],
    [
      'a type less in a map',
      Type.Object({ more: map({}, Type.Boolean()) }),
      Type.Object({ more: map() }),
      /backward: .*under a name/,
    ],
    [
      'another kind of values beside the first, in one schema',
      stopped,
      Type.Union([stopped, Type.Object({ type: Type.Literal('noted'), note: Type.String() })]),
      /forward: old readers cannot read new values/,
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
