import type { DeviceCredential } from '../../protocol/record.ts';
import type { Agency, Consumer, Device, Van } from '../../protocol/registry.ts';
import { type Claim, type ConsumerEntry, devicesOfVan, type RegistryState, versionIn } from './registry-state.ts';
import type { RegistryView } from './registry-view.ts';
import type { Subject } from './subject.ts';

/** What decisions need to know beyond what everyone reads. */
export interface DecisionView extends RegistryView {
  /** as `expects` counts: like `version`, but it goes on counting after a removal; 0: it never existed */
  count(agency: string, subject: Subject): number;
  /** the same for a consumer, whose subject need not be put together for it */
  consumerCount(agency: string, consumerId: string): number;
  /** whether any device of any agency logs in by this name */
  usernameTaken(username: string): boolean;
  /** a device of that id that was removed */
  formerDevice(agency: string, id: string): Device | undefined;
  /** the personal fields as last written; undefined: none */
  fields(agency: string, consumerId: string): Consumer | undefined;
  /** UTC ms of the consumer's last event */
  consumerChangedAt(agency: string, consumerId: string): number | undefined;
}

/** Reads a registry state. */
export class RegistryReader implements DecisionView {
  readonly #state: RegistryState;

  constructor(state: RegistryState) {
    this.#state = state;
  }

  agency(id: string): Agency | undefined {
    return this.#state.agencies.get(id)?.agency;
  }

  *agencies(): Iterable<Agency> {
    for (const { agency } of this.#state.agencies.values()) if (agency !== undefined) yield agency;
  }

  van(agency: string, id: string): Van | undefined {
    return this.#state.agencies.get(agency)?.vans.get(id);
  }

  vans(agency: string): Iterable<Van> {
    return this.#state.agencies.get(agency)?.vans.values() ?? [];
  }

  device(agency: string, id: string): Device | undefined {
    const entry = this.#state.agencies.get(agency)?.devices.get(id);
    return entry === undefined || entry.removedAt !== undefined ? undefined : entry.device;
  }

  *devices(agency: string): Iterable<Device> {
    for (const { device, removedAt } of this.#state.agencies.get(agency)?.devices.values() ?? []) {
      if (removedAt === undefined) yield device;
    }
  }

  formerDevice(agency: string, id: string): Device | undefined {
    const entry = this.#state.agencies.get(agency)?.devices.get(id);
    return entry?.removedAt === undefined ? undefined : entry.device;
  }

  /**
   * A consumer whose fields are not (or no longer) here is shown by its id: it exists, and can be mended. The version
   * is that of its events.
   */
  consumer(agency: string, id: string): Consumer | undefined {
    const entry = this.#state.agencies.get(agency)?.consumers.get(id);
    return entry?.present === true ? shown(id, entry) : undefined;
  }

  *consumers(agency: string): Iterable<Consumer> {
    for (const [id, entry] of this.#state.agencies.get(agency)?.consumers ?? []) {
      if (entry.present) yield shown(id, entry);
    }
  }

  fields(agency: string, consumerId: string): Consumer | undefined {
    return this.#state.agencies.get(agency)?.consumers.get(consumerId)?.fields;
  }

  consumerCount(agency: string, consumerId: string): number {
    return this.#state.agencies.get(agency)?.consumers.get(consumerId)?.version ?? 0;
  }

  consumerChangedAt(agency: string, consumerId: string): number | undefined {
    return this.#state.agencies.get(agency)?.consumers.get(consumerId)?.changedAt;
  }

  /**
   * Commands give each device of the daemon a name of its own. Two daemons on one Kafka may still claim the same name
   * for two agencies in the same moment; agencies have no common order, so the time inside the events decides, the
   * same in every interleaving. The other device is found by `credentialByKeyHash`.
   */
  credential(username: string): (DeviceCredential & { agency: string }) | undefined {
    const [owner] = this.#state.usernames.get(username) ?? [];
    return owner === undefined ? undefined : this.#credentialOf(owner);
  }

  credentialByKeyHash(keyHash: string): (DeviceCredential & { agency: string }) | undefined {
    const owner = this.#state.keys.get(keyHash);
    return owner === undefined ? undefined : this.#credentialOf(owner);
  }

  credentialByTokenHash(tokenHash: string): (DeviceCredential & { agency: string }) | undefined {
    const owner = this.#state.tokens.get(tokenHash);
    return owner === undefined ? undefined : this.#credentialOf(owner);
  }

  /** None for a device that is disabled or removed, or when the credential is of an earlier life of the id. */
  #credentialOf({ agency, deviceId }: Pick<Claim, 'agency' | 'deviceId'>) {
    const device = this.device(agency, deviceId);
    const credential = this.#state.agencies.get(agency)?.credentials.get(deviceId);
    if (device?.enabled !== true || credential?.username !== device.username) return undefined;
    return { ...credential, agency };
  }

  usernameTaken(username: string): boolean {
    return this.#state.usernames.has(username);
  }

  /** Removed devices are among them (not enabled): their trail is the van's. */
  devicesOfVan(agency: string, vanId: string): readonly Device[] {
    const world = this.#state.agencies.get(agency);
    return world === undefined ? [] : devicesOfVan(world, vanId);
  }

  vanOfDriver(agency: string, driverId: string): Van | undefined {
    const id = this.#state.agencies.get(agency)?.driving.get(driverId);
    return id === undefined ? undefined : this.van(agency, id);
  }

  count(agency: string, subject: Subject): number {
    return versionIn(this.#state.agencies.get(agency), subject);
  }

  version(agency: string, subject: string): number {
    return this.#exists(agency, subject) ? this.count(agency, subject as Subject) : 0;
  }

  #exists(agency: string, subject: string): boolean {
    const colon = subject.indexOf(':');
    const id = subject.slice(colon + 1);
    switch (subject.slice(0, colon)) {
      case 'agency':
        return id === agency && this.agency(agency) !== undefined;
      case 'van':
        return this.van(agency, id) !== undefined;
      case 'device':
        return this.device(agency, id) !== undefined;
      case 'consumer':
        return this.consumer(agency, id) !== undefined;
      case 'driver':
        return this.vanOfDriver(agency, id) !== undefined;
      case 'username':
        return this.#state.usernames.get(id)?.some((claim) => claim.agency === agency) ?? false;
      default:
        return false;
    }
  }

  counts(agency: string): { vans: number; devices: number; consumers: number } {
    const world = this.#state.agencies.get(agency);
    return {
      vans: world?.vans.size ?? 0,
      devices: world?.present.devices ?? 0,
      consumers: world?.present.consumers ?? 0,
    };
  }
}

function shown(id: string, { version, fields }: ConsumerEntry): Consumer {
  if (fields === undefined) return { id, name: id, version };
  return fields.version === version ? fields : { ...fields, version };
}
