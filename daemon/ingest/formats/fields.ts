import type { Fix } from '../../../protocol/position.ts';
import type { Reason } from '../../../protocol/record.ts';
import type { Decoded, Rejection } from '../format.ts';
import { fromIso, toMilliseconds } from './times.ts';

/**
 * Reading fields of a foreign payload: numbers may come as strings, absent fields as null or empty text. What cannot
 * be read is thrown as a `Refusal` that names the field; `readItems` catches it, so that no format ever throws.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Why one item of a payload is not taken. Stays inside `formats/`. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly reason: Reason;
  constructor(reason: Reason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** An item that rightly has no position in it, and what it was. */
export interface Ignored {
  ignored: string;
}

/** The most items one message may carry; a day of a tracker's backlog comes in several. */
export const maxItems = 1000;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object whose shape tells the format: the message itself, or the first of a list. */
export function firstObject(json: unknown): JsonObject | undefined {
  const first: unknown = Array.isArray(json) ? json[0] : json;
  return isObject(first) ? first : undefined;
}

/** Reads an object or a list of them, item by item: one that cannot be read does not keep the others out. */
export function readItems(json: unknown, read: (item: JsonObject) => Fix | Ignored): Decoded {
  const items: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (items.length > maxItems) return tooMany(items.length);
  const fixes: Fix[] = [];
  const indexes: number[] = [];
  const rejected: Rejection[] = [];
  let ignored = items.length === 0 ? 'an empty list' : undefined;
  for (const [index, item] of items.entries()) {
    try {
      if (!isObject(item)) throw new Refusal('bad-field', `expected an object, got ${shown(item)}`);
      const result = read(item);
      if ('ignored' in result) ignored = result.ignored;
      else {
        fixes.push(result);
        indexes.push(index);
      }
    } catch (error) {
      rejected.push(rejectionOf(index, error));
    }
  }
  const nothing = fixes.length === 0 && rejected.length === 0;
  return { fixes, indexes, rejected, ...(nothing && ignored !== undefined ? { ignored } : {}) };
}

/** The refusal of a whole message for having more items than may be. */
export function tooMany(count: number): Decoded {
  const detail = `at most ${maxItems} positions in one message, this has ${count}`;
  return { fixes: [], rejected: [{ index: 0, reason: 'too-big', detail }] };
}

/** A thrown thing as a rejection; anything but a Refusal is a fault of the format and is named as it is. */
export function rejectionOf(index: number, error: unknown): Rejection {
  if (error instanceof Refusal) return { index, reason: error.reason, detail: error.message };
  return { index, reason: 'bad-field', detail: `could not be read: ${error instanceof Error ? error.message : error}` };
}

/** A value as a person may see it in a message, short however long it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** Present means: there and neither null nor empty text, which encoders write for "not known". */
const present = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A number or a number in text; `name` is for the message. Undefined where there is none. */
export function numberOf(value: unknown, name: string): number | undefined {
  if (!present(value)) return undefined;
  const number = typeof value === 'string' && decimal.test(value) ? Number(value) : value;
  if (typeof number !== 'number') throw new Refusal('bad-field', `${name} must be a number, is ${shown(value)}`);
  if (!Number.isFinite(number)) throw new Refusal('bad-field', `${name} must be a finite number, is ${shown(value)}`);
  return number;
}

export function requiredNumber(value: unknown, name: string): number {
  const number = numberOf(value, name);
  if (number === undefined) throw new Refusal('bad-field', `${name} is missing`);
  return number;
}

/** For speed, course, accuracy and battery of phones: below zero says "not known" (iOS writes -1). */
export function knownNumber(value: unknown, name: string): number | undefined {
  const number = numberOf(value, name);
  return number === undefined || number < 0 ? undefined : number;
}

/** UTC ms from seconds, milliseconds or ISO 8601, as number or text (see `times.ts`). */
export function timeOf(value: unknown, name: string): number | undefined {
  if (typeof value === 'string' && value.includes(':')) {
    const time = fromIso(value.trim());
    if (time === undefined) throw new Refusal('bad-field', `${name} must be a time, is ${shown(value)}`);
    return time;
  }
  const number = numberOf(value, name);
  return number === undefined ? undefined : toMilliseconds(number);
}

export function requiredTime(value: unknown, name: string): number {
  const time = timeOf(value, name);
  if (time === undefined) throw new Refusal('bad-field', `${name} is missing`);
  return time;
}

const truths: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 1, '1', 'true', 'on'].map((word) => [word, true] as const),
  ...[false, 0, '0', 'false', 'off'].map((word) => [word, false] as const),
]);

/** On or off. Any other word leaves it open: where a van is matters more than how its tracker spells "ignition". */
export function switchOf(value: unknown): boolean | undefined {
  return truths.get(typeof value === 'string' ? value.toLowerCase() : value);
}

/** A device's name in a payload, as text (IMEIs also come as numbers), or undefined. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What a format knows of a fix; undefined where the payload does not say. */
type Known = { [K in keyof Fix]: Fix[K] | undefined } & Pick<Fix, 'fixTime' | 'latitude' | 'longitude'>;

/** A Fix that has only the fields that are known. */
export function fixOf(known: Known): Fix {
  const fix: Fix = { fixTime: known.fixTime, latitude: known.latitude, longitude: known.longitude };
  if (known.deviceId !== undefined) fix.deviceId = known.deviceId;
  if (known.speed !== undefined) fix.speed = known.speed;
  if (known.course !== undefined) fix.course = known.course;
  if (known.altitude !== undefined) fix.altitude = known.altitude;
  if (known.accuracy !== undefined) fix.accuracy = known.accuracy;
  if (known.battery !== undefined) fix.battery = known.battery;
  if (known.ignition !== undefined) fix.ignition = known.ignition;
  return fix;
}
