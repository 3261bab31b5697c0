import { setImmediate } from 'node:timers/promises';
import type { Order } from '../../protocol/order.ts';
import { type Day, daysOf } from '../domain/day-bounds.ts';
import {
  addOutcome,
  addReport,
  addWay,
  type DayReport,
  emptyReport,
  isEmpty,
  TrailWay,
  together,
  type Way,
} from '../domain/day-report.ts';
import { type DeliveryEvidence, DoorWatch, evidenceOf, windowOf } from '../domain/ghost.ts';
import type { Driving, Outcome, OutcomesView } from '../domain/outcome.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { beyondWindow } from './delivery-evidence.ts';
import type { TrailView } from './world.ts';

/** What reports take from motion, where that is known: `MotionView` has it. */
export interface WaySource {
  days(agency: string, vanId: string, from: number, to: number, now: number): Iterable<Required<Way>>;
}

export interface DayReportsDeps {
  registry: Pick<RegistryView, 'agency' | 'consumer' | 'vans'>;
  outcomes: OutcomesView;
  trails: Pick<TrailView, 'van'>;
  motion?: WaySource;
  /** UTC ms */
  now: () => number;
}

export type ReportBy = 'day' | 'van' | 'driver';

/** One attempt, as a detailed report has it. */
interface ReportedOutcome extends Omit<Outcome, 'delivery'> {
  driverId?: string;
  late: boolean;
  evidence?: DeliveryEvidence;
}

/** A report, with what ended in it where that was asked for. */
export interface DetailedReport extends DayReport {
  outcomes?: ReportedOutcome[];
}

interface VanDay {
  driving: Driving[];
  outcomes: Outcome[];
}
interface Ended {
  outcome: Outcome;
  evidence: DeliveryEvidence | undefined;
}

/**
 * Reports of any past day, worked out anew each time from trails and outcomes, so that what came late is in them. One
 * day and one page of a trail in memory at a time, with a turn for everyone else between.
 */
export class DayReports {
  readonly #deps: DayReportsDeps;

  constructor(deps: DayReportsDeps) {
    this.#deps = deps;
  }

  /** Day by day those that touch `from` ≤ time < `to` (UTC ms), oldest first; what did nothing is left out. */
  async *days(
    agency: string,
    period: { from: number; to: number },
    { by, detail = false }: { by: ReportBy; detail?: boolean },
  ): AsyncGenerator<DetailedReport[]> {
    const { registry, now } = this.#deps;
    const timeZone = registry.agency(agency)?.timeZone ?? 'UTC';
    for (const day of daysOf(period.from, Math.min(period.to, now() + 1), timeZone)) {
      yield await this.#day(agency, day, by, detail);
    }
  }

