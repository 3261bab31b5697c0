import type { Position } from '../../protocol/position.ts';
import type { DeadLetter } from '../../protocol/record.ts';
import type { Agency, Consumer, Device, Van } from '../../protocol/registry.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { DeviceHealth, World } from '../project/world.ts';

/** For tests: a world filled by hand, with the same views as the real one. */
export class FixedWorld implements World {
  readonly agencyMap = new Map<string, Agency>();
  readonly vanMap = new Map<string, Van>();
  readonly deviceMap = new Map<string, Device>();
  readonly consumerMap = new Map<string, Consumer>();
  readonly liveMap = new Map<string, Position>();
  readonly healthMap = new Map<string, DeviceHealth>();
  readonly letters: { agency: string; letter: DeadLetter }[] = [];
  /** the pages of every van's trail; a function so that a test can count what is taken */
  trail: (agency: string, id: string, from: number, to: number) => Iterable<TrailPoint[]> = () => [];

  registry: RegistryView = {
    agency: (id) => this.agencyMap.get(id),
    agencies: () => this.agencyMap.values(),
    van: (agency, id) => this.vanMap.get(`${agency}/${id}`),
    vans: (agency) => within(this.vanMap, agency),
    device: (agency, id) => this.deviceMap.get(`${agency}/${id}`),
    devices: (agency) => within(this.deviceMap, agency),
    consumer: (agency, id) => this.consumerMap.get(`${agency}/${id}`),
    consumers: (agency) => within(this.consumerMap, agency),
    credential: () => undefined,
    credentialByKeyHash: () => undefined,
    credentialByTokenHash: () => undefined,
    devicesOfVan: () => [],
    vanOfDriver: (agency, driver) => within(this.vanMap, agency).find((van) => van.driverId === driver),
    version: () => 0,
    counts: (agency) => ({
      vans: within(this.vanMap, agency).length,
      devices: within(this.deviceMap, agency).length,
      consumers: within(this.consumerMap, agency).length,
    }),
  };
  readonly live = {
    van: (agency: string, id: string) => this.liveMap.get(`${agency}/${id}`),
    device: (agency: string, id: string) => this.liveMap.get(`${agency}/${id}`),
  };
  readonly trails = {
    has: () => false,
    van: (agency: string, id: string, from: number, to: number) => this.trail(agency, id, from, to),
    device: () => [],
    size: () => ({ points: 0, bytes: 0 }),
  };
  readonly health = { device: (agency: string, id: string) => this.healthMap.get(`${agency}/${id}`) };
  readonly deadLetters = {
    list: (agency: string, query: { reason?: string; device?: string; before?: string; limit: number }) => {
      const own = this.letters.filter((entry) => entry.agency === agency).map(({ letter }) => letter);
      const start = query.before === undefined ? 0 : own.findIndex(({ id }) => id === query.before) + 1;
      return own
        .slice(start)
        .filter(({ reason }) => query.reason === undefined || reason === query.reason)
        .filter(({ device }) => query.device === undefined || device === query.device)
        .slice(0, query.limit);
    },
    get: (agency: string, id: string) =>
      this.letters.find((entry) => entry.agency === agency && entry.letter.id === id)?.letter,
    countOf: () => 0,
  };
  cursor(): null {
    return null;
  }
  onChange(): () => void {
    return () => {};
  }

  agency(id: string): this {
    this.agencyMap.set(id, { id, name: `Agency ${id}`, timeZone: 'Asia/Kolkata', language: 'en' });
    return this;
  }
  van(agency: string, id: string, more: Partial<Van> = {}): this {
    this.vanMap.set(`${agency}/${id}`, { id, name: `Van ${id}`, kind: 'van', version: 1, ...more });
    return this;
  }
  consumer(agency: string, id: string, more: Partial<Consumer> = {}): this {
    this.consumerMap.set(`${agency}/${id}`, { id, name: `Consumer ${id}`, version: 1, ...more });
    return this;
  }
  device(agency: string, id: string, more: Partial<Device> = {}): this {
    const device: Device = { id, username: id, type: 'tracker', enabled: true, assignments: [], version: 1, ...more };
    this.deviceMap.set(`${agency}/${id}`, device);
    return this;
  }
}

function within<T>(map: ReadonlyMap<string, T>, agency: string): T[] {
  return [...map].filter(([key]) => key.startsWith(`${agency}/`)).map(([, thing]) => thing);
}
