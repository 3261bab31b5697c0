/** The part of JSON Schema that our TypeBox schemas use. */
export interface JsonSchema {
  $schema?: string;
  $id?: string;
  title?: string;
  description?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  anyOf?: readonly JsonSchema[];
  const?: unknown;
  enum?: readonly unknown[];
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  /** of a map: what stands under any name */
  patternProperties?: Readonly<Record<string, JsonSchema>>;
  maxProperties?: number;
  additionalProperties?: boolean;
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  pattern?: string;
  format?: string;
}

/**
 * A schema as we publish it: draft 07, which every registry reads. An inner `$id` would change what references mean, so
 * it becomes a title. Every object is closed: a daemon writes nothing else, and a registry that checks "new reads old"
 * takes an added optional field only when old values cannot have had a field of that name.
 */
export function publishedForm(name: string, schema: unknown): JsonSchema {
  // through text: what TypeBox keeps for itself is not enumerable and stays behind
  const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema;
  const [, topic = '', version = ''] = name.split('.');
  const { title: _, ...form } = closed(plain);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `urn:vantrail:${topic}:${version}`,
    title: name,
    ...form,
  };
}

function closed({ $id, ...all }: JsonSchema): JsonSchema {
  const schema = wordList(all) ?? all;
  const { properties, patternProperties, items, anyOf } = schema;
  return {
    ...($id === undefined ? {} : { title: $id }),
    ...schema,
    ...(properties === undefined ? {} : { properties: mapped(properties), additionalProperties: false }),
    ...(patternProperties === undefined ? {} : { patternProperties: mapped(patternProperties) }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(closed) }),
  };
}

/** A union of fixed words, and a list of them, in one form. */
function wordList({ anyOf, enum: list, type: _, ...rest }: JsonSchema): JsonSchema | undefined {
  const words = list ?? anyOf?.map((one) => one.const) ?? [];
  if (words.length === 0 || !words.every((word) => typeof word === 'string')) return undefined;
  return { type: 'string', enum: words, ...rest };
}

function mapped(properties: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, closed(schema)]));
}

/** What a schema allows beside null, one entry per alternative, and whether it allows null. */
export function alternativesOf(schema: JsonSchema): { values: JsonSchema[]; nullable: boolean } {
  const all = schema.anyOf === undefined ? [schema] : schema.anyOf;
  const values = all.filter(({ type }) => type !== 'null');
  return { values, nullable: values.length < all.length };
}

/** The word by which an object of a union is told from the others: its first property that must have one value. */
export function wordOf(schema: JsonSchema): string | undefined {
  const fixed = Object.values(schema.properties ?? {}).find((property) => typeof property.const === 'string');
  return fixed?.const as string | undefined;
}

/** What stands under any name of a map; undefined: the schema is no map. */
export function mapValueOf(schema: JsonSchema): JsonSchema | undefined {
  return Object.values(schema.patternProperties ?? {})[0];
}

/** The words a text may be, when only some are allowed. */
export function wordsOf(schemas: readonly JsonSchema[]): string[] {
  return [...new Set(schemas.flatMap((schema) => (schema.const === undefined ? (schema.enum ?? []) : [schema.const])))]
    .filter((word) => typeof word === 'string')
    .sort();
}

/** JSON text as `npm run check` wants it: two spaces, lists of plain values on one line where they fit into 120. */
export function printed(value: unknown, indent = '', before = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const plain = value.every((item) => typeof item !== 'object' || item === null);
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    // one more for the comma that may follow
    if (plain && before + line.length + 1 <= 120) return line;
    const items = value.map((item) => `${inner}${printed(item, inner, inner.length)}`);
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value).map(([name, field]) => {
    const key = `${inner}${JSON.stringify(name)}: `;
    return `${key}${printed(field, inner, key.length)}`;
  });
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`;
}
