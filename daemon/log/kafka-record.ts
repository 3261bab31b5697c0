import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type LogRecord, newestOnly, type Origin, type Topic } from '../../protocol/record.ts';
import { AgencyId } from '../../protocol/registry.ts';
import { kindOf, kindOfId } from './kafka-record-kinds.ts';
import type { Message, Received } from './kafka-wire.ts';

/**
 * A record of the log as Kafka carries it:
 *
 *   key      agency; in people and accounts agency "/" id; in places the id
 *   value    JSON after the published schema; none: what the key names is erased
 *   headers  schema, version    name and version of that schema; what was erased, where there is no value
 *            agency, id?        of the record
 *            daemon?, sequence? the spool it was forwarded from and its place there, digits
 */
const version = '1';
const agencyId = Compile(AgencyId);
const isAgencyId = (text: string): boolean => agencyId.Check(text);

type Check = ReturnType<typeof Compile>;
/** made when the first such value comes */
const checks = new Map<TSchema, Check>();

function checkOf(schema: TSchema): Check {
  let check = checks.get(schema);
  if (check === undefined) {
    check = Compile(tolerant(schema) as TSchema);
    checks.set(schema, check);
  }
  return check;
}

/**
 * A schema that lets later versions through: unknown fields are allowed, and an id is any text, because what an id may
 * be is decided at the door and not again for what the log has.
 */
function tolerant(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(tolerant);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([name, value]) => !(name === 'additionalProperties' && value === false) && name !== '$id',
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      name === 'id' && (value as { type?: unknown }).type === 'string' ? { type: 'string' } : tolerant(value),
    ]),
  );
}

/** Throws when the value cannot be written as JSON, or is of no kind that its topic has. */
export function messageOf(record: LogRecord, origin: Origin | undefined): Message {
  const { topic, agency, id } = record;
  const value = record.value === null ? null : JSON.stringify(record.value);
  if (value === undefined) throw new TypeError(`a record of ${topic} has no value`);
  const kind = value === null ? kindOfId(topic, id) : kindOf(topic, record.value);
  if (typeof kind === 'string') throw new TypeError(`a record of ${topic} cannot be written: ${kind}`);
  const headers: Record<string, string> = { schema: kind.name, version, agency };
  if (id !== undefined) headers.id = id;
  if (origin !== undefined) {
    headers.daemon = origin.daemon;
    headers.sequence = String(origin.sequence);
  }
  return { key: keyOf(topic, agency, id), value, headers };
}

function keyOf(topic: Topic, agency: string, id: string | undefined): string {
  if (newestOnly.has(topic)) return `${agency}/${id ?? ''}`;
  return topic === 'places' ? (id ?? agency) : agency;
}

/** Why a message is no record of ours. */
export class Poison extends Error {
  override name = 'Poison';
}

/** Reads a message back. Throws Poison with the reason when it is no record. */
export function recordOf(topic: Topic, message: Received): LogRecord {
  if (message.unreadable !== undefined) throw new Poison(message.unreadable);
  const key = message.key?.toString();
  const { agency, id } = ownerOf(topic, key, message);
  if (!isAgencyId(agency)) throw new Poison(`${JSON.stringify(agency.slice(0, 80))} is no id of an agency`);
  if (key !== undefined && key !== keyOf(topic, agency, id)) {
    const owner = topic === 'places' ? `place ${id}` : `agency ${agency}`;
    throw new Poison(`its key does not belong to ${owner}`);
  }
  const origin = originOf(message);
  return {
    topic,
    agency,
    ...(id === undefined ? {} : { id }),
    value: readValue(topic, message.value),
    ...(origin === undefined ? {} : { origin }),
  } as LogRecord;
}

/** Whose a record is: what the headers say, or else the key, for programs that write no headers. */
function ownerOf(topic: Topic, key: string | undefined, message: Received): { agency: string; id?: string } {
  const byKey = inKey(topic, key);
  const agency = text(message, 'agency') ?? byKey.agency;
  const id = text(message, 'id') ?? byKey.id;
  if (agency === undefined) {
    // two agencies may each say something of the same place
    if (topic === 'places') throw new Poison('it has no header `agency`, and the key of a place names none');
    throw new Poison('it has no key and no header `agency`');
  }
  if (newestOnly.has(topic) && id === undefined) throw new Poison('its key is not agency/id');
  return { agency, ...(id === undefined ? {} : { id }) };
}

function inKey(topic: Topic, key: string | undefined): { agency?: string | undefined; id?: string | undefined } {
  if (topic === 'places') return { id: key };
  const slash = newestOnly.has(topic) ? (key?.indexOf('/') ?? -1) : -1;
  return slash < 0 ? { agency: key } : { agency: key?.slice(0, slash), id: key?.slice(slash + 1) };
}

function readValue(topic: Topic, bytes: Buffer | null): unknown {
  if (bytes === null) {
    if (newestOnly.has(topic)) return null;
    throw new Poison('it has no value, which only people and accounts may lack');
  }
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw new Poison('its value is not JSON');
  }
  // By what the value says of itself: the header `schema` is for readers who want only some, and others leave it out.
  const kind = kindOf(topic, value);
  if (typeof kind === 'string') throw new Poison(kind);
  const { name, schema } = kind;
  const type = (value as { type?: unknown } | null)?.type;
  const own = ofType(schema, type);
  if (own === undefined) throw new Poison(`its value is no ${name}: type ${brief(type)} is not known`);
  const check = checkOf(own);
  if (check.Check(value)) return value;
  const [first] = check.Errors(value);
  const what = own === schema ? name : `${name} of type ${brief(type)}`;
  const where = first?.instancePath ? ` at ${first.instancePath}` : '';
  throw new Poison(`its value is no ${what}${where}: ${first?.message ?? 'wrong shape'}`);
}

/** Of several schemas that are told apart by a field `type`, the one for this type: only that can say what is wrong. */
function ofType(schema: TSchema, type: unknown): TSchema | undefined {
  const { anyOf } = schema as { anyOf?: readonly { properties?: { type?: { const?: unknown } } }[] };
  if (anyOf === undefined) return schema;
  return anyOf.find(({ properties }) => properties?.type?.const === type);
}

const brief = (value: unknown): string => JSON.stringify(value)?.slice(0, 40) ?? 'nothing';

function originOf(message: Received): Origin | undefined {
  const daemon = text(message, 'daemon');
  const digits = text(message, 'sequence');
  if (daemon === undefined || digits === undefined) return undefined;
  if (!/^\d{1,15}$/.test(digits)) throw new Poison('its header `sequence` is no number');
  return { daemon, sequence: Number(digits) };
}

function text({ headers }: Received, name: string): string | undefined {
  return headers[name]?.toString();
}
