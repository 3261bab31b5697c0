import type { LogRecord } from '../../protocol/record.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import type { Van, VanCapacity, VanKind } from '../../protocol/registry.ts';
import {
  asNow,
  type Context,
  type Decide,
  eventRecord,
  isRefusal,
  type Refusal,
  refuse,
  staleness,
} from './decision.ts';
import type { OrdersView } from './order-view.ts';
import { changedVan, type VanChange } from './registry-change.ts';
import type { DecisionView } from './registry-reader.ts';
import { ofEvent } from './subject.ts';

export interface AddVan {
  id: string;
  name?: string;
  kind?: VanKind;
  driverId?: string;
  capacity?: VanCapacity;
}

export function addVan(agency: string, { id, name = id, kind = 'van', driverId, capacity }: AddVan): Decide<Van> {
  return (view, context) => {
    if (view.agency(agency) === undefined) return refuse('missing', `agency ${agency} does not exist`);
    const current = view.van(agency, id);
    if (current !== undefined) return refuse('exists', why('van-exists', { id }), current);
    const busy = drivesAnother(view, agency, id, driverId);
    if (busy !== undefined) return busy;
    const subject = ofEvent('van', id);
    const expects = asNow(view, agency, subject, ...(driverId === undefined ? [] : [ofEvent('driver', driverId)]));
    const data = {
      id,
      name,
      kind,
      ...(driverId === undefined ? {} : { driverId }),
      ...(capacity === undefined ? {} : { capacity }),
    };
    const record = eventRecord(agency, 'van-added', data, expects, context);
    if (isRefusal(record)) return record;
    const since = driverId === undefined ? {} : { driverSince: context.now };
    return { ok: true, records: [record], value: { ...data, ...since, version: view.count(agency, subject) + 1 } };
  };
}

export type ChangeVan = { id: string } & VanChange;

export function changeVan(agency: string, { id, name, driverId, capacity }: ChangeVan): Decide<Van> {
  return (view, context) => {
    const van = view.van(agency, id);
    if (van === undefined) return refuse('missing', `van ${id} does not exist`);
    const stale = staleness(van, `van ${id}`, context);
    if (stale !== undefined) return stale;
    const renamed = name !== undefined && name !== van.name;
    const manned = driverId !== undefined && (driverId ?? undefined) !== van.driverId;
    const resized = capacity !== undefined && !sameRoom(capacity ?? undefined, van.capacity);
    if (!renamed && !manned && !resized) return { ok: true, records: [], value: van };
    const busy = drivesAnother(view, agency, id, driverId);
    if (busy !== undefined) return busy;
    const drivers = manned ? [van.driverId, driverId].filter((driver) => typeof driver === 'string') : [];
    const expects = asNow(view, agency, ofEvent('van', id), ...drivers.map((driver) => ofEvent('driver', driver)));
    const change: VanChange = {
      ...(renamed ? { name } : {}),
      ...(manned ? { driverId } : {}),
      ...(resized ? { capacity } : {}),
    };
    const record = eventRecord(agency, 'van-changed', { id, ...change }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: changedVan(van, change, context.now, van.version + 1) };
  };
}

function sameRoom(a: VanCapacity | undefined, b: VanCapacity | undefined): boolean {
  return a?.full === b?.full && a?.empties === b?.empties;
}

/** The van goes, and the devices on it are on no van from then on. */
/** Refused while it has stops to drive: they would hang on a van that nobody sees. */
export function removeVan(
  agency: string,
  id: string,
  orders: Pick<OrdersView, 'recentOf'> = { recentOf: () => [] },
): Decide<null> {
  return (view, context) => {
    const van = view.van(agency, id);
    if (van === undefined) return refuse('missing', `van ${id} does not exist`);
    const stale = staleness(van, `van ${id}`, context);
    if (stale !== undefined) return stale;
    const stops = [...orders.recentOf(agency, { vanId: id })].filter(
      (order) => order.vanId === id && (order.state === 'assigned' || order.state === 'out-for-delivery'),
    );
    if (stops.length > 0) {
      const one = stops.length === 1 ? 'an open order' : `${stops.length} open orders`;
      return refuse('exists', why('van-laden', { id, open: one }));
    }
    const drivers = van.driverId === undefined ? [] : [ofEvent('driver', van.driverId)];
    const expects = asNow(view, agency, ofEvent('van', id), ...drivers);
    const record = eventRecord(agency, 'van-removed', { id }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], afterwards: leaving(view, agency, id, context), value: null };
  };
}

function leaving(view: DecisionView, agency: string, vanId: string, context: Context): LogRecord[] {
  const records: LogRecord[] = [];
  for (const { id, assignments } of view.devicesOfVan(agency, vanId)) {
    if (assignments.at(-1)?.vanId !== vanId) continue;
    const from = Math.max(context.now, assignments.at(-1)?.from ?? 0);
    const expects = asNow(view, agency, ofEvent('device', id));
    const record = eventRecord(agency, 'device-moved', { id, vanId: null, from }, expects, context);
    if (!isRefusal(record)) records.push(record);
  }
  return records;
}

function drivesAnother(
  view: DecisionView,
  agency: string,
  vanId: string,
  driverId: string | null | undefined,
): Refusal | undefined {
  if (typeof driverId !== 'string') return undefined;
  const other = view.vanOfDriver(agency, driverId);
  if (other === undefined || other.id === vanId) return undefined;
  return refuse('exists', whyAt('driverId', why('driver-elsewhere', { driver: driverId, van: other.id })), other);
}
