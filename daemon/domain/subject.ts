import type { Event } from '../../protocol/record.ts';

/** The events of the registry; those of other things have projections of their own. */
const registryEvents = [
  'agency-added',
  'agency-changed',
  'van-added',
  'van-changed',
  'van-removed',
  'device-added',
  'device-moved',
  'device-enabled',
  'device-removed',
  'consumer-added',
  'consumer-changed',
  'consumer-removed',
  'pin-suggested',
] as const satisfies Event['type'][];
export type RegistryEvent = Extract<Event, { type: (typeof registryEvents)[number] }>;
const known: ReadonlySet<string> = new Set(registryEvents);

export function isRegistryEvent(event: Event): event is RegistryEvent {
  return known.has(event.type);
}

/**
 * What a version or a document belongs to. Those of events (`agency:` … `driver:`) are the subjects that `expects`
 * names; personal fields and credentials are newest values and have documents but no version.
 */
export type EventKind = 'agency' | 'van' | 'device' | 'consumer' | 'username' | 'driver';
export type ValueKind = 'person' | 'credential';
export type Subject = `${string}:${string}`;

export function ofEvent(kind: EventKind, id: string): Subject {
  return `${kind}:${id}`;
}

export function ofValue(kind: ValueKind, id: string): Subject {
  return `${kind}:${id}`;
}

export function subjectOf(subject: Subject): { kind: string; id: string } {
  const colon = subject.indexOf(':');
  return { kind: subject.slice(0, colon), id: subject.slice(colon + 1) };
}

/** A thing that events name. */
export interface Thing {
  kind: EventKind;
  id: string;
}

/** The same as `subject === ofEvent(kind, id)`, without putting it together. */
export function isSubjectOf(subject: string, { kind, id }: Thing): boolean {
  return (
    subject.length === kind.length + 1 + id.length &&
    subject.startsWith(kind) &&
    subject.charCodeAt(kind.length) === colon &&
    subject.endsWith(id)
  );
}
const colon = 0x3a;

/** The thing an event is about; its version goes up by one with every event that is applied. */
export function aboutOf(event: RegistryEvent): Thing {
  switch (event.type) {
    case 'agency-added':
    case 'agency-changed':
      return { kind: 'agency', id: event.data.agency.id };
    case 'van-added':
    case 'van-changed':
    case 'van-removed':
      return { kind: 'van', id: event.data.id };
    case 'device-added':
    case 'device-moved':
    case 'device-enabled':
    case 'device-removed':
      return { kind: 'device', id: event.data.id };
    case 'consumer-added':
    case 'consumer-changed':
    case 'consumer-removed':
    case 'pin-suggested':
      return { kind: 'consumer', id: event.data.id };
  }
}

/** The id under which a device's credential stands in the topic `accounts`. */
export function credentialId(deviceId: string): string {
  return `device:${deviceId}`;
}
