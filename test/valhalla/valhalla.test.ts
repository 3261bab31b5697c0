import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Detours } from '../../daemon/route/detour.ts';
import { Outside } from '../../daemon/route/outside.ts';
import { Roads } from '../../daemon/route/roads.ts';
import { RouteCache } from '../../daemon/route/route-cache.ts';
import { TownFinder } from '../../daemon/route/town.ts';
import { Valhalla } from '../../daemon/route/valhalla.ts';
import { osmXml } from '../../device-simulator/osm-xml.ts';
import { Random } from '../../device-simulator/random.ts';
import { consumersOf } from '../../device-simulator/town/consumers.ts';
import { townGeoJson } from '../../device-simulator/town/geojson.ts';
import { toLatLon } from '../../device-simulator/town/plane.ts';
import { lengthOfRoute, Router } from '../../device-simulator/town/route.ts';
import { makeTown } from '../../device-simulator/town/town.ts';
import { distance, type LatLon } from '../../protocol/geo.ts';
import { temporaryFolder } from '../daemon-process.ts';
import { startValhalla, type ValhallaService, valhallaFolder } from './service.ts';

const town = makeTown(1);
const doors = consumersOf(town, 60);
const godown = toLatLon(town.godown.point);
/** A place to which no street of the town leads. */
const abroad = { latitude: 21.15, longitude: 78.9 };

function lengthOf(line: readonly LatLon[]): number {
  return line.reduce((sum, point, i) => sum + (i === 0 ? 0 : distance(line[i - 1] as LatLon, point)), 0);
}

/** Places on a line so many m apart, as a tracker measures them. */
function everySoFar(line: readonly LatLon[], metres: number): LatLon[] {
  const places: LatLon[] = [];
  let next = 0;
  for (const [i, b] of line.entries()) {
    const a = line[i - 1] ?? b;
    const length = distance(a, b);
    for (; next <= length; next += metres) {
      const part = length === 0 ? 0 : next / length;
      places.push({
        latitude: a.latitude + (b.latitude - a.latitude) * part,
        longitude: a.longitude + (b.longitude - a.longitude) * part,
      });
    }
    next -= length;
  }
  return places;
}

