import { join } from 'node:path';
import { destination } from '../../protocol/geo.ts';
import { atResolution, type Position } from '../../protocol/position.ts';
import type { LogRecord } from '../../protocol/record.ts';
import type { ZoneVisit } from '../../protocol/zone.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addDevice } from '../domain/decide-device.ts';
import { addVan } from '../domain/decide-van.ts';
import type { Decide, Refusal } from '../domain/decision.ts';
import type { Fix } from '../domain/fold.ts';
import { nine } from '../domain/zone.fixture.ts';
import { ZoneStep } from '../domain/zone-step.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Commands } from './commands.ts';
import { Live } from './live.ts';
import { OrdersProjection } from './orders.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';
import { folder, silent } from './story.fixture.ts';
import { Trails } from './trails.ts';
import { VanFolds } from './van-folds.ts';
import type { AnyStep } from './van-folds-state.ts';
import { ZonesProjection } from './zones.ts';

/** For tests: an agency with zones, as much of a daemon as they need; several may share a log. */
export class ZoneDay {
  readonly log: Log;
  readonly file: string;
  /** the clock, UTC ms */
  now = nine;
  readonly registry = new RegistryProjection();
  readonly trails: Trails;
  readonly live: Live;
  readonly orders: OrdersProjection;
  readonly zones: ZonesProjection;
  readonly folds: VanFolds;
  readonly projector: Projector;
  readonly commands: Commands;
  /** facts as they were told: `v1 yard enter 25`, with `late` or `withdrawn` */
  readonly told: string[] = [];

  constructor(options: { log?: Log; file?: string } = {}) {
    this.log = options.log ?? new MemoryLog();
    this.file = options.file ?? join(folder(), 'projections.sqlite');
    const now = () => this.now;
    const { registry, log, file } = this;
    const { view, verdicts } = registry;
    this.trails = new Trails({ registry: view, now });
    this.live = new Live({ registry: view, trails: this.trails });
    this.orders = new OrdersProjection({ verdicts, now });
    const { trails, live, orders } = this;
    this.zones = new ZonesProjection({ registry: view, live, orders, verdicts, now });
    const steps = [new ZoneStep(this.zones) as unknown as AnyStep];
    this.folds = new VanFolds({ registry: view, trails, live, steps, now });
    this.zones.follow(this.folds, 'zones@1');
    this.folds.onFacts((_agency, vanId, facts, { late, withdrawn }) => {
      const say = ({ fact }: (typeof facts)[number], how: string) => {
        const { zoneId, what } = fact as unknown as { zoneId: string; what: string };
        this.told.push(`${vanId} ${zoneId} ${what} ${(fact.from - nine) / 1000}${how}`);
      };
      for (const each of withdrawn) say(each, ' withdrawn');
      for (const each of facts) say(each, late ? ' late' : '');
    });
    const projections = [registry, trails, live, orders, this.folds, this.zones];
    this.projector = new Projector({ log, file, projections, logger: silent, saveEveryMs: 2 ** 31 - 1 });
    this.commands = new Commands({ log, registry, now });
  }

  static async begin(options: { log?: Log; file?: string } = {}): Promise<ZoneDay> {
    const day = new ZoneDay(options);
    await day.log.start();
    await day.projector.start();
    await day.projector.caughtUp;
    return day;
  }

  /** An agency in Pune with two vans and their trackers. */
  static async ofPune(options: { log?: Log; file?: string } = {}): Promise<ZoneDay> {
    const day = await ZoneDay.begin(options);
    day.now = nine - 3_600_000;
    await day.does(addAgency({ id: 'pune' }));
    for (const id of ['v1', 'v2']) {
      await day.does(addVan('pune', { id }));
      await day.does(addDevice('pune', { id: `gps-${id}`, vanId: id, keyHash: `hash-${id}` }));
    }
    return day;
  }

  /** Carries out a command that is allowed, at a time (seconds after nine). */
  async does<T>(decide: Decide<T>, seconds?: number): Promise<T> {
    if (seconds !== undefined) this.now = nine + seconds * 1000;
    const answer = await this.commands.execute(decide, { actor: 'ADMIN:anu' });
    if (!answer.ok) throw new Error(`${answer.kind}: ${answer.detail}`);
    return answer.value;
  }

  /** Carries out a command that is not. */
  async refused(decide: Decide<unknown>, ifMatch?: number): Promise<Refusal> {
    const by = { actor: 'ADMIN:anu', ...(ifMatch === undefined ? {} : { ifMatch }) };
    const answer = await this.commands.execute(decide, by);
    if (answer.ok) throw new Error('it was allowed');
    return answer;
  }

  /** Fixes of a van's tracker, as one batch. */
  async drives(vanId: string, fixes: readonly Fix[]): Promise<void> {
    await this.tell(...fixes.map((fix) => positionOf(vanId, fix)));
  }

  tell(...records: LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** The visits of a zone: `v1 25 135`, an open one without its end. */
  visits(zoneId: string): string[] {
    // Whatever waits is gone through when a van is asked about.
    for (const { id } of this.registry.view.vans('pune')) this.zones.inside('pune', id);
    const query = { zoneId, from: 0, to: Number.MAX_SAFE_INTEGER };
    return this.zones.visits('pune', query, { limit: 1000 }).map(shown);
  }

  async end(): Promise<void> {
    await this.projector.stop();
    await this.log.stop();
  }
}

function shown({ vanId, entered, left, enteredBy, leftBy }: ZoneVisit): string {
  const seconds = (time: number) => String((time - nine) / 1000);
  const parts = [vanId, seconds(entered), enteredBy, left === undefined ? '…' : seconds(left), leftBy];
  return parts.filter((part) => part !== undefined).join(' ');
}

export function positionOf(vanId: string, { marked: _, ...fix }: Fix): LogRecord {
  const value: Position = atResolution({ device: `gps-${vanId}`, receivedAt: fix.fixTime + 500, ...fix });
  return { topic: 'positions', agency: 'pune', value };
}

/** A place so many metres east of the middle of the town. */
export function doorAt(east: number): { latitude: number; longitude: number } {
  const { latitude, longitude } = destination({ latitude: 18.52, longitude: 73.85 }, 90, east);
  return { latitude, longitude };
}
