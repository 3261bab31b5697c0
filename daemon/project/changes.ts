import type { Cursor } from '../log/log.ts';
import type { ChangeCollector } from './projection.ts';
import type { Change } from './world.ts';

type Kind = 'moved' | 'vans' | 'consumers' | 'devices' | 'orders' | 'zones' | 'alerts';

interface Taken {
  /** only of what there is: most batches are positions and nothing else */
  ids: Partial<Record<Kind, Set<string>>>;
  oldestReceivedAt: number;
}

const none: ReadonlySet<string> = new Set();

/** What a batch of the log changes, agency by agency. */
export class Changes implements ChangeCollector {
  duplicate = false;
  #agencies = new Map<string, Taken>();

  moved(agency: string, vanId: string, receivedAt: number): void {
    const taken = this.#add(agency, 'moved', vanId);
    if (receivedAt > 0 && (taken.oldestReceivedAt === 0 || receivedAt < taken.oldestReceivedAt)) {
      taken.oldestReceivedAt = receivedAt;
    }
  }

  van(agency: string, id: string): void {
    this.#add(agency, 'vans', id);
  }

  consumer(agency: string, id: string): void {
    this.#add(agency, 'consumers', id);
  }

  device(agency: string, id: string): void {
    this.#add(agency, 'devices', id);
  }

  order(agency: string, id: string): void {
    this.#add(agency, 'orders', id);
  }

  alert(agency: string, id: string): void {
    this.#add(agency, 'alerts', id);
  }

  zone(agency: string, id: string): void {
    this.#add(agency, 'zones', id);
  }

  /** What was taken down, as changes up to `cursor`; begins anew. */
  take(cursor: Cursor): Change[] {
    if (this.#agencies.size === 0) return [];
    const changes = Array.from(this.#agencies, ([agency, { ids, oldestReceivedAt }]) => {
      return { agency, cursor, moved: none, vans: none, consumers: none, ...ids, oldestReceivedAt };
    });
    this.#agencies.clear();
    return changes;
  }

  #add(agency: string, kind: Kind, id: string): Taken {
    let taken = this.#agencies.get(agency);
    if (taken === undefined) {
      taken = { ids: {}, oldestReceivedAt: 0 };
      this.#agencies.set(agency, taken);
    }
    taken.ids[kind] ??= new Set();
    taken.ids[kind].add(id);
    return taken;
  }
}
