import type { Order } from '../../protocol/order.ts';
import { isOpen } from './order.ts';
import type { WorkingTime } from './working-time.ts';
import { dayStart, offsetAt } from './zone-schedule.ts';

/*
 * The clock of the 48-hour norm: how old every open order is, when it will come at the pace at which the agency delivers,
 * and which will be too late while somebody can still do something. Times are UTC ms, paces deliveries per working hour.
 */
const hour = 3_600_000;
/** An order that is put first needs this much working time to its door, ms. */
const reach = hour;
/** The usual pace counts as much as so many hours of today. */
const usualHours = 2;
/** As long as nobody knows a pace, an order is a matter of concern this long before it is too late to help it, ms. */
const concern = 4 * hour;

/** How fast an agency delivers. */
export interface Pace {
  /** deliveries of today, and hours worked for them */
  delivered: number;
  worked: number;
  /** of the days before; absent: there were none */
  usual?: number;
  /** what forecasts go by: today, and the usual pace as long as today is young; absent: nothing is known */
  used?: number;
}

/**
 * broken: its 48 hours are over · lost: they will be, and nobody can help it any more · at-risk: they will be unless it
 * is put forward · on-time: it comes before
 */
type NormState = 'broken' | 'lost' | 'at-risk' | 'on-time';

export interface NormEntry {
  orderId: string;
  consumerId: string;
  vanId?: string;
  order: Order['state'];
  age: number;
  dueAt: number;
  /** its place in the agency's queue, from 1 */
  place: number;
  /** when it is likely to come; absent: nobody can say */
  forecast?: number;
  /** until then it helps to put it first; absent: no working time is left for it */
  helpBy?: number;
  state: NormState;
}

export interface NormClock {
  now: number;
  pace: Pace;
  counts: { open: number; broken: number; lost: number; atRisk: number; onTime: number };
  /** the hours by the agency's clocks in which open orders fall due, with how many that will not be kept; soonest first */
  hours: { from: number; due: number; breaking: number }[];
  /** soonest due first */
  entries: NormEntry[];
}

export interface NormInputs {
  /** others than open ones are passed over */
  orders: Iterable<Order>;
  working: WorkingTime;
  timeZone: string;
  /** the day it is (2026-11-21) */
  today: string;
  pace: Omit<Pace, 'used'>;
  /** its place on its van's run, from 0; undefined: on none */
  runPlace?: (order: Order) => number | undefined;
  /** when it is likely to arrive, where that is known better than by the pace */
  arrival?: (orderId: string) => number | undefined;
}

/** Reads the clock of one agency. */
export function normClock(inputs: NormInputs, now: number): NormClock {
  const { working, timeZone } = inputs;
  const pace = paceOf(inputs.pace);
  const entries = queueOf(inputs).map((order, index): NormEntry => {
    const { id: orderId, consumerId, vanId, bookedAt, dueAt } = order;
    const forecast = inputs.arrival?.(orderId) ?? forecastOf(order, index, pace, inputs, now);
    const helpBy = working.before(dueAt, reach);
    return {
      orderId,
      consumerId,
      ...(vanId === undefined ? {} : { vanId }),
      order: order.state,
      age: Math.max(0, now - bookedAt),
      dueAt,
      place: index + 1,
      ...(forecast === undefined ? {} : { forecast: Math.round(forecast) }),
      ...(helpBy === undefined || helpBy < now ? {} : { helpBy }),
      state: stateOf(dueAt, forecast, helpBy ?? Number.NEGATIVE_INFINITY, pace.used !== undefined, now),
    };
  });
  entries.sort((a, b) => a.dueAt - b.dueAt || (a.orderId < b.orderId ? -1 : 1));
  const of = (state: NormState) => entries.filter((entry) => entry.state === state).length;
  const counts = {
    open: entries.length,
    broken: of('broken'),
    lost: of('lost'),
    atRisk: of('at-risk'),
    onTime: of('on-time'),
  };
  return { now, pace, counts, hours: hoursOf(entries, timeZone, now), entries };
}

/** The pace that forecasts go by. */
export function paceOf(pace: Omit<Pace, 'used'>): Pace {
  const { delivered, worked, usual } = pace;
  if (usual !== undefined) {
    const used = (delivered + usual * usualHours) / (worked + usualHours);
    return used > 0 ? { ...pace, used } : { ...pace };
  }
  // The first delivery of the first day says little, and none says nothing.
  return worked >= 0.5 && delivered > 0 ? { ...pace, used: delivered / worked } : { ...pace };
}

/** Open orders in the order in which they will come: what is out, what is planned, what is booked. */
function queueOf({ orders, runPlace = () => undefined }: NormInputs): Order[] {
  const ranks = { 'out-for-delivery': 0, assigned: 1, booked: 2, delivered: 3, failed: 3, cancelled: 3 } as const;
  const open = Array.from(orders)
    .filter(isOpen)
    .map((order) => ({ order, rank: ranks[order.state], place: runPlace(order) ?? Number.POSITIVE_INFINITY }));
  open.sort((a, b) => {
    if (a.rank !== b.rank) return a.rank - b.rank;
    const [dayA = '', dayB = ''] = [a.order.day, b.order.day];
    if (dayA !== dayB) return dayA < dayB ? -1 : 1;
    if (a.place !== b.place) return a.place - b.place;
    const since = (a.order.assignedAt ?? a.order.bookedAt) - (b.order.assignedAt ?? b.order.bookedAt);
    return since || (a.order.id < b.order.id ? -1 : 1);
  });
  return open.map(({ order }) => order);
}

function forecastOf(
  { day }: Order,
  index: number,
  { used }: Pace,
  { working, timeZone, today }: NormInputs,
  now: number,
): number | undefined {
  if (used === undefined) return undefined;
  const turn = working.after(now, ((index + 1) / used) * hour);
  if (day === undefined || day <= today) return turn;
  // What is planned for another day does not come before it.
  const then = working.after(dayStart(day, timeZone), hour / used);
  return turn === undefined || then === undefined ? undefined : Math.max(turn, then);
}

function stateOf(dueAt: number, forecast: number | undefined, helpBy: number, paced: boolean, now: number): NormState {
  if (now >= dueAt) return 'broken';
  // A pace is known, and at it the order does not come as far as one can see.
  const late = forecast === undefined ? paced || helpBy - now < concern : forecast > dueAt;
  if (!late) return 'on-time';
  return now <= helpBy ? 'at-risk' : 'lost';
}

function hoursOf(entries: readonly NormEntry[], timeZone: string, now: number): NormClock['hours'] {
  const hours = new Map<number, { from: number; due: number; breaking: number }>();
  for (const { dueAt, state } of entries) {
    if (dueAt < now) continue;
    const offset = offsetAt(dueAt, timeZone);
    const from = Math.floor((dueAt + offset) / hour) * hour - offset;
    const one = hours.get(from) ?? { from, due: 0, breaking: 0 };
    one.due++;
    if (state !== 'on-time') one.breaking++;
    hours.set(from, one);
  }
  return [...hours.values()].sort((a, b) => a.from - b.from);
}
