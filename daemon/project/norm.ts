import type { Order } from '../../protocol/order.ts';
import { daysOf } from '../domain/day-bounds.ts';
import { type NormClock, normClock, type Pace } from '../domain/norm-clock.ts';
import { dayAt } from '../domain/order-day.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { OutcomesView } from '../domain/outcome.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { WorkingTime } from '../domain/working-time.ts';

export interface NormDeps {
  registry: Pick<RegistryView, 'agency'>;
  orders: Pick<OrdersView, 'recent' | 'run'>;
  outcomes: Pick<OutcomesView, 'delivered'>;
  /** when an order is likely to arrive (UTC ms), as arrivals estimate it; absent: forecasts go by the pace alone */
  arrival?: (agency: string, orderId: string) => number | undefined;
}

const day = 86_400_000;
/** The usual pace is that of so many days before today on which anything was delivered or could have been. */
const usualDays = 14;
/** Working hours are laid out this far ahead: no forecast reaches farther. */
const ahead = 15 * day;
/** Below this an agency has not worked that day, ms. */
const leastWork = 1_800_000;

/** The 48-hour clock of each agency, worked out when it is asked for. */
export class Norm {
  readonly #deps: NormDeps;
  /** by agency: the usual pace, of which day it was worked out, and under which working hours */
  readonly #usual = new Map<string, { day: string; hours: string; pace: number | undefined }>();

  constructor(deps: NormDeps) {
    this.#deps = deps;
  }

  /** `now`: UTC ms */
  clock(agency: string, now: number): NormClock {
    const { registry, orders, outcomes, arrival } = this.#deps;
    const { timeZone = 'UTC', workingHours } = registry.agency(agency) ?? {};
    const today = dayAt(now, timeZone);
    const [begins] = daysOf(now, now + 1, timeZone);
    const from = begins?.from ?? now;
    const working = new WorkingTime(workingHours, timeZone, from - usualDays * day, now + ahead);
    const usual = this.#usualPace(agency, working, { from, timeZone, today, hours: JSON.stringify(workingHours) });
    const pace: Omit<Pace, 'used'> = {
      delivered: outcomes.delivered(agency, from, now + 1),
      worked: working.between(from, now) / 3_600_000,
      ...(usual === undefined ? {} : { usual }),
    };
    const places = new Map<string, ReadonlyMap<string, number>>();
    const runPlace = ({ id, vanId, day }: Order) => {
      if (vanId === undefined || day === undefined) return undefined;
      const key = `${vanId}/${day}`;
      const run = places.get(key) ?? new Map(orders.run(agency, vanId, day).stops.map((stop, i) => [stop, i]));
      places.set(key, run);
      return run.get(id);
    };
    return normClock(
      {
        orders: orders.recent(agency),
        working,
        timeZone,
        today,
        pace,
        runPlace,
        ...(arrival === undefined ? {} : { arrival: (orderId: string) => arrival(agency, orderId) }),
      },
      now,
    );
  }

  /** Deliveries per working hour of the days before; once a day, since those are over. */
  #usualPace(
    agency: string,
    working: WorkingTime,
    of: { from: number; timeZone: string; today: string; hours: string },
  ): number | undefined {
    const kept = this.#usual.get(agency);
    if (kept?.day === of.today && kept.hours === of.hours) return kept.pace;
    let delivered = 0;
    let worked = 0;
    let begun = false;
    for (const one of daysOf(of.from - usualDays * day, of.from, of.timeZone)) {
      const count = this.#deps.outcomes.delivered(agency, one.from, one.to);
      const work = working.between(one.from, one.to);
      // Days before the first delivery are those before the agency came here.
      begun ||= count > 0;
      if (!begun || (count === 0 && work < leastWork)) continue;
      delivered += count;
      worked += work;
    }
    const pace = worked >= leastWork ? delivered / (worked / 3_600_000) : undefined;
    this.#usual.set(agency, { day: of.today, hours: of.hours, pace });
    return pace;
  }
}
