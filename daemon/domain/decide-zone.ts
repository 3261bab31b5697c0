import type { Expectation } from '../../protocol/record.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import { mostZones, type Zone, type ZoneChange, type ZoneShape } from '../../protocol/zone.ts';
import {
  type Context,
  type Decide,
  type Decision,
  eventRecord,
  isRefusal,
  type Refusal,
  refuse,
  staleness,
} from './decision.ts';
import type { Subject } from './subject.ts';
import { changedZone, ofZone, ofZoneName, plainName } from './zone.ts';
import { withoutRepeats } from './zone-geometry.ts';
import { whyNoShape } from './zone-shape.ts';
import type { ZonesView } from './zone-view.ts';

export type AddZone = Omit<Zone, 'id' | 'version'> & { id?: string };

export function addZone(zones: ZonesView, agency: string, command: AddZone): Decide<Zone> {
  return (view, context) => {
    if (view.agency(agency) === undefined) return refuse('missing', `agency ${agency} does not exist`);
    const id = command.id ?? `${context.now.toString(36)}-${context.newId().slice(0, 8)}`;
    const current = zones.zone(agency, id);
    if (current !== undefined) return refuse('exists', why('zone-exists', { id }), current);
    if (zones.total(agency) >= mostZones) return refuse('invalid', why('zones-many', { most: mostZones }));
    const data = { ...command, id, name: command.name.trim(), shape: asKept(command.shape) };
    const wrong = whyNotSo(zones, agency, data);
    if (wrong !== undefined) return wrong;
    const expects = asNow(zones, agency, ofZone(id), ofZoneName(data.name));
    const record = eventRecord(agency, 'zone-added', data, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: { ...data, version: zones.count(agency, ofZone(id)) + 1 } };
  };
}

/** What is not named stays as it is; null takes it away. */
export function changeZone(zones: ZonesView, agency: string, id: string, command: ZoneChange): Decide<Zone> {
  return onZone(zones, agency, id, (zone, context) => {
    const { name, shape, ...rest } = command;
    const change: ZoneChange = {
      ...rest,
      ...(name === undefined ? {} : { name: name.trim() }),
      ...(shape === undefined ? {} : { shape: asKept(shape) }),
    };
    const next = changedZone(zone, change);
    const data: ZoneChange = Object.fromEntries(
      Object.entries(change).filter(([field]) => differs(zone[field as keyof Zone], next[field as keyof Zone])),
    );
    if (Object.keys(data).length === 0) return { ok: true, records: [], value: zone };
    const wrong = whyNotSo(zones, agency, next);
    if (wrong !== undefined) return wrong;
    const renamed = data.name !== undefined && plainName(data.name) !== plainName(zone.name);
    const names = renamed ? [ofZoneName(zone.name), ofZoneName(next.name)] : [];
    const expects = asNow(zones, agency, ofZone(id), ...names);
    const record = eventRecord(agency, 'zone-changed', { id, ...data }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: { ...next, version: zone.version + 1 } };
  });
}

/** Vans that are inside leave it with this. */
export function removeZone(zones: ZonesView, agency: string, id: string): Decide<null> {
  return onZone(zones, agency, id, (zone, context) => {
    const expects = asNow(zones, agency, ofZone(id), ofZoneName(zone.name));
    const record = eventRecord(agency, 'zone-removed', { id }, expects, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: null };
  });
}

function onZone<T>(
  zones: ZonesView,
  agency: string,
  id: string,
  decide: (zone: Zone, context: Context) => Decision<T> | Refusal,
): Decide<T> {
  return (_view, context) => {
    const zone = zones.zone(agency, id);
    if (zone === undefined) return refuse('missing', `zone ${id} does not exist`);
    return staleness(zone, `zone ${id}`, context) ?? decide(zone, context);
  };
}

function whyNotSo(
  zones: ZonesView,
  agency: string,
  { id, name, shape }: Pick<Zone, 'id' | 'name' | 'shape'>,
): Refusal | undefined {
  const namesake = zones.named(agency, name);
  if (namesake !== undefined && namesake.id !== id) {
    return refuse('exists', why('zone-name', { id: namesake.id, name: namesake.name }), namesake);
  }
  const wrong = whyNoShape(shape);
  if (wrong === undefined) return undefined;
  const [field = '', message = ''] = wrong.split(': ');
  return refuse('invalid', whyAt(field, why('zone-shape', { message })));
}

/** Places at the resolution at which fixes are kept, and no corner twice in a row. */
function asKept(shape: ZoneShape): ZoneShape {
  switch (shape.type) {
    case 'circle':
      return { ...shape, latitude: rounded(shape.latitude), longitude: rounded(shape.longitude) };
    case 'polygon':
      return { ...shape, corners: withoutRepeats(shape.corners.map(roundedCorner), true) };
    case 'corridor':
      return { ...shape, line: withoutRepeats(shape.line.map(roundedCorner), false) };
  }
}

function roundedCorner({ latitude, longitude }: { latitude: number; longitude: number }) {
  return { latitude: rounded(latitude), longitude: rounded(longitude) };
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6 + 0;
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

function asNow(zones: ZonesView, agency: string, ...subjects: readonly Subject[]): Expectation[] {
  return [...new Set(subjects)].map((subject) => ({ subject, version: zones.count(agency, subject) }));
}
