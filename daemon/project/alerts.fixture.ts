import { join } from 'node:path';
import type { Position } from '../../protocol/position.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer } from '../domain/decide-consumer.ts';
import { addDevice } from '../domain/decide-device.ts';
import { addVan } from '../domain/decide-van.ts';
import type { Decide } from '../domain/decision.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { hour, minute, nine } from './agency-day.fixture.ts';
import { type AlertNews, Alerts } from './alerts.ts';
import { AlertActsProjection } from './alerts-acts.ts';
import { AlertsKept } from './alerts-kept.ts';
import { SilencesProjection } from './alerts-silences.ts';
import type { AlertSources } from './alerts-sources.ts';
import { alertsView } from './alerts-view.ts';
import { Commands } from './commands.ts';
import { HealthProjection } from './health.ts';
import { Live } from './live.ts';
import { OrdersProjection } from './orders.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';
import { folder, silent } from './story.fixture.ts';
import { Trails } from './trails.ts';
import type { World } from './world.ts';

/**
 * For tests: as much of a daemon as alerts need, with a clock that is set by hand. Several may share a log, and a file
 * may be opened again. Times in stories are minutes after nine.
 */
export class AlertBed {
  readonly log: Log;
  readonly file: string;
  readonly clock: { now: number };
  readonly registry = new RegistryProjection();
  readonly orders: OrdersProjection;
  readonly acts: AlertActsProjection;
  readonly kept: AlertsKept;
  readonly silences = new SilencesProjection();
  readonly commands: Commands;
  readonly projector: Projector;
  readonly alerts: Alerts;
  readonly view: ReturnType<typeof alertsView>;
  readonly world: World;
  readonly news: string[] = [];
  readonly changed: string[] = [];
  #tick: () => void = () => {};

  constructor(
    options: {
      log?: Log;
      file?: string;
      clock?: { now: number };
      sources?: Partial<AlertSources>;
      inPortions?: (step: () => boolean) => void;
    } = {},
  ) {
    const { log = new MemoryLog(), file = join(folder(), 'projections.sqlite'), clock = { now: nine } } = options;
    this.log = log;
    this.file = file;
    this.clock = clock;
    const now = () => clock.now;
    const { registry, silences } = this;
    const { view, verdicts } = registry;
    const trails = new Trails({ registry: view, now });
    const live = new Live({ registry: view, trails });
    const health = new HealthProjection({ now });
    this.orders = new OrdersProjection({ verdicts, now });
    this.acts = new AlertActsProjection({ verdicts, now });
    this.kept = new AlertsKept({ now });
    const { orders, acts, kept } = this;
    const projections = [registry, trails, live, health, orders, acts, silences, kept];
    this.projector = new Projector({ log, file, projections, logger: silent, saveEveryMs: 2 ** 31 - 1 });
    this.commands = new Commands({ log, registry, now });
    this.view = alertsView({ kept, acts, registry: view });
    this.alerts = new Alerts({
      sources: {
        registry: view,
        live,
        health,
        orders,
        usualSilence: (...place) => silences.usual(...place),
        ...options.sources,
      },
      acts,
      kept,
      shown: (agency, id) => this.view.alert(agency, id),
      onChange: (listener) => this.projector.onChange(listener),
      now,
      every: (_ms, work) => {
        this.#tick = work;
        return () => {
          this.#tick = () => {};
        };
      },
      inPortions:
        options.inPortions ??
        ((step) => {
          while (step());
        }),
      onError: (error) => {
        throw error;
      },
    });
    this.world = {
      registry: view,
      live,
      trails,
      health,
      orders,
      alerts: this.view,
      deadLetters: { list: () => [], get: () => undefined, countOf: () => 0 },
      cursor: () => this.projector.cursor(),
      onChange: (listener) => this.projector.onChange(listener),
    };
    const note = (what: string) => `${(clock.now - nine) / minute} ${what}`;
    this.alerts.onNews(({ what, alert }: AlertNews) => this.news.push(note(`${what} ${alert.kind} ${alert.text}`)));
    for (const part of [this.alerts, this.projector]) {
      part.onChange((change) => {
        for (const id of change.alerts ?? []) this.changed.push(id);
      });
    }
  }

  static async begin(options: ConstructorParameters<typeof AlertBed>[0] = {}): Promise<AlertBed> {
    const bed = new AlertBed(options);
    await bed.log.start();
    await bed.projector.start();
    await bed.projector.caughtUp;
    await bed.alerts.start();
    return bed;
  }

  /** An agency in Pune with vans v1 … vN, a tracker on each. */
  static async ofPune(vans: number, options: ConstructorParameters<typeof AlertBed>[0] = {}): Promise<AlertBed> {
    const bed = await AlertBed.begin(options);
    await bed.does(addAgency({ id: 'pune' }));
    for (let i = 1; i <= vans; i++) {
      await bed.does(addVan('pune', { id: `v${i}`, name: `Van ${i}` }));
      await bed.does(addDevice('pune', { id: `gps-${i}`, vanId: `v${i}`, keyHash: `hash-${i}` }));
    }
    await bed.does(addConsumer('pune', { id: 'c1', name: 'Name of c1' }));
    return bed;
  }

  async does<T>(decide: Decide<T>, actor = 'DISPATCHER:dev'): Promise<T> {
    const answer = await this.commands.execute(decide, { actor });
    if (!answer.ok) throw new Error(`${answer.kind}: ${answer.detail}`);
    return answer.value;
  }

  tell(...records: LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  fix(van: number, minutes: number, more: Partial<Position> = {}): LogRecord {
    const fixTime = nine + minutes * minute;
    const place = { latitude: 18.52, longitude: 73.85 + van / 1000 };
    const value = { device: `gps-${van}`, fixTime, receivedAt: this.clock.now, ...place, ...more };
    return { topic: 'positions', agency: 'pune', value };
  }

  /** From the minute it is on to `until`, every half minute: these vans are heard, and the clock ticks. */
  async drive(until: number, ...vans: number[]): Promise<void> {
    for (let minutes = this.minutes + 0.5; minutes <= until; minutes += 0.5) {
      this.clock.now = nine + minutes * minute;
      if (vans.length > 0) await this.tell(...vans.map((van) => this.fix(van, minutes)));
      this.#tick();
    }
  }

  /** The clock ticks once, without any time passing. */
  tick(): void {
    this.#tick();
  }

  get minutes(): number {
    return (this.clock.now - nine) / minute;
  }

  open(): string[] {
    return [...this.view.open('pune')].map(({ text }) => text).sort();
  }

  /** The daemon stops as it should; another one may open its file. */
  async end(): Promise<void> {
    await this.alerts.stop();
    await this.projector.stop();
  }
}

export { hour, minute, nine };
