import type { DeviceCredential } from '../../protocol/record.ts';
import type { Agency, Consumer, Device, Van } from '../../protocol/registry.ts';
import { type EventKind, ofEvent, type Subject } from './subject.ts';

/** Everything registered, of all agencies: what `apply` (registry.ts) makes of events, people and accounts. */
export interface RegistryState {
  agencies: Map<string, AgencyState>;
  /** who claims a user name, the earliest claim first (see `owner` in registry-reader.ts) */
  usernames: Map<string, Claim[]>;
  /** the device a key hash belongs to */
  keys: Map<string, { agency: string; deviceId: string }>;
  /** the device the hash of an OsmAnd token belongs to */
  tokens: Map<string, { agency: string; deviceId: string }>;
}

export interface AgencyState {
  agency: Agency | undefined;
  /**
   * version of every subject ever named, but for consumers; it goes on counting when a thing is removed and added again
   */
  versions: Map<Subject, number>;
  vans: Map<string, Van>;
  devices: Map<string, DeviceEntry>;
  consumers: Map<string, ConsumerEntry>;
  /** newest credential by device id, whether the device's event is here yet or not */
  credentials: Map<string, DeviceCredential>;
  /** the van each driver drives */
  driving: Map<string, string>;
  /** ids of the devices that were ever on a van, and the same devices in order once someone asked */
  aboard: Map<string, { ids: Set<string>; inOrder?: readonly Device[] }>;
  present: { devices: number; consumers: number };
}

/** A device; a removed one stays, so that the trail it wrote stays its van's. */
export interface DeviceEntry {
  device: Device;
  /** UTC ms of the event that added it last */
  since: number;
  /** UTC ms of the event that removed it */
  removedAt?: number;
}

/**
 * All that is known of a consumer, in one place: there are tens of thousands, and a list of them is taken in by looking
 * each up again and again.
 */
export interface ConsumerEntry {
  /** as `expects` counts; it goes on counting after a removal */
  version: number;
  /** UTC ms of its last event; undefined: none is here yet */
  changedAt: number | undefined;
  /** it was added, and not removed since */
  present: boolean;
  /** newest personal fields, whether the consumer's event is here yet or not */
  fields: Consumer | undefined;
}

/** An agency's claim to a user name, by the event that made it. */
export interface Claim {
  agency: string;
  deviceId: string;
  since: number;
}

export function emptyRegistry(): RegistryState {
  return { agencies: new Map(), usernames: new Map(), keys: new Map(), tokens: new Map() };
}

/** Forgets everything. */
export function clear(state: RegistryState): void {
  state.agencies.clear();
  state.usernames.clear();
  state.keys.clear();
  state.tokens.clear();
}

/** The state of an agency, made when it is first heard of (its people may come before its events). */
export function agencyState(state: RegistryState, agency: string): AgencyState {
  let found = state.agencies.get(agency);
  if (found === undefined) {
    found = {
      agency: undefined,
      versions: new Map(),
      vans: new Map(),
      devices: new Map(),
      consumers: new Map(),
      credentials: new Map(),
      driving: new Map(),
      aboard: new Map(),
      present: { devices: 0, consumers: 0 },
    };
    state.agencies.set(agency, found);
  }
  return found;
}

/*
 * One place per kind of thing that sets it and keeps the indexes with it: used by `apply` and by `restore` alike.
 */

export function putVan(world: AgencyState, van: Van): void {
  const before = world.vans.get(van.id)?.driverId;
  if (before !== undefined) world.driving.delete(before);
  world.vans.set(van.id, van);
  if (van.driverId !== undefined) world.driving.set(van.driverId, van.id);
}

export function removeVan(world: AgencyState, id: string): void {
  const driver = world.vans.get(id)?.driverId;
  if (driver !== undefined) world.driving.delete(driver);
  world.vans.delete(id);
}

