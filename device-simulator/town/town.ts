import { Random } from '../random.ts';
import { makeBuildings } from './buildings.ts';
import { type District, districtAt, makeDistricts, makeGrids } from './districts.ts';
import { type Door, makeDoors } from './doors.ts';
import { makeField } from './field.ts';
import { Growing } from './growth.ts';
import { makeNetwork, type Network } from './junctions.ts';
import { type Land, makeLand, reach, widened } from './land.ts';
import { type Course, makeBankRoads, makeMainRoads } from './main-roads.ts';
import { parkNames, riverName, roadNames, StreetNames, townName } from './names.ts';
import { makeGroves, makeParks, type Park } from './parks.ts';
import { gap, isInside, type Point, resampled } from './plane.ts';
import { chooseGodown, type DeadZone, makeDeadZones, makePlaces, type Place } from './sites.ts';
import { makeStreets, type Street } from './streets.ts';

/** The demo town. The same seed makes the same town on every machine. */
export interface Town {
  seed: number;
  name: string;
  land: Land;
  parks: Park[];
  districts: District[];
  network: Network;
  streets: Street[];
  /** over 20,000 of them */
  doors: Door[];
  /** the cylinder store: a door like any other, whose yard the vans start from */
  godown: Door;
  places: Place[];
  deadZones: DeadZone[];
  buildings: { district: number; ring: Point[] }[];
}

export function makeTown(seed: number): Town {
  const random = new Random(seed);
  const naming = random.fork('names');
  const name = townName(naming);
  const river = riverName(naming);
  const mains = makeMainRoads(random.fork('mains'), roadNames(naming));
  const roads = mains.map((road) => road.line);
  const land = makeLand(random.fork('land'), { river, lake: 'Bada Talab' }, roads);
  const districts = makeDistricts(random.fork('districts'), land);
  const grids = makeGrids(random.fork('grids'), districts);
  const banks = makeBankRoads(land);
  const lakeRoad: Course = { class: 'secondary', name: 'Talab Road', line: resampled(widened(land.lake.ring, 22), 10) };
  const guides: Course[] = [...mains, ...banks, lakeRoad, { class: 'main', line: land.railway }];
  const field = makeField(random.fork('field'), grids, guides);
  const parks = makeParks(random.fork('parks'), land, mains, (point) => field.at(point), parkNames(naming));

  const inPark = (point: Point): boolean =>
    parks.some((park) => gap(point, park.ring[0] as Point) < 420 && isInside(point, park.ring));
  const growing = new Growing(field);
  for (const course of [...mains, ...banks, lakeRoad]) growing.add(course);
  const seeds = lattice(random.fork('seeds'), land);
  const density = new Map(districts.map((district, i) => [district, i === 0 ? 0.62 : random.between(0.85, 1.25)]));
  const districtOf = (point: Point): number => districtAt(districts, point);
  const mayRun = (point: Point): boolean =>
    land.isBuiltUp(point) && !land.isWet(point, 14) && land.toRailway(point) > 22 && !inPark(point);
  growing.grow(
    {
      class: 'secondary',
      field,
      mayRun,
      shortest: 260,
      spacing: (point) => (Math.abs(point.x) + Math.abs(point.y) < 700 ? 210 : 340),
    },
    random.fork('secondary'),
    seeds,
  );
  for (const park of parks) growing.add({ class: 'lane', line: resampled(widened(park.ring, 7), 10) });
  growing.grow(
    {
      class: 'lane',
      field,
      mayRun,
      shortest: 70,
      spacing: (point, family) =>
        (family === 0 ? 74 : 128) * (density.get(districts[districtOf(point)] as District) ?? 1),
    },
    random.fork('lanes'),
    seeds,
  );

  const network = makeNetwork(random.fork('missing'), growing.courses, 0.07);
  const streets = makeStreets(network, growing.courses, new StreetNames(random.fork('street names')));
  const doors = makeDoors(random.fork('doors'), {
    streets,
    edges: network.edges,
    districtOf,
    mayBuild: (point) =>
      land.isBuiltUp(point) && !land.isWet(point, 16) && land.toRailway(point) > 20 && !inPark(point),
  });
  const godown = chooseGodown(doors, streets);
  return {
    seed,
    name,
    land,
    parks: [...parks, ...makeGroves(random.fork('groves'), land, mains)],
    districts,
    network,
    streets,
    doors,
    godown,
    places: makePlaces(random.fork('places'), land, districts, doors),
    deadZones: makeDeadZones(random.fork('dead zones'), land, mains, doors, godown.point),
    buildings: makeBuildings(random.fork('buildings'), doors, 9000),
  };
}

/** Points all over the built-up town at which a street may begin. */
function lattice(random: Random, land: Land): Point[] {
  const points: Point[] = [];
  for (let x = -reach.x; x <= reach.x; x += 50) {
    for (let y = -reach.y; y <= reach.y; y += 50) {
      const point = { x: x + random.between(-20, 20), y: y + random.between(-20, 20) };
      if (land.isBuiltUp(point)) points.push(point);
    }
  }
  return points;
}
