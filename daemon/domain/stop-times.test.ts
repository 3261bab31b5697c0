import { describe, expect, it } from 'vitest';
import { AgencyLearnt, epochOf, type Lessons, without } from './arrival-sums.ts';
import { hourSpeeds, paceOf, speedAt, teachDrive } from './speeds.ts';
import { StopTimes, teachStop } from './stop-times.ts';

const minute = 60_000;
const day = '2026-04-02';
const zone = 'Asia/Kolkata';
/** Nine in the morning in Pune. */
const nine = Date.UTC(2026, 3, 2, 3, 30);

function learn(learnt: AgencyLearnt, lessons: Lessons, sign: 1 | -1 = 1, on = day): void {
  for (const [key, sums] of Object.entries(lessons)) learnt.add(key, epochOf(key, on), sums, sign);
}
function stops(vanId: string, consumerId: string, minutes: readonly number[]): Lessons {
  const lessons: Lessons = {};
  for (const each of minutes) teachStop(lessons, vanId, consumerId, each * minute);
  return lessons;
}
const minutesAt = (learnt: AgencyLearnt, vanId: string, consumerId: string) =>
  new StopTimes(learnt, vanId).at(consumerId).mean / minute;

describe('the time at a door', () => {
  it('is about four minutes on the first day, and nobody knows exactly', () => {
    const { mean, variance } = new StopTimes(new AgencyLearnt(), 'v1').at('c1');
    expect(mean / minute).toBeGreaterThan(4);
    expect(mean / minute).toBeLessThan(5);
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.4);
  });

  it('comes near to what the agency needs, then to what this van and this door need', () => {
    const learnt = new AgencyLearnt();
    for (let i = 0; i < 60; i++) learn(learnt, stops('v1', `c${i}`, [2]));
    expect(minutesAt(learnt, 'v1', 'new')).toBeLessThan(3);
    // A van with a heavy hand: its own doors are no slower than others.
    for (let i = 0; i < 30; i++) learn(learnt, stops('v2', `d${i}`, [5]));
    expect(minutesAt(learnt, 'v2', 'new')).toBeGreaterThan(1.3 * minutesAt(learnt, 'v1', 'new'));
    const before = minutesAt(learnt, 'v1', 'c7');
    learn(learnt, stops('v1', 'c7', [9, 9, 9]));
    expect(minutesAt(learnt, 'v1', 'c7')).toBeGreaterThan(1.5 * before);
    const { mean, variance } = new StopTimes(learnt, 'v1').at('c7');
    const other = new StopTimes(learnt, 'v1').at('new');
    expect(variance / mean ** 2).toBeLessThan(other.variance / other.mean ** 2);
  });

  it('is not ruled by one breakdown at a door', () => {
    const learnt = new AgencyLearnt();
    for (let i = 0; i < 30; i++) learn(learnt, stops('v1', `c${i}`, [3]));
    const before = minutesAt(learnt, 'v1', 'new');
    learn(learnt, stops('v1', 'c99', [240]));
    expect(minutesAt(learnt, 'v1', 'new') / before).toBeLessThan(1.15);
  });
});

describe('lessons', () => {
  it('add up to the same in any order, and are taken back to the last digit', () => {
    const [a, b, c] = [stops('v1', 'c1', [3, 7.77]), stops('v2', 'c1', [4.123]), stops('v1', 'c2', [11])];
    const [one, other] = [new AgencyLearnt(), new AgencyLearnt()];
    for (const each of [a, b, c]) learn(one, each);
    for (const each of [c, b]) learn(other, each);
    learn(other, stops('v1', 'c3', [5]));
    learn(other, a);
    learn(other, stops('v1', 'c3', [5]), -1);
    for (const key of ['stop', 'stop/v1', 'stop/v2', 'door/c1', 'door/c2', 'door/c3']) {
      expect(other.of(key)).toEqual(one.of(key));
    }
    const days = [a, b].map((lessons) => new Map(Object.entries(lessons)));
    expect(without(one, days).of('stop')).toEqual(c.stop);
  });

  it('of an agency are forgotten after two spans, those of a door are not', () => {
    const learnt = new AgencyLearnt();
    learn(learnt, stops('v1', 'c1', [9]), 1, '2026-01-05');
    learn(learnt, stops('v1', 'c2', [3]), 1, '2026-04-02');
    expect(learnt.of('stop').n).toBe(1);
    expect(learnt.of('door/c1').n).toBe(1);
  });
});

describe('driving', () => {
  const driven = (hours: number, kmh: number) => ({
    kind: 'drive' as const,
    from: nine + hours * 60 * minute,
    until: nine + hours * 60 * minute + 10 * minute,
    metres: Math.round((kmh * 1000) / 6),
    ms: 10 * minute,
  });

  it('is 18 km/h on the first day, at every hour', () => {
    const speeds = hourSpeeds(new AgencyLearnt());
    expect(speeds.map((speed) => Math.round(speed * 3.6))).toEqual(Array.from({ length: 24 }, () => 18));
  });

  it('is slow in the hours in which it was slow', () => {
    const learnt = new AgencyLearnt();
    for (let i = 0; i < 20; i++) {
      const lessons: Lessons = {};
      teachDrive(lessons, 'v1', driven(1, 9), zone);
      teachDrive(lessons, 'v1', driven(4, 24), zone);
      learn(learnt, lessons);
    }
    const speeds = hourSpeeds(learnt);
    const kmh = (hours: number) => speedAt(speeds, nine + hours * 60 * minute, zone) * 3.6;
    expect(kmh(1.5)).toBeLessThan(12);
    expect(kmh(4.5)).toBeGreaterThan(20);
    expect(kmh(1.5)).toBeLessThan(kmh(2));
  });

  it('of a van that has been slow this morning is expected to stay slow, and is known better', () => {
    const learnt = new AgencyLearnt();
    const speeds = hourSpeeds(learnt);
    const fresh = paceOf(learnt, speeds, 'v1', [], nine, zone);
    expect(fresh.factor).toBe(1);
    const slow = paceOf(
      learnt,
      speeds,
      'v1',
      [driven(0, 9), driven(0.25, 9), driven(0.5, 9)],
      nine + 45 * minute,
      zone,
    );
    expect(slow.factor).toBeGreaterThan(1.3);
    expect(slow.deviation / slow.factor).toBeLessThan(fresh.deviation);
  });
});
