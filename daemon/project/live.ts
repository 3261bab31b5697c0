import type { Position } from '../../protocol/position.ts';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Device } from '../../protocol/registry.ts';
import { livePositionOf, type TrailPoint } from '../../protocol/trail.ts';
import { type RegistryView, vanAt } from '../domain/registry-view.ts';
import type { Cursor } from '../log/log.ts';
import { Rhythm, shown, tellingFixes } from './freshness.ts';
import { inaccurate, reaches, speedLimit } from './jumps.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import type { Trails } from './trails.ts';
import { intervalsOn } from './van-trail.ts';
import type { LiveView } from './world.ts';

/** What is known of a device's newest fixes. All of it can be read from its trail, and is, when it is first asked for. */
interface DeviceLive {
  /** the newest fix that is believed */
  best: Position | undefined;
  /** fixTime of the accurate fix before `best`; −1: none */
  previous: number;
  /** the newest accurate fix, believed or not */
  last: TrailPoint | undefined;
  limit: number;
  rhythm: Rhythm;
  /** the newest believed fix while on another van than at `best`, by van */
  elsewhere: Map<string, Position | null>;
  /** the vans its assignments named when this was read */
  vans: readonly string[];
}

/**
 * Where everything is now. Live state is a view of trails and registry and has no truth of its own: a device's is the
 * newest believed fix of its trail, a van's that of the device it shows. Only what must be kept to take the next fix in
 * order without reading is kept; whatever comes out of order, or changes the registry, makes it read again. It comes
 * after registry and trails among the projections.
 */
export class Live implements Projection, LiveView {
  readonly name = 'live';
  /** of the trails: when they are rebuilt it must see every record again */
  readonly version: number;
  readonly topics = ['positions', 'events'] as const;
  readonly lasting = true;
  readonly derived = true;
  #registry: RegistryView;
  #trails: Trails;
  #devices = new Map<string, Map<string, DeviceLive>>();
  #vans = new Map<string, Map<string, Position | null>>();
  /** the registry's answers, until something in the agency changes */
  #devicesOfVan = new Map<string, Map<string, readonly Device[]>>();

  constructor(options: { registry: RegistryView; trails: Trails }) {
    this.#registry = options.registry;
    this.#trails = options.trails;
    this.version = options.trails.version;
  }

  open(): void {
    this.#devices.clear();
    this.#vans.clear();
    this.#devicesOfVan.clear();
  }

  reset(): void {}

  /** Nothing of its own to write. It follows the trails, so it needs the log again from where they do. */
  save(): Cursor | null {
    return this.#trails.savedUpTo;
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    if (record.topic === 'events') this.#registered(record.agency, record.value, changes);
    else if (record.topic === 'positions' && !changes.duplicate) this.#fix(record.agency, record.value, changes);
  }

  device(agency: string, deviceId: string): Position | undefined {
    return this.#state(agency, deviceId).best;
  }

  van(agency: string, vanId: string): Position | undefined {
    const vans = within(this.#vans, agency);
    let position = vans.get(vanId);
    if (position === undefined) {
      position = this.#vanNow(agency, vanId) ?? null;
      vans.set(vanId, position);
    }
    return position ?? undefined;
  }

  #fix(agency: string, value: Position, changes: ChangeCollector): void {
    const point = livePositionOf(value);
    if (inaccurate(point)) return;
    const known = this.#devices.get(agency)?.get(value.device);
    if (known === undefined) {
      // Read now, the trail has this fix already.
      const { vans } = this.#state(agency, value.device);
      this.#touch(agency, vans, value.receivedAt, changes);
      return;
    }
    const { last, best } = known;
    if (last === undefined || best === undefined || point.fixTime <= last.fixTime) {
      if (point.fixTime < known.previous && point.fixTime < known.rhythm.since) {
        if (known.vans.length < 2) return;
        // Far back, but perhaps the last one on a van the device has left since.
        known.elsewhere.clear();
      } else {
        this.#devices.get(agency)?.delete(value.device);
      }
      this.#touch(agency, known.vans, value.receivedAt, changes);
      return;
    }
    known.last = point;
    known.rhythm.add(point.fixTime);
    if (reaches(last, point, known.limit)) {
      known.best = point;
      known.previous = last.fixTime;
    }
    // Where it does not, the van may still show another device now: the interval has changed.
    if (known.vans.length > 1) known.elsewhere.clear();
    this.#touch(agency, known.vans, value.receivedAt, changes);
  }

