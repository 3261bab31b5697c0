import type { Arrival } from '../../protocol/arrival.ts';
import type { Service } from '../lifecycle.ts';

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

/** What listeners were told of a van's open orders, side by side with its estimates. */
export class Told {
  #orders: readonly string[] = [];
  #arrivals: (Arrival | undefined)[] = [];

  /** They have nothing to forget. */
  get nothing(): boolean {
    return this.#orders.length === 0;
  }

  /** The orders whose estimates listeners should hear of again; takes down that they do. */
  moved(orders: readonly string[], arrivals: readonly Arrival[], now: number): string[] {
    const gone = this.#orders === orders ? [] : this.#line(orders);
    const moved: string[] = [];
    for (let i = 0; i < orders.length; i++) {
      const arrival = arrivals[i] as Arrival;
      if (!hasMoved(this.#arrivals[i], arrival, now)) continue;
      this.#arrivals[i] = arrival;
      moved.push(orders[i] as string);
    }
    return gone.length === 0 ? moved : [...moved, ...gone];
  }

  /** Puts what was told in the order of these; answers those that are not among them any more. */
  #line(orders: readonly string[]): string[] {
    const before = new Map(this.#orders.map((id, i) => [id, this.#arrivals[i]]));
    this.#orders = orders;
    this.#arrivals = orders.map((id) => before.get(id));
    for (const id of orders) before.delete(id);
    return [...before.keys()];
  }
}

function hasMoved(before: Arrival | undefined, arrival: Arrival, now: number): boolean {
  if (before === undefined || before.stopsBefore !== arrival.stopsBefore || before.by !== arrival.by) return true;
  const least = Math.max(leastMove, leastPart * (arrival.likely - now));
  return Math.abs(before.from - arrival.from) > least || Math.abs(before.until - arrival.until) > least;
}

/** Tells listeners of estimates that moved, also while nothing is heard of a van. */
export class ArrivalsClock implements Service {
  readonly name = 'arrivals';
  readonly #refresh: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(arrivals: { refresh(): unknown }) {
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
