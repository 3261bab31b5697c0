import { mostStops, type Order, type Run } from '../../protocol/order.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import type { Van } from '../../protocol/registry.ts';
import { decided, expected, onOrder } from './decide-order.ts';
import { type Decide, eventRecord, isRefusal, type Refusal, refuse } from './decision.ts';
import { isOn, isOpen, ofOrder, ofRun, placed } from './order.ts';
import { dayAt, isDay } from './order-day.ts';
import type { OrdersView } from './order-view.ts';
import type { DecisionView } from './registry-reader.ts';
import type { Subject } from './subject.ts';

export interface AssignOrder {
  vanId: string;
  /** absent: today, in the agency's time zone */
  day?: string;
  /** its place among the stops; absent: the last, or where it is already */
  at?: number;
}

/** Puts an order on a run, from wherever it is; one that was out with another van is not out any more. */
export function assignOrder(orders: OrdersView, agency: string, id: string, to: AssignOrder): Decide<Order> {
  const { vanId, at } = to;
  return (view, context) => {
    const day = to.day ?? today(view, agency, context.now);
    const decide = onOrder(orders, agency, id, ['booked', 'assigned', 'out-for-delivery'], 'has ended', (order) => {
      const van = view.van(agency, vanId);
      if (van === undefined) return refuse('invalid', whyAt('vanId', why('no-such-van', { van: vanId })));
      if (!isDay(day)) return refuse('invalid', whyAt('day', why('no-such-day', { day })));
      const run = orders.run(agency, vanId, day);
      const present = isOn(order, { vanId, day });
      const stops = placed(run.stops, id, at);
      if (present && (at === undefined || stops.every((stop, i) => stop === run.stops[i]))) {
        return { ok: true, records: [], value: order };
      }
      const full = present ? undefined : tooMuch(orders, agency, van, { ...run, stops });
      if (full !== undefined) return full;
      const data = { id, vanId, day, ...(at === undefined ? {} : { at }) };
      const expects = expected(orders, agency, ofOrder(id), ofRun(vanId, day));
      return decided(order, eventRecord(agency, 'order-assigned', data, expects, context));
    });
    return decide(view, context);
  };
}

/** Takes an order off its run; it is booked, and on none. */
export function unassignOrder(orders: OrdersView, agency: string, id: string): Decide<Order> {
  return onOrder(orders, agency, id, ['assigned', 'out-for-delivery'], 'is on no run', (order, context, now) =>
    decided(order, eventRecord(agency, 'order-unassigned', { id }, now, context)),
  );
}

/**
 * The whole run in its order: what is not named leaves it and is booked again, what is named comes from wherever it is.
 * Orders that have ended stay stops of the day. `If-Match` names the version of the run.
 */
export function planRun(
  orders: OrdersView,
  agency: string,
  plan: { vanId: string; day?: string; stops: readonly string[] },
): Decide<Run> {
  const { vanId } = plan;
  return (view, context) => {
    const day = plan.day ?? today(view, agency, context.now);
    const van = view.van(agency, vanId);
    if (van === undefined) return refuse('missing', `van ${vanId} does not exist`);
    if (!isDay(day)) return refuse('invalid', whyAt('day', why('no-such-day', { day })));
    const run = orders.run(agency, vanId, day);
    if (context.ifMatch !== undefined && context.ifMatch !== run.version) {
      return refuse('stale', why('changed', { what: 'the run', version: run.version, seen: context.ifMatch }), run);
    }
    const stops = [...new Set(plan.stops)];
    const coming: Subject[] = [];
    const staying: Subject[] = [];
    for (const id of stops) {
      const order = orders.order(agency, id);
      if (order === undefined) return refuse('invalid', whyAt('stops', why('no-such-stop', { id })));
      if (isOn(order, run)) {
        staying.push(ofOrder(id));
        continue;
      }
      if (!isOpen(order)) return refuse('invalid', whyAt('stops', why('stop-state', { id, state: order.state })));
      coming.push(ofOrder(id));
    }
    const others = stopsOf(orders, agency, run).filter(({ id }) => !stops.includes(id));
    const going = others.filter(isOpen).map(({ id }) => ofOrder(id));
    const over = others.filter((order) => !isOpen(order)).map(({ id }) => id);
    const full = coming.length === 0 ? undefined : tooMuch(orders, agency, van, { ...run, stops });
    if (full !== undefined) return full;
    if (coming.length + going.length === 0 && sameOrder(orders, agency, run, stops)) {
      return { ok: true, records: [], value: run };
    }
    const expects = expected(orders, agency, ofRun(vanId, day), ...coming, ...staying, ...going);
    const record = eventRecord(agency, 'run-planned', { vanId, day, stops }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: { ...run, stops: [...over, ...stops], version: run.version + 1 } };
  };
}

/** The orders that are on a run, in its order. */
export function stopsOf(orders: OrdersView, agency: string, run: Run): Order[] {
  const found: Order[] = [];
  for (const id of run.stops) {
    const order = orders.order(agency, id);
    if (order !== undefined && isOn(order, run)) found.push(order);
  }
  return found;
}

/** What is on a van with this run, cylinders. */
export interface Load {
  /** of orders that are still to be delivered */
  full: number;
  /** taken back */
  empties: number;
  delivered: number;
}

export function loadOf(stops: readonly Order[]): Load {
  const load: Load = { full: 0, empties: 0, delivered: 0 };
  for (const order of stops) {
    if (isOpen(order)) load.full += order.cylinders;
    load.empties += order.delivery?.empties ?? 0;
    load.delivered += order.delivery?.full ?? 0;
  }
  return load;
}

function today(view: DecisionView, agency: string, now: number): string {
  return dayAt(now, view.agency(agency)?.timeZone ?? 'UTC');
}

/**
 * Whether a run would be more than the van holds. Counted are the orders still to be delivered: a full cylinder for each
 * one ordered, and an empty one back for it. What has been delivered may have been unloaded since.
 */
function tooMuch(orders: OrdersView, agency: string, van: Van, run: Run): Refusal | undefined {
  let needed = 0;
  let open = 0;
  for (const id of run.stops) {
    const order = orders.order(agency, id);
    if (order === undefined || !isOpen(order)) continue;
    open++;
    needed += order.cylinders;
  }
  if (open > mostStops) return refuse('invalid', whyAt('stops', why('run-long', { most: mostStops })));
  const { full = Number.POSITIVE_INFINITY, empties = Number.POSITIVE_INFINITY } = van.capacity ?? {};
  if (needed > full)
    return refuse('invalid', whyAt('cylinders', why('van-full', { van: van.id, holds: full, needed })));
  if (needed > empties) {
    return refuse('invalid', whyAt('cylinders', why('van-empties-full', { van: van.id, holds: empties, needed })));
  }
  return undefined;
}

function sameOrder(orders: OrdersView, agency: string, run: Run, stops: readonly string[]): boolean {
  const present = stopsOf(orders, agency, run).filter(({ id }) => stops.includes(id));
  return present.every(({ id }, i) => id === stops[i]);
}