  #registered(agency: string, event: Event, changes: ChangeCollector): void {
    this.#devicesOfVan.delete(agency);
    const devices = within(this.#devices, agency);
    let affected: string[] = [];
    switch (event.type) {
      case 'device-added':
      case 'device-moved':
      case 'device-enabled':
      case 'device-removed':
        affected = [event.data.id];
        break;
      case 'van-added':
      case 'van-changed':
      case 'van-removed':
        affected = this.#registry.devicesOfVan(agency, event.data.id).map((device) => device.id);
        within(this.#vans, agency).delete(event.data.id);
        break;
      default:
        return;
    }
    for (const id of affected) {
      const before = devices.get(id)?.vans ?? [];
      devices.delete(id);
      const now = vansOf(this.#registry.device(agency, id));
      this.#touch(agency, [...new Set([...before, ...now])], 0, changes);
    }
  }

  /** Finds out what these vans show now, and says so where it is something else than before. */
  #touch(agency: string, vanIds: readonly string[], receivedAt: number, changes: ChangeCollector): void {
    if (vanIds.length === 0) return;
    const vans = within(this.#vans, agency);
    for (const vanId of vanIds) {
      const before = vans.get(vanId);
      const now = this.#vanNow(agency, vanId) ?? null;
      vans.set(vanId, now);
      const same = before?.fixTime === now?.fixTime && before?.device === now?.device;
      if (!same) changes.moved(agency, vanId, receivedAt);
    }
  }

  #vanNow(agency: string, vanId: string): Position | undefined {
    const cached = within(this.#devicesOfVan, agency);
    let devices = cached.get(vanId);
    if (devices === undefined) {
      devices = this.#registry.devicesOfVan(agency, vanId);
      cached.set(vanId, devices);
    }
    // Most vans have one device, which needs no comparison with others.
    const [only] = devices;
    if (only !== undefined && devices.length === 1) {
      return this.#lastOn(agency, only, this.#state(agency, only.id), vanId) ?? undefined;
    }
    const candidates: { fixTime: number; freshFor: () => number; position: Position }[] = [];
    for (const device of devices) {
      const state = this.#state(agency, device.id);
      const position = this.#lastOn(agency, device, state, vanId);
      if (position === null) continue;
      candidates.push({ fixTime: position.fixTime, freshFor: () => state.rhythm.freshFor(), position });
    }
    return shown(candidates)?.position;
  }

  /** The newest believed fix of a device while it was on this van. */
  #lastOn(agency: string, device: Device, state: DeviceLive, vanId: string): Position | null {
    const { best, elsewhere } = state;
    if (best === undefined) return null;
    if (vanAt(device, best.fixTime) === vanId) return best;
    let position = elsewhere.get(vanId);
    if (position === undefined) {
      position = null;
      for (const { from, to } of intervalsOn(device, vanId).toReversed()) {
        const found = this.#trails.believed(agency, device.id, from, to);
        if (found === undefined) continue;
        position = { device: device.id, ...found.point };
        break;
      }
      elsewhere.set(vanId, position);
    }
    return position;
  }

  #state(agency: string, deviceId: string): DeviceLive {
    const states = within(this.#devices, agency);
    let state = states.get(deviceId);
    if (state === undefined) {
      const believed = this.#trails.believed(agency, deviceId);
      const newest = this.#trails.newest(agency, deviceId, tellingFixes, undefined, (point) => !inaccurate(point));
      state = {
        best: believed === undefined ? undefined : { device: deviceId, ...believed.point },
        previous: believed?.previous ?? -1,
        last: newest.at(-1),
        limit: speedLimit(this.#registry, agency, deviceId),
        rhythm: new Rhythm(newest.map((point) => point.fixTime)),
        elsewhere: new Map(),
        vans: vansOf(this.#registry.device(agency, deviceId)),
      };
      // Asked about what does not exist: nothing to keep.
      if (believed !== undefined || this.#registry.device(agency, deviceId) !== undefined) states.set(deviceId, state);
    }
    return state;
  }
}

function vansOf(device: Device | undefined): string[] {
  const vans = new Set<string>();
  for (const { vanId } of device?.assignments ?? []) if (vanId !== null) vans.add(vanId);
  return [...vans];
}

/** The agency's own map. */
function within<T>(maps: Map<string, Map<string, T>>, agency: string): Map<string, T> {
  let map = maps.get(agency);
  if (map === undefined) {
    map = new Map();
    maps.set(agency, map);
  }
  return map;
}
