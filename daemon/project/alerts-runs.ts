import type { Order } from '../../protocol/order.ts';

/** Which vans have an order out for delivery. */
export class RunsOut {
  /** the van each such order is out with */
  readonly #vanOf = new Map<string, string>();
  readonly #orders = new Map<string, Set<string>>();

  has(vanId: string): boolean {
    return this.#orders.has(vanId);
  }

  /** Takes an order as it is now; answers the vans for which it is another one now. */
  put({ id, state, vanId }: Pick<Order, 'id' | 'state' | 'vanId'>): string[] {
    const before = this.#vanOf.get(id);
    const now = state === 'out-for-delivery' ? vanId : undefined;
    if (before === now) return [];
    if (before !== undefined) {
      const others = this.#orders.get(before);
      others?.delete(id);
      if (others?.size === 0) this.#orders.delete(before);
      this.#vanOf.delete(id);
    }
    if (now !== undefined) {
      this.#vanOf.set(id, now);
      const others = this.#orders.get(now);
      if (others === undefined) this.#orders.set(now, new Set([id]));
      else others.add(id);
    }
    return [before, now].filter((van) => van !== undefined);
  }
}
