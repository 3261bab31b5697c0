import { type AvroRecord, type AvroSchema, type AvroUnion, cleared } from './avro.ts';

/**
 * Our JSON values ⇄ Avro's JSON encoding (Avro specification, "JSON Encoding"), for programs that speak Avro alone.
 *
 *   absent                                    null
 *   null, in a field that may also be absent  {"vantrail.v1.Cleared": {}}
 *   value of a field that may be absent       {"type": value}: "string", "double", "long", "boolean", "array" or the
 *                                             record's full name
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
      const branch = this.#branch(schema);
      if (value !== null) return { [this.#nameOf(branch)]: this.to(branch, value) };
      return schema.some((one) => this.#isCleared(one)) ? { [`${this.#namespace}.${cleared}`]: {} } : null;
    }
    const record = this.#recordOf(schema);
    if (record !== undefined) {
      const fields = value as Fields;
      return Object.fromEntries(record.fields.map(({ name, type }) => [name, this.to(type, fields[name])]));
    }
    if (typeof schema === 'object' && schema.type === 'array') {
      return (value as readonly unknown[]).map((item) => this.to(schema.items, item));
    }
    return value;
  }

  from(schema: AvroSchema, value: unknown): unknown {
    if (isUnion(schema)) {
      if (value === null) return null;
      const [name, inner] = Object.entries(value as Fields)[0] ?? [];
      return name === `${this.#namespace}.${cleared}` ? null : this.from(this.#branch(schema), inner);
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
    return value;
  }

  #gather(schema: AvroSchema): void {
    if (isUnion(schema)) for (const branch of schema) this.#gather(branch);
    else if (typeof schema === 'object' && schema.type === 'array') this.#gather(schema.items);
    else if (typeof schema === 'object' && schema.type === 'record') {
      this.#records.set(schema.name, schema);
      for (const { type } of schema.fields) this.#gather(type);
    }
  }

  #recordOf(schema: Exclude<AvroSchema, AvroUnion>): AvroRecord | undefined {
    if (typeof schema === 'string') return this.#records.get(schema);
    return schema.type === 'record' ? schema : undefined;
  }

  #isCleared(schema: AvroSchema): boolean {
    return !isUnion(schema) && this.#recordOf(schema)?.name === cleared;
  }

  /** The branch that values go to: our unions have one beside null and `Cleared`. */
  #branch(union: AvroUnion): Exclude<AvroSchema, AvroUnion> {
    const branch = union.find((one) => one !== 'null' && !this.#isCleared(one));
    if (branch === undefined || isUnion(branch)) throw new Error(`no branch for values in ${JSON.stringify(union)}`);
    return branch;
  }

  #nameOf(branch: Exclude<AvroSchema, AvroUnion>): string {
    const record = this.#recordOf(branch);
    if (record !== undefined) return `${this.#namespace}.${record.name}`;
    return typeof branch === 'string' ? branch : branch.type;
  }
}

const isUnion = (schema: AvroSchema): schema is AvroUnion => Array.isArray(schema);
