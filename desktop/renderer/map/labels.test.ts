import { describe, expect, it } from 'vitest';
import { freeLabels, type LabelWish } from './labels.ts';

const view = { width: 1000, height: 800 };
const wish = (row: number, x: number, y: number, always = false): LabelWish => ({ row, x, y, width: 80, always });
const chosen = (wishes: LabelWish[]) => freeLabels(wishes, wishes, view);

describe('names beside markers', () => {
  it('lie below where there is room', () => {
    expect(chosen([wish(0, 100, 100), wish(1, 400, 100)])).toEqual([
      { row: 0, offset: 33 },
      { row: 1, offset: 33 },
    ]);
  });
  it('go above when something is below', () => {
    expect(chosen([wish(0, 100, 100), wish(1, 100, 135)])).toEqual([
      { row: 0, offset: -33 },
      { row: 1, offset: 33 },
    ]);
  });
  it('are left out in a crowd, but never the selected one, which comes first', () => {
    const crowd = Array.from({ length: 12 }, (_, row) => wish(row, 300 + row * 6, 300 + (row % 3) * 8, row === 11));
    const names = chosen(crowd);
    expect(names[0]?.row).toBe(11);
    expect(names.length).toBeLessThan(5);
  });
  it('of markers outside the map are not drawn', () => {
    expect(chosen([wish(0, -5, 100), wish(1, 100, 900)])).toEqual([]);
  });
  it('are chosen quickly among thousands', () => {
    const many = Array.from({ length: 5000 }, (_, row) => wish(row, (row * 37) % 1000, (row * 91) % 800));
    expect(chosen(many).length).toBeLessThan(300);
  });
});
