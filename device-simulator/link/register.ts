import type { DeviceType, VanKind } from '../../protocol/registry.ts';
import type { Api } from './api.ts';
import type { Credential, KeyFile } from './keys.ts';

export interface VanToRegister {
  id: string;
  name: string;
  kind: VanKind;
}

export interface DeviceToRegister {
  id: string;
  type: DeviceType;
  vanId?: string;
  /** the device that publishes for this one; it then needs no key */
  gatewayId?: string;
}

/** The most consumers in one call. */
const atOnce = 1000;
/** Calls on their way at a time. */
const lanes = 6;

/**
 * Makes vans, devices and consumers known to the daemon. What is there already (409) is left as it is, so this may be
 * run again and again. A device whose key is not in the key file gets a new one.
 */
export class Registration {
  readonly #api: Api;
  readonly #keys: KeyFile;

  constructor(deps: { api: Api; keys: KeyFile }) {
    this.#api = deps.api;
    this.#keys = deps.keys;
  }

  async van(van: VanToRegister): Promise<void> {
    await this.#api.post('/api/vans', van, [200, 201, 409]);
  }

  /** Registers the device and returns what it signs in with. The key file is to be saved by the caller. */
  async device(device: DeviceToRegister): Promise<Credential> {
    const made = await this.#api.post('/api/devices', device, [200, 201, 409]);
    if (made.status !== 409) return this.#keep(device.id, made.json);
    const known = this.#keys.get(device.id);
    if (known) return known;
    return this.renew(device.id);
  }

  /** Has the daemon make a new key for a device whose key is lost or no longer taken. */
  async renew(deviceId: string): Promise<Credential> {
    const renewed = await this.#api.post(`/api/devices/${encodeURIComponent(deviceId)}/key`, {}, [200, 201]);
    return this.#keep(deviceId, renewed.json);
  }

  /** Registers a device that a gateway publishes for: it never signs in itself. */
  async deviceBehind(device: DeviceToRegister & { gatewayId: string }): Promise<void> {
    await this.#api.post('/api/devices', device, [200, 201, 409]);
  }

  /** Several at a time, in no particular order; the first failure ends it. */
  async all<T, R>(items: readonly T[], register: (item: T) => Promise<R>): Promise<R[]> {
    const results: R[] = new Array(items.length);
    let next = 0;
    const lane = async () => {
      for (let i = next++; i < items.length; i = next++) results[i] = await register(items[i] as T);
    };
    await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
    return results;
  }

  /** Registers consumers, a thousand a call; returns how many are new. An item the daemon refuses is an error. */
  async consumers(consumers: readonly { id: string }[]): Promise<number> {
    let added = 0;
    for (let from = 0; from < consumers.length; from += atOnce) {
      const part = consumers.slice(from, from + atOnce);
      const { json } = await this.#api.post('/api/consumers', part, [200, 201, 202, 207]);
      for (const item of itemsOf(json)) {
        if (item.status === 409) continue;
        if (item.status >= 200 && item.status < 300) added++;
        else throw new Error(`consumer ${part[item.index]?.id ?? item.index} was refused: ${item.detail}`);
      }
    }
    return added;
  }

  #keep(deviceId: string, json: unknown): Credential {
    const { username, key } = (json ?? {}) as { username?: unknown; key?: unknown };
    const name = typeof username === 'string' ? username : this.#keys.get(deviceId)?.username;
    if (typeof key !== 'string' || name === undefined) {
      throw new Error(`the daemon's answer for device ${deviceId} has no username or key`);
    }
    const credential = { username: name, key };
    this.#keys.set(deviceId, credential);
    return credential;
  }
}

interface Item {
  index: number;
  status: number;
  detail: string;
}

/** The answer item by item, as a bare list or under `items`. */
function itemsOf(json: unknown): Item[] {
  const list = Array.isArray(json) ? json : (json as { items?: unknown } | undefined)?.items;
  if (!Array.isArray(list)) throw new Error('the daemon did not answer item by item');
  return list.map((entry: unknown, i) => {
    const { index, status, detail, title } = (entry ?? {}) as Record<string, unknown>;
    return {
      index: typeof index === 'number' ? index : i,
      status: typeof status === 'number' ? status : 0,
      detail: String(detail ?? title ?? 'no reason given'),
    };
  });
}
