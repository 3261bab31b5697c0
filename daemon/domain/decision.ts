import { Compile } from 'typebox/compile';
import { Event, type Expectation, type LogRecord } from '../../protocol/record.ts';
import { refusalText, type Why, why, whyAt } from '../../protocol/refusal-text.ts';
import type { DecisionView } from './registry-reader.ts';
import type { Subject } from './subject.ts';

/** What a decision is made with, beside the state and the command: all that is not the same every time. */
export interface Context {
  /** UTC ms */
  now: number;
  /** a new id for an event (UUID) */
  newId: () => string;
  /** who commands: role:subject */
  actor: string;
  /** the version the caller has seen (`If-Match`); another one is refused as stale */
  ifMatch?: number;
}

/** What a command comes to when it is allowed. */
export interface Decision<T> {
  ok: true;
  /** at most one event, which has to win against others that were decided on the same state; may be empty */
  records: LogRecord[];
  /**
   * Appended once the event is known to have won, never with it: newest values (a key, personal fields) do not take
   * part in optimistic concurrency, and those of a loser would overwrite the winner's.
   */
  afterwards?: LogRecord[];
  /** the thing as it is after it */
  value: T;
}

export interface Refusal {
  ok: false;
  /** `exists` 409 · `missing` 404 · `stale` 412 · `invalid` 422 */
  kind: 'exists' | 'missing' | 'stale' | 'invalid';
  /** in English, after the field it is about: `stops: a run has at most 150` */
  detail: string;
  /** the same for who says it in another language; absent: what is missing is answered like what may not be seen */
  why?: Why;
  /** the present state, when there is one */
  current?: unknown;
}

/** A command, ready to be decided on a state: pure. */
export type Decide<T> = (view: DecisionView, context: Context) => Decision<T> | Refusal;

export function refuse(kind: 'missing', detail: string): Refusal;
export function refuse(kind: Exclude<Refusal['kind'], 'missing'>, reason: Why, current?: unknown): Refusal;
export function refuse(kind: Refusal['kind'], said: string | Why, current?: unknown): Refusal {
  if (typeof said === 'string') return { ok: false, kind, detail: said };
  const text = refusalText(said, 'en') ?? said.code;
  const detail = said.field === undefined ? text : `${said.field}: ${text}`;
  return { ok: false, kind, detail, why: said, ...(current === undefined ? {} : { current }) };
}

/** The refusal of a value, told as `field: what is wrong with it`. */
export function refuseValue(wrong: string): Refusal {
  const [, field, message = wrong] = /^([A-Za-z][A-Za-z0-9.]*): (.*)$/s.exec(wrong) ?? [];
  const reason = why('value-wrong', { message });
  return refuse('invalid', field === undefined ? reason : whyAt(field, reason));
}

/** The refusal of a caller who has seen another version than the present one. */
export function staleness(thing: { version: number }, name: string, { ifMatch }: Context): Refusal | undefined {
  if (ifMatch === undefined || ifMatch === thing.version) return undefined;
  return refuse('stale', why('changed', { what: name, version: thing.version, seen: ifMatch }), thing);
}

/** What an event says about the subjects it is decided on: that they are as they are now. */
export function asNow(view: DecisionView, agency: string, ...subjects: Subject[]): Expectation[] {
  return [...new Set(subjects)].map((subject) => ({ subject, version: view.count(agency, subject) }));
}

type EventType = Event['type'];
type DataOf<T extends EventType> = Extract<Event, { type: T }>['data'];

/** A compiled schema, as far as it is needed here. */
interface Check {
  Check(value: unknown): boolean;
  Errors(value: unknown): { instancePath: string; message: string }[];
}
const checks = new Map<string, Check>();
for (const schema of Event.anyOf) checks.set(schema.properties.type.const, Compile(schema));

/** The record of an event, or why the published schema would not have it. */
export function eventRecord<T extends EventType>(
  agency: string,
  type: T,
  data: DataOf<T>,
  expects: Expectation[],
  { now, newId, actor }: Context,
): LogRecord | Refusal {
  const event = { id: newId(), time: now, actor, type, expects, data };
  const wrong = firstError(checks.get(type), event);
  if (wrong !== undefined) return refuseValue(wrong.replace(/^data\./, ''));
  return { topic: 'events', agency, value: event as Event };
}

/** `field: what is wrong with it`, of the first thing wrong; undefined when all is well. */
export function firstError(check: Check | undefined, value: unknown): string | undefined {
  if (check === undefined || check.Check(value)) return undefined;
  const [error] = check.Errors(value);
  if (error === undefined) return 'not as the schema says';
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  return field === '' ? error.message : `${field}: ${error.message}`;
}

export function isRefusal(value: LogRecord | Refusal | undefined): value is Refusal {
  return value !== undefined && 'ok' in value;
}
