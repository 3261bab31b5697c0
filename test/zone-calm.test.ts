import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fix, FoldContext } from '../daemon/domain/fold.ts';
import { at, circle, drive, fix, nine } from '../daemon/domain/zone.fixture.ts';
import type { VanDoors } from '../daemon/domain/zone-calm.ts';
import { type LaidZone, layZone, ZoneIndex, ZoneList } from '../daemon/domain/zone-index.ts';
import { type ZoneFact, type ZoneSource, ZoneStep } from '../daemon/domain/zone-step.ts';
import { destination, type LatLon } from '../protocol/geo.ts';
import type { VanKind } from '../protocol/registry.ts';
import { doorZone, type ZoneShape } from '../protocol/zone.ts';
import { seededRandom } from './random.ts';

/** Zones that may be changed at any time, and how often they were looked for. */
class Town implements ZoneSource {
  readonly index = new ZoneIndex();
  readonly laid = new Map<string, LaidZone[]>();
  readonly own: VanDoors = { list: undefined };
  is: VanKind = 'van';
  looks = 0;
  /** false: no look is ever passed over */
  readonly #spares: boolean;

  constructor(spares = true) {
    this.#spares = spares;
  }

  draw(zone: LaidZone): void {
    this.index.add([zone]);
    this.laid.set(zone.id, [...(this.laid.get(zone.id) ?? []), zone]);
  }

  /** The zone ends at a time; versions of one zone follow one another. */
  close(id: string, until: number): void {
    const kept: LaidZone[] = [];
    for (const zone of this.laid.get(id) ?? []) {
      this.index.remove(zone);
      if (until > zone.from) kept.push({ ...zone, until: Math.min(until, zone.until) });
    }
    this.index.add(kept);
    this.laid.set(id, kept);
  }

  /** Another version follows those there are. */
  redraw(zone: LaidZone): void {
    this.close(zone.id, zone.from);
    this.draw(zone);
  }

  edition(): number {
    return this.index.edition;
  }

  at(_agency: string, latitude: number, longitude: number, found: LaidZone[]): void {
    this.looks++;
    this.index.at(latitude, longitude, found);
  }

  reach(_agency: string, latitude: number, longitude: number, cosine: number): number {
    return this.#spares ? this.index.reach(latitude, longitude, cosine) : 0;
  }

  versions(_agency: string, zoneId: string): readonly LaidZone[] {
    return this.laid.get(zoneId) ?? [];
  }

  doors(): VanDoors {
    return this.own;
  }

  kind(): VanKind {
    return this.is;
  }
}

/** A van in a town; `takes` answers what happened at a fix, and what is kept after it. */
class Van {
  readonly #step: ZoneStep;
  #state;

  constructor(town: Town) {
    this.#step = new ZoneStep(town);
    this.#state = this.#step.initial();
  }

