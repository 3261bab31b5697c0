import { describe, expect, it } from 'vitest';
import { destination, distance, type LatLon } from '../../protocol/geo.ts';
import { Detours } from './detour.ts';
import { RouteCache, type RouteCacheOptions } from './route-cache.ts';
import type { Leg, RouteFinder } from './route-finder.ts';

const godown = { latitude: 21.15, longitude: 78.6 };
const east = (metres: number, from: LatLon = godown) => destination(from, 90, metres);

/** A router in a place where all roads are twice as long as the straight line and driven at 10 m/s. */
function bed(options: RouteCacheOptions & { answer?: (points: readonly LatLon[]) => Promise<Leg[] | null> } = {}) {
  const { answer, ...rest } = options;
  let now = 0;
  const asked: LatLon[][] = [];
  const twice = async (points: readonly LatLon[]): Promise<Leg[]> =>
    points.slice(1).map((to, i) => {
      const from = points[i] as LatLon;
      const metres = distance(from, to) * 2;
      return { metres, seconds: metres / 10, line: [from, destination(from, 0, 50), to] };
    });
  const finder: RouteFinder = {
    name: 'twice',
    legs: async (points) => {
      asked.push([...points]);
      return (answer ?? twice)(points);
    },
    matrix: async () => null,
    snap: async () => null,
    order: async () => null,
  };
  const detours = new Detours();
  const cache = new RouteCache({ finder, detours, now: () => now, ...rest });
  const told: string[][] = [];
  cache.onAnswer((agencies) => told.push([...agencies]));
  /** Lets what is under way in this process come to its end. */
  const settle = async () => {
    for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  };
  return { cache, detours, asked, told, twice, settle, pass: (ms: number) => (now += ms) };
}

describe('a way', () => {
  it('is a straight line at once, and the road as soon as it is known', async () => {
    const { cache, asked, told, settle } = bed();
    expect(cache.now(godown, east(1000), 'demo')).toEqual({ metres: 1350, seconds: 201, by: 'straight' });
    expect(asked).toEqual([]);
    await settle();
    expect(told).toEqual([['demo']]);
    expect(cache.now(godown, east(1000), 'demo')).toEqual({ metres: 2000, seconds: 200, by: 'road' });
    await settle();
    expect(asked).toHaveLength(1);
    expect(cache.counts).toEqual({ asked: 1, answered: 1, failed: 0, dropped: 0 });
  });

  it('is straight for ever where there is no router, and between neighbours', async () => {
    const alone = new RouteCache({ detours: new Detours() });
    await alone.fetch([godown, east(1000)]);
    expect(alone.now(godown, east(1000)).by).toBe('straight');
    expect(alone.legNow(godown, east(1000))).toMatchObject({ by: 'straight', line: [godown, east(1000)] });
    const { cache, asked, settle } = bed();
    expect(cache.now(godown, east(25)).by).toBe('straight');
    expect(cache.now(godown, godown)).toEqual({ metres: 0, seconds: 0, by: 'straight' });
    await cache.fetch([godown, east(25)]);
    await settle();
    expect(asked).toEqual([]);
  });

  it('is told to all who asked for it, and asked once', async () => {
    const { cache, asked, told, settle } = bed();
    for (const agency of ['a', 'b', 'a']) cache.now(godown, east(1000), agency);
    cache.now(destination(godown, 0, 4), east(1003), 'c');
    await settle();
    expect(asked).toHaveLength(1);
    expect(told).toEqual([['a', 'b', 'c']]);
    expect(cache.now(east(1000), godown).by).toBe('straight');
  });

  it('that a van drives is not asked for again every 20 m; what is left of it shrinks with the distance', async () => {
    const { cache, asked, settle } = bed();
    const door = east(6000);
    for (let driven = 0; driven < 5900; driven += 60) {
      const { metres, by } = cache.now(east(driven), door);
      if (by === 'road') expect(Math.abs(metres / ((6000 - driven) * 2) - 1)).toBeLessThan(0.02);
      await settle();
    }
    expect(asked.length).toBeLessThan(50);
  });

  it('of a run is asked in one question', async () => {
    const { cache, asked, settle } = bed();
    const stops = Array.from({ length: 30 }, (_, i) => east(i * 300));
    for (let i = 1; i < stops.length; i++) cache.now(stops[i - 1] as LatLon, stops[i] as LatLon);
    cache.now(destination(godown, 180, 5000), godown);
    await settle();
    expect(asked.map((points) => points.length)).toEqual([20, 11, 2]);
  });

  it('teaches how long roads are, for those that nobody knows', async () => {
    const { cache, settle } = bed();
    for (let i = 1; i < 60; i++) cache.now(east(i * 1000), east(i * 1000 + 900), 'demo');
    await settle();
    const { metres, by } = cache.now(godown, destination(godown, 0, 10_000), 'demo');
    expect([by, metres > 18_000]).toEqual(['straight', true]);
  });
});

