import avsc from 'avsc';
import type { AvroRecord } from './avro.ts';
import { alternativesOf, type JsonSchema, wordOf } from './json-schema.ts';

/**
 * What keeps a schema from following another one, in words; nothing when it may. Values of a topic are never written
 * again and readers are not updated with the daemon, so both ways count:
 *
 *   backward   what was written by the old schema can be read by the new one
 *   forward    what is written by the new schema can be read by programs that were made for the old one
 *
 * Avro's own resolution decides about fields and types. What Avro does not know (bounds, patterns, words) is compared
 * in the JSON Schemas: it may become wider, never narrower. Readers must take fields and words they do not know, and
 * no bound for a promise: it says what was written up to now (`expects` of an event began with 8 entries at most, until
 * there were runs that name each of their orders). To hold each bound for ever would need a new topic for a longer list.
 */
export function breaks(
  before: { json: JsonSchema; avro: AvroRecord },
  after: { json: JsonSchema; avro: AvroRecord },
): string[] {
  return [...avroBreaks(before.avro, after.avro), ...jsonBreaks(before.json, after.json)];
}

/** By Avro's rules: a reader of either schema must be able to resolve what a writer of the other one wrote. */
export function avroBreaks(before: AvroRecord, after: AvroRecord): string[] {
  const [old, next] = [typeOf(before), typeOf(after)];
  return [
    ...unresolved(next, old).map((why) => `backward: old values cannot be read any more: ${why}`),
    ...unresolved(old, next).map((why) => `forward: old readers cannot read new values: ${why}`),
  ];
}

const typeOf = (schema: AvroRecord): avsc.Type => avsc.Type.forSchema(structuredClone(schema) as avsc.Schema);

function unresolved(reader: avsc.Type, writer: avsc.Type): string[] {
  try {
    reader.createResolver(writer);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** By JSON Schema: whatever was allowed stays allowed, and what was always there stays there. `at`: where, for words. */
export function jsonBreaks(before: JsonSchema, after: JsonSchema, at = 'the value'): string[] {
  const [old, next] = [alternativesOf(before), alternativesOf(after)];
  const found: string[] = [];
  if (old.nullable && !next.nullable) found.push(`backward: ${at} may be null in old values`);
  if (!old.nullable && next.nullable) found.push(`forward: ${at} was never null`);
  for (const schema of old.values) {
    const word = wordOf(schema);
    const successor = next.values.find((one) => wordOf(one) === word && one.type === schema.type) ?? next.values[0];
    const name = word === undefined ? at : `${at} (${word})`;
    if (successor === undefined || wordOf(successor) !== word) found.push(`backward: ${name} may not be gone`);
    else found.push(...narrowed(schema, successor, name));
  }
  return found;
}

function narrowed(before: JsonSchema, after: JsonSchema, at: string): string[] {
  if (before.type !== after.type) {
    const way = before.type === 'integer' && after.type === 'number' ? 'forward' : 'backward';
    return [`${way}: ${at} was of type ${before.type ?? 'text'}, is ${after.type ?? 'text'}`];
  }
  return [
    ...boundBreaks(before, after, at),
    ...wordBreaks(before, after, at),
    ...(before.items === undefined ? [] : jsonBreaks(before.items, after.items ?? {}, `an item of ${at}`)),
    ...mapBreaks(before, after, at),
    ...fieldBreaks(before, after, at),
  ];
}

const least = ['minimum', 'minLength', 'minItems'] as const;
const most = ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const;

function boundBreaks(before: JsonSchema, after: JsonSchema, at: string): string[] {
  const tighter = [
    ...least.filter((rule) => (after[rule] ?? -Infinity) > (before[rule] ?? -Infinity)),
    ...most.filter((rule) => (after[rule] ?? Infinity) < (before[rule] ?? Infinity)),
    ...(['pattern', 'format'] as const).filter((rule) => after[rule] !== undefined && after[rule] !== before[rule]),
    ...(after.uniqueItems === true && before.uniqueItems !== true ? (['uniqueItems'] as const) : []),
  ];
  return tighter.map((rule) => `backward: ${at}: ${rule} was ${before[rule] ?? 'free'}, is ${after[rule]}`);
}

function wordBreaks(before: JsonSchema, after: JsonSchema, at: string): string[] {
  const allowed = (schema: JsonSchema) => (schema.const === undefined ? schema.enum : [schema.const]);
  const words = allowed(after);
  if (words === undefined) return [];
  const gone = allowed(before)?.filter((word) => !words.includes(word)) ?? ['any text'];
  return gone.map((word) => `backward: ${at} may be ${JSON.stringify(word)} in old values`);
}

/** What may stand under the names of a map: its types can be no others, `avro.ts`. */
function mapBreaks(before: JsonSchema, after: JsonSchema, at: string): string[] {
  const [[names, old] = [], [now, next] = []] = [before, after].map(
    (one) => Object.entries(one.patternProperties ?? {})[0],
  );
  if (names !== now)
    return [`backward: ${at} had the names ${names ?? 'of its fields'}, has ${now ?? 'those of its fields'}`];
  return old === undefined || next === undefined ? [] : jsonBreaks(old, next, `what ${at} has under a name`);
}

function fieldBreaks(before: JsonSchema, after: JsonSchema, at: string): string[] {
  const found: string[] = [];
  for (const [name, schema] of Object.entries(before.properties ?? {})) {
    const successor = after.properties?.[name];
    if (successor === undefined) found.push(`backward: ${name} of ${at} may not be gone`);
    else found.push(...jsonBreaks(schema, successor, `${name} of ${at}`));
  }
  for (const name of after.required ?? []) {
    if (!before.required?.includes(name)) found.push(`backward: ${name} of ${at} is absent in old values`);
  }
  for (const name of before.required ?? []) {
    if (!after.required?.includes(name)) found.push(`forward: ${name} of ${at} was always there`);
  }
  return found;
}
