import { alternativesOf, type JsonSchema, mapValueOf, wordOf, wordsOf } from './json-schema.ts';

/**
 * JSON Schema → Avro, so that the same values can be read by Avro's rules of evolution.
 *
 *   text, words of a list        string             a list of words may grow, an Avro enum may not
 *   integer · UTC ms             long · long with logicalType timestamp-millis
 *   number · boolean · list      double · boolean · array
 *   any names, plain values      map of a union of null, string, double, boolean: all that there can ever be
 *   object                       record
 *   may be absent                ["null", T], default null
 *   may be null, never absent    ["null", T]
 *   may be absent or null        ["null", T, Cleared], default null: null says absent, the empty record `Cleared` says null
 *   the same of an object        ["null", T, ClearedObject]: an enum, since who names no branches cannot tell two records
 *   one of several objects       one record with the fields of all of them
 *
 * The last is why an event is one record and not a union of records: a reader cannot resolve a branch it does not
 * know, so that every new kind of event would break every old reader. In one record it is a new field with a default.
 * Where the alternatives have the same fields these stay required; where they differ every field may be absent, and
 * its `doc` says whose it is. Alternatives give one name one meaning: other types under one name are an error here.
 *
 * It holds for what one reader takes as a whole, events. What lies in one topic and has nothing to do with each other (a
 * device's credential and a session, in `accounts`) is a schema each, `published.ts`.
 */
export type AvroSchema = string | AvroUnion | AvroRecord | AvroArray | AvroMap | AvroTime | AvroEnum;
export type AvroUnion = readonly AvroSchema[];
export interface AvroRecord {
  type: 'record';
  name: string;
  namespace?: string;
  doc?: string;
  fields: readonly AvroField[];
}
export interface AvroField {
  name: string;
  doc?: string;
  type: AvroSchema;
  default?: null;
}
interface AvroArray {
  type: 'array';
  items: AvroSchema;
}
interface AvroMap {
  type: 'map';
  values: AvroSchema;
}
interface AvroTime {
  type: 'long';
  logicalType: 'timestamp-millis';
}
interface AvroEnum {
  type: 'enum';
  name: string;
  doc: string;
  symbols: readonly string[];
}

/** What says "null was written here", where Avro's null already says "nothing was written here": a record, an enum. */
export const cleared = 'Cleared';
export const clearedObject = 'ClearedObject';
/** The only symbol of the enum. */
export const clearedSymbol = 'CLEARED';

/** The Avro schema of a published JSON Schema; `name` is that of the record. Throws when it cannot be said in Avro. */
export function avroOf(name: string, namespace: string, schema: JsonSchema): AvroRecord {
  const objects = alternativesOf(schema).values.map((value) => ({ schema: value }));
  const { type, doc, fields } = newRecord(name, objects, new Map());
  return { type, name, namespace, ...(doc === undefined ? {} : { doc }), fields };
}

/** A schema, and the word of the alternative it belongs to, when it is inside one of several. */
interface Part {
  schema: JsonSchema;
  of?: string;
}
/** The records defined so far: by name, what they were made of. */
type Known = Map<string, string>;

/** One record for all of `objects`; its name alone where it was defined before. */
function recordOf(name: string, objects: readonly Part[], known: Known): AvroSchema {
  const before = known.get(name);
  if (before === JSON.stringify(objects)) return name;
  if (before !== undefined) throw new Error(`two different records would be called ${name}: give one a $id`);
  return newRecord(name, objects, known);
}

function newRecord(name: string, objects: readonly Part[], known: Known): AvroRecord {
  known.set(name, JSON.stringify(objects));
  const several = objects.length > 1;
  const names = [...new Set(objects.flatMap(({ schema }) => Object.keys(schema.properties ?? {})))];
  const alike = objects.every(({ schema }) => names.every((field) => field in (schema.properties ?? {})));
  const fields = names.map((field) => {
    const having = objects.flatMap(({ schema, of }): Part[] => {
      const property = schema.properties?.[field];
      const word = of ?? (several ? wordOf(schema) : undefined);
      return property === undefined ? [] : [{ schema: property, ...(word === undefined ? {} : { of: word }) }];
    });
    const always = alike && objects.every(({ schema }) => schema.required?.includes(field));
    return fieldOf(name, field, having, { always, alike }, known);
  });
  const doc = objects[0]?.schema.description;
  return { type: 'record', name, ...(several || doc === undefined ? {} : { doc }), fields };
}

