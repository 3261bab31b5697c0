import { describe, expect, it } from 'vitest';
import type { TrailPoint } from '../../../protocol/trail.ts';
import { encodeChunk } from '../../../protocol/trail-chunk.ts';
import { minute, second, start, trailOf } from './played-trail.fixture.ts';
import { indexAt, placeAt, TrailBuilder } from './played-trail.ts';

const chunk = (...points: Partial<TrailPoint>[]) =>
  encodeChunk(points.map((point) => ({ fixTime: 0, receivedAt: 0, latitude: 21, longitude: 79, ...point })));

describe('a trail from chunks', () => {
  it('takes what lies in the period, once, in order, however the chunks overlap', () => {
    const builder = new TrailBuilder({ from: start, to: start + minute });
    builder.add(chunk({ fixTime: start + 20_000, speed: 3 }, { fixTime: start + 30_000 }));
    builder.add(chunk({ fixTime: start - 1 }, { fixTime: start, course: 90 }, { fixTime: start + 20_000, speed: 3 }));
    builder.add(chunk({ fixTime: start + 30_000 }, { fixTime: start + minute }));
    const { times, speeds, courses } = builder.finish();
    expect([...times]).toEqual([start, start + 20_000, start + 30_000]);
    expect([...speeds]).toEqual([Number.NaN, 3, Number.NaN]);
    expect([...courses]).toEqual([90, Number.NaN, Number.NaN]);
  });

  it('that has no fix is nowhere', () => {
    expect(placeAt(trailOf([]), start)).toBeUndefined();
  });

  it('tells which fix was the newest', () => {
    const trail = { times: Float64Array.from([10, 20, 30]) };
    expect([9, 10, 19, 20, 30, 99].map((time) => indexAt(trail, time))).toEqual([-1, 0, 0, 1, 2, 2]);
  });
});

describe('where a van was', () => {
  // North by 0.001° (111 m) in ten seconds: 40 km/h.
  const trail = trailOf([
    { at: 0, latitude: 21, speed: 40, course: 350 },
    { at: 10, latitude: 21.001, speed: 20, course: 10 },
    { at: 20, latitude: 21.001, speed: 0 },
    // A dead zone: for ten minutes nothing, and then two kilometres on.
    { at: 30, latitude: 21.001, speed: 0 },
    { at: 630, latitude: 21.02, speed: 30 },
    { at: 640, latitude: 21.021, speed: 0 },
    // Its tracker sleeps.
    { at: 1240, latitude: 21.021, speed: 0 },
    { at: 1250, latitude: 21.022, speed: 36 },
  ]);
  const at = (seconds: number) => placeAt(trail, start + seconds * second);

  it('between two fixes straight on, its course the short way round', () => {
    expect(at(5)).toMatchObject({ state: 'moving', speed: 30, course: 0, index: 0 });
    expect(at(5)?.latitude).toBeCloseTo(21.0005, 9);
    expect(at(0)).toMatchObject({ latitude: 21, speed: 40, course: 350 });
    expect(at(25)).toMatchObject({ state: 'standing', latitude: 21.001, course: 10 });
  });

  it('in a dead zone it stays where it was last seen, and is said to be silent', () => {
    for (const seconds of [30.001, 300, 629.999]) {
      expect(at(seconds)).toMatchObject({ state: 'silent', latitude: 21.001, speed: undefined, index: 3 });
    }
    expect(at(630)).toMatchObject({ state: 'moving', latitude: 21.02 });
  });

  it('in the sleep of its tracker it stands', () => {
    expect(at(1000)).toMatchObject({ state: 'standing', latitude: 21.021, speed: 0 });
    expect(trail.silences.map(({ hasMoved }) => hasMoved)).toEqual([true, false]);
  });

  it('before the first fix and after the last nothing is known', () => {
    expect(at(-1)).toMatchObject({ state: 'before', latitude: 21, index: -1 });
    expect(at(1250)).toMatchObject({ state: 'moving', latitude: 21.022 });
    expect(at(1251)).toMatchObject({ state: 'after', latitude: 21.022 });
  });

  it('a tracker that tells neither speed nor course is read from its places', () => {
    const silent = trailOf([
      { at: 0, latitude: 21 },
      { at: 10, latitude: 21.001 },
    ]);
    const place = placeAt(silent, start + 5 * second);
    expect(place?.state).toBe('moving');
    expect(place?.speed).toBeCloseTo(40, 0);
    expect(place?.course).toBeCloseTo(0, 6);
  });
});
