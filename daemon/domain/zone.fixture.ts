import { destination, type LatLon } from '../../protocol/geo.ts';
import type { VanKind } from '../../protocol/registry.ts';
import type { ZoneRules, ZoneSchedule, ZoneShape } from '../../protocol/zone.ts';
import type { Fix } from './fold.ts';
import { type LaidZone, layZone, ZoneIndex, ZoneList } from './zone-index.ts';
import { type ZoneFact, type ZoneSource, ZoneStep } from './zone-step.ts';

/** Words for tests of zones: a town in metres, a van's fixes as a timeline, and how GPS errs. Test support. */

/** Nine in the morning in Pune, a Thursday. Times in stories are seconds after it. */
export const nine = Date.UTC(2026, 3, 2, 3, 30);
export const at = (seconds: number) => nine + seconds * 1000;
export const origin = { latitude: 18.52, longitude: 73.85 };

/** A place so many metres east and north of the middle of the town. */
export function place(east: number, north = 0): LatLon {
  return destination(destination(origin, 90, east), 0, north);
}

export interface Drawn {
  id: string;
  shape: ZoneShape;
  rules?: ZoneRules;
  schedule?: ZoneSchedule;
  vans?: string[];
  kinds?: VanKind[];
  /** seconds; absent: always */
  from?: number;
  until?: number;
  /** for this van alone, as the doors of its run are */
  door?: boolean;
}

export function circle(east: number, radius: number, north = 0): ZoneShape {
  return { type: 'circle', ...place(east, north), radius };
}

/** A fix so many seconds after nine and so many metres east of the middle. */
export function fix(seconds: number, east: number, more: Partial<Fix> & { north?: number } = {}): Fix {
  const { north = 0, ...rest } = more;
  return { fixTime: at(seconds), ...place(east, north), accuracy: 5, ...rest };
}

/** A van that drives east at a speed (km/h), a fix every `every` seconds. */
export function drive(from: number, east: number, to: number, speed: number, every = 5): Fix[] {
  const fixes: Fix[] = [];
  const seconds = ((to - east) / speed) * 3.6;
  for (let t = 0; Math.abs(t) <= Math.abs(seconds); t += every) {
    const towards = Math.sign(to - east);
    fixes.push(fix(from + t, east + (towards * (t * speed)) / 3.6, { speed }));
  }
  return fixes;
}

function sourceOf(drawn: readonly Drawn[], timeZone = 'Asia/Kolkata', kind: VanKind = 'van'): ZoneSource {
  const lay = ({ rules = {}, from, until, door: _door, ...zone }: Drawn): LaidZone =>
    layZone(
      { ...zone, rules },
      timeZone,
      from === undefined ? 0 : at(from),
      until === undefined ? Infinity : at(until),
    );
  const index = new ZoneIndex();
  const zones = drawn.filter(({ door }) => door !== true).map(lay);
  index.add(zones);
  const doors = { list: new ZoneList(drawn.filter(({ door }) => door === true).map(lay)) };
  return {
    edition: () => index.edition,
    at: (_agency, latitude, longitude, found) => index.at(latitude, longitude, found),
    reach: (_agency, latitude, longitude, cosine) => index.reach(latitude, longitude, cosine),
    versions: (_agency, zoneId) => zones.filter(({ id }) => id === zoneId).sort((a, b) => a.from - b.from),
    doors: () => doors,
    kind: () => kind,
  };
}

export interface Ride {
  vanId?: string;
  timeZone?: string;
  kind?: VanKind;
  motion?: (fix: Fix) => 'moving' | 'parked' | undefined;
}

/** What happens to a van with these fixes, in their order. */
export function factsOf(drawn: readonly Drawn[], fixes: readonly Fix[], ride: Ride = {}): ZoneFact[] {
  const step = new ZoneStep(sourceOf(drawn, ride.timeZone, ride.kind));
  const facts: ZoneFact[] = [];
  let state = step.initial();
  let count = 0;
  for (const each of fixes) {
    const doing = ride.motion?.(each);
    const motion = doing === undefined ? {} : { motion: motionOf(doing, each) };
    state = step.next(state, each, { agency: 'pune', vanId: ride.vanId ?? 'v1', ...motion }, (fact) =>
      facts.push(fact),
    );
    // As it is kept: nothing may be lost by it.
    if (++count % 10 < 3) state = step.copy(JSON.parse(JSON.stringify(state)));
  }
  return facts;
}

function motionOf(doing: 'moving' | 'parked', { fixTime }: Fix) {
  return { doing, since: fixTime, last: null, ignition: null, stop: null, trip: null, stand: null, stray: null };
}

/** Facts as a story tells them: `yard enter 60`, with the reason when there is one. */
export function told(facts: readonly ZoneFact[]): string[] {
  return facts.map(({ zoneId, what, at: time, by, speed }) =>
    [
      zoneId,
      what,
      (time - nine) / 1000,
      ...(by === undefined ? [] : [by]),
      ...(speed === undefined ? [] : [speed]),
    ].join(' '),
  );
}

/**
 * How a receiver errs that stands, after what long recordings of such show: an error that wanders for minutes (first
 * order Gauss-Markov, 4 m, two minutes), at times reflections that pull it away by tens of metres for up to two minutes
 * (lengths after Pareto), and single fixes far off. `accuracy` says little of all this.
 */
export function* erring(
  random: () => number,
  every: number,
): Generator<{ east: number; north: number; accuracy: number }> {
  const wander = { east: 0, north: 0 };
  const pull = { east: 0, north: 0, until: -1 };
  const keep = Math.exp(-every / 120);
  const spread = 4 * Math.sqrt(1 - keep * keep);
  for (let t = 0; ; t += every) {
    wander.east = wander.east * keep + spread * normal(random);
    wander.north = wander.north * keep + spread * normal(random);
    if (t > pull.until && random() < every / 1800) {
      const length = Math.min(150, 10 * random() ** -0.6);
      const towards = random() * 2 * Math.PI;
      Object.assign(pull, { east: length * Math.cos(towards), north: length * Math.sin(towards) });
      pull.until = t + Math.min(120, 8 * random() ** -0.7);
    }
    const pulled = t <= pull.until ? 1 : 0;
    const far = random() < 0.002 ? 60 * random() ** -0.8 : 0;
    const towards = random() * 2 * Math.PI;
    yield {
      east: wander.east + pulled * pull.east + Math.min(far, 2000) * Math.cos(towards),
      north: wander.north + pulled * pull.north + Math.min(far, 2000) * Math.sin(towards),
      accuracy: 3 + Math.round(random() * 9),
    };
  }
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
