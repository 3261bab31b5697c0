import { timingSafeEqual } from 'node:crypto';
import type { DeviceCredential } from '../../protocol/record.ts';
import type { Device } from '../../protocol/registry.ts';
import { hashKey } from '../domain/device-key.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { addressKey, Throttle, type ThrottleOptions } from './throttle.ts';

/** A device that has proven who it is. */
export interface Proven {
  agency: string;
  device: Device;
  /** of the key it has shown */
  keyHash: string;
}

/** Compared with when nobody has the user name, so that an unknown name takes as long as a wrong key. */
const nobody = hashKey('nobody');
/** longest user name (`Device.username`) and longest key looked at */
const longestName = 100;
const longestKey = 512;

/** Tells who a device is by its user name and key: one place for MQTT and HTTP. */
export class Identity {
  readonly #registry: Pick<RegistryView, 'credential' | 'credentialByKeyHash' | 'device'>;
  readonly #addresses: Throttle;
  readonly #usernames: Throttle;

  constructor(deps: {
    registry: Pick<RegistryView, 'credential' | 'credentialByKeyHash' | 'device'>;
    /** monotonic ms */
    now?: () => number;
    throttle?: Omit<ThrottleOptions, 'now'>;
  }) {
    this.#registry = deps.registry;
    const options = { ...deps.throttle, now: deps.now ?? (() => performance.now()) };
    this.#addresses = new Throttle(options);
    this.#usernames = new Throttle(options);
  }

  /**
   * The device, `wrong`, or `slow`: wrong again during the backoff of this address or user name, to be turned away
   * with as little ado as possible. Right credentials never wait, whoever else fails beside them.
   */
  authenticate(
    username: string | undefined,
    key: string | Uint8Array | undefined,
    address: string,
  ): Proven | 'wrong' | 'slow' {
    const proven = this.#prove(username, key);
    const name = (username ?? '').slice(0, longestName);
    if (proven !== undefined) {
      this.#usernames.succeeded(name);
      return proven;
    }
    const from = addressKey(address);
    if (this.#addresses.slowed(from) || this.#usernames.slowed(name)) return 'slow';
    this.#addresses.failed(from);
    this.#usernames.failed(name);
    return 'wrong';
  }

  #prove(username: string | undefined, key: string | Uint8Array | undefined): Proven | undefined {
    if (username === undefined || (key !== undefined && key.length > longestKey)) return undefined;
    const credential =
      key === undefined || key.length === 0 ? this.#byKeyAlone(username) : this.#byNameAndKey(username, key);
    if (credential === undefined) return undefined;
    const device = this.#registry.device(credential.agency, credential.deviceId);
    return device?.enabled ? { agency: credential.agency, device, keyHash: credential.keyHash } : undefined;
  }

  #byNameAndKey(username: string, key: string | Uint8Array): (DeviceCredential & { agency: string }) | undefined {
    const credential = username.length <= longestName ? this.#registry.credential(username) : undefined;
    const right = sameHash(hashKey(key), credential?.keyHash ?? nobody);
    return right ? credential : undefined;
  }

  /** As in ThingsBoard, where the access token is sent as the user name and nothing else. */
  #byKeyAlone(key: string): (DeviceCredential & { agency: string }) | undefined {
    if (key.length === 0 || key.length > longestKey) return undefined;
    // A look-up by the hash of a secret tells a watcher of its timing nothing about the secret.
    return this.#registry.credentialByKeyHash(hashKey(key));
  }
}

function sameHash(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