function fieldOf(
  record: string,
  name: string,
  found: readonly Part[],
  { always, alike }: { always: boolean; alike: boolean },
  known: Known,
): AvroField {
  const read = found.map(({ schema, ...part }) => ({ part, ...alternativesOf(schema) }));
  const parts = read.flatMap(({ part, values }) => values.map((schema): Part => ({ ...part, schema })));
  const nullable = read.some((one) => one.nullable);
  const type = typeOf(`${record}${capital(name)}`, parts, known);
  const doc = docOf(found, parts, alike);
  const told = { name, ...(doc === undefined ? {} : { doc }) };
  if (always) return { ...told, type: nullable ? ['null', type] : type };
  return { ...told, type: nullable ? ['null', type, clearedType(type, known)] : ['null', type], default: null };
}

/** What the field is, the words it may be, and, where alternatives differ, whose it is. */
function docOf(found: readonly Part[], values: readonly Part[], alike: boolean): string | undefined {
  const descriptions = new Set([...found, ...values].flatMap(({ schema }) => schema.description ?? []));
  const words = wordsOf(values.map(({ schema }) => schema.items ?? schema));
  const isFixed = values.every(({ schema }) => schema.const !== undefined);
  const owners = alike ? [] : found.flatMap(({ of }) => of ?? []);
  const parts = [
    ...descriptions,
    ...(words.length === 0 ? [] : [isFixed && words.length === 1 ? `always ${words[0]}` : oneOf(words)]),
    ...(owners.length > 0 ? [`in ${owners.join(', ')}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

const oneOf = (words: readonly string[]): string => `one of: ${words.join(', ')}; more may come`;

function typeOf(name: string, values: readonly Part[], known: Known): AvroSchema {
  const [first] = values;
  if (first === undefined) throw new Error(`${name} allows nothing but null`);
  const same = values.every(({ schema }) => JSON.stringify(schema) === JSON.stringify(first.schema));
  const mapped = mapValueOf(first.schema);
  if (mapped !== undefined && same) return mapOf(name, mapped);
  if (values.every(({ schema }) => schema.type === 'object' && mapValueOf(schema) === undefined)) {
    // the same object in several alternatives is one record, by its own name
    return same
      ? recordOf(first.schema.title ?? name, [{ schema: first.schema }], known)
      : recordOf(name, values, known);
  }
  if (values.every(({ schema }) => schema.type === 'array')) {
    const items = new Map(values.map(({ schema: { items = {} } }) => [JSON.stringify(items), { schema: items }]));
    return { type: 'array', items: typeOf(name, [...items.values()], known) };
  }
  const types = new Map(values.map(({ schema }) => [JSON.stringify(scalarOf(name, schema)), scalarOf(name, schema)]));
  const [type, ...others] = types.values();
  if (type !== undefined && others.length === 0) return type;
  throw new Error(`${name} has several types (${[...types.keys()].join(', ')}): give one of them another name`);
}

/** Here a union of types is right: nobody reads the values of a map by their names, and no other type can come. */
function mapOf(name: string, schema: JsonSchema): AvroMap {
  const { values, nullable } = alternativesOf(schema);
  const types: AvroSchema[] = [...new Set(values.map((value) => scalarOf(name, value)))];
  const union = nullable ? ['null', ...types] : types;
  const [only] = union;
  return { type: 'map', values: only !== undefined && union.length === 1 ? only : union };
}

function scalarOf(name: string, schema: JsonSchema): AvroSchema {
  const { type, description = '' } = schema;
  if (type === 'string') return 'string';
  if (type === 'integer')
    return /^UTC ms(;|$)/.test(description) ? { type: 'long', logicalType: 'timestamp-millis' } : 'long';
  if (type === 'number') return 'double';
  if (type === 'boolean') return 'boolean';
  throw new Error(`${name} cannot be said in Avro: ${JSON.stringify(schema)}`);
}

function clearedType(beside: AvroSchema, known: Known): AvroSchema {
  const isObject = typeof beside === 'string' ? known.has(beside) : 'type' in beside && beside.type === 'record';
  const name = isObject ? clearedObject : cleared;
  if (known.has(name)) return name;
  known.set(name, '');
  const doc = 'the field is null; Avro null: the field is absent';
  return isObject ? { type: 'enum', name, doc, symbols: [clearedSymbol] } : { type: 'record', name, doc, fields: [] };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
