import type { AlertRules } from '../../protocol/alert-rules.ts';
import type { RunProgress } from '../../protocol/arrival.ts';
import type { ZoneVisit } from '../../protocol/zone.ts';
import type { AlertActsView } from '../domain/alert-view.ts';
import type { EstimateInputs, ZoneNotice } from '../domain/condition-inputs.ts';
import { type WatchDeps, type WatchLimits, watchStep } from '../domain/condition-watch.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { ZonesView } from '../domain/zone-view.ts';
import type { Change } from './world.ts';

/*
 * What other views know, as alerts want it told.
 */

const day = 86_400_000;
const minute = 60_000;

/** The step of the fold over fixes that alerts are found from, with the limits of each agency's rules. */
export function alertWatch(rules: Pick<AlertActsView, 'rulesAt'>, way?: WatchDeps['way']) {
  const known = new WeakMap<AlertRules, WatchLimits>();
  const limits = (agency: string, fixTime: number): WatchLimits => {
    const at = rules.rulesAt(agency, fixTime);
    const before = known.get(at);
    if (before !== undefined) return before;
    const limit = { speed: at['over-speed'].limit, battery: at['battery-low'].percent, off: at['off-route'].metres };
    known.set(at, limit);
    return limit;
  };
  return watchStep(way === undefined ? { limits } : { limits, way });
}

const none: readonly ZoneNotice[] = [];

/** Notices of a van that sent nothing are asked for again after this, ms. */
const askAgain = 60_000;

/** Zone notices, kept until the van sends something or a zone is changed: most vans are looked at far more often. */
export class ZoneNotices {
  readonly #zones: Pick<ZonesView, 'inside' | 'began' | 'zone'>;
  readonly #kept = new Map<string, Map<string, { until: number; notices: readonly ZoneNotice[] }>>();

  constructor(zones: Pick<ZonesView, 'inside' | 'began' | 'zone'>) {
    this.#zones = zones;
  }

  /** Forgets what may be other now; to be told each change before it is looked at. */
  note({ agency, moved, vans, zones }: Pick<Change, 'agency' | 'moved' | 'vans' | 'zones'>): void {
    const kept = this.#kept.get(agency);
    if (kept === undefined) return;
    if ((zones?.size ?? 0) > 0) kept.clear();
    for (const id of moved) {
      const one = kept.get(id);
      if (one !== undefined) one.until = 0;
    }
    for (const id of vans) kept.delete(id);
  }

  of(agency: string, vanId: string, now: number): readonly ZoneNotice[] {
    let vans = this.#kept.get(agency);
    if (vans === undefined) {
      vans = new Map();
      this.#kept.set(agency, vans);
    }
    const before = vans.get(vanId);
    if (before !== undefined && now < before.until) return before.notices;
    const notices = zoneNotices(this.#zones, agency, vanId, now);
    const until = now + askAgain;
    if (before === undefined) vans.set(vanId, { until, notices });
    else Object.assign(before, { until, notices });
    return notices;
  }
}

/** What the rules of the zones want told of a van: of the last day, and of visits that go on. */
function zoneNotices(
  zones: Pick<ZonesView, 'inside' | 'began' | 'zone'>,
  agency: string,
  vanId: string,
  now: number,
): readonly ZoneNotice[] {
  const inside = zones.inside(agency, vanId);
  const began = zones.began(agency, vanId, now - day, now + minute);
  // Most vans are in no zone, and are asked about each second.
  if (inside.length + began.length === 0) return none;
  const visits = new Map([...began, ...inside].map((visit) => [`${visit.zoneId}/${visit.entered}`, visit]));
  const found: ZoneNotice[] = [];
  for (const visit of visits.values()) {
    const zone = zones.zone(agency, visit.zoneId);
    // The godown and doors have no rules.
    if (zone !== undefined) found.push(...noticesOf(visit, zone, now));
  }
  return found;
}

function noticesOf(
  visit: ZoneVisit,
  { id, name, rules }: ReturnType<ZonesView['zone']> & object,
  now: number,
): ZoneNotice[] {
  const { entered, left, enteredBy, leftBy, topSpeed } = visit;
  const { enter, leave, dwellMinutes, speedLimit } = rules;
  const about = { zoneId: id, zone: name };
  const found: ZoneNotice[] = [];
  if (enter === true && enteredBy === undefined) found.push({ ...about, what: 'enter', at: entered });
  if (leave === true && left !== undefined && leftBy === undefined) found.push({ ...about, what: 'leave', at: left });
  if (dwellMinutes !== undefined && left === undefined) {
    found.push({ ...about, what: 'dwell', at: entered, limit: dwellMinutes * minute });
  }
  if (speedLimit !== undefined && topSpeed !== undefined) {
    found.push({ ...about, what: 'speed', at: entered, last: left ?? now, top: topSpeed, limit: speedLimit });
  }
  return found;
}

/**
 * Whether a van may stand where it is: at the godown, at a door of its run, or in a zone whose rules say so.
 */
export function mayStandIn(zones: Pick<ZonesView, 'inside' | 'zone'>, agency: string, vanId: string): boolean {
  return zones.inside(agency, vanId).some(({ zoneId }) => {
    if (zoneId.startsWith(':')) return true;
    return zones.zone(agency, zoneId)?.rules.mayStand === true;
  });
}

/** When an order that is out is likely to come, beside when it was planned. */
export function estimateOf(
  {
    orders,
    arrivals,
  }: { orders: OrdersView; arrivals: { run(agency: string, vanId: string): RunProgress | undefined } },
  agency: string,
  orderId: string,
): EstimateInputs | undefined {
  const order = orders.order(agency, orderId);
  if (order?.vanId === undefined || order.endedAt !== undefined) return undefined;
  const stop = arrivals.run(agency, order.vanId)?.stops.find((one) => one.orderId === orderId);
  if (stop?.arrival === undefined) return undefined;
  const { likely } = stop.arrival;
  return stop.planned === undefined ? { likely } : { likely, planned: stop.planned };
}
