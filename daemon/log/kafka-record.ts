import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Position } from '../../protocol/position.ts';
import {
  DeadLetter,
  DeviceCredential,
  Event,
  type LogRecord,
  newestOnly,
  type Origin,
  type Topic,
} from '../../protocol/record.ts';
import { AgencyId, Consumer } from '../../protocol/registry.ts';
import type { Message, Received } from './kafka-wire.ts';

/**
 * A record of the log as Kafka carries it:
 *
 *   key      agency; in people and accounts agency "/" id; in places the id
 *   value    JSON after the published schema; none: what the key names is erased
 *   headers  schema, version    name and version of that schema
 *            agency, id?        of the record
 *            daemon?, sequence? the spool it was forwarded from and its place there, digits
 */
const schemas: Record<Topic, { name: string; schema: TSchema | undefined }> = {
  positions: { name: 'Position', schema: Position },
  events: { name: 'Event', schema: Event },
  people: { name: 'Consumer', schema: Consumer },
  places: { name: 'Place', schema: undefined },
  accounts: { name: 'DeviceCredential', schema: DeviceCredential },
  'dead-letters': { name: 'DeadLetter', schema: DeadLetter },
};
const version = '1';
const agencyId = Compile(AgencyId);
const isAgencyId = (text: string): boolean => agencyId.Check(text);
const checks = new Map<Topic, ReturnType<typeof Compile>>();
for (const [topic, { schema }] of Object.entries(schemas)) {
  if (schema !== undefined) checks.set(topic as Topic, Compile(tolerant(schema) as TSchema));
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

/** Throws when the value cannot be written as JSON. */
export function messageOf(record: LogRecord, origin: Origin | undefined): Message {
  const { topic, agency, id } = record;
  const value = record.value === null ? null : JSON.stringify(record.value);
  if (value === undefined) throw new TypeError(`a record of ${topic} has no value`);
  const headers: Record<string, string> = { schema: schemas[topic].name, version, agency };
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
  const slash = newestOnly.has(topic) ? (key?.indexOf('/') ?? -1) : -1;
  const agency = text(message, 'agency') ?? (slash < 0 ? key : key?.slice(0, slash));
  if (agency === undefined) throw new Poison('it has no key and no header `agency`');
  if (!isAgencyId(agency)) throw new Poison(`${JSON.stringify(agency.slice(0, 80))} is no id of an agency`);
  const id = text(message, 'id') ?? (slash < 0 ? undefined : key?.slice(slash + 1));
  if (newestOnly.has(topic) && id === undefined) throw new Poison('its key is not agency/id');
  const expected = keyOf(topic, agency, id);
  if (key !== undefined && key !== expected) throw new Poison(`its key does not belong to agency ${agency}`);
  const origin = originOf(message);
  return {
    topic,
    agency,
    ...(id === undefined ? {} : { id }),
    value: readValue(topic, message.value),
    ...(origin === undefined ? {} : { origin }),
  } as LogRecord;
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
  const check = checks.get(topic);
  if (check === undefined || check.Check(value)) return value;
  const [first] = check.Errors(value);
  const where = first?.instancePath ? ` at ${first.instancePath}` : '';
  throw new Poison(`its value is no ${schemas[topic].name}${where}: ${first?.message ?? 'wrong shape'}`);
}

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
