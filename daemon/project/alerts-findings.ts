import type { AlertRules } from '../../protocol/alert-rules.ts';
import type { Order } from '../../protocol/order.ts';
import type { Agency, Van } from '../../protocol/registry.ts';
import type { Condition } from '../domain/condition.ts';
import { orderConditions } from '../domain/condition-order.ts';
import { vanConditions } from '../domain/condition-van.ts';
import { RunsOut } from './alerts-runs.ts';
import type { AlertInputs, AlertSources } from './alerts-sources.ts';
import type { Change } from './world.ts';

/** All vans and orders are looked at so often, ms, because time alone makes things wrong. */
const vansEvery = 15_000;
const ordersEvery = 60_000;

/** How one agency is looked at. */
export interface Look {
  agency: Agency;
  rules: AlertRules;
  /** the rules are other ones than the last time */
  ruled: boolean;
  /** UTC ms */
  hearingSince: number;
  now: number;
}

/** Vans or orders that are looked at in one go: less than a millisecond. */
const atOnce = 32;

/** What is wrong with the vans and orders of one agency, as it was found when each was looked at last. */
export class Findings {
  readonly #sources: Pick<AlertSources, 'registry' | 'orders'>;
  readonly #inputs: AlertInputs;
  readonly #vans = new Map<string, Condition[]>();
  readonly #orders = new Map<string, Condition[]>();
  readonly #changedVans = new Set<string>();
  readonly #changedOrders = new Set<string>();
  readonly #runs = new RunsOut();
  #vansAt = Number.NEGATIVE_INFINITY;
  #ordersAt = Number.NEGATIVE_INFINITY;

  constructor(sources: Pick<AlertSources, 'registry' | 'orders'>, inputs: AlertInputs) {
    this.#sources = sources;
    this.#inputs = inputs;
  }

  /** Takes down what is to be looked at again. */
  note({ agency, moved, vans, devices, orders }: Change): void {
    for (const id of moved) this.#changedVans.add(id);
    for (const id of vans) this.#changedVans.add(id);
    for (const id of orders ?? []) this.#changedOrders.add(id);
    if ((devices?.size ?? 0) > 0 || vans.size > 0) this.#inputs.devicesChanged(agency);
  }

  /**
   * Looks at what has changed, and at everything when that is due, and returns everything that is wrong. Between two
   * portions others may work; what changes after its turn is looked at the next time.
   */
  *look(at: Look): Generator<void, Condition[]> {
    yield* this.#lookAtOrders(at);
    yield* this.#lookAtVans(at);
    return [...this.#vans.values(), ...this.#orders.values()].flat();
  }

  *#lookAtOrders({ agency, rules, ruled, now }: Look): Generator<void> {
    const { orders } = this.#sources;
    if (orders === undefined) return;
    const { working } = this.#inputs.hours(agency, now);
    const look = (order: Order) => {
      const some = orderConditions(this.#inputs.order(agency.id, order), rules, now, working);
      if (some.length > 0) this.#orders.set(order.id, some);
      // What is said of a van depends on whether it is on a run.
      for (const van of this.#runs.put(order)) this.#changedVans.add(van);
    };
    if (ruled || now - this.#ordersAt >= ordersEvery) {
      this.#ordersAt = now;
      this.#orders.clear();
      this.#changedOrders.clear();
      yield* inPortions(orders.recent(agency.id), look);
    } else {
      yield* inPortions([...this.#changedOrders], (id) => {
        this.#changedOrders.delete(id);
        this.#orders.delete(id);
        const order = orders.order(agency.id, id);
        if (order !== undefined) look(order);
      });
    }
  }

  *#lookAtVans({ agency, rules, ruled, hearingSince, now }: Look): Generator<void> {
    const { registry } = this.#sources;
    const hours = this.#inputs.hours(agency, now);
    const look = (van: Van) => {
      const at = { hours, onRun: this.#runs.has(van.id), hearingSince, now };
      const some = vanConditions(this.#inputs.van(agency.id, van, at), rules, now);
      if (some.length > 0) this.#vans.set(van.id, some);
    };
    if (ruled || now - this.#vansAt >= vansEvery) {
      this.#vansAt = now;
      this.#vans.clear();
      this.#changedVans.clear();
      yield* inPortions(registry.vans(agency.id), (van) => {
        if (van.kind === 'van') look(van);
      });
    } else {
      yield* inPortions([...this.#changedVans], (id) => {
        this.#changedVans.delete(id);
        this.#vans.delete(id);
        const van = registry.van(agency.id, id);
        if (van?.kind === 'van') look(van);
      });
    }
  }
}

function* inPortions<T>(all: Iterable<T>, look: (one: T) => void): Generator<void> {
  let looked = 0;
  for (const one of all) {
    look(one);
    if (++looked % atOnce === 0) yield;
  }
}
