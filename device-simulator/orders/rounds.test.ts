import { describe, expect, it } from 'vitest';
import { ApiError } from '../link/api.ts';
import { Random } from '../random.ts';
import { consumersOf, homesOf } from '../town/consumers.ts';
import { makeTown } from '../town/town.ts';
import { Fleet } from '../vans/fleet.ts';
import { Rounds } from './rounds.ts';

const town = makeTown(1);
const homes = homesOf(town, 400);
const consumers = consumersOf(town, 400);

interface Order {
  id: string;
  consumerId: string;
  cylinders: number;
  state: string;
  vanId?: string;
}

/** As much of a daemon as orders need: what was asked of it, and how the orders stand. */
class Desk {
  readonly orders = new Map<string, Order>();
  readonly refused: string[] = [];

  async get(path: string): Promise<unknown> {
    const state = new URL(path, 'http://daemon').searchParams.get('state');
    return { items: [...this.orders.values()].filter((order) => order.state === state), next: null };
  }

  async post(path: string, body: unknown): Promise<{ status: number; json: unknown }> {
    const [, , , id = '', act = id] = path.split('/');
    const given = body as { items: { orderId: string; vanId: string }[]; orderIds: string[]; code?: string };
    if (path === '/api/orders') {
      const order = { ...(body as Order), id: `o${this.orders.size}`, state: 'booked' };
      this.orders.set(order.id, order);
      return { status: 201, json: order };
    }
    if (id === 'assign') for (const { orderId, vanId } of given.items) this.#set(orderId, 'assigned', vanId);
    else if (id === 'start') for (const orderId of given.orderIds) this.#set(orderId, 'out-for-delivery');
    else if (act === 'assign') this.#set(id, 'booked');
    else if (act === 'fail') this.#set(id, 'failed');
    else if (act === 'deliver' && (given.code === `code of ${id}` || 'reason' in given)) this.#set(id, 'delivered');
    else throw new ApiError(422, `${path} ${JSON.stringify(body)}`);
    return { status: 200, json: {} };
  }

  #set(id: string | undefined, state: string, vanId?: string): void {
    const order = this.orders.get(id ?? '');
    if (order === undefined) throw new Error(`no order ${id}`);
    order.state = state;
    if (vanId !== undefined) order.vanId = vanId;
  }

  count(state: string): number {
    return [...this.orders.values()].filter((order) => order.state === state).length;
  }
}

function rounds(desk: Desk, said: string[] = []) {
  return new Rounds({
    api: desk as never,
    codeOf: async (id) => `code of ${id}`,
    consumers,
    homes,
    random: new Random(3),
    say: (line) => said.push(line),
  });
}

/** Everything that is being asked is answered. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a simulated day of orders', () => {
  it('goes through all states: each stop is booked, started, and handed over when the van is there', async () => {
    const [desk, said] = [new Desk(), [] as string[]];
    const day = rounds(desk, said);
    const start = Date.UTC(2026, 0, 5, 4);
    const fleet = new Fleet(town, { vans: 3, interval: 5000, pace: 6, wildClock: false, doors: homes }, start);
    await day.begin();
    expect(desk.count('booked')).toBe(25);
    day.look(fleet.members);
    await settled();
    const out = desk.count('out-for-delivery');
    expect(out).toBeGreaterThan(3);
    for (let second = 5; second <= 3600; second += 5) {
      fleet.advance(start + second * 1000, () => {});
      day.look(fleet.members);
      await settled();
    }
    expect(desk.count('delivered')).toBeGreaterThan(20);
    expect(day.counts.delivered).toBe(desk.count('delivered'));
    expect(day.counts.failed).toBe(desk.count('failed'));
    expect(said).toEqual([]);
  });

  it('takes what an earlier simulation left on its runs off them, and books nobody twice', async () => {
    const desk = new Desk();
    const { id: consumerId = '' } = consumers[7] ?? {};
    desk.orders.set('old', { id: 'old', consumerId, cylinders: 1, state: 'out-for-delivery', vanId: 'van-01' });
    await rounds(desk).begin();
    expect(desk.orders.get('old')?.state).toBe('booked');
    const open = Array.from(desk.orders.values(), (order) => order.consumerId);
    expect(new Set(open).size).toBe(open.length);
  });
});