export function putDevice(state: RegistryState, agency: string, entry: DeviceEntry): void {
  const world = agencyState(state, agency);
  const { id, username, assignments } = entry.device;
  const before = world.devices.get(id);
  if (before !== undefined) {
    if (before.removedAt === undefined) world.present.devices--;
    unclaim(state, agency, before.device);
  }
  world.devices.set(id, entry);
  if (entry.removedAt === undefined) {
    world.present.devices++;
    const claims = state.usernames.get(username) ?? [];
    claims.push({ agency, deviceId: id, since: entry.since });
    claims.sort((a, b) => a.since - b.since || (a.agency < b.agency ? -1 : 1));
    state.usernames.set(username, claims);
  }
  for (const { vanId } of [...(before?.device.assignments ?? []), ...assignments]) {
    if (vanId === null) continue;
    world.aboard.set(vanId, { ids: (world.aboard.get(vanId)?.ids ?? new Set()).add(id) });
  }
}

function unclaim(state: RegistryState, agency: string, { id, username }: Device): void {
  const claims = (state.usernames.get(username) ?? []).filter(
    (claim) => claim.agency !== agency || claim.deviceId !== id,
  );
  if (claims.length === 0) state.usernames.delete(username);
  else state.usernames.set(username, claims);
}

/** The devices that were ever on a van: trackers before phones, then who was first on it. */
export function devicesOfVan(world: AgencyState, vanId: string): readonly Device[] {
  const aboard = world.aboard.get(vanId);
  if (aboard === undefined) return [];
  if (aboard.inOrder !== undefined) return aboard.inOrder;
  const found: { device: Device; phone: boolean; from: number }[] = [];
  for (const id of aboard.ids) {
    const device = world.devices.get(id)?.device;
    const first = device?.assignments.find((assignment) => assignment.vanId === vanId);
    // A move that reached back may have undone the assignment.
    if (device === undefined || first === undefined) continue;
    found.push({ device, phone: device.type === 'phone', from: first.from });
  }
  found.sort((a, b) => Number(a.phone) - Number(b.phone) || a.from - b.from || (a.device.id < b.device.id ? -1 : 1));
  aboard.inOrder = found.map(({ device }) => device);
  return aboard.inOrder;
}

/** What an event has said of a consumer: that it is there, or no more. */
export function putConsumer(world: AgencyState, id: string, changedAt: number, present: boolean): void {
  const entry = consumerEntry(world, id);
  if (entry.present) world.present.consumers--;
  if (present) world.present.consumers++;
  entry.changedAt = changedAt;
  entry.present = present;
}

function consumerEntry(world: AgencyState, id: string): ConsumerEntry {
  let entry = world.consumers.get(id);
  if (entry === undefined) {
    entry = { version: 0, changedAt: undefined, present: false, fields: undefined };
    world.consumers.set(id, entry);
  }
  return entry;
}

export function putCredential(
  state: RegistryState,
  agency: string,
  id: string,
  credential: DeviceCredential | null,
): void {
  const { credentials } = agencyState(state, agency);
  const before = credentials.get(id);
  if (before !== undefined) state.keys.delete(before.keyHash);
  if (before?.tokenHash !== undefined) state.tokens.delete(before.tokenHash);
  if (credential === null) {
    credentials.delete(id);
    return;
  }
  credentials.set(id, credential);
  state.keys.set(credential.keyHash, { agency, deviceId: id });
  if (credential.tokenHash !== undefined) state.tokens.set(credential.tokenHash, { agency, deviceId: id });
}

export function putPerson(world: AgencyState, id: string, fields: Consumer | null): void {
  const entry = fields === null ? world.consumers.get(id) : consumerEntry(world, id);
  if (entry === undefined) return;
  entry.fields = fields ?? undefined;
  if (entry.fields === undefined && entry.version === 0 && entry.changedAt === undefined) world.consumers.delete(id);
}

/** The version of a subject (`van:ID` …), 0 when it never was. */
export function versionIn(world: AgencyState | undefined, subject: Subject): number {
  if (subject.startsWith(consumerPrefix))
    return world?.consumers.get(subject.slice(consumerPrefix.length))?.version ?? 0;
  return world?.versions.get(subject) ?? 0;
}
const consumerPrefix = 'consumer:';

/** Says which version a subject is at. */
export function putVersion(world: AgencyState, kind: EventKind, id: string, version: number): void {
  if (kind === 'consumer') consumerEntry(world, id).version = version;
  else world.versions.set(ofEvent(kind, id), version);
}
