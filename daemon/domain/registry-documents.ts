import type { DeviceCredential } from '../../protocol/record.ts';
import type { Agency, Consumer, Van } from '../../protocol/registry.ts';
import {
  agencyState,
  type ConsumerEntry,
  type DeviceEntry,
  putConsumer,
  putCredential,
  putDevice,
  putPerson,
  putVan,
  type RegistryState,
} from './registry-state.ts';
import { ofValue, type Subject, subjectOf } from './subject.ts';

/** What is kept of one subject: its version and what it is now. */
export interface SubjectDocument {
  version?: number;
  agency?: Agency;
  van?: Van;
  device?: DeviceEntry;
  consumer?: ConsumerEntry;
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
  subject: Subject,
  whole = false,
): SubjectDocument | undefined {
  const world = state.agencies.get(agency);
  if (world === undefined) return undefined;
  const { kind, id } = subjectOf(subject);
  const [ofPerson, ofCredential] = [kind === 'person', kind === 'credential'];
  const document: SubjectDocument = {};
  const known = [
    !ofPerson && !ofCredential && put(document, 'version', world.versions.get(subject)),
    kind === 'agency' && put(document, 'agency', world.agency),
    kind === 'van' && put(document, 'van', world.vans.get(id)),
    kind === 'device' && put(document, 'device', world.devices.get(id)),
    kind === 'consumer' && put(document, 'consumer', world.consumers.get(id)),
    (ofPerson || (whole && kind === 'consumer')) && put(document, 'person', world.people.get(id)),
    (ofCredential || (whole && kind === 'device')) && put(document, 'credential', world.credentials.get(id)),
  ];
  return known.includes(true) ? document : undefined;
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
  const { id } = subjectOf(subject);
  if (document.version !== undefined) world.versions.set(subject, document.version);
  if (document.agency !== undefined) world.agency = document.agency;
  if (document.van !== undefined) putVan(world, document.van);
  if (document.device !== undefined) putDevice(state, agency, document.device);
  if (document.consumer !== undefined) putConsumer(world, id, document.consumer);
  if (document.person !== undefined) putPerson(world, id, document.person);
  if (document.credential !== undefined) putCredential(state, agency, id, document.credential);
}

/** Every subject of which something is known. */
export function* subjects(state: RegistryState): Iterable<{ agency: string; subject: Subject }> {
  for (const [agency, world] of state.agencies) {
    for (const subject of world.versions.keys()) yield { agency, subject };
    for (const id of world.people.keys()) yield { agency, subject: ofValue('person', id) };
    for (const id of world.credentials.keys()) yield { agency, subject: ofValue('credential', id) };
  }
}
