import { describe, expect, it } from 'vitest';
import { NameCells } from './name-cells.ts';

const widthOf = (name: string) => name.length * 8;

function taken(...names: string[]) {
  const cells = new NameCells();
  const first = cells.take(names, widthOf);
  return { cells, first, take: (...next: string[]) => cells.take(next, widthOf) };
}

describe('the cells of names', () => {
  it('are one for each name, and all fresh in a picture that is new', () => {
    const { cells, first } = taken('Van 1', 'Van 2');
    expect(first).toEqual({ fresh: ['Van 1', 'Van 2'], isOther: true });
    expect(new Set([cells.cellOf('Van 1'), cells.cellOf('Van 2')]).size).toBe(2);
    expect(cells.cellOf('Van 3')).toBeUndefined();
  });

  it('stay where they are while other names come and go: only those are drawn', () => {
    const { cells, take } = taken('Van 1', 'Van 2');
    const before = cells.cellOf('Van 2');
    expect(take('Van 2', 'Van 3')).toEqual({ fresh: ['Van 3'], isOther: false });
    expect(cells.cellOf('Van 2')).toBe(before);
    expect(cells.cellOf('Van 1')).toBeUndefined();
  });

  it('are given again when the name they had has gone', () => {
    const names = (from: number) => Array.from({ length: 40 }, (_, i) => `Van ${from + i}`);
    const { cells, take } = taken(...names(100));
    for (let from = 140; from < 900; from += 40) expect(take(...names(from)).isOther).toBe(false);
    expect(new Set(names(860).map((name) => cells.cellOf(name))).size).toBe(40);
  });

  it('are all others when a name is wider than they are', () => {
    const { cells, take } = taken('Van 1');
    const long = 'the van that brings what the others have forgotten';
    expect(take('Van 1', long)).toEqual({ fresh: ['Van 1', long], isOther: true });
    expect(cells.width).toBeGreaterThanOrEqual(widthOf(long));
    // and remain as wide when it has gone
    expect(take('Van 1').isOther).toBe(false);
  });

  it('are all others when there are more names than cells', () => {
    const { cells, take } = taken('Van 1');
    const many = Array.from({ length: 500 }, (_, i) => `Van ${i}`);
    expect(take(...many).isOther).toBe(true);
    expect(cells.columns * cells.rows).toBeGreaterThanOrEqual(500);
    expect(new Set(many.map((name) => cells.cellOf(name))).size).toBe(500);
  });

  it('are all drawn anew after a clearing, as when day becomes night', () => {
    const { cells, take } = taken('Van 1', 'Van 2');
    cells.clear();
    expect(take('Van 2')).toEqual({ fresh: ['Van 2'], isOther: true });
  });
});
