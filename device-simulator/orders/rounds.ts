import { type Api, ApiError } from '../link/api.ts';
import type { Random } from '../random.ts';
import type { DemoConsumer } from '../town/consumers.ts';
import type { Door } from '../town/doors.ts';
import type { Member } from '../vans/fleet.ts';

interface Order {
  id: string;
  consumerId: string;
  cylinders: number;
  state: string;
  vanId?: string;
}

interface Round {
  /** the van's run these orders belong to */
  run: number;
  /** by consumer: what is still to be handed over */
  orders: Map<string, Order>;
  /** one thing after the other */
  busy: boolean;
}

export interface RoundsDeps {
  api: Pick<Api, 'get' | 'post'>;
  /** the delivery code that a consumer reads out */
  codeOf: (orderId: string, phone: string) => Promise<string | undefined>;
  consumers: readonly DemoConsumer[];
  /** door by door, as the consumers live */
  homes: readonly Door[];
  random: Random;
  say: (line: string) => void;
}

/** Of a hundred doors: nobody opens; the consumer has no telephone at hand. */
const nobodyHome = 0.04;
const noPhone = 0.03;
/** Bookings that wait for a dispatcher, who is not simulated. */
const waitingWanted = 25;

/**
 * The work of a simulated agency's day, through its API alone: refills are booked, put on the runs of the vans that will
 * pass their doors, started, and handed over by the consumer's code while the van stands there.
 */
export class Rounds {
  readonly #deps: RoundsDeps;
  readonly #rounds = new Map<string, Round>();
  readonly #consumerAt = new Map<Door, DemoConsumer>();
  /** bookings that are on no run, by consumer */
  readonly #waiting = new Map<string, Order>();
  readonly counts = { booked: 0, delivered: 0, failed: 0 };

  constructor(deps: RoundsDeps) {
    this.#deps = deps;
    for (const [i, door] of deps.homes.entries()) {
      const consumer = deps.consumers[i];
      if (consumer !== undefined) this.#consumerAt.set(door, consumer);
    }
  }

  /** What an earlier simulation left on its runs is booked again: the vans drive anew. */
  async begin(): Promise<void> {
    const { api } = this.#deps;
    for (const state of ['booked', 'assigned', 'out-for-delivery']) {
      for (let cursor = ''; ; ) {
        const page = (await api.get(`/api/orders?state=${state}${cursor}`)) as { items: Order[]; next: string | null };
        for (const order of page.items) this.#waiting.set(order.consumerId, order);
        if (page.next === null) break;
        cursor = `&cursor=${encodeURIComponent(page.next)}`;
      }
    }
    for (const { id, state } of this.#waiting.values()) {
      if (state !== 'booked') await api.post(`/api/orders/${id}/assign`, { vanId: null }, [200, 409]);
    }
    const { consumers, random } = this.#deps;
    while (this.#waiting.size < Math.min(waitingWanted, consumers.length)) {
      await this.#order(random.pick(consumers).id);
    }
  }

  /** Looks where the vans are, and does what is to be done there; to be called again and again. */
  look(members: readonly Member[]): void {
    for (const member of members) {
      const round = this.#rounds.get(member.vanId) ?? { run: 0, orders: new Map(), busy: false };
      this.#rounds.set(member.vanId, round);
      if (round.busy) continue;
      const { run, door } = member.van;
      const consumer = door === undefined ? undefined : this.#consumerAt.get(door);
      const order = consumer === undefined ? undefined : round.orders.get(consumer.id);
      if (round.run !== run) this.#do(round, () => this.#setOut(member, round));
      else if (order !== undefined && consumer !== undefined)
        this.#do(round, () => this.#handOver(round, order, consumer));
    }
  }

  #do(round: Round, work: () => Promise<void>): void {
    round.busy = true;
    work()
      .catch((error: unknown) => this.#deps.say(`orders: ${(error as Error).message}`))
      .finally(() => {
        round.busy = false;
      });
  }

  async #setOut({ vanId, van }: Member, round: Round): Promise<void> {
    const { api } = this.#deps;
    const { run, ahead } = van;
    const orders = new Map<string, Order>();
    for (const door of ahead) {
      const consumer = this.#consumerAt.get(door);
      if (consumer === undefined) continue;
      const order = await this.#order(consumer.id);
      this.#waiting.delete(consumer.id);
      orders.set(consumer.id, order);
    }
    round.run = run;
    round.orders = orders;
    const ids = Array.from(orders.values(), ({ id }) => id);
    if (ids.length === 0) return;
    await api.post('/api/orders/assign', { items: ids.map((orderId) => ({ orderId, vanId })) }, [200]);
    await api.post('/api/orders/start', { orderIds: ids }, [200]);
  }

  /** The consumer's open booking, or a new one. */
  async #order(consumerId: string): Promise<Order> {
    const known = this.#waiting.get(consumerId);
    if (known !== undefined) return known;
    const cylinders = this.#deps.random.chance(0.15) ? 2 : 1;
    const { json } = await this.#deps.api.post('/api/orders', { consumerId, cylinders }, [201]);
    const order = json as Order;
    this.#waiting.set(consumerId, order);
    this.counts.booked++;
    return order;
  }

  async #handOver(round: Round, { id, cylinders }: Order, consumer: DemoConsumer): Promise<void> {
    const { api, random, codeOf } = this.#deps;
    round.orders.delete(consumer.id);
    if (random.chance(nobodyHome)) {
      await api.post(`/api/orders/${id}/fail`, { reason: 'nobody at home' }, [200]);
      this.counts.failed++;
      return;
    }
    const code = random.chance(noPhone) ? undefined : await codeOf(id, consumer.phone);
    const how = code === undefined ? { reason: 'no telephone at hand' } : { code };
    try {
      await api.post(`/api/orders/${id}/deliver`, { ...how, empties: cylinders }, [200]);
      this.counts.delivered++;
    } catch (error) {
      // A dispatcher at the console may have taken it elsewhere meanwhile; it is his to decide.
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