  takes(one: Fix, context: Partial<FoldContext> = {}): { facts: ZoneFact[]; kept: string } {
    const facts: ZoneFact[] = [];
    this.#state = this.#step.next(this.#state, one, { agency: 'pune', vanId: 'v1', ...context }, (fact) =>
      facts.push(fact),
    );
    return { facts, kept: JSON.stringify(this.#step.copy(this.#state)) };
  }

  restarts(): void {
    this.#state = this.#step.copy(this.#state);
  }
}

const laid = (id: string, shape: ZoneShape, from = 0) => layZone({ id, shape, rules: {} }, 'Asia/Kolkata', from);

describe('a van around which nothing can happen', () => {
  it('is not looked for in the zones with each fix', () => {
    const town = new Town();
    town.draw(laid('yard', circle(0, 100)));
    town.draw(laid('far', circle(700, 100)));
    const van = new Van(town);
    for (let i = 0; i < 100; i++) van.takes(fix(i * 10, 300 + (i % 5)));
    // The first time.
    expect(town.looks).toBe(1);
    for (let i = 0; i < 100; i++) van.takes(fix(2000 + i * 10, i % 5, { speed: 10 }));
    // And when it enters the yard, with the second fix there.
    expect(town.looks).toBe(3);
    for (const one of drive(4000, 110, 590, 36)) van.takes(one);
    expect(town.looks).toBeLessThan(40);
  });

  it('sees at once a zone that is drawn around it, a door that is put on its run, and one that falls due', () => {
    const town = new Town();
    const van = new Van(town);
    const told = (seconds: number, east = 0, more: Partial<Fix> = {}) =>
      van
        .takes(fix(seconds, east, more))
        .facts.map(({ zoneId, what, at: time }) => [zoneId, what, (time - nine) / 1000]);
    expect([0, 10, 20].flatMap((t) => told(t))).toEqual([]);
    expect(town.looks).toBe(1);
    town.draw(laid('yard', circle(0, 100), at(25)));
    expect([30, 40].flatMap((t) => told(t))).toEqual([['yard', 'enter', 30]]);
    const door = layZone({ id: doorZone('c1'), shape: circle(0, 150), rules: { dwellMinutes: 1 } }, 'UTC', at(45));
    town.own.list = new ZoneList([door]);
    expect([50, 60].flatMap((t) => told(t))).toEqual([[door.id, 'enter', 50]]);
    expect([70, 80, 109].flatMap((t) => told(t))).toEqual([]);
    expect([110, 120].flatMap((t) => told(t))).toEqual([[door.id, 'dwell', 110]]);
    town.own.list = undefined;
    expect(told(130)).toEqual([[door.id, 'leave', 120]]);
    const [limit] = [layZone({ id: 'slow', shape: circle(0, 100), rules: { speedLimit: 20 } }, 'UTC', at(135))];
    town.draw(limit);
    expect([140, 150, 160].flatMap((t) => told(t, 0, { speed: 19 }))).toEqual([['slow', 'enter', 140]]);
    expect([170, 171].flatMap((t) => told(t, 0, { speed: 30 }))).toEqual([['slow', 'speeding', 170]]);
  });

  it('has the same happen to it, and keeps the same, as one that looks at the zones with each fix', () => {
    let spared = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const towns = [new Town(), new Town(false)] as const;
        const [short, plain] = [new Van(towns[0]), new Van(towns[1])];
        for (const { one, context, change, restart } of story(seed)) {
          for (const town of towns) change?.(town);
          if (restart) short.restarts();
          expect(short.takes(one, context)).toEqual(plain.takes(one, context));
        }
        spared += towns[1].looks - towns[0].looks;
      }),
      { numRuns: 150 },
    );
    expect(spared).toBeGreaterThan(0);
  });
});

interface Turn {
  one: Fix;
  context: Partial<FoldContext>;
  change?: ((town: Town) => void) | undefined;
  restart: boolean;
}

const middles: LatLon[] = [
  { latitude: 18.52, longitude: 73.85 },
  { latitude: 64.5, longitude: 179.999 },
  { latitude: -79.99, longitude: -179.99 },
];

