import { join } from 'node:path';
import type { RunProgress } from '../../protocol/arrival.ts';
import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Position } from '../../protocol/position.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { arrivalStep } from '../domain/arrival-step.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer } from '../domain/decide-consumer.ts';
import { addDevice } from '../domain/decide-device.ts';
import { bookOrder, failOrder, startOrder } from '../domain/decide-order.ts';
import { deliverOrder } from '../domain/decide-order-delivery.ts';
import { assignOrder, planRun } from '../domain/decide-run.ts';
import { addVan } from '../domain/decide-van.ts';
import type { Decide } from '../domain/decision.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { minute, nine } from './agency-day.fixture.ts';
import { Arrivals } from './arrivals.ts';
import type { EstimatesChange } from './arrivals-told.ts';
import { Commands } from './commands.ts';
import { HealthProjection } from './health.ts';
import { Live } from './live.ts';
import { OrdersProjection } from './orders.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';
import { folder, silent } from './story.fixture.ts';
import { Trails } from './trails.ts';
import { VanFolds } from './van-folds.ts';
import type { AnyStep } from './van-folds-state.ts';
import type { World } from './world.ts';

/*
 * For tests: a street that runs east from the store in Pune. The store is at 0 km, consumer c1 lives at km 1, c2 at
 * km 2 and so on, orders o1, o2, … are theirs. Times are minutes after nine.
 */

const godown = { latitude: 18.52, longitude: 73.85 };
const metresPerDegree = 111_195 * Math.cos((18.52 * Math.PI) / 180);
const doors = 8;

/** A place on the street. */
function at(km: number): LatLon {
  return { latitude: godown.latitude, longitude: godown.longitude + (km * 1000) / metresPerDegree };
}

export class Street {
  readonly log: Log;
  readonly file: string;
  now = nine;
  readonly registry = new RegistryProjection();
  readonly orders: OrdersProjection;
  readonly folds: VanFolds;
  readonly arrivals: Arrivals;
  readonly projector: Projector;
  readonly commands: Commands;
  readonly world: World;
  /** what listeners were told */
  readonly heard: EstimatesChange[] = [];

  constructor(options: { log?: Log; file?: string; now?: number } = {}) {
    this.log = options.log ?? new MemoryLog();
    this.file = options.file ?? join(folder(), 'projections.sqlite');
    this.now = options.now ?? nine;
    const now = () => this.now;
    const { registry, log, file } = this;
    const { view } = registry;
    const trails = new Trails({ registry: view, now });
    const live = new Live({ registry: view, trails });
    this.orders = new OrdersProjection({ verdicts: registry.verdicts, now });
    const steps: AnyStep[] = [arrivalStep];
    this.folds = new VanFolds({ registry: view, trails, live, steps, now });
    const legs = (from: LatLon, to: LatLon) => ({ metres: 1.3 * distance(from, to), by: 'straight' as const });
    this.arrivals = new Arrivals({ orders: this.orders, registry: view, folds: this.folds, legs, now });
    this.arrivals.onEstimates((change) => this.heard.push(change));
    const health = new HealthProjection();
    const projections = [registry, trails, live, health, this.orders, this.arrivals, this.folds];
    this.projector = new Projector({ log, file, projections, logger: silent, saveEveryMs: 2 ** 31 - 1 });
    this.commands = new Commands({ log, registry, now });
    this.world = {
      registry: view,
      live,
      trails,
      health,
      orders: this.orders,
      deadLetters: { list: () => [], get: () => undefined, countOf: () => 0 },
      cursor: () => this.projector.cursor(),
      onChange: (listener) => this.projector.onChange(listener),
    };
  }

  static async begin(options: ConstructorParameters<typeof Street>[0] = {}): Promise<Street> {
    const street = new Street(options);
    await street.log.start();
    await street.projector.start();
    await street.projector.caughtUp;
    return street;
  }

  /** An agency with two vans and eight consumers, at nine. */
  static async open(): Promise<Street> {
    const street = await Street.begin();
    await street.does(addAgency({ id: 'pune', godown }));
    for (const id of ['v1', 'v2']) {
      await street.does(addVan('pune', { id, driverId: `driver-of-${id}` }));
      await street.does(addDevice('pune', { id: `gps-${id}`, vanId: id, keyHash: `hash-${id}` }));
    }
    for (let i = 1; i <= doors; i++) {
      await street.does(addConsumer('pune', { id: `c${i}`, name: `Name of c${i}`, ...at(i) }));
    }
    return street;
  }