describe.skipIf(valhallaFolder === undefined && process.env.CI !== 'true')('a real Valhalla on the demo town', () => {
  let service: ValhallaService;
  let finder: Valhalla;
  let roads: Roads;
  const detours = new Detours();
  beforeAll(async () => {
    service = await startValhalla(osmXml(town));
    // A shared machine may stand still for seconds; how short an answer may be waited for, other tests show.
    finder = new Valhalla({
      outside: new Outside({ url: service.url, userAgent: 'Vantrail test', limitMs: 60_000, waitMs: 60_000 }),
    });
    roads = new Roads({
      finder,
      cache: new RouteCache({ finder, detours }),
      detours,
      limitMs: 60_000,
      orderLimitMs: 60_000,
    });
  });
  afterAll(() => service?.stop());

  it('finds the ways that our own router finds in the town', async () => {
    const router = new Router(town.network);
    const stops = doors.slice(0, 45);
    const homes = stops.map((home) => town.doors.find((door) => sameDoor(door.point, home)) ?? town.godown);
    const legs = await finder.legs(stops);
    expect(legs).toHaveLength(44);
    const ratios = (legs ?? []).map(({ metres, seconds, line = [] }, i) => {
      const [from, to] = [stops[i] as LatLon, stops[i + 1] as LatLon];
      // The line is the way that was measured, from door to door.
      expect(Math.abs(lengthOf(line) - metres)).toBeLessThan(metres * 0.02 + 5);
      expect(distance(line[0] as LatLon, from)).toBeLessThan(40);
      expect(distance(line.at(-1) as LatLon, to)).toBeLessThan(40);
      expect(metres / seconds).toBeGreaterThan(2);
      expect(metres / seconds).toBeLessThan(20);
      const [a, b] = [homes[i], homes[i + 1]] as [(typeof homes)[number], (typeof homes)[number]];
      return metres / lengthOfRoute(router.route({ edge: a.edge, at: a.at }, { edge: b.edge, at: b.at }));
    });
    const middle = ratios.sort((a, b) => a - b)[22] as number;
    expect(middle).toBeGreaterThan(0.97);
    expect(middle).toBeLessThan(1.1);
    // So does the finder that reads the town from its map, and the map is all that the daemon knows of it.
    const { folder, remove } = await temporaryFolder();
    const file = join(folder, 'town.geojson');
    await writeFile(file, JSON.stringify(townGeoJson(town)));
    const own = new TownFinder({ file, limitMs: 60_000 });
    await own.start();
    await remove();
    const ways = (await own.legs(stops)) ?? [];
    const shares = ways.map(({ metres }, i) => metres / (legs?.[i]?.metres ?? Number.NaN)).sort((a, b) => a - b);
    expect(shares).toHaveLength(44);
    expect(shares[22]).toBeGreaterThan(0.95);
    expect(shares[22]).toBeLessThan(1.05);
  });

  it('answers a matrix of more than it takes at once, and leaves out the place without a road alone', async () => {
    const places = [...doors.slice(0, 54), abroad];
    const matrix = await finder.matrix(places, places);
    expect(matrix).toHaveLength(55);
    for (const [i, row] of (matrix ?? []).entries()) {
      for (const [j, way] of row.entries()) {
        const straight = distance(places[i] as LatLon, places[j] as LatLon);
        if (i === 54 || j === 54) expect(way).toBeNull();
        else if (i === j) expect(way?.metres).toBe(0);
        else {
          expect(way?.metres).toBeGreaterThan(straight * 0.9 - 80);
          expect(way?.metres).toBeLessThan(straight * 4 + 4000);
        }
      }
    }
    const legs = await finder.legs(places.slice(3, 5));
    const pair = matrix?.[3]?.[4];
    expect(Math.abs((legs?.[0]?.metres ?? 0) - (pair?.metres ?? 0))).toBeLessThan(20);
    expect(await finder.legs([...doors.slice(0, 2), abroad])).toBeNull();
  });

  it('finds the road under the fixes of a drive, and says so where there is none', async () => {
    const random = new Random(6);
    const drive = ((await finder.legs([godown, ...doors.slice(0, 4)])) ?? []).flatMap(({ line = [] }) => line);
    const track = everySoFar(drive, 60).map(({ latitude, longitude }, i) => ({
      fixTime: 1_775_000_000_000 + i * 10_000,
      receivedAt: 1_775_000_000_000 + i * 10_000,
      latitude: latitude + random.between(-7e-5, 7e-5),
      longitude: longitude + random.between(-7e-5, 7e-5),
      accuracy: 8,
    }));
    const snapped = await finder.snap(track);
    expect(Math.abs(lengthOf(snapped ?? []) / lengthOf(drive) - 1)).toBeLessThan(0.1);
    const off = drive.map((point) => Math.min(...(snapped ?? []).map((near) => distance(point, near))));
    expect(off.sort((a, b) => a - b)[Math.floor(off.length * 0.9)]).toBeLessThan(40);
    expect(
      await finder.snap([abroad, { ...abroad, latitude: 21.16 }].map((at, i) => ({ ...at, fixTime: i }))),
    ).toBeNull();
    expect(await roads.snapped(track)).toMatchObject({ by: 'road' });
  });

  it('puts a run in a better order, with an end and without', async () => {
    const stops = doors.slice(0, 20);
    const order = await finder.order(godown, stops, godown);
    expect([...(order ?? [])].sort((a, b) => a - b)).toEqual(stops.map((_, i) => i));
    expect(await finder.order(godown, stops)).toBeNull();
    for (const end of [godown, undefined]) {
      const { before, after, by, order: suggested } = await roads.suggestOrder('demo', godown, stops, end);
      expect(by).toBe('road');
      expect(after.seconds).toBeLessThan(before.seconds * 0.7);
      expect([...suggested].sort((a, b) => a - b)).toEqual(stops.map((_, i) => i));
    }
  });

  it('teaches how much longer roads are, and is missed by nobody when it says nothing', async () => {
    await roads.legs('demo', [godown, ...doors.slice(0, 30)]);
    expect(detours.factor('demo')).toBeGreaterThan(1.15);
    expect(detours.factor('demo')).toBeLessThan(1.5);
    const outside = new Outside({ url: service.url, userAgent: 'Vantrail test', limitMs: 100 });
    const quick = new Valhalla({ outside });
    const impatient = new Roads({
      finder: quick,
      cache: new RouteCache({ finder: quick, detours }),
      detours,
      limitMs: 200,
      orderLimitMs: 200,
    });
    service.pause();
    try {
      const places = doors.slice(30, 40);
      for (let i = 0; i < 3; i++) await expect(quick.legs(places)).rejects.toThrow();
      expect(outside.resting).toBe(true);
      expect((await impatient.legs('demo', places)).map(({ by }) => by)).toEqual(Array(9).fill('straight'));
      expect(await impatient.suggestOrder('demo', godown, places)).toMatchObject({ by: 'straight' });
    } finally {
      service.resume();
    }
  });
});

function sameDoor(point: { x: number; y: number }, home: LatLon): boolean {
  const { latitude, longitude } = toLatLon(point);
  return latitude === home.latitude && longitude === home.longitude;
}
