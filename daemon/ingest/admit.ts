import { Compile } from 'typebox/compile';
import { atResolution, Fix } from '../../protocol/position.ts';
import type { Rejection } from './format.ts';

export interface Limits {
  /** the daemon's clock, UTC ms */
  now: number;
  /** the oldest fixTime that is still kept, UTC ms: now minus the age to which trails are kept */
  oldest: number;
  /** how far a device's clock may be ahead, ms */
  maxAhead?: number;
}

export type Admitted = { ok: true; fix: Fix } | ({ ok: false } & Rejection);

/** Ordinary clocks are seconds off; beyond this a fix would hold the live position for as long. */
const usualAhead = 5 * 60_000;
/** No time in ms is this big before the year 5138; one in µs always is. */
const leastMicroseconds = 100_000_000_000_000;

/**
 * Whether a fix may enter the log: finite numbers within their ranges, a real place, a time that can be true. Pure.
 * The fix comes back at the resolution at which it is kept everywhere. `index`: of the item, for the refusal.
 */
export function admit(fix: Fix, limits: Limits, index = 0): Admitted {
  if (!isFix(fix)) return { ok: false, index, reason: 'bad-field', detail: firstError(fix) };
  const { fixTime } = fix;
  if (fixTime >= leastMicroseconds) {
    const detail = `fixTime ${fixTime} looks like microseconds; send milliseconds`;
    return { ok: false, index, reason: 'bad-field', detail };
  }
  const kept = atResolution(fix);
  if (kept.latitude === 0 && kept.longitude === 0) {
    const detail = 'latitude and longitude are 0: the receiver has no fix';
    return { ok: false, index, reason: 'no-fix', detail };
  }
  const ahead = fixTime - limits.now;
  if (ahead > (limits.maxAhead ?? usualAhead)) {
    return { ok: false, index, reason: 'clock-ahead', detail: `the clock is ${span(ahead)} ahead`, clockAhead: ahead };
  }
  if (fixTime < limits.oldest) return { ok: false, index, reason: 'too-old', detail: tooOld(fixTime, limits) };
  return { ok: true, fix: kept };
}

function tooOld(fixTime: number, { now, oldest }: Limits): string {
  const inSeconds = fixTime * 1000;
  const hint = inSeconds >= oldest && inSeconds <= now + usualAhead ? '; it looks like seconds; send milliseconds' : '';
  return `fixTime ${fixTime} is ${span(now - fixTime)} old, trails are kept for ${span(now - oldest)}${hint}`;
}

const units = [
  ['year', 365 * 86_400_000],
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** A span of ms for a person: the two largest units, `2 h 10 min`, `3 years`, `1 day 4 h`. */
export function span(milliseconds: number): string {
  let rest = Math.abs(milliseconds);
  const largest = Math.max(
    units.findIndex(([, size]) => rest >= size),
    0,
  );
  if (rest < 1000) return `${Math.round(rest)} ms`;
  const words: string[] = [];
  for (const [unit, size] of units.slice(largest, largest + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0) continue;
    words.push(`${count} ${unit}${count > 1 && (unit === 'year' || unit === 'day') ? 's' : ''}`);
  }
  return words.join(' ');
}

/** The schema's own check, for its error texts; the hand-written one below must agree, and a test says so. */
export const schemaCheck = Compile(Fix);

const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
const withinOrAbsent = (value: number | undefined, least: number, most: number): boolean =>
  value === undefined || (value >= least && value <= most);

// The schema counts characters as people do, the length in UTF-16 is never less.
const isName = (id: string): boolean => id.length > 0 && (id.length <= 64 || idCheck.Check(id));
const idCheck = Compile(Fix.properties.deviceId);

/** `Fix` by hand, for the hot path: NaN and Infinity fail every comparison. Unknown fields never get here. */
export function isFix(fix: Fix): boolean {
  return (
    Number.isInteger(fix.fixTime) &&
    within(fix.fixTime, 0, 8_640_000_000_000_000) &&
    within(fix.latitude, -90, 90) &&
    within(fix.longitude, -180, 180) &&
    withinOrAbsent(fix.speed, 0, 2000) &&
    withinOrAbsent(fix.course, 0, 360) &&
    withinOrAbsent(fix.altitude, -1000, 50_000) &&
    withinOrAbsent(fix.accuracy, 0, 100_000_000) &&
    withinOrAbsent(fix.battery, 0, 100) &&
    (fix.deviceId === undefined || isName(fix.deviceId))
  );
}

const comparisons: Readonly<Record<string, string>> = { '>=': '≥', '<=': '≤', '>': '>', '<': '<' };

/** The first broken rule of the schema in words: `latitude must be ≤ 90, is 91`. */
function firstError(fix: Fix): string {
  const error = schemaCheck.Errors(fix)[0];
  if (error === undefined) return 'not a fix';
  const field = error.instancePath.slice(1);
  const value = fix[field as keyof Fix];
  if (typeof value === 'number' && !Number.isFinite(value)) return `${field} must be a finite number, is ${value}`;
  if (error.keyword === 'minimum' || error.keyword === 'maximum') {
    const { comparison, limit } = error.params as { comparison: string; limit: number };
    return `${field} must be ${comparisons[comparison] ?? comparison} ${limit}, is ${value}`;
  }
  const shown = typeof value === 'string' ? `${value.length} characters` : String(value);
  return `${field} ${error.message}${value === undefined ? '' : `, is ${shown}`}`;
}
