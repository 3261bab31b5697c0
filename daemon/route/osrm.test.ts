import { afterEach, describe, expect, it } from 'vitest';
import { Osrm } from './osrm.ts';
import { encodePolyline } from './polyline.ts';
import { type FakeRouter, fakeRouter, type GiveAnswer } from './router.fixture.ts';

/*
 * Answers as OSRM's documentation of its HTTP API (version 5.27) shows them, with what it always sends beside what is
 * read here.
 */
const friedrichstrasse = { latitude: 52.517037, longitude: 13.38886 };
const torstrasse = { latitude: 52.529407, longitude: 13.397634 };
const platz = { latitude: 52.523219, longitude: 13.428555 };
const places = [friedrichstrasse, torstrasse, platz];
const where = '13.388860,52.517037;13.397634,52.529407;13.428555,52.523219';

const waypoint = (name: string, location: [number, number], more = {}) => ({
  hint: 'KSoKADRYroqUBAEAEAAAABkAAAAGAAAAAAAAABhnCQCLtwAA_0vMAKlYIQM8TMwArVghAwEAAQH1a66g',
  distance: 4.152629,
  name,
  location,
  ...more,
});
const waypoints = [
  waypoint('Friedrichstraße', [13.388799, 52.517033]),
  waypoint('Torstraße', [13.397631, 52.529432]),
  waypoint('Platz der Vereinten Nationen', [13.428554, 52.523239]),
];
const step = (line: [number, number][], distance: number, duration: number) => ({
  geometry: encodePolyline(
    line.map(([longitude, latitude]) => ({ longitude, latitude })),
    6,
  ),
  mode: 'driving',
  duration,
  weight: duration,
  distance,
  name: 'Lortzingstraße',
  maneuver: { location: line[0], bearing_before: 0, bearing_after: 10, type: 'turn', modifier: 'right' },
  intersections: [{ out: 0, entry: [true], bearings: [10], location: line[0] }],
});
const leg = (steps: ReturnType<typeof step>[], distance: number, duration: number) => ({
  distance,
  duration,
  weight: duration,
  weight_name: 'routability',
  summary: '',
  steps,
});
const route = {
  code: 'Ok',
  waypoints,
  routes: [
    {
      distance: 4725.1,
      duration: 476.5,
      weight: 476.5,
      weight_name: 'routability',
      legs: [
        leg(
          [
            step(
              [
                [13.388799, 52.517033],
                [13.388, 52.52],
              ],
              400.5,
              60.2,
            ),
            step(
              [
                [13.388, 52.52],
                [13.397631, 52.529432],
              ],
              1486.4,
              132.4,
            ),
            step(
              [
                [13.397631, 52.529432],
                [13.397631, 52.529432],
              ],
              0,
              0,
            ),
          ],
          1886.9,
          192.6,
        ),
        leg(
          [
            step(
              [
                [13.397631, 52.529432],
                [13.428554, 52.523239],
              ],
              2838.2,
              283.9,
            ),
          ],
          2838.2,
          283.9,
        ),
      ],
    },
  ],
};
const table = {
  code: 'Ok',
  sources: waypoints,
  destinations: waypoints,
  durations: [
    [0, 192.6, 382.8],
    [199, 0, 283.9],
    [344.7, 222.3, 0],
  ],
  distances: [
    [0, 1886.89, 3791.3],
    [1824, 0, 2838.09],
    [3275.36, 2361.73, 0],
  ],
};

let router: FakeRouter;
afterEach(() => router.stop());
const osrm = async (answer: GiveAnswer) => {
  router = await fakeRouter(answer);
  return new Osrm({ outside: router.outside() });
};
const queryOf = (i: number) => Object.fromEntries(router.asked[i]?.url.searchParams ?? []);
const pathOf = (i: number) => decodeURIComponent(router.asked[i]?.url.pathname ?? '');

