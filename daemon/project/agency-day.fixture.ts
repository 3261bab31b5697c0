import { join } from 'node:path';
import { consumerDevice, type Order } from '../../protocol/order.ts';
import type { Position } from '../../protocol/position.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer } from '../domain/decide-consumer.ts';
import { addDevice } from '../domain/decide-device.ts';
import { bookOrder, startOrder } from '../domain/decide-order.ts';
import { assignOrder } from '../domain/decide-run.ts';
import { addVan } from '../domain/decide-van.ts';
import type { Decide, Refusal } from '../domain/decision.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { AuditProjection } from './audit.ts';
import { Commands } from './commands.ts';
import { HealthProjection } from './health.ts';
import { LinksProjection } from './links.ts';
import { Live } from './live.ts';
import { NoticesProjection } from './notices.ts';
import { OrdersProjection } from './orders.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';
import { SharingProjection } from './sharing.ts';
import { folder, silent } from './story.fixture.ts';
import { Trails } from './trails.ts';
import type { World } from './world.ts';

/** For tests: an agency with orders, as much of a daemon as they need; several may share a log. */

/** Nine in the morning in Pune, a Thursday. Times in stories are minutes after it. */
export const nine = Date.UTC(2026, 3, 2, 3, 30);
export const minute = 60_000;
export const hour = 60 * minute;

export class AgencyDay {
  readonly log: Log;
  readonly file: string;
  /** the clock, UTC ms */
  now = nine;
  readonly registry = new RegistryProjection();
  readonly trails: Trails;
  readonly live: Live;
  readonly orders: OrdersProjection;
  readonly sharing: SharingProjection;
  readonly links: LinksProjection;
  readonly notices: NoticesProjection;
  readonly health = new HealthProjection();
  readonly audit = new AuditProjection();
  readonly projector: Projector;
  readonly commands: Commands;
  readonly world: World;

  constructor(options: { log?: Log; file?: string } = {}) {
    this.log = options.log ?? new MemoryLog();
    this.file = options.file ?? join(folder(), 'projections.sqlite');
    const now = () => this.now;
    const { registry, log, file, health } = this;
    const { view, verdicts } = registry;
    this.trails = new Trails({ registry: view, now });
    this.live = new Live({ registry: view, trails: this.trails });
    this.orders = new OrdersProjection({ verdicts, now });
    this.sharing = new SharingProjection({ registry: view, verdicts });
    this.links = new LinksProjection({ orders: this.orders, registry: view });
    this.notices = new NoticesProjection({ doneBy: () => undefined, verdicts: registry.verdicts, now });
    const { trails, live, orders, sharing, links } = this;
    const projections = [registry, trails, live, health, orders, sharing, links, this.notices, this.audit];
    this.projector = new Projector({ log, file, projections, logger: silent, saveEveryMs: 2 ** 31 - 1 });
    this.commands = new Commands({ log, registry, now });
    this.world = {
      registry: view,
      live,
      trails,
      health,
      orders,
      sharing,
      deadLetters: { list: () => [], get: () => undefined, countOf: () => 0 },
      cursor: () => this.projector.cursor(),
      onChange: (listener) => this.projector.onChange(listener),
    };
  }

  /** `started`: the log that is given runs already. */
  static async begin(options: { log?: Log; file?: string; started?: boolean } = {}): Promise<AgencyDay> {
    const day = new AgencyDay(options);
    if (options.started !== true) await day.log.start();
    await day.projector.start();
    await day.projector.caughtUp;
    return day;
  }

  /** An agency in Pune with two vans, their drivers and trackers, and three consumers. */
  static async ofPune(options: { log?: Log; file?: string; started?: boolean } = {}): Promise<AgencyDay> {
    const day = await AgencyDay.begin(options);
    await day.does(addAgency({ id: 'pune' }));
    for (const [id, driverId] of [
      ['v1', 'ravi'],
      ['v2', 'mohan'],
    ] as const) {
      await day.does(addVan('pune', { id, driverId, capacity: { full: 10, empties: 10 } }));
      await day.does(addDevice('pune', { id: `gps-${id}`, vanId: id, keyHash: `hash-${id}` }));
    }
    for (const id of ['c1', 'c2', 'c3']) {
      const place = { latitude: 18.52, longitude: 73 + (85 + Number(id.slice(1))) / 100 };
      await day.does(
        addConsumer('pune', { id, name: `Name of ${id}`, phone: `+91 20 555 000${id.slice(1)}`, ...place }),
      );
    }
    return day;
  }

  /** Carries out a command that is allowed. */
  async does<T>(decide: Decide<T>, actor = 'ADMIN:anu'): Promise<T> {
    const answer = await this.commands.execute(decide, { actor });
    if (!answer.ok) throw new Error(`${answer.kind}: ${answer.detail}`);
    return answer.value;
  }

  /** Carries out a command that is not. */
  async refused(decide: Decide<unknown>, ifMatch?: number): Promise<Refusal> {
    const answer = await this.commands.execute(decide, {
      actor: 'ADMIN:anu',
      ...(ifMatch === undefined ? {} : { ifMatch }),
    });
    if (answer.ok) throw new Error('it was allowed');
    return answer;
  }

  async booked(id: string, consumerId: string, cylinders = 1): Promise<Order> {
    return this.does(bookOrder(this.orders, 'pune', { id, consumerId, cylinders }));
  }

  /** Booked, and on the van's run of today. */
  async assigned(id: string, consumerId: string, vanId: string): Promise<Order> {
    await this.booked(id, consumerId);
    return this.does(assignOrder(this.orders, 'pune', id, { vanId }));
  }

  /** On the van's run of today, and out for delivery. */
  async out(id: string, consumerId: string, vanId: string): Promise<Order> {
    await this.assigned(id, consumerId, vanId);
    return this.does(startOrder(this.orders, 'pune', id));
  }

  /** A fix of a van's tracker, or of a consumer's phone (`consumer:c1`), now. */
  async at(device: string, metresEast: number, fixTime = this.now): Promise<void> {
    const value: Position = {
      device,
      fixTime,
      receivedAt: this.now,
      latitude: 18.52,
      longitude: 73.85 + metresEast / 100_000,
    };
    await this.tell({ topic: 'positions', agency: 'pune', value });
  }

  async sharedAt(consumerId: string, metresEast: number): Promise<void> {
    await this.at(consumerDevice(consumerId), metresEast);
  }

  order(id: string): Order {
    const order = this.orders.order('pune', id);
    if (order === undefined) throw new Error(`there is no order ${id}`);
    return order;
  }

  tell(...records: LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** Everything that was ever written, as text. */
  async everythingWritten(): Promise<string> {
    let text = '';
    for await (const { records } of this.log.read(null)) text += JSON.stringify(records);
    return text;
  }

  async end(): Promise<void> {
    await this.projector.stop();
    await this.log.stop();
  }
}
