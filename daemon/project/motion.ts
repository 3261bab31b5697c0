import { type Day, daysOf } from '../domain/day-bounds.ts';
import { type MotionState, motionAt, openFact, type VanMotion } from '../domain/motion.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { type MotionFact, type MotionTotals, totals } from '../domain/trips.ts';
import type { MotionSettingsProjection } from './motion-settings.ts';
import type { VanFolds } from './van-folds.ts';

/** What a van did on a day of its agency. */
export interface DayOfMotion extends MotionTotals, Day {}

/** How the vans move and moved. Times are UTC ms of fix time. */
export interface MotionView {
  /** undefined: nothing is known of the van */
  state(agency: string, vanId: string, now: number): VanMotion | undefined;
  /** Trips, stops and gaps that touch `from` ≤ time < `to`, in order; what still lasts has no `until`. */
  trips(agency: string, vanId: string, from: number, to: number, now: number): MotionFact[];
  /**
   * The days of the agency's time zone that touch `from` ≤ time < `to`, in order, with what of them lies between.
   */
  days(agency: string, vanId: string, from: number, to: number, now: number): DayOfMotion[];
}

/** Reads motion from the folds of the vans, which hold all of it. */
export class Motion implements MotionView {
  readonly #folds: Pick<VanFolds, 'state' | 'facts'>;
  readonly #settings: Pick<MotionSettingsProjection, 'at'>;
  readonly #registry: Pick<RegistryView, 'agency'>;

  constructor(deps: {
    folds: Pick<VanFolds, 'state' | 'facts'>;
    settings: Pick<MotionSettingsProjection, 'at'>;
    registry: Pick<RegistryView, 'agency'>;
  }) {
    this.#folds = deps.folds;
    this.#settings = deps.settings;
    this.#registry = deps.registry;
  }

  state(agency: string, vanId: string, now: number): VanMotion | undefined {
    const state = this.#folds.state(agency, vanId, 'motion') as MotionState | undefined;
    return state && motionAt(state, this.#settings.at(agency, now), now);
  }

  trips(agency: string, vanId: string, from: number, to: number, now: number): MotionFact[] {
    const facts = this.#folds.facts(agency, vanId, 'motion', from, to) as MotionFact[];
    const state = this.#folds.state(agency, vanId, 'motion') as MotionState | undefined;
    const open = state && openFact(state, this.#settings.at(agency, now), now);
    if (open !== undefined && open.from < to && (open.until ?? now) >= from) facts.push(open);
    return facts;
  }

  days(agency: string, vanId: string, from: number, to: number, now: number): DayOfMotion[] {
    const timeZone = this.#registry.agency(agency)?.timeZone ?? 'UTC';
    const facts = this.trips(agency, vanId, from, to, now);
    return daysOf(from, to, timeZone).map((day) => ({
      ...day,
      ...totals(facts, Math.max(day.from, from), Math.min(day.to, to), now),
    }));
  }
}