describe('OSRM', () => {
  it('tells the legs of a route, with their lines', async () => {
    const finder = await osrm(() => route);
    expect(await finder.legs(places)).toEqual([
      {
        metres: 1886.9,
        seconds: 192.6,
        line: [
          { latitude: 52.517033, longitude: 13.388799 },
          { latitude: 52.52, longitude: 13.388 },
          { latitude: 52.52, longitude: 13.388 },
          { latitude: 52.529432, longitude: 13.397631 },
          { latitude: 52.529432, longitude: 13.397631 },
          { latitude: 52.529432, longitude: 13.397631 },
        ],
      },
      {
        metres: 2838.2,
        seconds: 283.9,
        line: [
          { latitude: 52.529432, longitude: 13.397631 },
          { latitude: 52.523239, longitude: 13.428554 },
        ],
      },
    ]);
    expect(pathOf(0)).toBe(`/route/v1/driving/${where}`);
    expect(queryOf(0)).toEqual({
      overview: 'false',
      steps: 'true',
      geometries: 'polyline6',
      radiuses: '1000;1000;1000',
    });
  });

  it('is asked for a long route in pieces that share their ends', async () => {
    const finder = await osrm(({ url }) => {
      const count = url.pathname.split(';').length;
      return { ...route, routes: [{ legs: Array.from({ length: count - 1 }, () => leg([], 10, 2)) }] };
    });
    const many = Array.from({ length: 161 }, (_, i) => ({ latitude: 52, longitude: 13 + i / 1000 }));
    expect(await finder.legs(many)).toHaveLength(160);
    expect(router.asked.map((_, i) => pathOf(i).split(';').length).sort((a, b) => a - b)).toEqual([3, 80, 80]);
    expect(new Set(router.asked.map((_, i) => pathOf(i).split('/').at(-1)?.split(';')[0]))).toEqual(
      new Set(['13.000000,52.000000', '13.079000,52.000000', '13.158000,52.000000']),
    );
  });

  it('tells a matrix; what it has no way for is null', async () => {
    const finder = await osrm(() => ({
      ...table,
      durations: [[192.6, null]],
      distances: [[1886.89, null]],
      sources: waypoints.slice(0, 1),
      destinations: waypoints.slice(1),
    }));
    expect(await finder.matrix([friedrichstrasse], [torstrasse, platz])).toEqual([
      [{ metres: 1886.89, seconds: 192.6 }, null],
    ]);
    expect(pathOf(0)).toBe(`/table/v1/driving/${where}`);
    expect(queryOf(0)).toMatchObject({ annotations: 'duration,distance', sources: '0', destinations: '1;2' });
  });

  it('refuses a table for one place in the sea; the others keep their ways', async () => {
    const sea = { latitude: 54, longitude: 4 };
    const finder = await osrm(({ url }) => {
      if (url.pathname.includes('4.000000,54.000000'))
        return { code: 'NoSegment', message: 'Could not find a segment' };
      const [rows = 0, columns = 0] = ['sources', 'destinations'].map(
        (name) => url.searchParams.get(name)?.split(';').length,
      );
      const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 100));
      return { ...table, durations: cells, distances: cells };
    });
    const way = { metres: 100, seconds: 100 };
    expect(await finder.matrix([...places, sea], [...places, sea])).toEqual([
      [way, way, way, null],
      [way, way, way, null],
      [way, way, way, null],
      [null, null, null, null],
    ]);
    expect(await finder.matrix([sea], [sea])).toBeNull();
  });

  it('puts a track on the road, split into matchings', async () => {
    const geometry = (line: [number, number][]) => step(line, 0, 0).geometry;
    const finder = await osrm(() => ({
      code: 'Ok',
      matchings: [
        {
          confidence: 0.98,
          distance: 30,
          duration: 6,
          weight: 6,
          legs: [],
          geometry: geometry([
            [13.1, 52.1],
            [13.2, 52.2],
          ]),
        },
        {
          confidence: 0.7,
          distance: 30,
          duration: 6,
          weight: 6,
          legs: [],
          geometry: geometry([
            [13.3, 52.3],
            [13.4, 52.4],
          ]),
        },
      ],
      tracepoints: [
        waypoint('a', [13.1, 52.1], { matchings_index: 0, waypoint_index: 0, alternatives_count: 0 }),
        null,
      ],
    }));
    const track = [
      { latitude: 52.1, longitude: 13.1, fixTime: 1_424_684_612_500, accuracy: 12 },
      { latitude: 52.4, longitude: 13.4, fixTime: 1_424_684_616_000 },
    ];
    expect((await finder.snap(track))?.map(({ longitude }) => longitude)).toEqual([13.1, 13.2, 13.3, 13.4]);
    expect(pathOf(0)).toBe('/match/v1/driving/13.100000,52.100000;13.400000,52.400000');
    expect(queryOf(0)).toMatchObject({
      overview: 'full',
      geometries: 'polyline6',
      gaps: 'ignore',
      timestamps: '1424684612;1424684616',
      radiuses: '12;10',
    });
  });

  it('puts stops in order; waypoints are in the order of the question', async () => {
    const at = (name: string, waypoint_index: number, trips_index = 0) => ({
      ...waypoint(name, [13.4, 52.5]),
      waypoint_index,
      trips_index,
    });
    const trips = [{ distance: 1, duration: 1, weight: 1, weight_name: 'routability', legs: [] }];
    const answer = { code: 'Ok', trips, waypoints: [at('start', 0), at('a', 3), at('b', 1), at('c', 2), at('end', 4)] };
    const finder = await osrm(() => answer);
    expect(await finder.order(friedrichstrasse, places, platz)).toEqual([1, 2, 0]);
    expect(pathOf(0)).toContain('/trip/v1/driving/');
    expect(queryOf(0)).toMatchObject({ roundtrip: 'false', source: 'first', destination: 'last' });
    answer.waypoints = [at('start', 0), at('a', 2), at('b', 1), at('c', 3)];
    expect(await finder.order(friedrichstrasse, places)).toEqual([1, 0, 2]);
    expect(queryOf(1)).toMatchObject({ source: 'first', destination: 'any' });
    answer.waypoints = [at('start', 0), at('a', 2), at('b', 1), at('c', 0, 1)];
    expect(await finder.order(friedrichstrasse, places)).toBeNull();
  });

  it.each(['NoRoute', 'NoSegment', 'NoTable', 'NoMatch', 'NoTrips', 'NotImplemented'])(
    'that says %s knows no way',
    async (code) => {
      const finder = await osrm(() => ({ code, message: 'Impossible route between points' }));
      const track = places.map((place, i) => ({ ...place, fixTime: i * 1000 }));
      expect(await finder.legs(places)).toBeNull();
      expect(await finder.matrix(places, places)).toBeNull();
      expect(await finder.snap(track)).toBeNull();
      expect(await finder.order(friedrichstrasse, places)).toBeNull();
    },
  );

  it.each([
    ['refuses the question', { code: 'InvalidQuery', message: 'Query string malformed' }, 'refused'],
    ['answers with fewer legs', { ...route, routes: [{ legs: route.routes[0]?.legs.slice(0, 1) }] }, 'garbage'],
    ['answers with no legs', { ...route, routes: [] }, 'garbage'],
    [
      'answers with a length below nothing',
      { ...route, routes: [{ legs: [leg([], -1, 1), leg([], 1, 1)] }] },
      'garbage',
    ],
    [
      'answers with no line',
      { ...route, routes: [{ legs: [leg([], 1, 1), { ...leg([], 1, 1), steps: [{ geometry: 'x' }] }] }] },
      'garbage',
    ],
  ])('that %s is not believed', async (_what, answer, fault) => {
    const finder = await osrm(() => answer);
    await expect(finder.legs(places)).rejects.toMatchObject({ name: 'RouteError', fault });
  });

  it('that answers with a table or a trip of another size is not believed', async () => {
    const finder = await osrm(({ url }) => (url.pathname.startsWith('/trip') ? { code: 'Ok', waypoints: [] } : table));
    await expect(finder.matrix(places, places.slice(1))).rejects.toMatchObject({ fault: 'garbage' });
    await expect(finder.order(friedrichstrasse, places)).rejects.toMatchObject({ fault: 'garbage' });
  });
});