  async #day(agency: string, day: Day, by: ReportBy, detail: boolean): Promise<DetailedReport[]> {
    const { outcomes, now } = this.#deps;
    const to = Math.min(day.to, now() + 1);
    const vans = new Map<string, VanDay>();
    const of = (vanId: string) => {
      const van = vans.get(vanId) ?? { driving: [], outcomes: [] };
      vans.set(vanId, van);
      return van;
    };
    for (const one of outcomes.driving(agency, day.from, to)) of(one.vanId).driving.push(one);
    const ended = outcomes.between(agency, day.from, day.to);
    for (const outcome of ended) of(outcome.vanId ?? '').outcomes.push(outcome);
    const reports = new Map<string, DetailedReport>();
    const reportOf = (vanId: string, driverId: string | undefined) => {
      const subject =
        by === 'day' ? {} : by === 'van' ? (vanId === '' ? {} : { vanId }) : driverId === undefined ? {} : { driverId };
      const key = JSON.stringify(subject);
      const report: DetailedReport = reports.get(key) ?? {
        ...emptyReport({ day: day.day, ...subject }),
        ...(detail ? { outcomes: [] } : {}),
      };
      reports.set(key, report);
      return report;
    };
    for (const [vanId, van] of [...vans].sort(([a], [b]) => (a < b ? -1 : 1))) {
      await this.#van(agency, vanId, van, { ...day, to }, reportOf);
    }
    const found = [...reports.values()].filter((report) => !isEmpty(report));
    if (by === 'driver') found.sort((a, b) => ((a.driverId ?? '\uffff') < (b.driverId ?? '\uffff') ? -1 : 1));
    for (const { outcomes: told } of found) told?.sort((a, b) => a.at - b.at || (a.orderId < b.orderId ? -1 : 1));
    return found;
  }

  async #van(
    agency: string,
    vanId: string,
    { driving, outcomes }: VanDay,
    day: Day,
    reportOf: (vanId: string, driverId: string | undefined) => DetailedReport,
  ): Promise<void> {
    const { ended, stays, ways } = await this.#look(agency, vanId, driving, outcomes, day);
    for (const [i, shift] of driving.entries()) {
      const report = reportOf(vanId, shift.driverId);
      const way = ways[i];
      if (way !== undefined) addWay(report, way);
      report.atDoors += together(stays, shift.from, shift.to);
    }
    for (const { outcome, evidence } of ended) {
      const { driverId } = driving.find(({ from, to }) => outcome.at >= from && outcome.at < to) ?? {};
      const report = reportOf(vanId, driverId);
      addOutcome(report, outcome, evidence);
      const { delivery: _delivery, ...rest } = outcome;
      report.outcomes?.push({
        ...rest,
        ...(driverId === undefined ? {} : { driverId }),
        late: outcome.at > outcome.dueAt,
        ...(evidence === undefined ? {} : { evidence }),
      });
    }
  }

  /** One reading of the van's trail for all that is to be seen in it. */
  async #look(agency: string, vanId: string, driving: readonly Driving[], outcomes: readonly Outcome[], day: Day) {
    const { trails, motion, now } = this.#deps;
    const watched = outcomes.map((outcome) => ({ outcome, watch: this.#watch(agency, outcome) }));
    const watches = watched.flatMap(({ watch }) => watch ?? []);
    const ways = motion === undefined ? driving.map(() => new TrailWay()) : [];
    if (vanId !== '' && (watches.length > 0 || ways.length > 0)) {
      const margin = watches.length > 0 ? beyondWindow : 0;
      for (const page of trails.van(agency, vanId, day.from - margin, day.to + margin)) {
        for (const fix of page) {
          if (fix.mark !== undefined) continue;
          for (const watch of watches) watch.add(fix);
          const i = driving.findIndex(({ from, to }) => fix.fixTime >= from && fix.fixTime < to);
          ways[i]?.add(fix);
        }
        await setImmediate();
      }
    }
    return {
      ended: watched.map(({ outcome, watch }): Ended => ({ outcome, evidence: evidence(outcome, watch) })),
      stays: watches.flatMap((watch) => watch.stays),
      ways:
        motion === undefined
          ? ways.map((way) => way.way())
          : driving.map(({ from, to }) => wayOf(motion.days(agency, vanId, from, to, now()))),
    };
  }

  /** Undefined: it was no delivery, or nobody knows where its door is. */
  #watch(agency: string, outcome: Outcome): DoorWatch | undefined {
    if (outcome.what !== 'delivered' || outcome.vanId === undefined) return undefined;
    const { latitude, longitude } = this.#deps.registry.consumer(agency, outcome.consumerId) ?? {};
    if (latitude === undefined || longitude === undefined) return undefined;
    return new DoorWatch({ latitude, longitude }, windowOf(asOrder(outcome)));
  }
}

function evidence(outcome: Outcome, watch: DoorWatch | undefined): DeliveryEvidence | undefined {
  return outcome.what === 'delivered' ? evidenceOf(asOrder(outcome), watch?.found()) : undefined;
}

/** As much of an order as evidence is made of. */
function asOrder({ orderId, at, vanId, outAt, delivery }: Outcome): Parameters<typeof evidenceOf>[0] {
  return {
    id: orderId,
    state: 'delivered',
    endedAt: at,
    ...(vanId === undefined ? {} : { vanId }),
    ...(outAt === undefined ? {} : { outAt }),
    ...(delivery === undefined ? {} : { delivery }),
  } satisfies Partial<Order>;
}

function wayOf(days: Iterable<Required<Way>>): Way {
  const sum: Required<Way> = { distance: 0, silence: 0, driving: 0, trips: 0, stops: 0 };
  for (const day of days) for (const field of Object.keys(sum) as (keyof Way)[]) sum[field] += day[field];
  return sum;
}

/** The sum of reports, under no van and no driver. */
export function sumOf(reports: Iterable<DayReport>, day = ''): DayReport {
  const sum = emptyReport({ day });
  for (const report of reports) addReport(sum, report);
  return sum;
}
