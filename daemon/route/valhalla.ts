import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { LatLon } from '../../protocol/geo.ts';
import { expect, legsByPieces, matrixByBlocks, snapByPieces, waysOf } from './blocks.ts';
import type { Outside } from './outside.ts';
import { decodePolyline } from './polyline.ts';
import { isOrderOf, type Leg, RouteError, type RouteFinder, type TrackPoint, type Way } from './route-finder.ts';
import { furthestFromRoad } from './straight.ts';

/*
 * Valhalla's HTTP API (https://valhalla.github.io/valhalla/api/); only what is read of its answers is described. km, s
 * and lines with 6 decimals. Its service starts with limits of 20 places a route and 2500 pairs a matrix (50 by 50, which
 * an optimised route is as well), and tracks of 16,000 points and 200 km.
 */
const limits = { route: 20, matrix: 50, track: 1000 } as const;

const kilometres = Type.Number({ minimum: 0 });
const seconds = Type.Number({ minimum: 0 });
const cells = Type.Array(Type.Array(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])));

const Trip = Type.Object({
  locations: Type.Array(Type.Object({ original_index: Type.Integer({ minimum: 0 }) })),
  legs: Type.Array(Type.Object({ shape: Type.String(), summary: Type.Object({ length: kilometres, time: seconds }) })),
});
const route = Compile(
  Type.Object({
    trip: Trip,
    // of a track: what comes after a break, such as a turn at a door
    alternates: Type.Optional(Type.Array(Type.Object({ trip: Trip }))),
  }),
);
const matrix = Compile(Type.Object({ sources_to_targets: Type.Object({ durations: cells, distances: cells }) }));
const no = Compile(Type.Object({ error_code: Type.Integer(), error: Type.String() }));
/** too far apart, not connected, no road near, no path, no match (the codes of its documentation) */
const nothing: ReadonlySet<number> = new Set([154, 170, 171, 442, 443, 444]);

export class Valhalla implements RouteFinder {
  readonly name = 'valhalla';
  readonly #outside: Outside;

  constructor(deps: { outside: Outside }) {
    this.#outside = deps.outside;
  }

  async legs(points: readonly LatLon[]): Promise<Leg[] | null> {
    return legsByPieces(points, limits.route, async (piece) => {
      return this.#trip('route', { locations: piece.map(location) }, ({ legs }) => {
        expect(legs.length === piece.length - 1, 'not as many legs as asked for');
        return legs;
      });
    });
  }

  async matrix(from: readonly LatLon[], to: readonly LatLon[]): Promise<(Way | null)[][] | null> {
    return matrixByBlocks(from, to, limits.matrix, async (rows, columns) => {
      const body = { sources: rows.map(location), targets: columns.map(location), verbose: false };
      return this.#ask('sources_to_targets', body, matrix, ({ sources_to_targets: { durations, distances } }) =>
        waysOf({ durations, distances, rows: rows.length, columns: columns.length, metresEach: 1000 }),
      );
    });
  }

  async snap(track: readonly TrackPoint[]): Promise<LatLon[] | null> {
    return snapByPieces(track, limits.track, async (piece) => {
      const accuracies = piece.map(({ accuracy = 10 }) => accuracy).sort((a, b) => a - b);
      const body = {
        shape: piece.map(({ latitude, longitude, fixTime }) => ({
          lat: latitude,
          lon: longitude,
          time: Math.floor(fixTime / 1000),
        })),
        shape_match: 'map_snap',
        // one figure for the whole track; its service allows 100 m at most
        trace_options: { gps_accuracy: Math.min(100, Math.max(5, accuracies[accuracies.length >> 1] ?? 10)) },
      };
      return this.#trip('trace_route', body, ({ legs }, rest) => {
        const pieces = rest.toSorted((a, b) => (a.order[0] ?? 0) - (b.order[0] ?? 0)).map((piece) => piece.legs);
        return [legs, ...pieces].flat().flatMap(({ line = [] }) => line);
      });
    });
  }

  async order(start: LatLon, stops: readonly LatLon[], end?: LatLon): Promise<number[] | null> {
    // It always ends at the last place; a trip with an open end is left to who asks.
    if (end === undefined || stops.length < 2 || stops.length + 2 > limits.matrix) return null;
    const places = [start, ...stops, end];
    return this.#trip('optimized_route', { locations: places.map(location) }, ({ order }) => {
      const whole = isOrderOf(order, places.length) && order[0] === 0 && order.at(-1) === places.length - 1;
      expect(whole, 'a trip that does not lead through all places');
      return order.slice(1, -1).map((i) => i - 1);
    });
  }

  #trip<Read>(action: string, body: object, read: (trip: ReadTrip, rest: ReadTrip[]) => Read): Promise<Read | null> {
    const whole = { ...body, directions_type: 'none' };
    return this.#ask(action, whole, route, ({ trip, alternates = [] }) =>
      read(
        tripOf(trip),
        alternates.map((each) => tripOf(each.trip)),
      ),
    );
  }

  async #ask<Good, Read>(
    action: string,
    body: object,
    good: { Check(value: unknown): value is Good },
    read: (good: Good) => Read,
  ): Promise<Read | null> {
    const whole = { ...body, costing: 'auto', units: 'kilometers' };
    const answer = await this.#outside.ask({ path: `/${action}`, body: whole, good, no, read });
    if ('read' in answer) return answer.read;
    if (nothing.has(answer.no.error_code)) return null;
    const { error_code, error } = answer.no;
    throw new RouteError('refused', `${this.#outside.host} refused ${action}: ${error_code} ${error.slice(0, 100)}`);
  }
}

interface ReadTrip {
  legs: Leg[];
  /** of its places, in the order of the trip: which they were in the question */
  order: number[];
}

function tripOf({ locations, legs }: Static<typeof Trip>): ReadTrip {
  return {
    legs: legs.map(({ shape, summary }) => ({
      metres: summary.length * 1000,
      seconds: summary.time,
      line: decodePolyline(shape, 6),
    })),
    order: locations.map(({ original_index }) => original_index),
  };
}

function location({ latitude, longitude }: LatLon) {
  return { lat: latitude, lon: longitude, search_cutoff: furthestFromRoad };
}
