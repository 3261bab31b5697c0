import type { Fix } from '../daemon/domain/fold.ts';
import type { VanDoors } from '../daemon/domain/zone-calm.ts';
import { inBox } from '../daemon/domain/zone-geometry.ts';
import { type LaidZone, layZone, ZoneIndex, ZoneList } from '../daemon/domain/zone-index.ts';
import { type ZoneFact, type ZoneSource, ZoneStep, type ZoneStepState } from '../daemon/domain/zone-step.ts';
import { destination, type LatLon } from '../protocol/geo.ts';
import { doorZone, type Zone, type ZoneShape } from '../protocol/zone.ts';
import { seededRandom } from '../test/random.ts';
import { forComparison, lessIsBetter, type Row } from './row.ts';

/**
 * What zones cost a position: vans on their way through a district of 60 by 60 km, three zones of all shapes to a km²,
 * each van with the doors of its run. Beside it the plain way, every zone's box looked at for every fix.
 */
const vans = 10_000;
const zones = 10_000;
/** doors of a run */
const doors = 40;
/** Fixes of each van, `interval` s apart. */
const rounds = 60;
const interval = 5;
/** Positions that come together. */
const batch = 100;
const centre = { latitude: 21.145, longitude: 79.088 };
/** half the side of the district, m */
const half = 30_000;
const began = Date.UTC(2026, 3, 2, 3, 30);
const timeZone = 'Asia/Kolkata';
/** The limit for motion, zones and arrivals together is 15 µs. */
const most = 5;

export async function zonesBench(): Promise<Row[]> {
  const random = seededRandom(1);
  const laid = Array.from({ length: zones }, (_, i) => layZone(zoneAt(i, somewhere(random), random), timeZone, 0));
  const start = performance.now();
  const index = new ZoneIndex();
  index.add(laid);
  const building = performance.now() - start;
  const drives = Array.from({ length: vans }, () => new Drive(random));
  const doorsOf = drives.map((drive) => drive.doors(random));

  const ours = measured(drives, source(index, laid, doorsOf));
  const everyBox = {
    edition: 1,
    // Never far enough to pass a look over.
    reach: () => 0,
    at: (latitude: number, longitude: number, found: LaidZone[]) => {
      for (const zone of laid) if (inBox(zone.outline, latitude, longitude)) found.push(zone);
    },
  };
  // A hundredth of the vans is enough to know.
  const plain = measured(drives.slice(0, vans / 100), source(everyBox, laid, doorsOf));
  return [
    lessIsBetter('zones: a position, 10,000 vans and zones', ours.micros, most, 1, 'µs'),
    lessIsBetter('zones: a position, beside looking at every box', ours.micros, plain.micros, 10, 'µs'),
    lessIsBetter('zones: building the index of 10,000', building, 250, 1, 'ms'),
    forComparison('zones: enters and leaves a thousand positions', ours.facts, plain.facts, 'facts'),
  ];
}

function measured(drives: readonly Drive[], from: ZoneSource): { micros: number; facts: number } {
  const step = new ZoneStep(from);
  const states = drives.map((): ZoneStepState => step.initial());
  const contexts = drives.map((_, i) => ({ agency: 'bench', vanId: String(i) }));
  let facts = 0;
  const emit = (_fact: ZoneFact) => {
    facts++;
  };
  for (const drive of drives) drive.begin();
  // µs of this thread alone: other programs of the machine do not count.
  let took = 0;
  for (let round = 0; round < rounds; round++) {
    // As they come: what was just read is at hand, the van it belongs to is not.
    for (let first = 0; first < drives.length; first += batch) {
      const fixes = drives.slice(first, first + batch).map((drive) => drive.next(began + round * interval * 1000));
      const before = process.threadCpuUsage();
      for (const [i, fix] of fixes.entries()) {
        const [state, context] = [states[first + i], contexts[first + i]];
        if (state !== undefined && context !== undefined) step.next(state, fix, context, emit);
      }
      const { user, system } = process.threadCpuUsage(before);
      took += user + system;
    }
  }
  const positions = rounds * drives.length;
  return { micros: took / positions, facts: (facts * 1000) / positions };
}

