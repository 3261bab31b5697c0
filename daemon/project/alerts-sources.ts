import type { Order } from '../../protocol/order.ts';
import type { Position } from '../../protocol/position.ts';
import type { Agency, Van } from '../../protocol/registry.ts';
import type {
  DeviceInputs,
  EstimateInputs,
  MotionInputs,
  OrderInputs,
  VanInputs,
  ZoneNotice,
} from '../domain/condition-inputs.ts';
import type { Watch } from '../domain/condition-watch.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { ZoneHours } from '../domain/zone-schedule.ts';
import type { HealthView, LiveView } from './world.ts';

/** Where the facts that alerts are about are known. What is left out is not known, and nothing is raised about it. */
export interface AlertSources {
  registry: RegistryView;
  live: LiveView;
  health: HealthView;
  orders?: OrdersView;
  /** what the fold over a van's fixes has come to; absent: only its newest fix is looked at */
  watch?: (agency: string, vanId: string) => Watch | undefined;
  motion?: (agency: string, vanId: string, now: number) => MotionInputs | undefined;
  /** what the rules of zones want told of a van: stays that go on, and what happened within the last day */
  zones?: (agency: string, vanId: string, now: number) => readonly ZoneNotice[];
  /** whether a van may stand where it is: at a door of its run, the godown, a zone that permits it */
  mayStand?: (agency: string, vanId: string) => boolean;
  estimate?: (agency: string, orderId: string) => EstimateInputs | undefined;
  /** m from the consumer's door at which an order was handed over */
  metresFromDoor?: (agency: string, order: Order) => number | undefined;
  wrongCodes?: (agency: string, orderId: string) => { tries: number; at: number } | undefined;
  /** how long silences last that begin at a place, ms */
  usualSilence?: (agency: string, latitude: number, longitude: number) => number | undefined;
  /** the log of this daemon; `hears`: positions that are sent now come here */
  log?: () => { problem?: string; hears: boolean };
}

const week = 7 * 86_400_000;

/** The hours of an agency at a time. */
export interface AgencyHours {
  working: boolean;
  /** UTC ms at which its work ended; absent: it is at work, or has set no hours */
  closedSince?: number;
}

/** Asks the sources for what conditions are found from. Keeps what would be too slow to ask for each time. */
export class AlertInputs {
  readonly #sources: AlertSources;
  readonly #hours = new Map<string, { agency: Agency; hours: ZoneHours; answer: AgencyHours; until: number }>();
  readonly #devices = new Map<string, Map<string, { id: string; carrier?: string }[]>>();

  constructor(sources: AlertSources) {
    this.#sources = sources;
  }

  /** Devices of the agency were added, moved, changed or removed. */
  devicesChanged(agency: string): void {
    this.#devices.delete(agency);
  }

  hours(agency: Agency, now: number): AgencyHours {
    const { workingHours, timeZone, id } = agency;
    if (workingHours === undefined) return { working: true };
    let known = this.#hours.get(id);
    if (known?.agency !== agency) {
      known = { agency, hours: new ZoneHours(workingHours, timeZone), answer: { working: true }, until: 0 };
      this.#hours.set(id, known);
    }
    if (now >= known.until) {
      const { open, until } = known.hours.at(now);
      known.answer = open ? { working: true } : { working: false, closedSince: lastClosing(known.hours, now) };
      known.until = until;
    }
    return known.answer;
  }

  van(
    agency: string,
    van: Van,
    at: { hours: AgencyHours; onRun: boolean; hearingSince: number; now: number },
  ): VanInputs {
    const { live, watch, motion, zones, mayStand, usualSilence } = this.#sources;
    const { hours, onRun, hearingSince, now } = at;
    const { id, name } = van;
    const position = live.van(agency, id);
    const seen = watch?.(agency, id) ?? (position === undefined ? undefined : watchOf(position));
    const inputs: VanInputs = {
      id,
      name,
      occasion: { working: hours.working, onRun },
      devices: this.#devicesOf(agency, id, position?.device),
      hearingSince,
    };
    if (hours.closedSince !== undefined) inputs.closedSince = hours.closedSince;
    if (seen !== undefined) inputs.watch = seen;
    if (usualSilence !== undefined) inputs.usualSilence = (...place) => usualSilence(agency, ...place);
    if (mayStand !== undefined) inputs.mayStand = () => mayStand(agency, id);
    const moves = motion?.(agency, id, now);
    if (moves !== undefined) inputs.motion = moves;
    const told = zones?.(agency, id, now);
    if (told !== undefined) inputs.zones = told;
    return inputs;
  }

  order(agency: string, order: Order): OrderInputs {
    const { registry, estimate, metresFromDoor, wrongCodes } = this.#sources;
    const inputs: OrderInputs = { order };
    const van = order.vanId === undefined ? undefined : registry.van(agency, order.vanId)?.name;
    if (van !== undefined) inputs.van = van;
    const likely = estimate?.(agency, order.id);
    if (likely !== undefined) inputs.estimate = likely;
    const metres = order.state === 'delivered' ? metresFromDoor?.(agency, order) : undefined;
    if (metres !== undefined) inputs.metresFromDoor = metres;
    const wrong = wrongCodes?.(agency, order.id);
    if (wrong !== undefined) inputs.wrongCodes = wrong;
    return inputs;
  }

  #devicesOf(agency: string, vanId: string, shown: string | undefined): DeviceInputs[] {
    const found: DeviceInputs[] = [];
    for (const { id, carrier } of this.#idsOf(agency, vanId)) {
      const health = this.#sources.health.device(agency, id);
      if (health === undefined) continue;
      const { lastSeen, interval, clockAhead } = health;
      const inputs: DeviceInputs = { id, lastSeen };
      if (interval !== undefined) inputs.interval = interval;
      if (clockAhead !== undefined) inputs.clockAhead = clockAhead;
      if (carrier !== undefined) inputs.carrier = carrier;
      if (id === shown) found.unshift(inputs);
      else found.push(inputs);
    }
    return found;
  }

  /** The devices that are on a van now. */
  #idsOf(agency: string, vanId: string): { id: string; carrier?: string }[] {
    let vans = this.#devices.get(agency);
    if (vans === undefined) {
      vans = new Map();
      for (const { id, enabled, type, gatewayId, assignments } of this.#sources.registry.devices(agency)) {
        const on = assignments.at(-1)?.vanId ?? null;
        if (on === null || !enabled || type === 'replay') continue;
        const device = gatewayId === undefined ? { id } : { id, carrier: `gateway ${gatewayId}` };
        const others = vans.get(on);
        if (others === undefined) vans.set(on, [device]);
        else others.push(device);
      }
      this.#devices.set(agency, vans);
    }
    return vans.get(vanId) ?? [];
  }
}

/** What one fix says. */
function watchOf({ fixTime: at, latitude, longitude, ignition }: Position): Watch {
  const last = ignition === undefined ? { at, latitude, longitude } : { at, latitude, longitude, ignition };
  return { last, place: 0 };
}

/** When it closed last, before `now`, at which it is closed; 0: it never opens. */
function lastClosing(hours: ZoneHours, now: number): number {
  let closing = 0;
  for (let at = now - week; at < now; ) {
    const { open, until } = hours.at(at);
    if (open) closing = until;
    at = until;
  }
  // Leaves the hours asked about now, as the next question will be.
  hours.at(now);
  return Math.min(closing, now);
}
