import type { DeviceCredential } from '../../protocol/record.ts';
import type { Agency, Consumer, Van } from '../../protocol/registry.ts';
import {
  type AgencyState,
  agencyState,
  type DeviceEntry,
  putConsumer,
  putCredential,
  putDevice,
  putPerson,
  putVan,
  putVersion,
  type RegistryState,
} from './registry-state.ts';
import { type EventKind, ofEvent, ofValue, type Subject, subjectOf } from './subject.ts';

/** What is kept of one subject: its version and what it is now. */
export interface SubjectDocument {
  version?: number;
  agency?: Agency;
  van?: Van;
  device?: DeviceEntry;
  consumer?: { changedAt: number; removed: boolean };
  person?: Consumer;
  credential?: DeviceCredential;
}

/**
 * The document of one subject, or undefined when nothing is known of it (any more). `whole`: with what belongs to it
 * under a subject of its own, the personal fields of a consumer or the credential of a device; `restore` takes both.
 */
export function documentOf(
  state: RegistryState,
  agency: string,
  { kind, id }: { kind: string; id: string },
  whole = false,
): SubjectDocument | undefined {
  const world = state.agencies.get(agency);
  if (world === undefined) return undefined;
  if (kind === 'consumer') return consumerDocument(world, id, whole);
  const document: SubjectDocument = {};
  const known = [
    kind !== 'person' && kind !== 'credential' && put(document, 'version', world.versions.get(`${kind}:${id}`)),
    kind === 'agency' && put(document, 'agency', world.agency),
    kind === 'van' && put(document, 'van', world.vans.get(id)),
    kind === 'device' && put(document, 'device', world.devices.get(id)),
    kind === 'person' && put(document, 'person', world.consumers.get(id)?.fields),
    (kind === 'credential' || (whole && kind === 'device')) && put(document, 'credential', world.credentials.get(id)),
  ];
  return known.includes(true) ? document : undefined;
}

/** There are so many consumers that each is looked up once. */
function consumerDocument(world: AgencyState, id: string, whole: boolean): SubjectDocument | undefined {
  const entry = world.consumers.get(id);
  if (entry === undefined) return undefined;
  const { version, changedAt, present, fields } = entry;
  const document: SubjectDocument = {};
  if (version > 0) document.version = version;
  if (changedAt !== undefined) document.consumer = { changedAt, removed: !present };
  if (whole && fields !== undefined) document.person = fields;
  for (const _part in document) return document;
  return undefined;
}

function put<P extends keyof SubjectDocument>(
  document: SubjectDocument,
  name: P,
  part: SubjectDocument[P] | undefined,
): boolean {
  if (part === undefined) return false;
  document[name] = part;
  return true;
}

/** Puts a document back, into a state that knows nothing of the subject yet. */
export function restore(state: RegistryState, agency: string, subject: Subject, document: SubjectDocument): void {
  const world = agencyState(state, agency);
  const { kind, id } = subjectOf(subject);
  if (document.version !== undefined) putVersion(world, kind as EventKind, id, document.version);
  if (document.agency !== undefined) world.agency = document.agency;
  if (document.van !== undefined) putVan(world, document.van);
  if (document.device !== undefined) putDevice(state, agency, document.device);
  if (document.consumer !== undefined) {
    putConsumer(world, id, document.consumer.changedAt, !document.consumer.removed);
  }
  if (document.person !== undefined) putPerson(world, id, document.person);
  if (document.credential !== undefined) putCredential(state, agency, id, document.credential);
}

/** Every subject of which something is known. */
export function* subjects(state: RegistryState): Iterable<{ agency: string; subject: Subject }> {
  for (const [agency, world] of state.agencies) {
    for (const subject of world.versions.keys()) yield { agency, subject };
    for (const [id, { version, changedAt, fields }] of world.consumers) {
      if (version > 0 || changedAt !== undefined) yield { agency, subject: ofEvent('consumer', id) };
      if (fields !== undefined) yield { agency, subject: ofValue('person', id) };
    }
    for (const id of world.credentials.keys()) yield { agency, subject: ofValue('credential', id) };
  }
}
