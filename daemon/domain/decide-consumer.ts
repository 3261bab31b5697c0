import { Compile } from 'typebox/compile';
import type { LogRecord } from '../../protocol/record.ts';
import { why } from '../../protocol/refusal-text.ts';
import { Consumer } from '../../protocol/registry.ts';
import {
  asNow,
  type Context,
  type Decide,
  eventRecord,
  firstError,
  isRefusal,
  type Refusal,
  refuse,
  refuseValue,
  staleness,
} from './decision.ts';
import type { DecisionView } from './registry-reader.ts';
import { ofEvent } from './subject.ts';

export type AddConsumer = Omit<Consumer, 'version'>;

const checkConsumer = Compile(Consumer);

/** How long the fields of a change may take to follow its event, ms; a daemon that ended between them never writes. */
const patience = 10_000;

/** The event says that there is such a consumer; who it is stands in the people topic alone, where it can be erased. */
export function addConsumer(agency: string, fields: AddConsumer): Decide<Consumer> {
  return (view, context) => {
    const { id } = fields;
    if (view.agency(agency) === undefined) return refuse('missing', `agency ${agency} does not exist`);
    const current = view.consumer(agency, id);
    if (current !== undefined) return refuse('exists', why('consumer-exists', { id }), current);
    return written(view, agency, 'consumer-added', fields, context);
  };
}

/** null takes a field away. */
export type ChangeConsumer = { id: string; name?: string } & {
  [F in Exclude<keyof Consumer, 'id' | 'name' | 'version'>]?: Exclude<Consumer[F], undefined> | null;
};

export function changeConsumer(agency: string, changes: ChangeConsumer): Decide<Consumer> {
  return (view, context) => {
    const { id } = changes;
    const current = view.consumer(agency, id);
    if (current === undefined) return refuse('missing', `consumer ${id} does not exist`);
    const stale = staleness(current, `consumer ${id}`, context) ?? unsettled(view, agency, current, context);
    if (stale !== undefined) return stale;
    const nothing = { ok: true as const, records: [], value: current };
    if (nothingNew(current, changes) && view.fields(agency, id) !== undefined) return nothing;
    const { version, ...before } = current;
    const merged = { ...before, ...changes, ...pinOf(before, changes) };
    const given = Object.entries(merged).filter(([, value]) => value !== null && value !== undefined);
    const fields = Object.fromEntries(given) as AddConsumer;
    if (same(fields, before) && view.fields(agency, id) !== undefined) return nothing;
    return written(view, agency, 'consumer-changed', fields, context);
  };
}

/** Whoever moves a position without saying what it is from has pinned it; one that is taken away is from nowhere. */
function pinOf(before: AddConsumer, { latitude, longitude, pinSource }: ChangeConsumer): Partial<ChangeConsumer> {
  if (latitude === null || longitude === null) return { latitude: null, longitude: null, pinSource: null };
  if (pinSource !== undefined) return {};
  const moved = (now: number | undefined, then: number | undefined) => now !== undefined && now !== then;
  return moved(latitude, before.latitude) || moved(longitude, before.longitude) ? { pinSource: 'pinned' } : {};
}

/**
 * The consumer says where the door is. The place itself is personal and stands in the people topic; it moves nothing
 * until a dispatcher takes it.
 */
export function suggestPin(agency: string, id: string, at: { latitude: number; longitude: number }): Decide<Consumer> {
  return (view, context) => {
    const current = view.consumer(agency, id);
    if (current === undefined) return refuse('missing', `consumer ${id} does not exist`);
    const stale = unsettled(view, agency, current, context);
    if (stale !== undefined) return stale;
    const { version: _version, ...before } = current;
    const suggestedPin = { latitude: at.latitude, longitude: at.longitude, at: context.now };
    return written(view, agency, 'pin-suggested', { ...before, suggestedPin }, context);
  };
}

/** A dispatcher takes the suggested place, which is then pinned, or leaves things as they are. */
export function settlePin(agency: string, id: string, approved: boolean): Decide<Consumer> {
  return (view, context) => {
    const current = view.consumer(agency, id);
    if (current === undefined) return refuse('missing', `consumer ${id} does not exist`);
    const stale = staleness(current, `consumer ${id}`, context);
    if (stale !== undefined) return stale;
    const suggested = current.suggestedPin;
    if (suggested === undefined) return refuse('missing', `consumer ${id} has suggested no place`);
    const { latitude, longitude } = suggested;
    const moved = approved ? { latitude, longitude, pinSource: 'pinned' as const } : {};
    return changeConsumer(agency, { id, suggestedPin: null, ...moved })(view, context);
  };
}

/** The consumer goes and the personal fields are erased. */
export function removeConsumer(agency: string, id: string): Decide<null> {
  return (view, context) => {
    const current = view.consumer(agency, id);
    if (current === undefined) return refuse('missing', `consumer ${id} does not exist`);
    const stale = staleness(current, `consumer ${id}`, context);
    if (stale !== undefined) return stale;
    const expects = asNow(view, agency, ofEvent('consumer', id));
    const record = eventRecord(agency, 'consumer-removed', { id }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], afterwards: [{ topic: 'people', agency, id, value: null }], value: null };
  };
}

function written(
  view: DecisionView,
  agency: string,
  type: 'consumer-added' | 'consumer-changed' | 'pin-suggested',
  fields: AddConsumer,
  context: Context,
) {
  const { id } = fields;
  const subject = ofEvent('consumer', id);
  const version = view.consumerCount(agency, id);
  const value: Consumer = { ...fields, version: version + 1 };
  const wrong = firstError(checkConsumer, value);
  if (wrong !== undefined) return refuseValue(wrong);
  const record = eventRecord(agency, type, { id }, [{ subject, version }], context);
  if (isRefusal(record)) return record;
  const afterwards: LogRecord[] = [{ topic: 'people', agency, id, value }];
  return { ok: true as const, records: [record], afterwards, value };
}

/**
 * The last change's event is here and its fields are not: deciding now would lose them. They follow within
 * milliseconds, unless the daemon that changed it has ended.
 */
function unsettled(view: DecisionView, agency: string, current: Consumer, { now }: Context): Refusal | undefined {
  if ((view.fields(agency, current.id)?.version ?? 0) >= current.version) return undefined;
  if (now - (view.consumerChangedAt(agency, current.id) ?? 0) >= patience) return undefined;
  return refuse('stale', why('consumer-unsettled', { id: current.id }), current);
}

/** As in most rows of a list that is imported again, for which the long way would take several times as long. */
function nothingNew(current: Consumer, changes: ChangeConsumer): boolean {
  for (const name in changes) {
    if (changes[name as keyof ChangeConsumer] !== current[name as keyof Consumer]) return false;
  }
  return true;
}

function same(a: AddConsumer, b: AddConsumer): boolean {
  for (const field of names) {
    if (JSON.stringify(a[field]) !== JSON.stringify(b[field])) return false;
  }
  return true;
}
const names = Object.keys(Consumer.properties).filter((name) => name !== 'version') as (keyof AddConsumer)[];
