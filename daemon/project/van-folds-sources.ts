import type { Assignment } from '../../protocol/registry.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { speedLimit } from './jumps.ts';
import type { Source, VanFold } from './van-folds-state.ts';
import { intervalsOn } from './van-trail.ts';

/** A device, as it is asked for with every fix. */
export interface KnownDevice {
  /** where it was when, oldest first */
  readonly assignments: Assignment[];
  /** of the van it was on all the time, once it has sent something from there */
  fold?: VanFold | undefined;
  /** since when it was there, UTC ms */
  since: number;
}

/** With all fields from the beginning: objects of one shape are read many times faster. */
function known(assignments: Assignment[]): KnownDevice {
  return { assignments, fold: undefined, since: 0 };
}

/** Which devices were on which vans, as the registry says; what is asked for every fix is kept at hand. */
export class Sources {
  readonly #registry: RegistryView;
  readonly #devices = new Map<string, Map<string, KnownDevice>>();

  constructor(registry: RegistryView) {
    this.#registry = registry;
  }

  forget(): void {
    this.#devices.clear();
  }

  /** undefined: it was never on a van. */
  device(agency: string, device: string): KnownDevice | undefined {
    const before = this.#devices.get(agency)?.get(device);
    if (before !== undefined) return before;
    const assignments = this.#registry.device(agency, device)?.assignments;
    if (assignments === undefined || assignments.length === 0) return undefined;
    const made = known(assignments);
    this.#of(agency).set(device, made);
    return made;
  }

  /** Something about a device has changed: the vans it was on, before or now. */
  changed(agency: string, device: string): Set<string> {
    const before = this.#of(agency).get(device)?.assignments ?? [];
    const present = this.#registry.device(agency, device);
    const now = present?.assignments ?? this.#ofRemoved(agency, device, before) ?? before;
    if (now.length > 0) this.#of(agency).set(device, known(now));
    const vans = new Set<string>();
    for (const { vanId } of [...before, ...now]) if (vanId !== null) vans.add(vanId);
    return vans;
  }

  /** All that were ever on a van, those that are removed among them. */
  ofVan(agency: string, vanId: string): Source[] {
    const sources: Source[] = [];
    for (const device of this.#registry.devicesOfVan(agency, vanId)) {
      if (this.#of(agency).get(device.id)?.assignments !== device.assignments) {
        this.#of(agency).set(device.id, known(device.assignments));
      }
      const limit = speedLimit(this.#registry, agency, device.id);
      for (const { from, to } of intervalsOn(device, vanId)) {
        sources.push({
          device: device.id,
          from,
          to: Number.isFinite(to) ? to : null,
          limit: Number.isFinite(limit) ? limit : null,
        });
      }
    }
    return sources;
  }

  /** A removed device stays in the history of its vans. */
  #ofRemoved(agency: string, device: string, before: Assignment[]): Assignment[] | undefined {
    for (const { vanId } of before) {
      if (vanId === null) continue;
      const found = this.#registry.devicesOfVan(agency, vanId).find(({ id }) => id === device);
      if (found !== undefined) return found.assignments;
    }
    return undefined;
  }

  #of(agency: string): Map<string, KnownDevice> {
    let devices = this.#devices.get(agency);
    if (devices === undefined) {
      devices = new Map();
      this.#devices.set(agency, devices);
    }
    return devices;
  }
}
