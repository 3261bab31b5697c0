import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EditCounter } from './edit-counter.ts';

/** The table of optimal string alignment, cell by cell. */
function table(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let j = 1; j <= b.length; j++) (rows[0] as number[])[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(i - 2, j - 2) + 1);
      (rows[i] as number[])[j] = cost;
    }
  }
  return at(a.length, b.length);
}

describe('typing errors', () => {
  it.each([
    ['nagpur', 'nagpur', 0],
    ['nagpur', 'nagpru', 1],
    ['nagpur', 'nagppur', 1],
    ['nagpur', 'nagur', 1],
    ['nagpur', 'nahpur', 1],
    ['nagpur', 'nagpoor', 2],
    ['नागपुर', 'नगपुर', 1],
    ['', 'abc', 3],
    ['abc', '', 3],
  ])('of %s and %s', (a, b, errors) => expect(new EditCounter(a).editsOf(b)).toBe(errors));

  it('are those of the whole table, for any two names of up to 31 letters', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'न', 'ा'), maxLength: 31 });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(new EditCounter(a).editsOf(b)).toBe(table(a, b));
      }),
      { numRuns: 3000 },
    );
  });
});
