import { join } from 'node:path';
import { failOrder } from '../domain/decide-order.ts';
import { deliverOrder, type HandOver } from '../domain/decide-order-delivery.ts';
import { changeVan } from '../domain/decide-van.ts';
import { type AgencyDay, minute } from './agency-day.fixture.ts';
import { DayReports, type WaySource } from './day-reports.ts';
import { OrdersProjection } from './orders.ts';
import { OutcomesProjection } from './outcomes.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';
import { folder, silent } from './story.fixture.ts';

/** For tests: the outcomes of a day, read from its log as another daemon would. */
export class ReportDay {
  readonly day: AgencyDay;
  readonly outcomes: OutcomesProjection;
  readonly #projector: Projector;

  constructor(day: AgencyDay, file = join(folder(), 'outcomes.sqlite')) {
    this.day = day;
    const now = () => day.now;
    const registry = new RegistryProjection({ now });
    const { verdicts } = registry;
    const orders = new OrdersProjection({ verdicts, now });
    this.outcomes = new OutcomesProjection({ orders, verdicts });
    const projections = [registry, orders, this.outcomes];
    this.#projector = new Projector({ log: day.log, file, projections, logger: silent, saveEveryMs: 2 ** 31 - 1 });
  }

  static async of(day: AgencyDay, file?: string): Promise<ReportDay> {
    const one = new ReportDay(day, file);
    await one.#projector.start();
    await one.#projector.caughtUp;
    return one;
  }

  reports(motion?: WaySource): DayReports {
    const { world } = this.day;
    return new DayReports({
      registry: world.registry,
      outcomes: this.outcomes,
      trails: world.trails,
      now: () => this.day.now,
      ...(motion === undefined ? {} : { motion }),
    });
  }

  save(): void {
    this.#projector.saveNow();
  }

  async end(): Promise<void> {
    await this.#projector.stop();
  }

  async delivered(id: string, act: HandOver = { confirmation: 'code' }): Promise<void> {
    await this.day.does(deliverOrder(this.day.orders, 'pune', id, act));
  }

  async failed(id: string): Promise<void> {
    await this.day.does(failOrder(this.day.orders, 'pune', id, 'nobody at home'));
  }

  async drives(vanId: string, driverId: string | null): Promise<void> {
    await this.day.does(changeVan('pune', { id: vanId, driverId }));
  }

  /** The van goes from one place to another (m east of the godown) within some minutes, a fix every half minute. */
  async goes(vanId: string, from: number, to: number, minutes: number): Promise<void> {
    const steps = minutes * 2;
    for (let i = 1; i <= steps; i++) {
      this.day.now += minute / 2;
      await this.day.at(`gps-${vanId}`, Math.round(from + ((to - from) * i) / steps));
    }
  }

  /**
   * A day of van v1: Ravi delivers o1 at its door, tells o2 from half way, and comes to nobody for o3; from eleven on
   * Sita drives, who goes back to the godown.
   */
  async story(): Promise<void> {
    const { day } = this;
    await day.at('gps-v1', 0);
    for (const [id, consumer] of [
      ['o1', 'c1'],
      ['o2', 'c2'],
      ['o3', 'c3'],
    ] as const) {
      await day.out(id, consumer, 'v1');
    }
    await this.goes('v1', 0, 1000, 10);
    await this.goes('v1', 1000, 1000, 5);
    await this.delivered('o1');
    await this.goes('v1', 1000, 1500, 5);
    await this.goes('v1', 1500, 1500, 25);
    await this.delivered('o2', { confirmation: 'none', reason: 'no network', full: 1, empties: 0 });
    await this.goes('v1', 1500, 3000, 3);
    await this.goes('v1', 3000, 3000, 10);
    await this.failed('o3');
    await this.goes('v1', 3000, 3000, 50);
    await this.drives('v1', 'sita');
    await this.goes('v1', 3000, 0, 30);
  }
}
