import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atMost, known, without } from './stretches.ts';

describe('stretches', () => {
  it('takes what is held out of what is wanted', () => {
    const held = [
      { from: 40, to: 50 },
      { from: 0, to: 10 },
      { from: 45, to: 60 },
    ];
    expect(without({ from: 5, to: 100 }, held)).toEqual([
      { from: 10, to: 40 },
      { from: 60, to: 100 },
    ]);
    expect(without({ from: 41, to: 59 }, held)).toEqual([]);
    expect(without({ from: 5, to: 5 }, [])).toEqual([]);
  });

  it('never asks for what is held, and leaves nothing out', () => {
    const stretch = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(stretch, fc.array(stretch), (wanted, held) => {
        const missing = without(wanted, held);
        for (let time = wanted.from; time < wanted.to; time++) {
          const isHeld = held.some(({ from, to }) => time >= from && time < to);
          expect(missing.some(({ from, to }) => time >= from && time < to)).toBe(!isHeld);
        }
      }),
    );
  });

  it('joins the nearest when there would be too many questions', () => {
    const many = [
      { from: 0, to: 1 },
      { from: 10, to: 11 },
      { from: 12, to: 13 },
      { from: 100, to: 101 },
    ];
    expect(atMost(many, 3)).toEqual([
      { from: 0, to: 1 },
      { from: 10, to: 13 },
      { from: 100, to: 101 },
    ]);
    expect(atMost(many, 4)).toEqual(many);
  });

  it('what lies long back is known, silences of the last half hour are asked for again', () => {
    const minute = 60_000;
    const asked = { from: 0, to: 120 * minute };
    const fixes = [10, 30, 95, 95.5, 96, 110].map((each) => each * minute);
    expect(known(asked, fixes, 120 * minute, minute)).toEqual([
      { from: 0, to: 90 * minute },
      { from: 95 * minute, to: 96 * minute + 1 },
      { from: 110 * minute, to: 110 * minute + 1 },
    ]);
    expect(known(asked, [], 500 * minute, minute)).toEqual([asked]);
  });
});
