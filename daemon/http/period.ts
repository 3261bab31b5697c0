import type { Problem } from './problem.ts';
import { badField } from './problem.ts';

/** Longest period of one question, ms. */
const longest = 31 * 86_400_000;
const day = 86_400_000;

/** ISO 8601 with a zone, or a date alone, which is its midnight UTC. */
const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?$/;

/**
 * The period a query asks for: `from` ≤ time < `to`, UTC ms. Each is UTC milliseconds or ISO 8601; without `to` it
 * ends now, without `from` it is the day before its end. Throws a 400 that names the field.
 */
export function readPeriod(
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
): { from: number; to: number } {
  const to = query.to === undefined ? now : timeOf('to', query.to);
  const from = query.from === undefined ? to - day : timeOf('from', query.from);
  if (from >= to) throw refusal('from', 'minimum', 'must be before to');
  if (to - from > longest) throw refusal('to', 'maximum', 'must be at most 31 days after from');
  return { from, to };
}

/** A time in a query, UTC ms. Throws a 400 that names the field. */
export function timeOf(name: string, text: string): number {
  const time = readTime(text);
  if (time === undefined) throw refusal(name, 'format', 'must be UTC milliseconds or ISO 8601 with a zone');
  return time;
}

/** UTC ms from a text of UTC milliseconds or ISO 8601; undefined when it is neither. */
export function readTime(text: string): number | undefined {
  if (/^\d{1,16}$/.test(text)) {
    const time = Number(text);
    if (time <= 8_640_000_000_000_000) return time;
  }
  // In a query `+` means a space.
  const time = iso.test(text.replace(' ', '+')) ? Date.parse(text.replace(' ', '+')) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function refusal(name: string, rule: string, message: string): Problem {
  return badField(`query/${name}`, rule, message);
}
