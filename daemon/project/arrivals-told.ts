import type { Arrival } from '../../protocol/arrival.ts';
import type { Service } from '../lifecycle.ts';
import type { VanArrivals } from './arrivals-van.ts';

/** Estimates that moved, for who shows them. */
export interface EstimatesChange {
  agency: string;
  vanId: string;
  /** ids of orders; look their estimates up */
  orders: readonly string[];
}

/** Listeners hear of an estimate that moved by more than this, ms, or by this part of what remains if that is more. */
const leastMove = 60_000;
const leastPart = 0.1;
const everySecond = 1000;

/** The orders whose estimates listeners should hear of again; takes down that they do. */
export function movedOf(van: VanArrivals, now: number): string[] {
  const { told, awaited, arrivals } = van;
  const moved: string[] = [];
  for (const [i, id] of awaited.entries()) {
    const arrival = arrivals[i] as Arrival;
    const before = told.get(id);
    const least = Math.max(leastMove, leastPart * (arrival.likely - now));
    if (
      before !== undefined &&
      before.stopsBefore === arrival.stopsBefore &&
      before.by === arrival.by &&
      Math.abs(before.from - arrival.from) <= least &&
      Math.abs(before.until - arrival.until) <= least
    ) {
      continue;
    }
    told.set(id, arrival);
    moved.push(id);
  }
  if (told.size > awaited.length || moved.length > 0) {
    for (const id of told.keys()) {
      if (awaited.includes(id)) continue;
      told.delete(id);
      moved.push(id);
    }
  }
  return moved;
}

/** Tells listeners of estimates that moved, also while nothing is heard of a van. */
export class ArrivalsClock implements Service {
  readonly name = 'arrivals';
  readonly #refresh: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(arrivals: { refresh(): void }) {
    this.#refresh = () => arrivals.refresh();
  }

  async start(): Promise<void> {
    this.#timer ??= setInterval(this.#refresh, everySecond);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
