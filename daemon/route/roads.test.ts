import { describe, expect, it } from 'vitest';
import { destination, distance, type LatLon } from '../../protocol/geo.ts';
import { Detours } from './detour.ts';
import { Roads } from './roads.ts';
import { RouteCache } from './route-cache.ts';
import type { RouteFinder, TrackPoint, Way } from './route-finder.ts';

const godown = { latitude: 21.15, longitude: 78.6 };
const at = (metresEast: number, metresNorth = 0) => destination(destination(godown, 90, metresEast), 0, metresNorth);
const way = (from: LatLon, to: LatLon): Way => {
  const metres = distance(from, to) * 1.5;
  return { metres, seconds: metres / 8 };
};
const never = () => new Promise<never>(() => {});

/** A router in a place where roads are half as long again; `other` does something else. */
function bed(other: Partial<RouteFinder> = {}, limitMs = 60_000) {
  const finder: RouteFinder = {
    name: 'half again',
    legs: async (points) =>
      points.slice(1).map((to, i) => ({ ...way(points[i] as LatLon, to), line: [points[i] as LatLon, to] })),
    matrix: async (from, to) => from.map((one) => to.map((another) => way(one, another))),
    snap: async (track) => track.map(({ latitude, longitude }) => ({ latitude: latitude + 1e-5, longitude })),
    order: async () => null,
    ...other,
  };
  const detours = new Detours();
  return new Roads({ finder, cache: new RouteCache({ finder, detours }), detours, limitMs, orderLimitMs: limitMs });
}
const withoutRouter = () => {
  const detours = new Detours();
  return new Roads({ cache: new RouteCache({ detours }), detours });
};

describe('the line of a run', () => {
  const stops = [godown, at(500), at(1000)];

  it('is by road, leg by leg', async () => {
    const legs = await bed().legs('demo', stops);
    expect(legs).toMatchObject([
      { metres: 750, seconds: 94, by: 'road' },
      { metres: 750, seconds: 94, by: 'road' },
    ]);
  });

  it.each([
    ['without a router', () => withoutRouter()],
    ['with one that fails', () => bed({ legs: async () => Promise.reject(new Error('down')) })],
    ['with one that knows no way', () => bed({ legs: async () => null })],
    ['with one that says nothing', () => bed({ legs: never }, 20)],
  ])('is straight %s', async (_what, roads) => {
    const legs = await roads().legs('demo', stops);
    expect(legs.map(({ by, metres, line }) => ({ by, metres, points: line.length }))).toEqual([
      { by: 'straight', metres: 675, points: 2 },
      { by: 'straight', metres: 675, points: 2 },
    ]);
  });
});

