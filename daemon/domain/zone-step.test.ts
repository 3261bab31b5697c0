import { describe, expect, it } from 'vitest';
import { circle, type Drawn, drive, factsOf, fix, told } from './zone.fixture.ts';

const yard: Drawn = { id: 'yard', shape: circle(0, 100) };
const minute = 60;

describe('a van and a zone', () => {
  it('enters, stays and leaves; each counts from the first fix beyond the edge', () => {
    // 36 km/h: ten metres a second, fixes every five.
    const fixes = [...drive(0, -300, -50, 36), fix(60, 0, { speed: 0 }), ...drive(120, 0, 300, 36)];
    expect(told(factsOf([yard], fixes))).toEqual(['yard enter 25', 'yard leave 135']);
  });

  it('has not left between the edge and the margin beyond it, however long', () => {
    const fixes = [
      ...drive(0, -300, 0, 36),
      ...Array.from({ length: 100 }, (_, i) => fix(60 + i * 10, 115, { speed: 7 })),
    ];
    expect(told(factsOf([yard], fixes))).toEqual(['yard enter 25']);
    // 20 m, and 10 % of a radius that is more.
    const large = { id: 'large', shape: circle(0, 1000) };
    const east = (metres: number) => [
      ...drive(0, -1200, 0, 72),
      ...drive(200, 0, metres, 72),
      fix(400, metres, { speed: 30 }),
      fix(410, metres),
    ];
    expect(told(factsOf([large], east(1090)))).toHaveLength(1);
    expect(told(factsOf([large], east(1110)))).toHaveLength(2);
  });

  it('changes nothing by a fix whose circle lies across the edge, or by one that is not believed', () => {
    const vague = [
      fix(0, -300),
      fix(60, -80, { accuracy: 60, speed: 20 }),
      fix(90, -70, { accuracy: 60, speed: 20 }),
      fix(120, -300),
      fix(150, -400),
    ];
    expect(told(factsOf([yard], vague))).toEqual([]);
    const exact = vague.map((one) => ({ ...one, accuracy: 5 }));
    expect(told(factsOf([yard], exact))).toHaveLength(2);
    expect(
      told(
        factsOf(
          [yard],
          exact.map((one) => ({ ...one, marked: true })),
        ),
      ),
    ).toEqual([]);
    // Its circle covers the whole zone.
    expect(told(factsOf([yard], [fix(0, -300), fix(60, 0, { accuracy: 300 }), fix(90, 0, { accuracy: 300 })]))).toEqual(
      [],
    );
  });

  it('is not moved by a single spike, into the zone or out of it', () => {
    const spike = (from: number, to: number) =>
      [0, 10, 20, 30, 40].map((t) => fix(t, t === 20 ? to : from, { speed: 30 }));
    expect(told(factsOf([yard], spike(-400, 0)))).toEqual([]);
    expect(told(factsOf([yard], spike(0, -400)))).toEqual(['yard enter 0 start']);
  });

  it('is in the zone by one fix of a slow tracker when that lies on its way', () => {
    const past = [fix(0, -600), fix(30, -300), fix(60, 0), fix(90, 300), fix(120, 600)].map((one) => ({
      ...one,
      speed: 36,
    }));
    expect(told(factsOf([yard], past))).toEqual(['yard enter 60', 'yard leave 90']);
    const there = [fix(0, -600), fix(30, -300), fix(60, 0), fix(90, -300), fix(120, -600)].map((one) => ({
      ...one,
      speed: 36,
    }));
    expect(told(factsOf([yard], there))).toEqual([]);
  });

  it('is believed after 15 seconds when only vague fixes follow the first', () => {
    const fixes = [fix(0, -300), fix(10, -60, { speed: 20 }), fix(20, -95, { speed: 20 }), fix(26, -98, { speed: 20 })];
    expect(told(factsOf([yard], fixes.slice(0, 3)))).toEqual([]);
    expect(told(factsOf([yard], fixes))).toEqual(['yard enter 10']);
  });

  it('is told once after so long inside, as long as nothing says that it has left', () => {
    const dwell = { ...yard, rules: { dwellMinutes: 10 } };
    const fixes = [
      ...drive(0, -300, 0, 36),
      ...Array.from({ length: 30 }, (_, i) => fix(60 + i * minute, 0, { speed: 0 })),
    ];
    expect(told(factsOf([dwell], fixes))).toEqual(['yard enter 25', 'yard dwell 625']);
    expect(told(factsOf([dwell], [...fixes.slice(0, 12), ...drive(9 * minute, 0, 900, 36)]))).toEqual([
      'yard enter 25',
      'yard leave 555',
    ]);
  });

  it('is too fast when two fixes say so, until it is clearly slower', () => {
    const slow = { ...yard, shape: circle(0, 2000), rules: { speedLimit: 30 } };
    const speeds = [28, 45, 29, 36, 41, 30, 29, 27, 20, 50, 52];
    const fixes = speeds.map((speed, i) => fix(i * 10, i, { speed }));
    expect(told(factsOf([slow], fixes))).toEqual([
      'yard enter 0 start',
      'yard speeding 30 41',
      'yard slowed 70 41',
      'yard speeding 90 52',
    ]);
    const out = [...fixes, fix(200, 2500, { speed: 60 }), fix(210, 2700, { speed: 60 })];
    expect(told(factsOf([slow], out)).slice(-2)).toEqual(['yard slowed 200 60', 'yard leave 200']);
  });

  it('has left all the same when it was towed away', () => {
    const fixes = [
      ...drive(-60, -400, 0, 36),
      ...Array.from({ length: 20 }, (_, i) => fix(60 + i * 30, 0, { speed: 0 })),
      ...Array.from({ length: 20 }, (_, i) => fix(1000 + i * 30, 4000, { speed: 0 })),
    ];
    expect(told(factsOf([yard], fixes))).toEqual(['yard enter -25', 'yard leave 1000']);
  });

  it('is for some vans, and for some kinds', () => {
    const fixes = drive(0, -300, 300, 36);
    expect(told(factsOf([{ ...yard, vans: ['v2'] }], fixes))).toEqual([]);
    expect(told(factsOf([{ ...yard, vans: ['v2', 'v1'] }], fixes))).toHaveLength(2);
    expect(told(factsOf([{ ...yard, kinds: ['aircraft'] }], fixes))).toEqual([]);
    expect(told(factsOf([{ ...yard, kinds: ['aircraft'] }], fixes, { kind: 'aircraft' }))).toHaveLength(2);
  });

  it('has a door of its run as a zone, for as long as the order is on it', () => {
    const door: Drawn = {
      id: ':door:c1',
      shape: circle(0, 150),
      rules: { dwellMinutes: 1 },
      door: true,
      from: 0,
      until: 3600,
    };
    const fixes = [
      ...drive(0, -500, 0, 36),
      ...[60, 120, 180].map((t) => fix(t, 0, { speed: 0 })),
      ...drive(200, 0, 500, 36),
    ];
    expect(told(factsOf([door], fixes))).toEqual([':door:c1 enter 40', ':door:c1 dwell 100', ':door:c1 leave 220']);
    expect(told(factsOf([{ ...door, until: 150 }], fixes))).toEqual([
      ':door:c1 enter 40',
      ':door:c1 dwell 100',
      ':door:c1 leave 150 zone',
    ]);
    expect(told(factsOf([{ ...door, from: 5000, until: 6000 }], fixes))).toEqual([]);
  });
});