  /** Orders, booked and on the run of a van, in this order. */
  async run(vanId: string, ...orders: readonly string[]): Promise<void> {
    for (const id of orders) {
      if (this.orders.order('pune', id) === undefined) {
        await this.does(bookOrder(this.orders, 'pune', { id, consumerId: `c${id.slice(1)}` }));
      }
    }
    await this.does(planRun(this.orders, 'pune', { vanId, stops: orders }));
  }

  async starts(...orders: readonly string[]): Promise<void> {
    for (const id of orders) await this.does(startOrder(this.orders, 'pune', id));
  }

  async delivers(id: string): Promise<void> {
    await this.does(deliverOrder(this.orders, 'pune', id, { confirmation: 'code' }));
  }

  async fails(id: string): Promise<void> {
    await this.does(failOrder(this.orders, 'pune', id, 'nobody at home'));
  }

  async assigns(id: string, vanId: string, place?: number): Promise<void> {
    await this.does(assignOrder(this.orders, 'pune', id, { vanId, ...(place === undefined ? {} : { at: place }) }));
  }

  /** The van's fixes of some minutes, every ten seconds, standing or driving; they come at once. */
  async drives(vanId: string, from: number, to: number, km: number, toKm = km): Promise<void> {
    await this.tell(...fixes(vanId, from, to, km, toKm));
    this.clock(to);
  }

  async stands(vanId: string, from: number, to: number, km: number): Promise<void> {
    await this.drives(vanId, from, to, km);
  }

  clock(minutes: number): void {
    this.now = nine + minutes * minute;
  }

  async does<T>(decide: Decide<T>): Promise<T> {
    const answer = await this.commands.execute(decide, { actor: 'DISPATCHER:dev' });
    if (!answer.ok) throw new Error(`${answer.kind}: ${answer.detail}`);
    return answer.value;
  }

  tell(...records: LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  progress(vanId = 'v1'): RunProgress {
    const run = this.arrivals.run('pune', vanId);
    if (run === undefined) throw new Error(`${vanId} has no run`);
    return run;
  }

  /** The stops of a run as words: what each is, and between which whole minutes the van was there. */
  told(vanId = 'v1'): string[] {
    return this.progress(vanId).stops.map(({ orderId, state, arrivedAt, leftAt, arrivedBy }) => {
      const whole = (time: number) => Math.round((time - nine) / minute);
      const there = arrivedAt === undefined ? '' : ` ${whole(arrivedAt)}-${leftAt === undefined ? '' : whole(leftAt)}`;
      return `${orderId} ${state}${there}${arrivedBy === 'act' ? ' by its act' : ''}`;
    });
  }

  /** An estimate in minutes after nine. */
  estimate(orderId: string): { from: number; likely: number; until: number; stopsBefore: number } {
    const arrival = this.arrivals.stop('pune', orderId);
    if (arrival === undefined) throw new Error(`there is no estimate for ${orderId}`);
    const { from, likely, until, stopsBefore } = arrival;
    return { from: minutesOf(from), likely: minutesOf(likely), until: minutesOf(until), stopsBefore };
  }

  async end(): Promise<void> {
    await this.projector.stop();
    await this.log.stop();
  }
}

/** Minutes after nine, to a tenth. */
function minutesOf(time: number): number {
  return Math.round((time - nine) / (minute / 10)) / 10;
}

/** A van's fixes, one every ten seconds, from one place of the street evenly to another. */
export function fixes(vanId: string, from: number, to: number, km: number, toKm = km): LogRecord[] {
  const records: LogRecord[] = [];
  for (let seconds = from * 60; seconds < to * 60; seconds += 10) {
    const part = (seconds - from * 60) / ((to - from) * 60);
    const fixTime = nine + seconds * 1000;
    const value: Position = {
      device: `gps-${vanId}`,
      fixTime,
      receivedAt: fixTime + 500,
      ...at(km + (toKm - km) * part),
    };
    records.push({ topic: 'positions', agency: 'pune', value });
  }
  return records;
}
