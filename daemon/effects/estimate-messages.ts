import type { Logger } from 'pino';
import type { Arrival } from '../../protocol/arrival.ts';
import type { Order } from '../../protocol/order.ts';
import type { Agency } from '../../protocol/registry.ts';
import { dayAt } from '../domain/order-day.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { Service } from '../lifecycle.ts';

/** Who knows when a van comes to a door; undefined: nobody does. */
export type ArrivalOf = (agency: string, order: Order) => Arrival | undefined;

/** Consumers are told when the van is likely to be there within this, ms. */
const soon = 10 * 60_000;
/** Estimates are looked at this often, ms. */
const lookEvery = 20_000;

/**
 * What an estimate is to be told for. Ten minutes before the van comes; and that it comes later than was promised: after
 * the deadline, or not today. It follows from the log alone, so every daemon comes to the same.
 */
export function messageFor(
  arrival: Arrival,
  order: Pick<Order, 'state' | 'arrivedAt' | 'dueAt'>,
  timeZone: string,
  now: number,
): 'ten-minutes' | 'delayed' | undefined {
  if (order.state !== 'out-for-delivery' || order.arrivedAt !== undefined) return undefined;
  if (arrival.likely - now <= soon) return 'ten-minutes';
  const late = arrival.likely > order.dueAt || dayAt(arrival.likely, timeZone) > dayAt(now, timeZone);
  return late ? 'delayed' : undefined;
}

export interface EstimateMessagesDeps {
  agencies: () => Iterable<Agency>;
  orders: Pick<OrdersView, 'recent'>;
  arrivalOf: ArrivalOf;
  tell: (
    agency: string,
    orderId: string,
    template: 'ten-minutes' | 'delayed',
    more: { from: string; until: string },
  ) => Promise<void>;
  /** which agencies this daemon speaks for; absent: all */
  duties?: { holds(agency: string): boolean } | undefined;
  logger: Pick<Logger, 'warn'>;
  /** UTC ms */
  now: () => number;
}

/** Looks at the estimates of what is on its way, and has consumers told what they are to know. */
export class EstimateMessages implements Service {
  readonly name = 'messages of estimates';
  readonly #deps: EstimateMessagesDeps;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looking: Promise<void> | undefined;

  constructor(deps: EstimateMessagesDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look()
        .catch((error: unknown) => this.#deps.logger.warn({ err: error }, 'estimates could not be told'))
        .finally(() => {
          this.#looking = undefined;
        });
    }, lookEvery);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Looks once. What was told is known by its key, and is not told again. */
  async look(): Promise<void> {
    const { agencies, orders, arrivalOf, tell, duties, now } = this.#deps;
    for (const { id, timeZone } of agencies()) {
      if (duties?.holds(id) === false) continue;
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' });
      for (const order of orders.recent(id)) {
        const arrival = order.state === 'out-for-delivery' ? arrivalOf(id, order) : undefined;
        const template = arrival === undefined ? undefined : messageFor(arrival, order, timeZone, now());
        if (arrival === undefined || template === undefined) continue;
        await tell(id, order.id, template, { from: clock.format(arrival.from), until: clock.format(arrival.until) });
      }
    }
  }
}
