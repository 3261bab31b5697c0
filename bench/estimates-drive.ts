import Database from 'better-sqlite3';
import { type ArrivalFact, arrivalStep } from '../daemon/domain/arrival-step.ts';
import type { Fix } from '../daemon/domain/fold.ts';
import { noOrders, type OrdersView } from '../daemon/domain/order-view.ts';
import { Arrivals, type ArrivalsDeps } from '../daemon/project/arrivals.ts';
import { distance, type LatLon } from '../protocol/geo.ts';
import type { Order } from '../protocol/order.ts';
import type { Event } from '../protocol/record.ts';
import type { Agency } from '../protocol/registry.ts';
import { type Consumer, EstimatesWorld, type RunDay } from './estimates-world.ts';

/** An estimate half an hour before the van came, ms: beside it what somebody reckons who knows no more than a map. */
export interface Judged {
  /** of the world, and within it */
  day: number;
  held: boolean;
  width: number;
  error: number;
  /** the same of the one who reckons 18 km/h and four minutes a stop for ever; its range is as wide as ours */
  naiveHeld: boolean;
  naiveError: number;
}

const agency: Agency = { id: 'bench', name: 'Bench', timeZone: 'Asia/Kolkata', language: 'en' };
const vanId = 'v1';
const before = 30 * 60_000;
const usualDetour = 1.35;
const naiveSpeed = 5;
const naiveStop = 4 * 60_000;

/** Runs some days of a world past the estimator, which begins knowing nothing, and judges it at each stop. */
export function judgedWorld(seed: number, days: number): Judged[] {
  const world = new EstimatesWorld(seed);
  const doors = new Map(world.consumers.map((consumer) => [consumer.id, consumer]));
  const book = new Book();
  const fold = new Fold();
  let now = 0;
  const arrivals = new Arrivals({
    orders: book,
    registry: {
      agency: () => ({ ...agency, godown: world.godown }),
      agencies: () => [agency],
      consumer: (_agency, id) => {
        const { latitude, longitude } = doors.get(id) as Consumer;
        return { id, name: id, latitude, longitude, version: 1 };
      },
    },
    folds: fold,
    legs: (from, to) => legOf(world, from, to),
    now: () => now,
  });
  const db = new Database(':memory:');
  arrivals.open(db);
  const judged: Judged[] = [];
  for (let day = 0; day < days; day++) {
    const run = world.day(day);
    const orders = book.plan(run, day);
    for (const { id } of orders) arrivals.apply(happened('order-assigned', { id }));
    const asked = [...run.arrivals]
      .map(([consumerId, arrivedAt]) => ({ consumerId, arrivedAt, time: arrivedAt - before }))
      .filter(({ time }) => time > run.startedAt)
      .sort((a, b) => a.time - b.time);
    let question = 0;
    for (const one of run.happenings) {
      for (; question < asked.length && (asked[question]?.time ?? 0) <= one.time; question++) {
        const { consumerId, arrivedAt, time } = asked[question] as (typeof asked)[number];
        now = time;
        const arrival = arrivals.stop(agency.id, idOf(day, consumerId));
        if (arrival === undefined) continue;
        const naive = now + naiveRest(run, consumerId, fold.present, now);
        const half = (arrival.until - arrival.from) / 2;
        judged.push({
          day,
          held: arrival.from <= arrivedAt && arrivedAt <= arrival.until,
          width: arrival.until - arrival.from,
          error: Math.abs(arrival.likely - arrivedAt),
          naiveHeld: Math.abs(naive - arrivedAt) <= half,
          naiveError: Math.abs(naive - arrivedAt),
        });
      }
      now = one.time;
      if (one.kind === 'fix') {
        fold.take(one.fix);
      } else if (one.kind === 'start') {
        for (const { id } of orders) book.change(id, { state: 'out-for-delivery', attempt: 1, outAt: one.time });
        for (const { id } of orders) arrivals.apply(happened('order-started', { id, attempt: 1 }));
      } else {
        const id = idOf(day, one.consumer.id);
        book.change(id, { state: 'delivered', endedAt: one.time });
        arrivals.apply(happened('order-delivered', { id }));
      }
    }
  }
  db.close();
  return judged;
}

