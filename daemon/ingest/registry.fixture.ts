import type { DeviceCredential } from '../../protocol/record.ts';
import type { Device, DeviceType } from '../../protocol/registry.ts';
import { hashKey } from '../domain/device-key.ts';
import type { RegistryView } from '../domain/registry-view.ts';

/** For tests: the part of the registry that ingest reads, filled by hand. */
export class FixedRegistry implements Pick<RegistryView, 'device' | 'credential' | 'credentialByKeyHash'> {
  readonly #devices = new Map<string, Device>();
  readonly #credentials = new Map<string, DeviceCredential & { agency: string }>();

  /** Adds a device whose user name is its id unless given; its key is `key of ID`. */
  add(agency: string, id: string, more: Partial<Device> = {}, type: DeviceType = 'tracker'): Device {
    const device: Device = { id, username: id, type, enabled: true, assignments: [], version: 1, ...more };
    this.#devices.set(`${agency}/${id}`, device);
    const { username } = device;
    this.#credentials.set(username, { agency, kind: 'device', username, deviceId: id, keyHash: hashKey(keyOf(id)) });
    return device;
  }

  rotate(username: string, key: string): void {
    const credential = this.#credentials.get(username);
    if (credential !== undefined) this.#credentials.set(username, { ...credential, keyHash: hashKey(key) });
  }

  remove(agency: string, id: string): void {
    this.#devices.delete(`${agency}/${id}`);
  }

  device(agency: string, id: string): Device | undefined {
    return this.#devices.get(`${agency}/${id}`);
  }
  credential(username: string): (DeviceCredential & { agency: string }) | undefined {
    return this.#credentials.get(username);
  }
  credentialByKeyHash(keyHash: string): (DeviceCredential & { agency: string }) | undefined {
    return [...this.#credentials.values()].find((credential) => credential.keyHash === keyHash);
  }
}

export const keyOf = (id: string): string => `key of ${id}`;
