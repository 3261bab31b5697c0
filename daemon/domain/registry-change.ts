import type { Assignment, Device, Van, VanCapacity } from '../../protocol/registry.ts';
import {
  agencyState,
  type DeviceEntry,
  putConsumer,
  putDevice,
  putVan,
  type RegistryState,
  removeVan,
  versionIn,
} from './registry-state.ts';
import { aboutOf, ofEvent, type RegistryEvent } from './subject.ts';

/** Carries out an event that is to be applied; the versions of its subjects have gone up already. */
export function change(state: RegistryState, agency: string, event: RegistryEvent): void {
  const world = agencyState(state, agency);
  const version = () => {
    const { kind, id } = aboutOf(event);
    return versionIn(world, ofEvent(kind, id));
  };
  switch (event.type) {
    case 'agency-added':
    case 'agency-changed':
      world.agency = event.data.agency;
      return;
    case 'van-added':
      putVan(world, {
        ...event.data,
        ...(event.data.driverId === undefined ? {} : { driverSince: event.time }),
        version: version(),
      });
      return;
    case 'van-changed': {
      const van = world.vans.get(event.data.id);
      if (van !== undefined) putVan(world, changedVan(van, event.data, event.time, version()));
      return;
    }
    case 'van-removed':
      removeVan(world, event.data.id);
      return;
    case 'device-added': {
      const { id, username, type, vanId, gatewayId, from } = event.data;
      const before = world.devices.get(id)?.device.assignments ?? [];
      const device: Device = {
        id,
        username,
        type,
        ...(gatewayId === undefined ? {} : { gatewayId }),
        enabled: true,
        assignments: vanId === undefined ? before : assigned(before, { from, vanId }),
        version: version(),
      };
      putDevice(state, agency, { device, since: event.time });
      return;
    }
    case 'consumer-added':
    case 'consumer-changed':
    case 'consumer-removed':
    case 'pin-suggested':
      putConsumer(world, event.data.id, event.time, event.type !== 'consumer-removed');
      return;
    default: {
      const entry = world.devices.get(event.data.id);
      if (entry !== undefined) putDevice(state, agency, changedDevice(entry, event, version()));
    }
  }
}

export interface VanChange {
  name?: string;
  /** null: nobody drives it */
  driverId?: string | null;
  /** null: it is not known */
  capacity?: VanCapacity | null;
}

/** The van after a change at `time` (UTC ms). Who goes on driving it has driven it since he began. */
export function changedVan(before: Van, change: VanChange, time: number, version: number): Van {
  const { driverId: present, driverSince: since, capacity: room, ...van } = before;
  const driver = change.driverId === undefined ? present : (change.driverId ?? undefined);
  const driverSince = driver === present ? since : time;
  const capacity = change.capacity === undefined ? room : (change.capacity ?? undefined);
  return {
    ...van,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(driver === undefined ? {} : { driverId: driver }),
    ...(driver === undefined || driverSince === undefined ? {} : { driverSince }),
    ...(capacity === undefined ? {} : { capacity }),
    version,
  };
}

type DeviceEvent = Extract<RegistryEvent, { type: 'device-moved' | 'device-enabled' | 'device-removed' }>;

function changedDevice(entry: DeviceEntry, event: DeviceEvent, version: number) {
  const { device } = entry;
  switch (event.type) {
    case 'device-moved': {
      const assignments = assigned(device.assignments, { from: event.data.from, vanId: event.data.vanId });
      return { ...entry, device: { ...device, assignments, version } };
    }
    case 'device-enabled':
      return { ...entry, device: { ...device, enabled: event.data.enabled, version } };
    case 'device-removed': {
      // It leaves its van, and its trail stays the van's.
      const aboard = device.assignments.at(-1)?.vanId ?? null;
      const assignments =
        aboard === null ? device.assignments : assigned(device.assignments, { from: event.time, vanId: null });
      return { ...entry, device: { ...device, enabled: false, assignments, version }, removedAt: event.time };
    }
  }
}

/** The newest word holds from its time on, so one that reaches back replaces what came after it. */
export function assigned(assignments: readonly Assignment[], next: Assignment): Assignment[] {
  return [...assignments.filter(({ from }) => from < next.from), next];
}
