import { describe, expect, it } from 'vitest';
import { motionSettings } from '../../protocol/motion-settings.ts';
import { clock, fold, Journey, morning, randomOf } from './motion.fixture.ts';
import { motionStep } from './motion-step.ts';
import type { Trip } from './trips.ts';

const minute = 60_000;

describe('a morning round', () => {
  it('is trips and stops, one after the other', () => {
    const round = new Journey({ ignition: true })
      .stands(20)
      .drives(4000)
      .stands(5)
      .drives(1000, 20)
      .stands(4)
      .drives(5000)
      .says({ ignition: false })
      .stands(30);
    const { told, facts, doing } = fold(round.fixes);
    expect(told).toEqual([
      'stop 08:00–08:19',
      'trip 08:19–08:28 4.0 km',
      'stop 08:28–08:32',
      'trip 08:32–08:36 1.0 km',
      'stop 08:36–08:39',
      'trip 08:39–08:50 5.0 km',
      'stop 08:50–',
    ]);
    expect(facts[1]).toMatchObject({ topSpeed: 30, endedBy: 'stop' });
    expect(Math.round((facts[1] as Trip).driving / 1000)).toBe(490);
    expect(doing.map((each) => each.slice(6))).toEqual([
      'idling',
      'moving',
      'stopped',
      'idling',
      'moving',
      'stopped',
      'idling',
      'moving',
      'stopped',
      'parked',
    ]);
  });

  it('counts the engine that runs at a stop as idling', () => {
    const { facts } = fold(
      new Journey({ ignition: true }).drives(2000).stands(6).says({ ignition: false }).stands(10).drives(2000).fixes,
    );
    const stop = facts.find(({ kind }) => kind === 'stop');
    expect(stop).toMatchObject({ kind: 'stop' });
    expect((stop as { idling: number }).idling / minute).toBeCloseTo(6, 0);
  });

  it('takes a red light for a part of the trip, and not for driving', () => {
    const { told, facts } = fold(new Journey().drives(2000).stands(1.5).drives(2000).stands(5).fixes);
    expect(told).toEqual(['trip 08:00–08:09 4.0 km', 'stop 08:09–']);
    expect(facts[0]).toMatchObject({ kind: 'trip' });
    const [trip] = facts;
    if (trip?.kind !== 'trip') throw new Error('the first fact is a trip');
    expect(((trip.until ?? 0) - trip.from - trip.driving) / 1000).toBeGreaterThan(70);
  });
});

describe('a receiver that wanders', () => {
  it('parked for 24 hours under trees is one stop and no metre', () => {
    const random = randomOf(7);
    const journey = new Journey({ every: 30 });
    journey.stands(24 * 60);
    // A slow wander of up to 60 m, jitter, speeds that are none, and a spike now and then.
    let [north, east] = [0, 0];
    const fixes = journey.fixes.map((fix) => {
      north = Math.max(-45, Math.min(45, north + 12 * (random() - 0.5)));
      east = Math.max(-45, Math.min(45, east + 12 * (random() - 0.5)));
      const spike = random() < 0.01 ? 80 + 100 * random() : 0;
      return {
        ...fix,
        speed: Math.round(random() * 30) / 10,
        latitude: fix.latitude + (north + spike) / 111_200,
        longitude: fix.longitude + east / 105_400,
      };
    });
    const { told, facts, doing } = fold(fixes);
    expect(facts).toEqual([]);
    expect(told).toEqual(['stop 08:00–']);
    expect(doing).toEqual(['08:00 stopped', '08:15 parked']);
  });

  it('the same from a tracker that tells no speed and no ignition', () => {
    const random = randomOf(11);
    let [north, east] = [0, 0];
    const fixes = new Journey({ every: 30, speed: false }).stands(24 * 60).fixes.map((fix) => {
      north = Math.max(-25, Math.min(25, north + 12 * (random() - 0.5)));
      east = Math.max(-25, Math.min(25, east + 12 * (random() - 0.5)));
      const spike = random() < 0.01 ? 80 + 100 * random() : 0;
      return {
        ...fix,
        latitude: fix.latitude + (north + spike) / 111_200,
        longitude: fix.longitude + east / 105_400,
      };
    });
    const { told, facts } = fold(fixes);
    expect(facts).toEqual([]);
    expect(told).toEqual(['stop 08:00–']);
  });

  it('a spike is no trip, whatever speed it claims', () => {
    const { told, doing } = fold(
      new Journey().stands(10).spike(180).stands(10).spike(200, { speed: 70 }).stands(10).fixes,
    );
    expect(told).toEqual(['stop 08:00–']);
    expect(doing).toEqual(['08:00 stopped', '08:15 parked']);
  });

  it('a vague or a marked fix says nothing, however far away', () => {
    const { told } = fold(
      new Journey()
        .stands(10)
        .spike(900, { accuracy: 150 })
        .spike(900, { accuracy: 150 })
        .spike(9000, { marked: true })
        .spike(9000, { marked: true })
        .stands(10).fixes,
    );
    expect(told).toEqual(['stop 08:00–']);
  });

  it('a van that is moved about in the yard has not left', () => {
    const { told } = fold(new Journey().stands(10).drives(90, 10).stands(10).fixes);
    expect(told).toEqual(['stop 08:00–']);
  });
});

