import type { Cursor } from '../log/log.ts';
import type { ChangeCollector } from './projection.ts';
import type { Change } from './world.ts';

interface Taken {
  moved: Set<string>;
  vans: Set<string>;
  consumers: Set<string>;
  devices: Set<string>;
  orders: Set<string>;
  zones: Set<string>;
  alerts: Set<string>;
  oldestReceivedAt: number;
}

/** What a batch of the log changes, agency by agency. */
export class Changes implements ChangeCollector {
  duplicate = false;
  #agencies = new Map<string, Taken>();

  moved(agency: string, vanId: string, receivedAt: number): void {
    const taken = this.#of(agency);
    taken.moved.add(vanId);
    if (receivedAt > 0 && (taken.oldestReceivedAt === 0 || receivedAt < taken.oldestReceivedAt)) {
      taken.oldestReceivedAt = receivedAt;
    }
  }

  van(agency: string, id: string): void {
    this.#of(agency).vans.add(id);
  }

  consumer(agency: string, id: string): void {
    this.#of(agency).consumers.add(id);
  }

  device(agency: string, id: string): void {
    this.#of(agency).devices.add(id);
  }

  order(agency: string, id: string): void {
    this.#of(agency).orders.add(id);
  }

  alert(agency: string, id: string): void {
    this.#of(agency).alerts.add(id);
  }

  zone(agency: string, id: string): void {
    this.#of(agency).zones.add(id);
  }

  /** What was taken down, as changes up to `cursor`; begins anew. */
  take(cursor: Cursor): Change[] {
    if (this.#agencies.size === 0) return [];
    const changes = Array.from(this.#agencies, ([agency, taken]) => ({ agency, cursor, ...taken }));
    this.#agencies.clear();
    return changes;
  }

  #of(agency: string): Taken {
    let taken = this.#agencies.get(agency);
    if (taken === undefined) {
      taken = {
        moved: new Set(),
        vans: new Set(),
        consumers: new Set(),
        devices: new Set(),
        orders: new Set(),
        zones: new Set(),
        alerts: new Set(),
        oldestReceivedAt: 0,
      };
      this.#agencies.set(agency, taken);
    }
    return taken;
  }
}
