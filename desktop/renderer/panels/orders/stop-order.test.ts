import { describe, expect, it } from 'vitest';
import { placeAt, withMoved } from './stop-order.ts';

describe('the order of stops', () => {
  it.each([
    ['a', 2, ['b', 'c', 'a']],
    ['c', 0, ['c', 'a', 'b']],
    ['b', 1, ['a', 'b', 'c']],
    ['a', 9, ['b', 'c', 'a']],
    ['a', -1, ['a', 'b', 'c']],
  ])('%s at %i', (id, to, stops) => expect(withMoved(['a', 'b', 'c'], id, to)).toEqual(stops));
  it('is where the pointer is among the middles of the other lines', () => {
    expect([5, 10, 15, 25, 99].map((y) => placeAt([10, 20, 30], y))).toEqual([0, 0, 1, 2, 3]);
  });
});
