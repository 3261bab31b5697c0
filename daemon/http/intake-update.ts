import type { Fix } from '../../protocol/position.ts';
import { why } from '../../protocol/refusal-text.ts';
import { fromIso, toMilliseconds } from '../ingest/formats/times.ts';
import { type FieldError, Problem } from './problem.ts';

/** What the fields of an update are called; other systems have their own words for the same four. */
export interface UpdateNames {
  driver: string;
  latitude: string;
  longitude: string;
  /** read and left alone: which order a van carries is known from its run */
  order: string;
}

/** A driver's position as another system sends it, or a 400 that names every bad field. */
export function readUpdate(json: unknown, names: UpdateNames, receivedAt: number): { driver: string; fix: Fix } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw bad([{ path: '', rule: 'type', message: 'must be an object' }]);
  }
  const body = new Map<string, unknown>(Object.entries(json));
  const errors: FieldError[] = [];
  const driver = textOf(names.driver);
  const order = body.get(names.order);
  if (order !== undefined && order !== null && typeof order !== 'string' && typeof order !== 'number') {
    errors.push({ path: `/${names.order}`, rule: 'type', message: 'must be text' });
  }
  const latitude = degreesOf(names.latitude, 90);
  const longitude = degreesOf(names.longitude, 180);
  const fixTime = timeOf('timestamp');
  if (errors.length > 0) throw bad(errors);
  return { driver, fix: { fixTime, latitude, longitude } };

  function textOf(name: string): string {
    const value = body.get(name);
    if (typeof value === 'string' && value !== '' && value.length <= 64) return value;
    errors.push(missing(name) ?? { path: `/${name}`, rule: 'type', message: 'must be text of 1 to 64 characters' });
    return '';
  }

  function degreesOf(name: string, limit: number): number {
    const value = body.get(name);
    if (typeof value === 'number' && Math.abs(value) <= limit) return value;
    const range = typeof value === 'number' && Number.isFinite(value);
    errors.push(
      missing(name) ?? {
        path: `/${name}`,
        rule: !range ? 'type' : value > 0 ? 'maximum' : 'minimum',
        message: range ? `must be between -${limit} and ${limit}, is ${value}` : 'must be a number',
      },
    );
    return 0;
  }

  /** UTC ms; s, ms and ISO are told apart as for devices. Absent: the time of arrival. */
  function timeOf(name: string): number {
    const value = body.get(name);
    if (value === undefined || value === null) return receivedAt;
    const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return toMilliseconds(number);
    const time = typeof value === 'string' ? fromIso(value) : undefined;
    if (time === undefined) errors.push({ path: `/${name}`, rule: 'time', message: 'must be UTC s, ms or ISO 8601' });
    return time ?? receivedAt;
  }

  function missing(name: string): FieldError | undefined {
    const value = body.get(name);
    return value === undefined || value === null
      ? { path: `/${name}`, rule: 'required', message: 'is missing' }
      : undefined;
  }
}

function bad(errors: FieldError[]): Problem {
  const said = errors.map(({ path, message }) => `${path.slice(1) || 'the body'} ${message}`).join('; ');
  return new Problem(400, 'bad-field', why('fields-wrong', { message: said }), { errors });
}
