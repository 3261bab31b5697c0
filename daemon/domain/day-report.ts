import { distance } from '../../protocol/geo.ts';
import type { DeliveryEvidence, TrailFix } from './ghost.ts';
import type { Outcome } from './outcome.ts';

/** What is reported of a day: of the agency, of a van, or of a driver. Distances m, lengths of time ms. */
export interface DayReport {
  /** as 2026-11-21, in the agency's time zone */
  day: string;
  vanId?: string;
  driverId?: string;
  distance: number;
  /** absent where motion is not known */
  driving?: number;
  trips?: number;
  stops?: number;
  delivered: number;
  failed: number;
  /** of those that ended, after their 48 hours */
  late: number;
  /** of the delivered, confirmed by their code */
  withCode: number;
  /** share of the delivered that were confirmed by their code; absent: nothing was delivered */
  codeRate?: number;
  /** full cylinders that went out for what ended that day */
  cylindersOut: number;
  /** of them handed over, and brought back full */
  cylindersDelivered: number;
  cylindersBack: number;
  /** empty cylinders taken back */
  empties: number;
  /** at doors of deliveries */
  atDoors: number;
  /** without a sign of life, having moved meanwhile */
  silence: number;
  /** deliveries somebody should look at */
  ghosts: number;
  /** of which nothing can be said */
  unknown: number;
}

/** How a van moved in some time. */
export interface Way {
  distance: number;
  silence: number;
  driving?: number;
  trips?: number;
  stops?: number;
}

export function emptyReport(of: Pick<DayReport, 'day' | 'vanId' | 'driverId'>): DayReport {
  return {
    ...of,
    distance: 0,
    delivered: 0,
    failed: 0,
    late: 0,
    withCode: 0,
    cylindersOut: 0,
    cylindersDelivered: 0,
    cylindersBack: 0,
    empties: 0,
    atDoors: 0,
    silence: 0,
    ghosts: 0,
    unknown: 0,
  };
}

/** Takes into a report how an attempt ended; `evidence`: of a delivery. */
export function addOutcome(report: DayReport, outcome: Outcome, evidence: DeliveryEvidence | undefined): void {
  const { what, delivery, cylinders, at, dueAt } = outcome;
  report[what]++;
  if (at > dueAt) report.late++;
  const full = what === 'delivered' ? (delivery?.full ?? cylinders) : 0;
  // More may be handed over than was booked: it was on the van.
  report.cylindersOut += Math.max(cylinders, full);
  report.cylindersDelivered += full;
  report.cylindersBack += Math.max(0, cylinders - full);
  report.empties += delivery?.empties ?? 0;
  if (delivery?.confirmation === 'code') report.withCode++;
  if (evidence?.verdict === 'ghost') report.ghosts++;
  if (evidence?.verdict === 'unknown') report.unknown++;
  if (report.delivered > 0) report.codeRate = report.withCode / report.delivered;
}

export function addWay(report: DayReport, way: Way): void {
  report.distance += way.distance;
  report.silence += way.silence;
  for (const field of ['driving', 'trips', 'stops'] as const) {
    const value = way[field];
    if (value !== undefined) report[field] = (report[field] ?? 0) + value;
  }
}

const sums = [
  'distance',
  'delivered',
  'failed',
  'late',
  'withCode',
  'cylindersOut',
  'cylindersDelivered',
  'cylindersBack',
  'empties',
  'atDoors',
  'silence',
  'ghosts',
  'unknown',
] as const satisfies (keyof DayReport)[];

/** Adds a report to another, which is of more. */
export function addReport(sum: DayReport, report: DayReport): void {
  for (const field of sums) sum[field] += report[field];
  for (const field of ['driving', 'trips', 'stops'] as const) {
    const value = report[field];
    if (value !== undefined) sum[field] = (sum[field] ?? 0) + value;
  }
  if (sum.delivered > 0) sum.codeRate = sum.withCode / sum.delivered;
}

/** Whether there is anything in it. */
export function isEmpty(report: DayReport): boolean {
  return sums.every((field) => report[field] === 0) && (report.stops ?? 0) === 0 && (report.trips ?? 0) === 0;
}

/** A fix so near the last one that was counted is the GPS's own noise, m. */
const shortestLeg = 30;
/** A gap in which the van moved farther than this (m), and longer than this (ms), is a silence. */
const silentOver = 150;
const silentFor = 600_000;

/** How a van moved, by its trail alone: where there is nothing better. Only believed fixes, in the order of fixTime. */
export class TrailWay {
  #last: TrailFix | undefined;
  #counted: TrailFix | undefined;
  #metres = 0;
  #silence = 0;

  add(fix: TrailFix): void {
    const [last, counted] = [this.#last, this.#counted];
    this.#last = fix;
    if (last === undefined || counted === undefined) {
      this.#counted = fix;
      return;
    }
    const leg = distance(counted, fix);
    if (leg >= shortestLeg) {
      this.#metres += leg;
      this.#counted = fix;
    }
    const gap = fix.fixTime - last.fixTime;
    if (gap > silentFor && distance(last, fix) > silentOver) this.#silence += gap;
  }

  way(): Way {
    return { distance: Math.round(this.#metres), silence: this.#silence };
  }
}

/** How long at least one of some stays lasted within `from` ≤ time < `to`, ms: stops in one lane are not counted twice. */
export function together(stays: readonly { from: number; until: number }[], from: number, to: number): number {
  let sum = 0;
  let end = from;
  for (const stay of [...stays].sort((a, b) => a.from - b.from)) {
    const [first, last] = [Math.max(stay.from, end), Math.min(stay.until, to)];
    if (last <= first) continue;
    sum += last - first;
    end = last;
  }
  return sum;
}
