import { describe, expect, it } from 'vitest';
import { destination } from '../../protocol/geo.ts';
import { at, watched } from './condition.fixture.ts';
import { Way } from './condition-way.ts';

const fast = (minutes: number, speed: number) => ({ minutes, speed });

describe('speed', () => {
  it('is a stretch from the first fix above the limit to the last, and wavers a little without ending', () => {
    const watch = watched([fast(0, 50), fast(1, 65), fast(1.25, 71), fast(1.5, 58), fast(1.75, 66), fast(2, 40)]);
    expect(watch.fast).toMatchObject({ since: at(1), at: at(1.75), fixes: 3, top: 71, over: true });
  });

  it('keeps the stretch before when a single reading is too fast later', () => {
    const watch = watched([fast(1, 65), fast(1.5, 70), fast(2, 30), fast(4, 140), fast(4.5, 30)]);
    expect(watch.fast).toMatchObject({ since: at(4), fixes: 1 });
    expect(watch.fastBefore).toMatchObject({ since: at(1), at: at(1.5), fixes: 2 });
  });

  it('begins anew after a silence: nobody knows what was in between', () => {
    expect(watched([fast(1, 65), fast(20, 65)]).fast).toMatchObject({ since: at(20), fixes: 1 });
  });

  it('believes no fix that is marked', () => {
    expect(watched([{ minutes: 1, speed: 160, marked: true }])).toEqual({ place: 0 });
  });
});

describe('the battery', () => {
  const battery = (minutes: number, percent: number, ignition?: boolean) =>
    ignition === undefined ? { minutes, battery: percent } : { minutes, battery: percent, ignition };

  it('is low until it is well above the limit again', () => {
    const story = [battery(0, 22), battery(5, 20), battery(6, 19), battery(7, 23)];
    expect(watched(story).low).toEqual({ since: at(5), percent: 23 });
    expect(watched([...story, battery(8, 26)]).low).toBeUndefined();
  });

  it('falls while the ignition is on, whatever the readings waver by', () => {
    const story = [battery(0, 80, true), battery(5, 79, true), battery(6, 80, true), battery(10, 76, true)];
    expect(watched(story).draining).toEqual({ since: at(0), from: 80, percent: 76 });
    expect(watched([...story, battery(11, 90, true)]).draining).toMatchObject({ from: 90, percent: 90 });
    expect(watched([...story, { minutes: 11, ignition: false }]).draining).toBeUndefined();
  });
});

describe("the run's way", () => {
  const godown = { latitude: 18.52, longitude: 73.85 };
  const east = (metres: number, north = 0) => destination(destination(godown, 90, metres), 0, north);
  const way = new Way([0, 1000, 2000, 3000].map((metres) => east(metres)));

  it('tells the metres to its nearest part, wherever one begins to look', () => {
    for (const place of [0, 1, 2, 99]) {
      const { latitude, longitude } = east(2500, 700);
      const found = way.metresFrom(latitude, longitude, place, 0);
      expect(found.metres).toBeCloseTo(700, -1);
      expect(found.place).toBe(2);
    }
    expect(new Way([]).metresFrom(18, 73, 0, 0).metres).toBe(0);
    expect(new Way([godown, godown]).metresFrom(godown.latitude, godown.longitude, 0, 0).metres).toBeCloseTo(0);
  });

  it('is left beyond the limit, and reached again well within it', () => {
    const story = [
      { minutes: 0, ...east(0) },
      { minutes: 1, ...east(500, 490) },
      { minutes: 2, ...east(900, 620) },
      { minutes: 3, ...east(900, 900) },
      { minutes: 4, ...east(1100, 450) },
    ];
    const watch = watched(story, () => way);
    expect(watch.off?.since).toBe(at(2));
    expect(watch.off?.metres).toBeCloseTo(900, -1);
    expect(watched([...story, { minutes: 5, ...east(1200, 300) }], () => way).off).toBeUndefined();
    expect(watched(story, () => undefined).off).toBeUndefined();
  });
});
