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

/** The document of one subject, or undefined when nothing is known of it (any more). */
export function documentOf(state: RegistryState, agency: string, subject: Subject): SubjectDocument | undefined {
  const world = state.agencies.get(agency);
  if (world === undefined) return undefined;
  const { kind, id } = subjectOf(subject);
  const parts = {
    version: world.versions.get(subject),
    agency: kind === 'agency' ? world.agency : undefined,
    van: kind === 'van' ? world.vans.get(id) : undefined,
    device: kind === 'device' ? world.devices.get(id) : undefined,
    consumer: kind === 'consumer' ? world.consumers.get(id) : undefined,
    person: kind === 'person' ? world.people.get(id) : undefined,
    credential: kind === 'credential' ? world.credentials.get(id) : undefined,
  };
  const known = Object.entries(parts).filter(([, part]) => part !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
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
