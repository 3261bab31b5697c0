import { type AvroRecord, type AvroSchema, type AvroUnion, cleared, clearedObject, clearedSymbol } from './avro.ts';

/**
 * Our JSON values ⇄ Avro's JSON encoding (Avro specification, "JSON Encoding"), for programs that speak Avro alone.
 *
 *   absent                                    null
 *   null, in a field that may also be absent  {"vantrail.v1.Cleared": {}}; of an object {"vantrail.v1.ClearedObject": "CLEARED"}
 *   value of a field that may be absent       {"type": value}: "string", "double", "long", "boolean", "array" or the
 *                                             record's full name
 *   value of a map with several types         the same, by what it is; null stays null
 *   everything else                           as it is
 */
export function toAvro(schema: AvroRecord, value: unknown): unknown {
  return new Mapping(schema).to(schema, value);
}

/** The other way round: our JSON value of a value in Avro's JSON encoding. */
export function fromAvro(schema: AvroRecord, value: unknown): unknown {
  return new Mapping(schema).from(schema, value);
}

type Fields = Readonly<Record<string, unknown>>;
type Branch = Exclude<AvroSchema, AvroUnion>;

class Mapping {
  readonly #namespace: string;
  /** records by name, since a second use names them only */
  readonly #records = new Map<string, AvroRecord>();

  constructor(schema: AvroRecord) {
    this.#namespace = schema.namespace ?? '';
    this.#gather(schema);
  }

  to(schema: AvroSchema, value: unknown): unknown {
    if (isUnion(schema)) {
      if (value === undefined) return null;
      if (value === null) return this.#clearing(schema);
      const branch = this.#branch(schema, (one) => isOf(one, value));
      return { [this.#nameOf(branch)]: this.to(branch, value) };
    }
    const record = this.#recordOf(schema);
    if (record !== undefined) {
      const fields = value as Fields;
      return Object.fromEntries(record.fields.map(({ name, type }) => [name, this.to(type, fields[name])]));
    }
    if (typeof schema === 'object' && schema.type === 'array') {
      return (value as readonly unknown[]).map((item) => this.to(schema.items, item));
    }
    if (typeof schema === 'object' && schema.type === 'map') {
      return mapped(value as Fields, (item) => this.to(schema.values, item));
    }
    return value;
  }

  from(schema: AvroSchema, value: unknown): unknown {
    if (isUnion(schema)) {
      if (value === null) return null;
      const [name, inner] = Object.entries(value as Fields)[0] ?? [];
      const branch = schema.find((one) => one !== 'null' && !isUnion(one) && this.#nameOf(one) === name);
      if (branch === undefined) throw new Error(`${name} is no branch of ${JSON.stringify(schema)}`);
      return this.#isCleared(branch) ? null : this.from(branch, inner);
    }
    const record = this.#recordOf(schema);
    if (record !== undefined) {
      const fields = value as Fields;
      // Where there is a default, Avro's null stands for absence.
      const present = record.fields.filter((field) => field.default === undefined || fields[field.name] !== null);
      return Object.fromEntries(present.map(({ name, type }) => [name, this.from(type, fields[name])]));
    }
    if (typeof schema === 'object' && schema.type === 'array') {
      return (value as readonly unknown[]).map((item) => this.from(schema.items, item));
    }
    if (typeof schema === 'object' && schema.type === 'map') {
      return mapped(value as Fields, (item) => this.from(schema.values, item));
    }
    return value;
  }

  #gather(schema: AvroSchema): void {
    if (isUnion(schema)) for (const branch of schema) this.#gather(branch);
    else if (typeof schema === 'object' && schema.type === 'array') this.#gather(schema.items);
    else if (typeof schema === 'object' && schema.type === 'map') this.#gather(schema.values);
    else if (typeof schema === 'object' && schema.type === 'record') {
      this.#records.set(schema.name, schema);
      for (const { type } of schema.fields) this.#gather(type);
    }
  }

  #recordOf(schema: Branch): AvroRecord | undefined {
    if (typeof schema === 'string') return this.#records.get(schema);
    return schema.type === 'record' ? schema : undefined;
  }

  /** What says null in this union. */
  #clearing(union: AvroUnion): unknown {
    const branch = union.find((one) => this.#isCleared(one));
    if (branch === undefined || isUnion(branch)) return null;
    const name = this.#nameOf(branch);
    return { [name]: name.endsWith(`.${clearedObject}`) ? clearedSymbol : {} };
  }

  #isCleared(schema: AvroSchema): boolean {
    if (isUnion(schema)) return false;
    const name = typeof schema === 'string' ? schema : 'name' in schema ? schema.name : undefined;
    return name === cleared || name === clearedObject;
  }

  /** The branch that a value goes to: the only one beside null and `Cleared`, or in a map the one that fits. */
  #branch(union: AvroUnion, fits: (branch: Branch) => boolean): Branch {
    const branches = union.filter((one): one is Branch => one !== 'null' && !isUnion(one) && !this.#isCleared(one));
    const branch = branches.length === 1 ? branches[0] : branches.find(fits);
    if (branch === undefined) throw new Error(`no branch for values in ${JSON.stringify(union)}`);
    return branch;
  }

  #nameOf(branch: Branch): string {
    const name = this.#recordOf(branch)?.name ?? (this.#isCleared(branch) ? clearedObject : undefined);
    if (name !== undefined) return `${this.#namespace}.${name}`;
    return typeof branch === 'string' ? branch : branch.type;
  }
}

const isUnion = (schema: AvroSchema): schema is AvroUnion => Array.isArray(schema);

/** Whether a plain value is of this type, where a map has values of several. */
const isOf = (branch: Branch, value: unknown): boolean =>
  branch === (typeof value === 'number' ? 'double' : typeof value);

const mapped = (fields: Fields, each: (value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, each(value)]));