/** A day at random: a van that drives, stands, errs and is silent, among zones that come and go. */
function* story(seed: number): Generator<Turn> {
  const random = seededRandom(seed);
  const one = <T>(...list: T[]): T => list[Math.floor(random() * list.length)] as T;
  const middle = one(...middles);
  const somewhere = (far: number) => destination(middle, random() * 360, random() * far);
  let count = 0;
  const zone = (now: number): LaidZone => {
    const [open, close] = [one(25, 30, 35), one(32, 40, 50)];
    return layZone(
      {
        id: one(`z${count++}`, `z${Math.floor(random() * count)}`),
        shape: shape(random, somewhere(1200)),
        rules: {
          ...(random() < 0.4 ? { dwellMinutes: one(1, 2, 5) } : {}),
          ...(random() < 0.4 ? { speedLimit: one(10, 25, 40) } : {}),
        },
        ...(random() < 0.2
          ? { schedule: [{ days: [1, 2, 3, 4, 5, 6, 7], from: `03:${open}`, to: `03:${Math.max(close, open + 1)}` }] }
          : {}),
        ...(random() < 0.15 ? { vans: [one('v1', 'v2')] } : {}),
        ...(random() < 0.15 ? { kinds: [one<VanKind>('van', 'aircraft')] } : {}),
      },
      'UTC',
      one(0, now, now + 60_000),
      one(Infinity, Infinity, now + 200_000),
    );
  };
  const homes = Array.from({ length: 4 }, () => somewhere(900));
  // An order that comes back has a second stop at the same door.
  const doors = (now: number) =>
    new ZoneList(
      Array.from({ length: 1 + Math.floor(random() * 6) }, (_, i) =>
        layZone(
          {
            id: doorZone(`c${i % 4}`),
            shape: { type: 'circle', ...(homes[i % 4] as LatLon), radius: 150 },
            rules: { dwellMinutes: 1 },
          },
          'UTC',
          one(0, now, now + 100_000),
          one(Infinity, now + 300_000),
        ),
      ),
    );
  let time = nine - 900_000;
  let place = somewhere(600);
  let speed = 0;
  let towards = 0;
  const first = Array.from({ length: 2 + Math.floor(random() * 25) }, () => zone(0));
  yield { ...turn(), change: (town) => void first.forEach((each) => void town.redraw(each)) };
  for (let i = 0; i < 250; i++) yield turn(random() < 0.03 ? change() : undefined);

  function turn(changed?: Turn['change']): Turn {
    const seconds = random() < 0.01 ? 600 : one(1, 1, 5, 5, 20);
    time += seconds * 1000;
    if (random() < 0.1) [speed, towards] = [one(0, 0, 6, 20, 60), random() * 360];
    if (random() < 0.02) towards = 180 + towards;
    place = random() < 0.01 ? somewhere(1000) : destination(place, towards, (speed / 3.6) * Math.min(seconds, 30));
    const seen = destination(place, random() * 360, random() < 0.03 ? random() * 500 : random() * 8);
    const accuracy = one(undefined, 0, 3, 5, 8, 12, random() < 0.1 ? 200 : 25);
    const told = one(undefined, speed, speed, speed + random() * 3);
    const fixed: Fix = {
      fixTime: time,
      ...seen,
      ...(accuracy === undefined ? {} : { accuracy }),
      ...(told === undefined ? {} : { speed: told }),
      ...(random() < 0.02 ? { marked: true } : {}),
    };
    const doing = speed === 0 ? one('moving', 'parked') : 'moving';
    const motion = { doing, since: 0, last: null, ignition: null, stop: null, trip: null, stand: null, stray: null };
    return {
      one: fixed,
      context: random() < 0.5 ? {} : { motion: motion as NonNullable<FoldContext['motion']> },
      change: changed,
      restart: random() < 0.02,
    };
  }

  function change(): Turn['change'] {
    const now = time;
    const [drawn, list, id, kind] = [
      zone(now),
      doors(now),
      `z${Math.floor(random() * count)}`,
      one<VanKind>('van', 'aircraft'),
    ];
    return one<Turn['change']>(
      (town) => {
        town.redraw(drawn);
      },
      (town) => town.close(id, now),
      (town) => {
        town.own.list = list;
      },
      (town) => {
        town.own.list = undefined;
      },
      (town) => {
        town.is = kind;
      },
    );
  }
}

function shape(random: () => number, middle: LatLon): ZoneShape {
  const size = 15 + random() ** 2 * 600;
  const kind = random();
  if (kind < 0.5) return { type: 'circle', ...middle, radius: size };
  const turns = [0, 60, 130, 200, 290];
  if (kind < 0.8) {
    return { type: 'polygon', corners: turns.map((turn) => destination(middle, turn, size * (0.4 + 0.6 * random()))) };
  }
  return {
    type: 'corridor',
    line: turns.slice(0, 3).map((turn) => destination(middle, turn, size)),
    width: 20 + random() * 60,
  };
}
