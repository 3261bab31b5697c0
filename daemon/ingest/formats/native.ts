import type { Fix } from '../../../protocol/position.ts';
import type { Decoded, Format, Rejection } from '../format.ts';
import { firstObject, isObject, type JsonObject, maxItems, shown, tooMany } from './fields.ts';

/**
 * Our own format: an object or a list of at most 1000, fields and units as in `protocol/position.ts`.
 *
 *   {"fixTime":1763632000000,"latitude":11.66,"longitude":78.15,"speed":32.4,"course":271,"battery":87}
 *
 * Strict: numbers must be numbers. Fields we do not know are ignored, so that a sender may be newer than the daemon;
 * null means "not known", as in our own answers. Nothing is thrown or checked twice here: this is the hot path, and
 * ranges are for `admit.ts`.
 */
export const native: Format = {
  name: 'native',
  reads: (input) => input.door === 'http' || firstObject(input.json)?.fixTime !== undefined,
  decode(input): Decoded {
    if (Array.isArray(input.json)) return readList(input.json);
    const read = readOne(input.json, 0);
    return 'reason' in read ? { fixes: [], rejected: [read] } : { fixes: [read], rejected: [] };
  },
};

const numbers = ['speed', 'course', 'altitude', 'accuracy', 'battery'] as const;

function readList(items: readonly unknown[]): Decoded {
  if (items.length > maxItems) return tooMany(items.length);
  if (items.length === 0) return { fixes: [], rejected: [], ignored: 'an empty list' };
  const fixes: Fix[] = [];
  const indexes: number[] = [];
  const rejected: Rejection[] = [];
  for (const [index, item] of items.entries()) {
    const read = readOne(item, index);
    if ('reason' in read) rejected.push(read);
    else {
      fixes.push(read);
      indexes.push(index);
    }
  }
  return { fixes, indexes, rejected };
}

function readOne(item: unknown, index: number): Fix | Rejection {
  if (!isObject(item)) return refused(index, `expected an object, got ${shown(item)}`);
  const { fixTime, latitude, longitude, deviceId, ignition } = item;
  if (typeof fixTime !== 'number') return notNumber(item, 'fixTime', index);
  if (typeof latitude !== 'number') return notNumber(item, 'latitude', index);
  if (typeof longitude !== 'number') return notNumber(item, 'longitude', index);
  const fix: Fix = { fixTime, latitude, longitude };
  for (const name of numbers) {
    const value = item[name];
    if (typeof value === 'number') fix[name] = value;
    else if (value !== undefined && value !== null) return notNumber(item, name, index);
  }
  if (typeof ignition === 'boolean') fix.ignition = ignition;
  else if (ignition !== undefined && ignition !== null) {
    return refused(index, `ignition must be true or false, is ${shown(ignition)}`);
  }
  if (typeof deviceId === 'string') fix.deviceId = deviceId;
  else if (deviceId !== undefined && deviceId !== null) {
    return refused(index, `deviceId must be text, is ${shown(deviceId)}`);
  }
  return fix;
}

function notNumber(item: JsonObject, name: string, index: number): Rejection {
  const value = item[name];
  return refused(index, value === undefined ? `${name} is missing` : `${name} must be a number, is ${shown(value)}`);
}

const refused = (index: number, detail: string): Rejection => ({ index, reason: 'bad-field', detail });
