import type { LatLon } from '../../protocol/geo.ts';
import { Way } from '../domain/condition-way.ts';
import { isOpen } from '../domain/order.ts';
import { dayAt } from '../domain/order-day.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { LiveView } from './world.ts';

/** A van is back on its way within this part of the limit, so that it does not waver at the edge. */
const back = 0.7;
/** The lines of a run are asked for again after this, ms: the router may have answered meanwhile. */
const again = 60_000;

interface Known {
  /** of the stops the way was made of */
  run: string;
  way: Way | undefined;
  until: number;
  place: number;
  off?: { since: number; metres: number } | undefined;
}

interface OffWayDeps {
  registry: Pick<RegistryView, 'agency' | 'consumer'>;
  orders: Pick<OrdersView, 'run' | 'order'>;
  live: Pick<LiveView, 'van'>;
  leg: (from: LatLon, to: LatLon, agency: string) => { by: 'road' | 'straight'; line: readonly LatLon[] };
  /** m */
  limit: (agency: string, now: number) => number;
}

/**
 * How far a van is from the way of its run: the roads from the godown through its stops and back. By the newest position
 * and the roads as they are known now; without a road for every leg nothing is said, since a straight line is no way.
 */
export class OffWay {
  readonly #deps: OffWayDeps;
  readonly #known = new Map<string, Known>();

  constructor(deps: OffWayDeps) {
    this.#deps = deps;
  }

  /** Since when (UTC ms of fix time) and how far (m) a van is off its way; undefined: it is on it, or there is none. */
  of(agency: string, vanId: string, now: number): { since: number; metres: number } | undefined {
    const { live, limit } = this.#deps;
    const key = `${agency}/${vanId}`;
    const position = live.van(agency, vanId);
    const known = position && this.#way(key, agency, vanId, now);
    if (position === undefined || known?.way === undefined) {
      this.#known.delete(key);
      return undefined;
    }
    const most = limit(agency, now);
    const enough = known.off === undefined ? most : most * back;
    const { metres, place } = known.way.metresFrom(position.latitude, position.longitude, known.place, enough);
    known.place = place;
    if (metres <= enough) known.off = undefined;
    else known.off = { since: known.off?.since ?? position.fixTime, metres: Math.max(known.off?.metres ?? 0, metres) };
    return known.off;
  }

  #way(key: string, agency: string, vanId: string, now: number): Known | undefined {
    const { registry, orders, leg } = this.#deps;
    const { timeZone, godown } = registry.agency(agency) ?? { timeZone: 'UTC' };
    const stops = orders.run(agency, vanId, dayAt(now, timeZone)).stops.map((id) => orders.order(agency, id));
    if (!stops.some((order) => order !== undefined && isOpen(order))) return undefined;
    const places = stops.flatMap((order) => {
      const { latitude, longitude } = (order && registry.consumer(agency, order.consumerId)) ?? {};
      return latitude === undefined || longitude === undefined ? [] : [{ latitude, longitude }];
    });
    const corners = godown === undefined ? places : [godown, ...places, godown];
    const run = corners.map(({ latitude, longitude }) => `${latitude},${longitude}`).join(' ');
    const before = this.#known.get(key);
    if (before !== undefined && before.run === run && now < before.until) return before;
    const legs = corners.slice(1).map((to, i) => leg(corners[i] as LatLon, to, agency));
    const byRoad = legs.length > 0 && legs.every(({ by }) => by === 'road');
    const way = byRoad ? new Way(legs.flatMap(({ line }) => line)) : undefined;
    const off = before?.run === run ? before.off : undefined;
    const known = { run, way, until: now + again, place: 0, off };
    this.#known.set(key, known);
    return known;
  }
}
