import { Type } from 'typebox';
import { shows } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { LatLon } from '../../protocol/geo.ts';
import type { Run } from '../../protocol/order.ts';
import { Id } from '../../protocol/registry.ts';
import { stopsOf } from '../domain/decide-run.ts';
import { isOpen } from '../domain/order.ts';
import { dayAt } from '../domain/order-day.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { World } from '../project/world.ts';
import { consumerRights, type Seen, seesOrder } from './visible.ts';

export const ByRoad = Type.Union([Type.Literal('road'), Type.Literal('straight'), Type.Literal('mixed')], {
  description: 'straight: no road is known; a straight line, as much longer as roads usually are',
});
export const Metres = Type.Integer({ minimum: 0, description: 'm' });
export const Seconds = Type.Integer({ minimum: 0, description: 's of driving, without the time at doors' });
export const Unlocated = Type.Array(Id, { description: 'orders whose consumer has no position' });

/** A position older than this, ms, is not where the van sets out from. */
const recent = 4 * 3_600_000;

/** A stop that has a place. */
export interface Stop {
  orderId: string;
  place: LatLon;
}

export interface RunStopsDeps {
  world: World;
  orders: OrdersView;
  /** UTC ms */
  now: () => number;
}

/** The stops of a run as roads are asked about them: what is still to be driven, and from where. */
export class RunStops {
  readonly #deps: RunStopsDeps;

  constructor(deps: RunStopsDeps) {
    this.#deps = deps;
  }

  today(agency: string): string {
    const { world, now } = this.#deps;
    return dayAt(now(), world.registry.agency(agency)?.timeZone ?? 'UTC');
  }

  /** The open stops of a run that the viewer sees, with and without a place. */
  open(viewer: Viewer, vanId: string, day: string): { run: Run; stops: Stop[]; unlocated: string[] } {
    const { world, orders, now } = this.#deps;
    const { agency } = viewer;
    const run = orders.run(agency, vanId, day);
    const stops: Stop[] = [];
    const unlocated: string[] = [];
    for (const order of stopsOf(orders, agency, run)) {
      if (!isOpen(order) || !seesOrder(world, viewer, order, now())) continue;
      const place = placeOf(world.registry.consumer(agency, order.consumerId));
      const seen = consumerRights(world, viewer, order.consumerId, now()).see;
      if (place !== undefined && seen) stops.push({ orderId: order.id, place });
      else unlocated.push(order.id);
    }
    return { run, stops, unlocated };
  }

  /** Where a van sets out from: where it is, else the godown, else its first stop. */
  start(viewer: Viewer, van: Seen<{ id: string }>, day: string, stops: readonly Stop[]) {
    const { world, now } = this.#deps;
    const { agency } = viewer;
    const position = world.live.van(agency, van.thing.id);
    const isHere =
      position !== undefined &&
      shows(van.rights, position.fixTime) &&
      day === this.today(agency) &&
      now() - position.fixTime < recent;
    if (isHere) return { kind: 'van' as const, ...coordinatesOf(position) };
    const godown = this.godown(agency);
    if (godown !== undefined) return { kind: 'godown' as const, ...godown };
    const first = stops[0]?.place;
    return first === undefined ? null : { kind: 'stop' as const, ...first };
  }

  godown(agency: string): LatLon | undefined {
    const godown = this.#deps.world.registry.agency(agency)?.godown;
    return godown === undefined ? undefined : coordinatesOf(godown);
  }
}

function placeOf(consumer: { latitude?: number; longitude?: number } | undefined): LatLon | undefined {
  const { latitude, longitude } = consumer ?? {};
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

function coordinatesOf({ latitude, longitude }: LatLon): LatLon {
  return { latitude, longitude };
}
