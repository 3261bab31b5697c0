import { describe, expect, it } from 'vitest';
import { advanced, common, joined, steppedFix } from './clock.ts';

const stretch = (from: number, to: number) => ({ from, to });

describe('the clock of a playback', () => {
  it('goes on, and not beyond the end', () => {
    expect(advanced(100, 50, 1000, [])).toBe(150);
    expect(advanced(980, 50, 1000, [])).toBe(1000);
  });

  it('takes no time for what is skipped', () => {
    const stops = [stretch(120, 500), stretch(510, 600), stretch(900, 1000)];
    // 20 before the first stop, 10 between the first two, 20 after them.
    expect(advanced(100, 50, 1000, stops)).toBe(620);
    expect(advanced(300, 5, 1000, stops)).toBe(505);
    expect(advanced(100, 20, 1000, stops)).toBe(120);
    expect(advanced(120, 1, 1000, stops)).toBe(501);
    expect(advanced(890, 50, 1000, stops)).toBe(1000);
  });

  it('one big step arrives where many small ones do', () => {
    const stops = [stretch(120, 500), stretch(510, 600)];
    let small = 90;
    for (let i = 0; i < 200; i++) small = advanced(small, 0.5, 1000, stops);
    expect(small).toBeCloseTo(advanced(90, 100, 1000, stops), 6);
  });
});

describe('steps', () => {
  const trails = [{ times: Float64Array.from([10, 30, 50]) }, { times: Float64Array.from([20, 30, 70]) }];
  const walk = (from: number, by: 1 | -1) => {
    const seen: number[] = [];
    for (let at: number | undefined = from; at !== undefined; at = steppedFix(trails, at, by)) seen.push(at);
    return seen;
  };

  it('go from fix to fix of all vans, each time once, both ways', () => {
    expect(walk(0, 1)).toEqual([0, 10, 20, 30, 50, 70]);
    expect(walk(70, -1)).toEqual([70, 50, 30, 20, 10]);
    expect(steppedFix(trails, 25, -1)).toBe(20);
    expect(steppedFix([], 25, 1)).toBeUndefined();
  });
});

describe('stretches', () => {
  it('are skipped where every van does nothing', () => {
    const one = [stretch(0, 100), stretch(200, 300), stretch(400, 900)];
    const other = [stretch(50, 250), stretch(280, 500)];
    expect(common([one, other])).toEqual([stretch(50, 100), stretch(200, 250), stretch(280, 300), stretch(400, 500)]);
    expect(common([one])).toEqual(one);
    expect(common([one, []])).toEqual([]);
    expect(common([])).toEqual([]);
  });

  it('that touch are one', () => {
    expect(joined([stretch(50, 60), stretch(0, 10), stretch(10, 20), stretch(15, 18), stretch(30, 30)])).toEqual([
      stretch(0, 20),
      stretch(50, 60),
    ]);
  });
});
