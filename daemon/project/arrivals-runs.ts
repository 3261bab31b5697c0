import type { LatLon } from '../../protocol/geo.ts';
import type { Agency } from '../../protocol/registry.ts';
import { type DayFacts, startOf } from '../domain/arrival-day.ts';
import type { Legs } from '../domain/arrival-forecast.ts';
import { type ArrivalFact, type ArrivalState, presentStand, type Stand } from '../domain/arrival-step.ts';
import { type DoorStop, type Visits, visitsOf } from '../domain/arrival-visits.ts';
import { stopsOf } from '../domain/decide-run.ts';
import type { TimedFact } from '../domain/fold.ts';
import { isOpen } from '../domain/order.ts';
import { dayAt } from '../domain/order-day.ts';
import type { OrdersView } from '../domain/order-view.ts';
import { type Progress, progressOf } from '../domain/progress.ts';
import type { RegistryView } from '../domain/registry-view.ts';

/** Ways as an agency knows them: how crooked its roads are it has learnt itself. */
export type AgencyLegs = (...ends: [...Parameters<Legs>, agency: string]) => ReturnType<Legs>;

export interface VanDeps {
  orders: OrdersView;
  registry: Pick<RegistryView, 'agency' | 'consumer'>;
  folds: ArrivalFolds;
  legs: AgencyLegs;
}

/** What the folds of the vans' fixes answer about the step of the arrivals. */
export interface ArrivalFolds {
  state(agency: string, vanId: string, step: string): unknown;
  facts(agency: string, vanId: string, step: string, from: number, to: number): TimedFact[];
}

/** A van's run on a day, as everything known makes it. */
export interface RunNow {
  day: string;
  stops: DoorStop[];
  visits: Visits;
  progress: Progress;
  startedAt: number | undefined;
}

/** Doors remembered for a van: those of some days. */
const mostDoors = 300;
/** A day in any time zone lies within this of noon in UTC, ms; a stand may have begun the day before. */
const aroundDay = 36 * 3_600_000;

/** Reads a van's runs: what the folds know of its fixes, held against its orders as they are. */
export class VanRuns {
  readonly agency: string;
  readonly id: string;
  /** what the fixes of a day came to, as it was read last */
  facts: ({ day: string } & DayFacts) | undefined;
  readonly #deps: VanDeps;
  /** the stops of a day, as they were read last */
  #stops: { day: string; stops: DoorStop[] } | undefined;
  /** the doors of consumers, as they were read last; undefined: nobody knows where one is */
  readonly #doors = new Map<string, LatLon | undefined>();

  constructor(agency: string, id: string, deps: VanDeps) {
    this.agency = agency;
    this.id = id;
    this.#deps = deps;
  }

  /** As the fold leaves it at the end of the van's trail. */
  get state(): ArrivalState | undefined {
    return this.#deps.folds.state(this.agency, this.id, 'arrivals') as ArrivalState | undefined;
  }

  /** The run of a day: which stop was when, by stands and acts. */
  run(day: string): RunNow {
    const agency = this.#deps.registry.agency(this.agency);
    const stops = this.#stopsOf(day);
    const stands: Stand[] = [...this.factsOf(day).stands];
    const present = this.#presentStand(day, agency);
    if (present !== undefined) stands.push(present);
    const visits = visitsOf(stops, stands, present !== undefined);
    const { state } = this;
    const progress = progressOf(stops, visits, state === undefined || state.fixTime < 0 ? undefined : state);
    const startedAt = startOf(stops, day, progress, stands, state, agency?.godown);
    return { day, stops, visits, progress, startedAt };
  }

  /** A stand belongs to the day on which it ended. */
  factsOf(day: string): DayFacts {
    if (this.facts?.day === day) return this.facts;
    const { folds, registry } = this.#deps;
    const timeZone = registry.agency(this.agency)?.timeZone ?? 'UTC';
    const noon = Date.parse(`${day}T12:00:00Z`);
    const found = folds.facts(this.agency, this.id, 'arrivals', noon - aroundDay, noon + aroundDay) as ArrivalFact[];
    const stands: DayFacts['stands'] = [];
    const drives: DayFacts['drives'] = [];
    for (const fact of found) {
      if (dayAt(fact.until, timeZone) !== day) continue;
      if (fact.kind === 'stand') stands.push(fact);
      else drives.push(fact);
    }
    this.facts = { day, stands, drives };
    return this.facts;
  }

  /** Something is new about its orders or its runs. */
  forgetStops(): void {
    this.#stops = undefined;
  }

  /** A consumer's door may be elsewhere; without one: anybody's. */
  forgetDoors(consumerId?: string): void {
    if (consumerId === undefined) this.#doors.clear();
    else this.#doors.delete(consumerId);
    this.#stops = undefined;
  }

  #stopsOf(day: string): DoorStop[] {
    if (this.#stops?.day === day) return this.#stops.stops;
    const { orders } = this.#deps;
    const run = orders.run(this.agency, this.id, day);
    const earlier = [...orders.recentOf(this.agency, { vanId: this.id })]
      .filter((order) => (order.day ?? day) < day && isOpen(order))
      .sort((a, b) => (a.day ?? '').localeCompare(b.day ?? '') || a.id.localeCompare(b.id));
    const stops = [...earlier, ...stopsOf(orders, this.agency, run)].map((order): DoorStop => {
      const door = this.#door(order.consumerId);
      return door === undefined ? { order } : { order, door };
    });
    this.#stops = { day, stops };
    return stops;
  }

  #door(consumerId: string): LatLon | undefined {
    if (this.#doors.has(consumerId)) return this.#doors.get(consumerId);
    const { latitude, longitude } = this.#deps.registry.consumer(this.agency, consumerId) ?? {};
    const door = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
    if (this.#doors.size >= mostDoors) this.#doors.clear();
    this.#doors.set(consumerId, door);
    return door;
  }

  #presentStand(day: string, agency: Agency | undefined): Stand | undefined {
    const stand = this.state === undefined ? undefined : presentStand(this.state);
    return stand !== undefined && dayAt(stand.until, agency?.timeZone ?? 'UTC') === day ? stand : undefined;
  }
}