const noDoors: VanDoors = { list: undefined };

function source(
  index: Pick<ZoneIndex, 'edition' | 'at' | 'reach'>,
  laid: readonly LaidZone[],
  doorsOf: readonly ZoneList[],
): ZoneSource {
  const own = doorsOf.map((list): VanDoors => ({ list }));
  const byId = new Map(laid.map((zone) => [zone.id, [zone]]));
  return {
    edition: () => index.edition,
    at: (_agency, latitude, longitude, found) => index.at(latitude, longitude, found),
    reach: (_agency, latitude, longitude, cosine) => index.reach(latitude, longitude, cosine),
    versions: (_agency, zoneId) => byId.get(zoneId) ?? [],
    doors: (_agency, vanId) => own[Number(vanId)] ?? noDoors,
    kind: () => 'van',
  };
}

/** Two circles, two polygons and a corridor of five; a few of each are large. */
export function zoneAt(i: number, at: LatLon, random: () => number): Pick<Zone, 'id' | 'shape' | 'rules'> {
  const large = i % 250 === 0;
  const size = large ? 1500 + random() * 3000 : 50 + random() * 250;
  const rules = { enter: true, leave: true, dwellMinutes: 10, ...(i % 4 === 0 ? { speedLimit: 30 } : {}) };
  return { id: `z${i}`, shape: shapeAt(i % 5, at, size, large, random), rules };
}

function shapeAt(kind: number, at: LatLon, size: number, large: boolean, random: () => number): ZoneShape {
  if (kind < 2) return { type: 'circle', ...at, radius: size };
  const points = large ? 200 : 5 + Math.floor(random() * 25);
  if (kind < 4) {
    const corners = Array.from({ length: points }, (_, k) =>
      destination(at, (360 * k) / points, size * (0.7 + 0.3 * random())),
    );
    return { type: 'polygon', corners };
  }
  const line = [at];
  for (let k = 1; k < points; k++) {
    line.push(destination(line.at(-1) ?? at, 90 * random(), (2 * size) / points));
  }
  return { type: 'corridor', line, width: 20 + random() * 60 };
}

/** Somewhere in the district. */
export function somewhere(random: () => number): LatLon {
  const north = destination(centre, 0, (random() * 2 - 1) * half);
  return destination(north, 90, (random() * 2 - 1) * half);
}

/** A van that drives straight on for a while, turns, stops at times, with noise of some metres. */
class Drive {
  readonly #start: LatLon;
  readonly #random: () => number;
  #at: LatLon;
  #towards = 0;
  #speed = 0;

  constructor(random: () => number) {
    this.#start = somewhere(random);
    this.#at = this.#start;
    this.#random = seededRandom(Math.floor(random() * 2 ** 31));
  }

  begin(): void {
    this.#at = this.#start;
  }

  next(fixTime: number): Fix {
    const random = this.#random;
    if (random() < 0.1) {
      this.#towards = 90 * Math.floor(random() * 4);
      this.#speed = random() < 0.3 ? 0 : 10 + random() * 40;
    }
    this.#at = destination(this.#at, this.#towards, (this.#speed / 3.6) * interval);
    const seen = destination(this.#at, random() * 360, random() * 8);
    return { fixTime, ...seen, speed: this.#speed, accuracy: 5 + Math.round(random() * 10) };
  }

  doors(random: () => number): ZoneList {
    const made = Array.from({ length: doors }, (_, i) => {
      const at = destination(this.#start, random() * 360, random() * 4000);
      const shape = { type: 'circle' as const, ...at, radius: 150 };
      return layZone({ id: doorZone(`c${i}`), shape, rules: { dwellMinutes: 1 } }, timeZone, 0);
    });
    return new ZoneList(made);
  }
}
