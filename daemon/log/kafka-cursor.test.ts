import { describe, expect, it } from 'vitest';
import { coversPlace, cursorText, noMarks, placeOf } from './kafka-cursor.ts';
import { UnknownCursor } from './log.ts';

const epoch = '0123456789abcdef';
const shape = [2, 1, 3];

describe('a cursor of Kafka', () => {
  it.each([
    [[0, 0, 0, 0, 0, 0], noMarks],
    [[1, 35, 36, 9_007_199_254_740_991, 5, 6], noMarks],
    [
      [1, 2, 3, 4, 5, 6],
      new Map([
        [
          'd1-abc',
          new Map([
            [0, 17],
            [5, 9_000_000_000],
          ]),
        ],
      ]),
    ],
    [
      [1, 2, 3, 4, 5, 6],
      new Map([
        ['गैस.~_-/ 1', new Map([[3, 1]])],
        ['', new Map([[0, 0]])],
        ['empty', new Map()],
      ]),
    ],
  ])('gives back the place %j', (offsets, marks) => {
    const text = cursorText(epoch, shape, { offsets, marks });
    expect(text).toMatch(/^[A-Za-z0-9._~-]+$/);
    expect(placeOf(text, epoch, shape)).toEqual({ offsets, marks });
  });

  it('refuses a text with any letter changed, removed or added', () => {
    const text = cursorText(epoch, shape, { offsets: [1, 2, 3, 4, 5, 6], marks: new Map([['d', new Map([[1, 7]])]]) });
    for (let i = 0; i <= text.length; i++) {
      for (const letter of ['', 'z', '-', '.', text[i] === '1' ? '2' : '1']) {
        for (const wrong of [
          text.slice(0, i) + letter + text.slice(i + 1),
          text.slice(0, i) + letter + text.slice(i),
        ]) {
          if (wrong !== text) expect(() => placeOf(wrong, epoch, shape), wrong).toThrow(UnknownCursor);
        }
      }
    }
  });

  it('refuses that of another log', () => {
    const text = cursorText('ffff', shape, { offsets: [1, 2, 3, 4, 5, 6], marks: noMarks });
    expect(() => placeOf(text, epoch, shape)).toThrow(/another log/);
  });

  it('begins partitions that were added at 0, and keeps marks where they belong', () => {
    const marks = new Map([
      [
        'd',
        new Map([
          [1, 7],
          [5, 8],
        ]),
      ],
    ]);
    const text = cursorText(epoch, shape, { offsets: [1, 2, 3, 4, 5, 6], marks });
    expect(placeOf(text, epoch, [3, 1, 3])).toEqual({
      offsets: [1, 2, 0, 3, 4, 5, 6],
      marks: new Map([
        [
          'd',
          new Map([
            [1, 7],
            [6, 8],
          ]),
        ],
      ]),
    });
  });

  it('covers another when it is at least as far in every part', () => {
    expect(coversPlace([1, 2], [1, 2])).toBe(true);
    expect(coversPlace([2, 2], [1, 2])).toBe(true);
    expect(coversPlace([9, 1], [1, 2])).toBe(false);
  });
});
