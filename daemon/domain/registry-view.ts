import type { DeviceCredential } from '../../protocol/record.ts';
import type { Agency, Consumer, Device, Van } from '../../protocol/registry.ts';

/**
 * Who and what is registered, as everyone reads it. Kept by the registry projection; every answer is for the log up
 * to the projection's cursor. Agencies are separate worlds: each call names one. Unknown ids answer undefined.
 */
export interface RegistryView {
  agency(id: string): Agency | undefined;
  agencies(): Iterable<Agency>;
  van(agency: string, id: string): Van | undefined;
  vans(agency: string): Iterable<Van>;
  device(agency: string, id: string): Device | undefined;
  devices(agency: string): Iterable<Device>;
  consumer(agency: string, id: string): Consumer | undefined;
  consumers(agency: string): Iterable<Consumer>;
  /** the device that logs in by this username, in whatever agency it is */
  credential(username: string): (DeviceCredential & { agency: string }) | undefined;
  /** the device whose key has this hash (`hashKey`), for protocols in which the key alone is the user name */
  credentialByKeyHash(keyHash: string): (DeviceCredential & { agency: string }) | undefined;
  /** the device whose OsmAnd token has this hash */
  credentialByTokenHash(tokenHash: string): (DeviceCredential & { agency: string }) | undefined;
  /** the devices that were ever assigned to a van, first assigned first, trackers before phones */
  devicesOfVan(agency: string, vanId: string): readonly Device[];
  /** the van a driver drives now */
  vanOfDriver(agency: string, driverId: string): Van | undefined;
  /** 0: does not exist. Subjects: `agency:ID`, `van:ID`, `device:ID`, `consumer:ID`, `username:NAME` */
  version(agency: string, subject: string): number;
  /** number of registered things, for pages and metrics */
  counts(agency: string): { vans: number; devices: number; consumers: number };
}

/** The van a device was on at a time (UTC ms), or null. */
export function vanAt(device: Pick<Device, 'assignments'>, time: number): string | null {
  let vanId: string | null = null;
  for (const assignment of device.assignments) {
    if (assignment.from > time) break;
    vanId = assignment.vanId;
  }
  return vanId;
}