describe('a router', () => {
  it('that fails is asked again after a while, no sooner', async () => {
    let fails = true;
    const router = bed({
      answer: async (points) => (fails ? Promise.reject(new Error('down')) : router.twice(points)),
    });
    const { cache, asked, told, settle, pass } = router;
    const look = async () => {
      const { by } = cache.now(godown, east(1000));
      await settle();
      return by;
    };
    expect([await look(), await look()]).toEqual(['straight', 'straight']);
    pass(29_999);
    await look();
    expect([asked.length, told.length, cache.counts.failed]).toEqual([1, 0, 1]);
    fails = false;
    pass(1);
    expect([await look(), await look()]).toEqual(['straight', 'road']);
  });

  it('that knows no way to one door spoils no other', async () => {
    const router = bed({
      answer: async (points) => (points.some((point) => point === island) ? null : router.twice(points)),
    });
    const { cache, asked, settle } = router;
    const island = east(1500, destination(godown, 0, 40));
    const stops = [godown, east(500), east(1000), island, east(2000), east(2500)];
    const by = () => stops.slice(1).map((to, i) => cache.now(stops[i] as LatLon, to).by);
    by();
    await settle();
    expect(by()).toEqual(['road', 'road', 'straight', 'straight', 'road']);
    await settle();
    const questions = asked.length;
    by();
    await settle();
    expect(asked).toHaveLength(questions);
  });

  it.each<[string, Leg[]]>([
    ['shorter than straight', [{ metres: 400, seconds: 60 }]],
    ['endless', [{ metres: 4e6, seconds: 4e5 }]],
    ['driven at the speed of sound', [{ metres: 2500, seconds: 7 }]],
    ['of no length at all', [{ metres: Number.NaN, seconds: 100 }]],
    [
      'in two pieces',
      [
        { metres: 1000, seconds: 100 },
        { metres: 1000, seconds: 100 },
      ],
    ],
    ['in none', []],
  ])('whose way is %s is not believed', async (_what, legs) => {
    const { cache, detours, settle } = bed({ answer: async () => legs });
    cache.now(godown, east(1800), 'demo');
    await settle();
    expect(cache.now(godown, east(1800), 'demo')).toMatchObject({ by: 'straight' });
    expect(detours.factor('demo')).toBe(1.35);
  });

  it('that never answers keeps nobody; what waits for it is bounded', async () => {
    const { cache, asked, settle } = bed({ answer: () => new Promise(() => {}), mostWaiting: 10, together: 2 });
    for (let i = 1; i < 100; i++) expect(cache.now(east(i * 1000), destination(godown, 0, 500)).by).toBe('straight');
    await settle();
    expect(asked).toHaveLength(2);
    expect(cache.counts.dropped).toBeGreaterThan(80);
  });
});

describe('the cache', () => {
  it('forgets what was not used for the longest time', async () => {
    const { cache, settle } = bed({ most: 3 });
    const way = (metres: number) => cache.now(godown, east(metres)).by;
    for (const metres of [1000, 2000, 3000]) way(metres);
    await settle();
    way(1000);
    way(4000);
    await settle();
    expect(cache.size).toBe(3);
    expect([way(1000), way(3000), way(4000), way(2000)]).toEqual(['road', 'road', 'road', 'straight']);
  });

  it('asks again about a way that is old, and tells the old one meanwhile', async () => {
    const { cache, asked, settle, pass } = bed({ freshMs: 1000 });
    cache.now(godown, east(1000));
    await settle();
    pass(1000);
    expect(cache.now(godown, east(1000)).by).toBe('road');
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('fetches lines that are wanted, and has them at once afterwards', async () => {
    const { cache, asked, settle } = bed();
    const stops = [godown, east(500), east(1000)];
    await Promise.all([cache.fetch(stops), cache.fetch(stops)]);
    expect(asked).toHaveLength(1);
    const leg = cache.legNow(godown, east(500));
    expect(leg).toMatchObject({ metres: 1000, seconds: 100, by: 'road' });
    expect(leg.line).toHaveLength(3);
    expect(distance(leg.line[2] as LatLon, east(500))).toBeLessThan(1.5);
    expect(cache.legNow(east(1000), godown).by).toBe('straight');
    await settle();
    expect(cache.legNow(east(1000), godown).by).toBe('road');
  });

  it.each<[string, LatLon[] | undefined]>([
    ['no line', undefined],
    ['a point', [godown]],
    ['a line elsewhere', [east(0), east(90_000)]],
  ])('draws a straight one for a way that came with %s', async (_what, line) => {
    const leg = { metres: 1500, seconds: 150, ...(line === undefined ? {} : { line }) };
    const { cache, asked } = bed({ answer: async () => [leg] });
    for (let i = 0; i < 2; i++) await cache.fetch([godown, east(1000)]);
    const shown = cache.legNow(godown, east(1000));
    expect(shown).toMatchObject({ metres: 1500, by: 'road', line: { length: 2 } });
    expect(distance(shown.line[1] as LatLon, east(1000))).toBeLessThan(1.5);
    expect(asked).toHaveLength(1);
  });

  it('asks nothing any more once it has stopped', async () => {
    const { cache, asked, settle } = bed();
    cache.now(godown, east(1000));
    cache.stop();
    cache.stop();
    cache.now(godown, east(2000));
    await cache.fetch([godown, east(3000)]);
    await settle();
    expect(asked).toEqual([]);
    expect(cache.now(godown, east(1000)).by).toBe('straight');
  });
});
