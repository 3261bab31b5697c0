import type { Order, Run } from '../../protocol/order.ts';
import { ofOrder, ofRun } from '../domain/order.ts';

/** Orders and runs of one agency that are kept in memory, with what they are looked up by. */
export class OrdersMemory {
  readonly orders = new Map<string, Order>();
  readonly runs = new Map<string, Run>();
  /** ids by `consumer:ID` and `van:ID` */
  readonly #of = new Map<string, Set<string>>();

  put(order: Order): void {
    this.#unlist(this.orders.get(order.id));
    this.orders.set(order.id, order);
    for (const key of keysOf(order)) {
      const ids = this.#of.get(key);
      if (ids === undefined) this.#of.set(key, new Set([order.id]));
      else ids.add(order.id);
    }
  }

  putRun(run: Run): void {
    this.runs.set(ofRun(run.vanId, run.day), run);
  }

  *of(key: `consumer:${string}` | `van:${string}`): Generator<Order> {
    for (const id of this.#of.get(key) ?? []) {
      const order = this.orders.get(id);
      if (order !== undefined) yield order;
    }
  }

  /**
   * Forgets what ended before `endedBefore` (UTC ms) and runs of days before `day`, except what is in `kept`, and what
   * somebody still has to decide about.
   */
  forget(endedBefore: number, day: string, kept: ReadonlySet<string>): void {
    for (const order of this.orders.values()) {
      if (order.endedAt === undefined || order.endedAt >= endedBefore || kept.has(ofOrder(order.id))) continue;
      if (order.refused !== undefined) continue;
      // The driver who told it may open his page only tomorrow.
      if ((order.settled?.at(-1)?.at ?? 0) >= endedBefore) continue;
      this.#unlist(order);
      this.orders.delete(order.id);
    }
    for (const [key, run] of this.runs) if (run.day < day && !kept.has(key)) this.runs.delete(key);
  }

  #unlist(order: Order | undefined): void {
    if (order === undefined) return;
    for (const key of keysOf(order)) {
      const ids = this.#of.get(key);
      if (ids?.delete(order.id) === true && ids.size === 0) this.#of.delete(key);
    }
  }
}

function keysOf({ consumerId, vanId }: Order): string[] {
  return vanId === undefined ? [`consumer:${consumerId}`] : [`consumer:${consumerId}`, `van:${vanId}`];
}