describe('a zone that changes', () => {
  const standing = (from: number, to: number, east: number) =>
    Array.from({ length: Math.floor((to - from) / 30) }, (_, i) => fix(from + i * 30, east, { speed: 0 }));

  it('is entered by no journey when it is drawn around a van', () => {
    const facts = told(factsOf([{ ...yard, from: 100 }], standing(0, 600, 20)));
    expect(facts).toEqual(['yard enter 120 zone']);
  });

  it('is left when it is removed', () => {
    const facts = told(factsOf([{ ...yard, until: 250 }], standing(0, 600, 20)));
    expect(facts).toEqual(['yard enter 0 start', 'yard leave 250 zone']);
  });

  it('counts in its new shape from then on, and in the old one before', () => {
    const moved = [
      { ...yard, until: 300 },
      { ...yard, shape: circle(5000, 100), from: 300 },
    ];
    expect(told(factsOf(moved, standing(0, 600, 20)))).toEqual(['yard enter 0 start', 'yard leave 300 zone']);
    expect(told(factsOf(moved, standing(0, 600, 5000)))).toEqual(['yard enter 300 zone']);
  });

  it('is left when it is no longer for this van', () => {
    const others = [
      { ...yard, until: 300 },
      { ...yard, from: 300, vans: ['v2'] },
    ];
    expect(told(factsOf(others, standing(0, 600, 20)))).toEqual(['yard enter 0 start', 'yard leave 300 zone']);
  });
});

describe('a zone with hours', () => {
  // Thursday to Saturday, from ten in the evening to six in the morning; nine in the morning is 0.
  const night: Drawn = { ...yard, schedule: [{ days: [4, 5, 6], from: '22:00', to: '06:00' }] };
  const hour = 3600;

  it('is entered and left by the clock, across midnight', () => {
    const fixes = Array.from({ length: 2 * 24 * 6 }, (_, i) => fix(i * 600, 20, { speed: 0 }));
    expect(told(factsOf([night], fixes))).toEqual([
      `yard enter ${13 * hour} schedule`,
      `yard leave ${21 * hour} schedule`,
      `yard enter ${37 * hour} schedule`,
      `yard leave ${45 * hour} schedule`,
    ]);
  });

  it('closes while the tracker is silent', () => {
    const fixes = [
      fix(0, -900),
      fix(13.5 * hour, -900, { speed: 30 }),
      fix(13.6 * hour, 0, { speed: 30 }),
      fix(13.7 * hour, 0),
      fix(30 * hour, 0),
    ];
    expect(told(factsOf([night], fixes))).toEqual([`yard enter ${13.6 * hour}`, `yard leave ${21 * hour} schedule`]);
  });

  it('does not see who comes and goes while it is closed', () => {
    expect(told(factsOf([night], drive(0, -300, 300, 36)))).toEqual([]);
  });
});
