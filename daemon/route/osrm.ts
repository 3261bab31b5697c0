import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { LatLon } from '../../protocol/geo.ts';
import { expect, legsByPieces, matrixByBlocks, snapByPieces, waysOf } from './blocks.ts';
import type { Outside } from './outside.ts';
import { decodePolyline } from './polyline.ts';
import { isOrderOf, type Leg, RouteError, type RouteFinder, type TrackPoint, type Way } from './route-finder.ts';
import { furthestFromRoad } from './straight.ts';

/*
 * OSRM's HTTP API v1 (https://project-osrm.org/docs/), as its documentation shows the answers; only what is read is
 * described. m and s; `osrm-routed` starts with limits of 500 points a route and 100 in tables, tracks and trips.
 */
const limits = { route: 80, table: 50, match: 100, trip: 100 } as const;

const metres = Type.Number({ minimum: 0 });
const seconds = Type.Number({ minimum: 0 });
const Ok = Type.Literal('Ok');
const cells = Type.Array(Type.Array(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])));
const index = Type.Integer({ minimum: 0 });

const route = Compile(
  Type.Object({
    code: Ok,
    routes: Type.Array(
      Type.Object({
        legs: Type.Array(
          Type.Object({
            distance: metres,
            duration: seconds,
            steps: Type.Array(Type.Object({ geometry: Type.String() })),
          }),
        ),
      }),
      { minItems: 1 },
    ),
  }),
);
const table = Compile(Type.Object({ code: Ok, durations: cells, distances: cells }));
const match = Compile(Type.Object({ code: Ok, matchings: Type.Array(Type.Object({ geometry: Type.String() })) }));
const trip = Compile(
  Type.Object({
    code: Ok,
    waypoints: Type.Array(Type.Object({ waypoint_index: index, trips_index: index })),
  }),
);
const no = Compile(Type.Object({ code: Type.String({ maxLength: 40 }) }));
/** Answers that mean: there is no such way, or this is not offered. */
const nothing: ReadonlySet<string> = new Set([
  'NoRoute',
  'NoSegment',
  'NoTable',
  'NoMatch',
  'NoTrips',
  'NotImplemented',
]);

export class Osrm implements RouteFinder {
  readonly name = 'osrm';
  readonly #outside: Outside;

  constructor(deps: { outside: Outside }) {
    this.#outside = deps.outside;
  }

  async legs(points: readonly LatLon[]): Promise<Leg[] | null> {
    return legsByPieces(points, limits.route, async (piece) => {
      // Lines of legs: an overview has no marks where one leg ends; the steps of each leg do.
      const query = { overview: 'false', steps: 'true', geometries: 'polyline6', ...near(piece) };
      return this.#ask('route', piece, query, route, ({ routes }) => {
        const legs = routes[0]?.legs ?? [];
        expect(legs.length === piece.length - 1, 'not as many legs as asked for');
        return legs.map(({ distance, duration, steps }) => ({
          metres: distance,
          seconds: duration,
          line: lineOf(steps),
        }));
      });
    });
  }

  async matrix(from: readonly LatLon[], to: readonly LatLon[]): Promise<(Way | null)[][] | null> {
    return matrixByBlocks(from, to, limits.table, async (rows, columns) => {
      const points = [...rows, ...columns];
      const query = {
        annotations: 'duration,distance',
        sources: rows.map((_, i) => i).join(';'),
        destinations: columns.map((_, i) => rows.length + i).join(';'),
        ...near(points),
      };
      return this.#ask('table', points, query, table, ({ durations, distances }) =>
        waysOf({ durations, distances, rows: rows.length, columns: columns.length, metresEach: 1 }),
      );
    });
  }

  async snap(track: readonly TrackPoint[]): Promise<LatLon[] | null> {
    return snapByPieces(track, limits.match, async (piece) => {
      const query = {
        overview: 'full',
        geometries: 'polyline6',
        gaps: 'ignore',
        tidy: 'true',
        timestamps: piece.map(({ fixTime }) => Math.floor(fixTime / 1000)).join(';'),
        // "the standard deviation of GPS precision"; trackers tell a radius that holds 68 %
        radiuses: piece.map(({ accuracy = 10 }) => Math.min(50, Math.max(5, accuracy))).join(';'),
      };
      return this.#ask('match', piece, query, match, ({ matchings }) => lineOf(matchings));
    });
  }

  async order(start: LatLon, stops: readonly LatLon[], end?: LatLon): Promise<number[] | null> {
    const points = [start, ...stops, ...(end === undefined ? [] : [end])];
    if (stops.length < 2 || points.length > limits.trip) return null;
    const query = {
      roundtrip: 'false',
      source: 'first',
      // Before version 5.26 it has no trips with an open end, and says NotImplemented.
      destination: end === undefined ? 'any' : 'last',
      overview: 'false',
      ...near(points),
    };
    return this.#ask('trip', points, query, trip, ({ waypoints }) => {
      if (waypoints.some(({ trips_index }) => trips_index !== 0)) return null;
      const places = waypoints.map(({ waypoint_index }) => waypoint_index);
      expect(isOrderOf(places, points.length) && places[0] === 0, 'a trip that does not lead through all points');
      return stops.map((_, i) => i).sort((a, b) => (places[a + 1] ?? 0) - (places[b + 1] ?? 0));
    });
  }

  async #ask<Good, Read>(
    service: string,
    points: readonly LatLon[],
    query: Record<string, string>,
    good: { Check(value: unknown): value is Good },
    read: (good: Good) => Read,
  ): Promise<Read | null> {
    const where = points.map(({ latitude, longitude }) => `${longitude.toFixed(6)},${latitude.toFixed(6)}`).join(';');
    // The name of the profile is decided by the data the server was started with; it takes any here.
    const answer = await this.#outside.ask({ path: `/${service}/v1/driving/${where}`, query, good, no, read });
    if ('read' in answer) return answer.read;
    if (nothing.has(answer.no.code)) return null;
    throw new RouteError('refused', `${this.#outside.host} refused a ${service}: ${answer.no.code}`);
  }
}

function lineOf(pieces: readonly { geometry: string }[]): LatLon[] {
  return pieces.flatMap(({ geometry }) => decodePolyline(geometry, 6));
}

function near(points: readonly unknown[]): { radiuses: string } {
  return { radiuses: points.map(() => furthestFromRoad).join(';') };
}