describe('a suggested order', () => {
  const stops = [at(3000), at(1000), at(2000), at(1500)];

  it('is quicker, and says by how much', async () => {
    const { order, before, after, by } = await bed().suggestOrder('demo', godown, stops);
    expect(order).toEqual([1, 3, 2, 0]);
    expect(by).toBe('road');
    expect(after).toEqual({ metres: 4500, seconds: 563 });
    expect(before).toEqual({ metres: 9750, seconds: 1219 });
  });

  it('is the present one where none is quicker', async () => {
    const straight = [at(1000), at(2000), at(3000)];
    const roads = bed({ order: async () => [2, 1, 0] });
    expect((await roads.suggestOrder('demo', godown, straight)).order).toEqual([0, 1, 2]);
    expect((await roads.suggestOrder('demo', godown, [], at(10))).order).toEqual([]);
    // Back to where it began it is as far either way around: nothing to change.
    expect((await roads.suggestOrder('demo', godown, straight, godown)).order).toEqual([0, 1, 2]);
  });

  it('takes the one of the router where that is best, and no nonsense', async () => {
    // The only quick way is by a road that goes from the last stop to the first: pairs in that order take a second.
    const chain = [2, 0, 3, 1];
    const places = [godown, ...chain.map((i) => stops[i] as LatLon)];
    const oneWay = async (from: readonly LatLon[], to: readonly LatLon[]) =>
      from.map((a) =>
        to.map((b) =>
          places.indexOf(b) === places.indexOf(a) + 1 ? { metres: 2500, seconds: 60 } : { metres: 9000, seconds: 2000 },
        ),
      );
    expect((await bed({ matrix: oneWay, order: async () => chain }).suggestOrder('demo', godown, stops)).order).toEqual(
      chain,
    );
    for (const nonsense of [
      [0, 1, 2],
      [0, 0, 1, 2],
      [0, 1, 2, 9],
      [0.5, 1, 2, 3],
      [Number.NaN, 1, 2, 3],
    ]) {
      const { order } = await bed({ order: async () => nonsense }).suggestOrder('demo', godown, stops);
      expect(order).toEqual([1, 3, 2, 0]);
    }
  });

  it.each([
    ['without a router', () => withoutRouter(), 'straight'],
    ['with one that fails', () => bed({ matrix: async () => Promise.reject(new Error('down')) }), 'straight'],
    ['with one that says nothing', () => bed({ matrix: never, order: never }, 20), 'straight'],
    [
      'with one that knows half',
      () => bed({ matrix: async (from, to) => from.map((a, i) => to.map((b) => (i < 2 ? way(a, b) : null))) }),
      'mixed',
    ],
    [
      'with one that cannot be right',
      () => bed({ matrix: async (from, to) => from.map(() => to.map(() => ({ metres: -5, seconds: 1 }))) }),
      'straight',
    ],
    ['with one of another size', () => bed({ matrix: async () => [] }), 'straight'],
  ])('is found %s', async (_what, roads, by) => {
    expect(await roads().suggestOrder('demo', godown, stops)).toMatchObject({ order: [1, 3, 2, 0], by });
  });
});

describe('a trail on the road', () => {
  const fix = (minute: number, metres: number) => ({
    fixTime: minute * 60_000,
    receivedAt: minute * 60_000,
    ...at(metres),
  });
  // Two drives, with a lunch of which nothing is known in between.
  const trail = [fix(0, 0), fix(1, 300), fix(2, 600), fix(90, 5000), fix(91, 5300)];

  it('is where the router says', async () => {
    const { parts, by, why } = await bed().snapped(trail);
    expect([by, why, parts.map((part) => part.length)]).toEqual(['road', undefined, [3, 2]]);
    expect(parts[0]?.[0]?.latitude).toBeCloseTo(godown.latitude + 1e-5, 9);
  });

  it('is as it was measured where there is no road, and says so', async () => {
    const first = (track: readonly TrackPoint[]) => (track[0]?.fixTime === 0 ? [...track] : null);
    expect(await bed({ snap: async (track) => first(track) }).snapped(trail)).toMatchObject({
      by: 'mixed',
      why: 'no road was found under all of it',
      parts: [{ length: 3 }, { length: 2 }],
    });
    expect(await withoutRouter().snapped(trail)).toMatchObject({ by: 'trail', why: 'there is no map to put it on' });
    expect(await bed().snapped([fix(0, 0)])).toEqual({ parts: [], by: 'trail', why: 'the van did not move' });
  });

  it.each<[string, Partial<RouteFinder>, RegExp]>([
    ['fails', { snap: async () => Promise.reject(new Error('down')) }, /no road/],
    ['says nothing', { snap: never }, /no answer within 0.02 s/],
    ['finds a road elsewhere', { snap: async () => [at(0, 5000), at(600, 5000)] }, /no road/],
    ['finds a way around the world', { snap: async () => [at(0), { latitude: 0, longitude: 0 }, at(600)] }, /no road/],
    ['finds a point', { snap: async () => [at(0)] }, /no road/],
    ['finds no numbers', { snap: async () => [{ latitude: Number.NaN, longitude: 78 }, at(600)] }, /no road/],
  ])('is as it was measured when the router %s', async (_what, other, why) => {
    const snapped = await bed(other, 20).snapped(trail);
    expect(snapped).toMatchObject({ by: 'trail', why: expect.stringMatching(why) });
    expect(snapped.parts.map((part) => part.length)).toEqual([3, 2]);
  });
});
