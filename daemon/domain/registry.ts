import type { Event, LogRecord } from '../../protocol/record.ts';
import { change } from './registry-change.ts';
import {
  type AgencyState,
  agencyState,
  putCredential,
  putPerson,
  putVersion,
  type RegistryState,
  versionIn,
} from './registry-state.ts';
import {
  aboutOf,
  type EventKind,
  isRegistryEvent,
  isSubjectOf,
  ofEvent,
  type RegistryEvent,
  type Subject,
  subjectOf,
  type Thing,
  type ValueKind,
} from './subject.ts';

/** What became of a record: the same at every daemon, since order within a topic and agency is the same everywhere. */
export type Verdict = 'applied' | { dropped: string };

/** Told of everything that has changed: an id of its kind, not the subject, which would have to be put together. */
export type Touched = (agency: string, kind: EventKind | ValueKind, id: string) => void;

/**
 * Takes one record of the topics events, people or accounts into the state (in place: there is one, and it is large).
 *
 * An event is applied when every subject in its `expects` has the version it says, and when what it says can be
 * (only a thing that exists is changed); then the version of each of these subjects goes up by one. Versions are never
 * reset, so a change decided before a removal can never hit what was later added under the same id.
 *
 * People and accounts are newest values under an id and say nothing about order: a consumer exists by its event, has
 * its fields by the value, and shows once both are here, whichever came first.
 */
export function apply(state: RegistryState, record: LogRecord, touched: Touched = () => {}): Verdict {
  switch (record.topic) {
    case 'events':
      return applyEvent(state, record.agency, record.value, touched);
    case 'people':
      return applyPerson(state, record.agency, record.id ?? record.value?.id, record.value, touched);
    case 'accounts':
      return applyCredential(state, record.agency, record.id, record.value, touched);
    default:
      return { dropped: `${record.topic} are no part of the registry` };
  }
}

function applyEvent(state: RegistryState, agency: string, event: Event, touched: Touched): Verdict {
  if (!isRegistryEvent(event)) return { dropped: `${event.type} is no event of the registry` };
  const world = agencyState(state, agency);
  for (const { subject, version } of event.expects) {
    const present = presentVersion(world, event, subject as Subject);
    if (present !== version) return { dropped: `${subject} is at version ${present}, not ${version}` };
  }
  const impossible = whyNot(state, agency, event);
  if (impossible !== undefined) return { dropped: impossible };
  raiseVersions(world, agency, event, touched);
  change(state, agency, event);
  return 'applied';
}

/** The id in an event is a string that was looked up before, which is faster than one that is cut out of the subject. */
function presentVersion(world: AgencyState, { data }: RegistryEvent, subject: Subject): number {
  const id: unknown = data !== undefined && 'id' in data ? data.id : undefined;
  if (typeof id !== 'string' || !isSubjectOf(subject, { kind: 'consumer', id })) return versionIn(world, subject);
  return world.consumers.get(id)?.version ?? 0;
}

/** Each subject once: all are at the version that is expected, by now. */
function raiseVersions(world: AgencyState, agency: string, event: RegistryEvent, touched: Touched): void {
  const about = aboutOf(event);
  const raise = ({ kind, id }: Thing, version: number) => {
    putVersion(world, kind, id, version + 1);
    touched(agency, kind, id);
  };
  const [first, ...others] = event.expects;
  // Most events expect what they are about and nothing else.
  if (first !== undefined && others.length === 0 && isSubjectOf(first.subject, about)) raise(about, first.version);
  else {
    const subjects = new Set([
      ofEvent(about.kind, about.id),
      ...event.expects.map(({ subject }) => subject as Subject),
    ]);
    for (const subject of subjects) raise(subjectOf(subject) as Thing, versionIn(world, subject));
  }
}

/** Why an event cannot be, whatever it expects: for writers that expect too little. */
function whyNot(state: RegistryState, agency: string, event: RegistryEvent): string | undefined {
  const world = agencyState(state, agency);
  switch (event.type) {
    case 'agency-added':
      if (event.data.agency.id !== agency) return `an event of ${agency} cannot add ${event.data.agency.id}`;
      return world.agency === undefined ? undefined : `agency:${agency} exists`;
    case 'agency-changed':
      if (event.data.agency.id !== agency) return `an event of ${agency} cannot change ${event.data.agency.id}`;
      return world.agency === undefined ? `agency:${agency} does not exist` : undefined;
    case 'van-added':
      return world.vans.has(event.data.id) ? `van:${event.data.id} exists` : taken(world, event.data);
    case 'van-changed':
      return world.vans.has(event.data.id) ? taken(world, event.data) : `van:${event.data.id} does not exist`;
    case 'van-removed':
      return world.vans.has(event.data.id) ? undefined : `van:${event.data.id} does not exist`;
    case 'device-added': {
      const { id, username } = event.data;
      if (isDevice(world, id)) return `device:${id} exists`;
      const claimed = state.usernames.get(username)?.some((claim) => claim.agency === agency);
      return claimed ? `username:${username} exists` : undefined;
    }
    case 'device-moved':
    case 'device-enabled':
    case 'device-removed':
      return isDevice(world, event.data.id) ? undefined : `device:${event.data.id} does not exist`;
    case 'consumer-added':
      return isConsumer(world, event.data.id) ? `consumer:${event.data.id} exists` : undefined;
    case 'consumer-changed':
    case 'consumer-removed':
    case 'pin-suggested':
      return isConsumer(world, event.data.id) ? undefined : `consumer:${event.data.id} does not exist`;
  }
}

/** A driver drives one van at a time. */
function taken(world: AgencyState, van: { id: string; driverId?: string | null }): string | undefined {
  const other = typeof van.driverId === 'string' ? world.driving.get(van.driverId) : undefined;
  return other === undefined || other === van.id ? undefined : `driver:${van.driverId} drives van:${other}`;
}

function isDevice(world: AgencyState, id: string): boolean {
  const entry = world.devices.get(id);
  return entry !== undefined && entry.removedAt === undefined;
}

function isConsumer(world: AgencyState, id: string): boolean {
  return world.consumers.get(id)?.present === true;
}

function applyPerson(
  state: RegistryState,
  agency: string,
  id: string | undefined,
  fields: Extract<LogRecord, { topic: 'people' }>['value'],
  touched: Touched,
): Verdict {
  if (id === undefined) return { dropped: 'an erasure without an id' };
  // Ids of consumers have no colon: `account:ID` is the profile of somebody who works here.
  if (id.includes(':') || (fields !== null && 'kind' in fields)) return { dropped: 'no consumer' };
  putPerson(agencyState(state, agency), id, fields === null || fields.id === id ? fields : { ...fields, id });
  touched(agency, 'person', id);
  return 'applied';
}

function applyCredential(
  state: RegistryState,
  agency: string,
  key: string | undefined,
  credential: Extract<LogRecord, { topic: 'accounts' }>['value'],
  touched: Touched,
): Verdict {
  if (credential !== null && credential.kind !== 'device') return { dropped: 'no credential of a device' };
  const id = credential?.deviceId ?? deviceOf(key);
  if (id === undefined) return { dropped: 'no credential of a device' };
  putCredential(state, agency, id, credential);
  touched(agency, 'credential', id);
  return 'applied';
}

/** The device of a credential's key in the topic (see `credentialId`). */
function deviceOf(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  const { kind, id } = subjectOf(key as Subject);
  return kind === 'device' ? id : undefined;
}