/** The distance left over the stops in their planned order, at one speed, and so many stops of one length. */
function naiveRest(run: RunDay, consumerId: string, at: LatLon, now: number): number {
  let place = at;
  let metres = 0;
  let stops = 0;
  for (const stop of run.stops) {
    // It is told, as ours is, of what has been delivered; nobody is delivered to before the van came.
    const done = (run.arrivals.get(stop.id) ?? 0) + stop.stop < now;
    if (done) continue;
    metres += distance(place, stop) * usualDetour;
    place = stop;
    if (stop.id === consumerId) break;
    stops++;
  }
  return (metres / naiveSpeed) * 1000 + stops * naiveStop;
}

function legOf(world: EstimatesWorld, from: LatLon, to: LatLon): { metres: number; by: 'road' | 'straight' } {
  if (!world.roads) return { metres: distance(from, to) * usualDetour, by: 'straight' };
  // A router knows the way from the door the van has just left; a van on the way is near enough to one.
  const near = world.consumers.reduce((a, b) => (distance(b, from) < distance(a, from) ? b : a));
  return { metres: distance(near, from) < 100 ? world.road(near, to) : distance(from, to) * usualDetour, by: 'road' };
}

function idOf(day: number, consumerId: string): string {
  return `d${day}-${consumerId}`;
}

function happened(type: string, data: object) {
  const value = { id: '00000000-0000-4000-8000-000000000000', time: 0, actor: 'bench', type, expects: [], data };
  return { topic: 'events' as const, agency: agency.id, value: value as unknown as Event };
}

/** The fold of the one van; its fixes come in order. */
class Fold {
  present = arrivalStep.initial();
  #facts: ArrivalFact[] = [];
  #tell: Parameters<ArrivalsDeps['folds']['onFacts']>[0] = () => {};

  take(fix: Fix): void {
    const found: ArrivalFact[] = [];
    this.present = arrivalStep.next(this.present, fix, { agency: agency.id, vanId }, (fact) => found.push(fact));
    if (found.length === 0) return;
    this.#facts.push(...found);
    const facts = found.map((fact) => ({ step: arrivalStep.name, at: fix.fixTime, fact }));
    this.#tell(agency.id, vanId, facts, { late: false, withdrawn: [] });
  }

  state() {
    return this.present;
  }

  facts(_agency: string, _van: string, _step: string, from: number, to: number): ArrivalFact[] {
    return this.#facts.filter((fact) => fact.from < to && fact.until > from);
  }

  onFacts(listener: Parameters<ArrivalsDeps['folds']['onFacts']>[0]): () => void {
    this.#tell = listener;
    return () => {};
  }
}

/** The orders of the one van of a world. */
class Book implements OrdersView {
  readonly find = noOrders.find;
  readonly count = noOrders.count;
  readonly #orders = new Map<string, Order>();
  readonly #runs = new Map<string, string[]>();

  plan(run: RunDay, number: number): Order[] {
    const day = new Date(run.startedAt + 5.5 * 3_600_000).toISOString().slice(0, 10);
    const assignedAt = run.startedAt - 3_600_000;
    const orders = run.stops.map(
      ({ id: consumerId }): Order => ({
        id: idOf(number, consumerId),
        consumerId,
        cylinders: 1,
        state: 'assigned',
        attempt: 0,
        bookedAt: assignedAt,
        dueAt: assignedAt + 48 * 3_600_000,
        vanId,
        day,
        assignedAt,
        flags: [],
        version: 1,
      }),
    );
    for (const order of orders) this.#orders.set(order.id, order);
    this.#runs.set(
      day,
      orders.map(({ id }) => id),
    );
    return orders;
  }

  change(id: string, to: Partial<Order>): void {
    this.#orders.set(id, { ...(this.#orders.get(id) as Order), ...to });
  }

  order(_agency: string, id: string): Order | undefined {
    return this.#orders.get(id);
  }

  run(_agency: string, van: string, day: string) {
    return { vanId: van, day, stops: this.#runs.get(day) ?? [], version: 1 };
  }

  recent(): Iterable<Order> {
    return this.#orders.values();
  }

  recentOf(): Iterable<Order> {
    return this.#orders.values();
  }
}
