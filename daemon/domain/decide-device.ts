import type { DeviceCredential, LogRecord } from '../../protocol/record.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import type { Device, DeviceType } from '../../protocol/registry.ts';
import { asNow, type Decide, eventRecord, isRefusal, type Refusal, refuse, staleness } from './decision.ts';
import { assigned } from './registry-change.ts';
import type { DecisionView } from './registry-reader.ts';
import { credentialId, ofEvent } from './subject.ts';

export interface AddDevice {
  id: string;
  type?: DeviceType;
  vanId?: string;
  /** the registered gateway it speaks through */
  gatewayId?: string;
  /** since when it is on the van, UTC ms; absent: as far back as its fixes reach, or now for an id used before */
  from?: number;
  /** `hashKey` of its key; the key itself is shown once and kept nowhere */
  keyHash: string;
  /** `hashKey` of its OsmAnd token */
  tokenHash?: string;
}

export function addDevice(agency: string, command: AddDevice): Decide<Device> {
  const { id, type = 'tracker', vanId, gatewayId, keyHash, tokenHash } = command;
  return (view, context) => {
    if (view.agency(agency) === undefined) return refuse('missing', `agency ${agency} does not exist`);
    const current = view.device(agency, id);
    if (current !== undefined) return refuse('exists', why('device-exists', { id }), current);
    const unfit = unfitVan(view, agency, vanId) ?? unfitGateway(view, agency, gatewayId);
    if (unfit !== undefined) return unfit;
    const former = view.formerDevice(agency, id);
    const from = command.from ?? (former === undefined ? 0 : context.now);
    const username = freeUsername(view, agency, id);
    const subject = ofEvent('device', id);
    const expects = asNow(view, agency, subject, ofEvent('username', username));
    const gateway = gatewayId === undefined ? {} : { gatewayId };
    const data = { id, username, type, ...(vanId === undefined ? {} : { vanId }), ...gateway, from };
    const record = eventRecord(agency, 'device-added', data, expects, context);
    if (isRefusal(record)) return record;
    const before = former?.assignments ?? [];
    const value: Device = {
      id,
      username,
      type,
      ...gateway,
      enabled: true,
      assignments: vanId === undefined ? before : assigned(before, { from, vanId }),
      version: view.count(agency, subject) + 1,
    };
    return {
      ok: true,
      records: [record],
      afterwards: [
        credential(agency, { username, deviceId: id, keyHash, ...(tokenHash === undefined ? {} : { tokenHash }) }),
      ],
      value,
    };
  };
}

/** A new key: the old one is refused from then on. No event: the newest key holds, whoever made it. */
export function rotateKey(agency: string, id: string, keyHash: string, tokenHash?: string): Decide<Device> {
  return (view, context) => {
    const device = existing(view, agency, id);
    if ('kind' in device) return device;
    const stale = staleness(device, `device ${id}`, context);
    if (stale !== undefined) return stale;
    const { username } = device;
    return {
      ok: true,
      records: [
        credential(agency, { username, deviceId: id, keyHash, ...(tokenHash === undefined ? {} : { tokenHash }) }),
      ],
      value: device,
    };
  };
}

/** What clocks may differ by, ms. */
const tolerance = 60_000;

/** `from` (UTC ms, absent: now) may reach back: the device was on that van from then on, whatever was said before. */
export function moveDevice(agency: string, id: string, vanId: string | null, from?: number): Decide<Device> {
  return (view, context) => {
    const device = existing(view, agency, id);
    if ('kind' in device) return device;
    const stale = staleness(device, `device ${id}`, context);
    if (stale !== undefined) return stale;
    if (from !== undefined && from > context.now + tolerance)
      return refuse('invalid', whyAt('from', why('device-moved-ahead')));
    const last = device.assignments.at(-1);
    if (from === undefined && (last?.vanId ?? null) === vanId) return { ok: true, records: [], value: device };
    const unfit = unfitVan(view, agency, vanId ?? undefined);
    if (unfit !== undefined) return unfit;
    // Another daemon's clock may be ahead of ours: a move that is meant for now never reaches back.
    const since = from ?? Math.max(context.now, (last?.from ?? -1) + 1);
    const expects = asNow(view, agency, ofEvent('device', id));
    const record = eventRecord(agency, 'device-moved', { id, vanId, from: since }, expects, context);
    if (isRefusal(record)) return record;
    const assignments = assigned(device.assignments, { from: since, vanId });
    return { ok: true, records: [record], value: { ...device, assignments, version: device.version + 1 } };
  };
}

export function enableDevice(agency: string, id: string, enabled: boolean): Decide<Device> {
  return (view, context) => {
    const device = existing(view, agency, id);
    if ('kind' in device) return device;
    const stale = staleness(device, `device ${id}`, context);
    if (stale !== undefined) return stale;
    if (device.enabled === enabled) return { ok: true, records: [], value: device };
    const expects = asNow(view, agency, ofEvent('device', id));
    const record = eventRecord(agency, 'device-enabled', { id, enabled }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: { ...device, enabled, version: device.version + 1 } };
  };
}

export function removeDevice(agency: string, id: string): Decide<null> {
  return (view, context) => {
    const device = existing(view, agency, id);
    if ('kind' in device) return device;
    const stale = staleness(device, `device ${id}`, context);
    if (stale !== undefined) return stale;
    const expects = asNow(view, agency, ofEvent('device', id), ofEvent('username', device.username));
    const record = eventRecord(agency, 'device-removed', { id }, expects, context);
    if (isRefusal(record)) return record;
    const erased: LogRecord = { topic: 'accounts', agency, id: credentialId(id), value: null };
    return { ok: true, records: [record], afterwards: [erased], value: null };
  };
}

function existing(view: DecisionView, agency: string, id: string): Device | Refusal {
  return view.device(agency, id) ?? refuse('missing', `device ${id} does not exist`);
}

function unfitVan(view: DecisionView, agency: string, vanId: string | undefined): Refusal | undefined {
  if (vanId === undefined || view.van(agency, vanId) !== undefined) return undefined;
  return refuse('invalid', whyAt('vanId', why('no-such-van', { van: vanId })));
}

function unfitGateway(view: DecisionView, agency: string, gatewayId: string | undefined): Refusal | undefined {
  if (gatewayId === undefined || view.device(agency, gatewayId)?.type === 'gateway') return undefined;
  return refuse('invalid', whyAt('gatewayId', why('device-no-gateway', { gateway: gatewayId })));
}

/** User names are one space for all agencies: the id, and where that is taken the id with the agency, and a number. */
function freeUsername(view: DecisionView, agency: string, id: string): string {
  if (!view.usernameTaken(id)) return id;
  const own = `${id}-${agency}`;
  let free = own;
  for (let number = 2; view.usernameTaken(free); number++) free = `${own}-${number}`;
  return free;
}

function credential(agency: string, fields: Omit<DeviceCredential, 'kind'>): LogRecord {
  return { topic: 'accounts', agency, id: credentialId(fields.deviceId), value: { kind: 'device', ...fields } };
}