describe('a tracker that falls silent', () => {
  it('in mid-trip: the trip ends at the last fix, and what lies between is a gap', () => {
    const lost = new Journey().stands(5).drives(5000);
    const before = fold(lost.fixes);
    const last = lost.fixes.at(-1)?.fixTime ?? 0;
    expect(before.at(last + 9 * minute)).toMatchObject({ state: 'moving' });
    expect(before.at(last + 10 * minute)).toMatchObject({ state: 'silent', since: last });
    expect(before.openAt(last + 10 * minute)).toMatchObject({ kind: 'trip', until: last, endedBy: 'silence' });

    const { told } = fold(lost.silent(25, 8000).drives(3000).stands(5).fixes);
    expect(told).toEqual([
      'stop 08:00–08:04',
      'trip 08:04–08:14 4.9 km silent',
      'gap 08:14–08:40 8.1 km',
      'trip 08:40–08:46 3.0 km',
      'stop 08:46–',
    ]);
  });

  it('for less than that: the trip goes on, straight over the hole', () => {
    const { told } = fold(new Journey().drives(3000).silent(8, 5000).drives(2000).stands(5).fixes);
    expect(told).toEqual(['trip 08:00–08:18 10.0 km', 'stop 08:18–']);
  });

  it('where it was switched off at a door: it has stood there', () => {
    const { told } = fold(new Journey().drives(3000).silent(40).drives(2000).stands(5).fixes);
    expect(told).toEqual(['trip 08:00–08:05 3.0 km', 'stop 08:05–08:46', 'trip 08:46–08:50 2.0 km', 'stop 08:50–']);
  });

  it('asleep over night with a word an hour: one stop, and it is not called silent', () => {
    const night = new Journey({ speed: false }).drives(3000).stands(5);
    for (let hour = 0; hour < 10; hour++) night.silent(60).stands(0.1);
    const asleep = fold(night.fixes);
    expect(asleep.told.at(-1)).toBe('stop 08:06–');
    const last = night.fixes.at(-1)?.fixTime ?? 0;
    expect(asleep.at(last + 100 * minute)).toMatchObject({ state: 'parked' });
    expect(asleep.at(last + 120 * minute)).toMatchObject({ state: 'silent', since: last });
  });

  it('wakes on the way: the stop ended no later than was seen, the rest is a gap', () => {
    const { told } = fold(new Journey().stands(20).silent(60, 4000).drives(2000).stands(5).fixes);
    expect(told).toEqual(['stop 08:00–08:19', 'gap 08:19–09:20 4.0 km', 'trip 09:20–09:24 2.0 km', 'stop 09:24–']);
  });
});

describe('a tracker that tells little', () => {
  it('without speed and ignition: the same trips, from distance and time', () => {
    const round = (said: object) =>
      fold(new Journey(said).stands(20).drives(4000).stands(5).drives(6000, 45).stands(20).fixes);
    const [full, bare] = [round({}), round({ speed: false })];
    expect(bare.facts.map(({ kind }) => kind)).toEqual(full.facts.map(({ kind }) => kind));
    for (const [i, { from, until = 0 }] of bare.facts.entries()) {
      expect(Math.abs(from - (full.facts[i]?.from ?? 0))).toBeLessThan(20_000);
      expect(Math.abs(until - (full.facts[i]?.until ?? 0))).toBeLessThan(20_000);
    }
    const [, trip, , other] = bare.facts;
    expect(trip).toMatchObject({ topSpeed: 30 });
    expect(other).toMatchObject({ topSpeed: 45 });
  });

  it('a fix a second, or one a minute', () => {
    for (const every of [1, 5, 30, 60]) {
      for (const speed of [true, false]) {
        const { facts, told } = fold(new Journey({ every, speed }).stands(20).drives(6000).stands(20).fixes);
        expect(told.map((each) => each.split(' ')[0])).toEqual(['stop', 'trip', 'stop']);
        const trip = facts[1];
        if (trip?.kind !== 'trip') throw new Error('the second fact is a trip');
        expect(trip.distance).toBeGreaterThan(5850);
        expect(trip.distance).toBeLessThan(6150);
        expect(Math.abs(trip.driving / minute - 12)).toBeLessThan(1.5);
        expect(trip.topSpeed).toBeGreaterThan(28);
        expect(trip.topSpeed).toBeLessThan(34);
      }
    }
  });

  it('a speed that no way bears out is not the top speed', () => {
    const { facts } = fold(new Journey().stands(5).drives(3000).spike(0, { speed: 210 }).drives(3000).stands(5).fixes);
    expect(facts[1]).toMatchObject({ kind: 'trip', topSpeed: 30 });
  });
});

it('an agency may see a stop sooner', () => {
  const day = () => new Journey().drives(2000).stands(1.5).drives(2000).stands(5);
  expect(fold(day().fixes, { stopAfter: 60 }).told).toEqual([
    'trip 08:00–08:04 2.0 km',
    'stop 08:04–08:05',
    'trip 08:05–08:09 2.0 km',
    'stop 08:09–',
  ]);
});

it('what a van does now is told from when on', () => {
  const journey = new Journey({ ignition: true }).stands(3).drives(2000).stands(4);
  const { at } = fold(journey.fixes);
  const now = at(journey.time);
  expect(now).toMatchObject({ state: 'idling', current: { kind: 'stop' } });
  expect(clock(now?.since ?? 0)).toBe('08:07');
  expect(fold([]).at(morning)).toBeUndefined();
});

describe('a copy of the state', () => {
  it('is as it was, whatever the van does afterwards', () => {
    const settings = motionSettings();
    const step = motionStep(() => settings);
    let state = step.initial();
    let changed = 0;
    for (const fix of new Journey({ ignition: true }).stands(6).drives(3000).stands(2).drives(1000).stands(6).fixes) {
      const [copy, before] = [step.copy(state), JSON.stringify(state)];
      state = step.next(state, fix, { agency: 'pune', vanId: 'v1' }, () => {});
      expect(JSON.stringify(copy)).toBe(before);
      if (JSON.stringify(state) !== before) changed++;
    }
    expect(changed).toBeGreaterThan(50);
  });
});
