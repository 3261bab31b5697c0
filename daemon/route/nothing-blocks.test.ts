import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { destination, distance, type LatLon } from '../../protocol/geo.ts';
import { Detours } from './detour.ts';
import { Osrm } from './osrm.ts';
import { Roads } from './roads.ts';
import { RouteCache } from './route-cache.ts';
import { type FakeRouter, fakeRouter } from './router.fixture.ts';
import { Valhalla } from './valhalla.ts';

/*
 * Whatever a router does — it is away, says nothing, half of something, or nonsense, in the right shape or not — every
 * question about ways has an answer, in time, and what is not by road is straight.
 */

/** What a router does with one question. */
type Deed = (response: ServerResponse) => void;
const json =
  (value: unknown, status = 200): Deed =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const oddly = <T>(often: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 30, arbitrary: often },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constant(null) },
  );
const number = oddly(fc.integer({ min: 100, max: 9000 }));
const kilometres = oddly(fc.integer({ min: 1, max: 90 }).map((n) => n / 10));
const line = fc.oneof(
  { weight: 1, arbitrary: fc.string() },
  { weight: 30, arbitrary: fc.constantFrom('_p~iF~ps|U_ulLnnqC_mqNvxq`@', 'ii{ig@qlj|tCvTw`@nBoCfDm@') },
);
const cells = fc.array(fc.array(number, { maxLength: 8 }), { maxLength: 8 });
const index = fc.integer({ min: -1, max: 9 });
const listOf = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 4 });
/** Right in shape, more or less; the numbers are anything. */
const osrmLike = fc.record({
  code: fc.oneof({ weight: 5, arbitrary: fc.constant('Ok') }, fc.string()),
  routes: listOf(
    fc.record({
      legs: listOf(fc.record({ distance: number, duration: number, steps: listOf(fc.record({ geometry: line })) })),
    }),
  ),
  durations: cells,
  distances: cells,
  matchings: listOf(fc.record({ geometry: line })),
  waypoints: listOf(fc.record({ waypoint_index: index, trips_index: fc.constant(0) })),
});
const trip = fc.record({
  locations: listOf(fc.record({ original_index: index })),
  legs: listOf(fc.record({ shape: line, summary: fc.record({ length: kilometres, time: number }) })),
});
const valhallaLike = fc.record({
  trip,
  alternates: listOf(fc.record({ trip })),
  sources_to_targets: fc.record({ durations: cells, distances: cells }),
});
const odd = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue().map((value) => json(value)) },
  {
    weight: 1,
    arbitrary: fc.record({ error_code: fc.integer(), error: fc.string() }).map((value) => json(value, 400)),
  },
  { weight: 1, arbitrary: fc.record({ code: fc.string() }).map((value) => json(value, 400)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(200, 204, 301, 404, 429, 500, 503).map(
      (status): Deed =>
        (response) =>
          void response.writeHead(status).end(),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string().map(
      (text): Deed =>
        (response) =>
          void response.end(text),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Deed>((response) => void response.destroy()) },
  {
    weight: 1,
    arbitrary: fc.constant<Deed>((response) => void response.writeHead(200, { 'content-length': '1000' }).write('{"c')),
  },
  { weight: 1, arbitrary: fc.constant<Deed>(() => {}) },
);

const deedsOf = {
  osrm: fc.oneof({ weight: 4, arbitrary: osrmLike.map((value) => json(value)) }, { weight: 1, arbitrary: odd }),
  valhalla: fc.oneof({ weight: 4, arbitrary: valhallaLike.map((value) => json(value)) }, { weight: 1, arbitrary: odd }),
  nobody: odd,
};

const godown = { latitude: 21.15, longitude: 78.6 };
const place = fc
  .record({ east: fc.integer({ min: -4000, max: 4000 }), north: fc.integer({ min: -4000, max: 4000 }) })
  .map(({ east, north }) => destination(destination(godown, 90, east), 0, north));

let router: FakeRouter;
let deeds: Iterator<Deed>;
beforeAll(async () => {
  router = await fakeRouter((_, response) => (deeds.next().value as Deed)(response));
});
afterAll(() => router.stop());

const limitMs = 25;
const sound = ({ metres, seconds }: { metres: number; seconds: number }) => metres >= 0 && seconds >= 0;
const isStraight = (from: LatLon, to: LatLon, metres: number) => {
  const ratio = metres / distance(from, to);
  return distance(from, to) < 30 || (ratio > 1.05 && ratio < 2.55);
};

describe('a router that does what it likes', () => {
  it.each(['nobody', 'osrm', 'valhalla'] as const)(
    '(%s) keeps nobody waiting, and nobody from an answer',
    async (kind) => {
      router.asked.length = 0;
      const kinds = { road: 0, straight: 0 };
      await fc.assert(
        fc.asyncProperty(
          fc.infiniteStream(deedsOf[kind]),
          fc.array(place, { minLength: 2, maxLength: 6 }),
          async (all, places) => {
            deeds = all;
            const address = kind === 'nobody' ? { url: 'http://127.0.0.1:1' } : {};
            const outside = router.outside({
              ...address,
              limitMs: limitMs / 2,
              waitMs: limitMs,
              circuit: { failures: 4, restMs: 5 },
            });
            const finder = kind === 'valhalla' ? new Valhalla({ outside }) : new Osrm({ outside });
            const detours = new Detours();
            const cache = new RouteCache({ finder, detours, retryMs: 0, noWayMs: 0 });
            const roads = new Roads({ finder, cache, detours, limitMs, orderLimitMs: limitMs });
            const [start, ...stops] = places as [LatLon, ...LatLon[]];
            const track = places.map((point, i) => ({ ...point, fixTime: i * 60_000, receivedAt: 0 }));

            const first = stops.map((to, i) => cache.now(places[i] as LatLon, to, 'demo'));
            for (const [i, way] of first.entries()) {
              expect(way.by).toBe('straight');
              expect(isStraight(places[i] as LatLon, stops[i] as LatLon, way.metres)).toBe(true);
            }
            const [legs, order, snapped] = await Promise.all([
              roads.legs('demo', places),
              roads.suggestOrder('demo', start, stops),
              roads.snapped(track),
            ]);
            expect(legs).toHaveLength(stops.length);
            for (const [i, leg] of legs.entries()) {
              kinds[leg.by]++;
              expect(sound(leg)).toBe(true);
              expect(leg.line.length).toBeGreaterThan(1);
              expect(distance(leg.line[0] as LatLon, places[i] as LatLon)).toBeLessThan(1001);
              if (leg.by === 'straight') {
                expect(isStraight(places[i] as LatLon, stops[i] as LatLon, leg.metres)).toBe(true);
              }
            }
            expect([...order.order].sort()).toEqual(stops.map((_, i) => i));
            expect(sound(order.before) && sound(order.after)).toBe(true);
            expect(order.after.seconds).toBeLessThanOrEqual(order.before.seconds + 1);
            for (const part of snapped.parts) {
              for (const { latitude, longitude } of part) {
                expect(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180).toBe(true);
              }
            }
            cache.stop();
          },
        ),
        { numRuns: 100 },
      );
      // All this was said by a router, or there was none.
      if (kind === 'nobody') expect([router.asked.length, kinds.road]).toEqual([0, 0]);
      else expect(router.asked.length).toBeGreaterThan(30);
      console.log(`${kind}: ${router.asked.length} questions, by road ${kinds.road}, straight ${kinds.straight}`);
      expect(kinds.straight).toBeGreaterThan(0);
    },
  );
});
