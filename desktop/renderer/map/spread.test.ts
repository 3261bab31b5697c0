import { describe, expect, it } from 'vitest';
import { mostSpread, spread } from './spread.ts';

describe('marks that stand on one spot', () => {
  it('are drawn so that none covers another', () => {
    for (let count = 2; count <= mostSpread; count++) {
      const places = spread(count);
      expect(places).toHaveLength(count);
      for (const [i, [x, y]] of places.entries()) {
        for (const [otherX, otherY] of places.slice(i + 1)) {
          expect(Math.hypot(x - otherX, y - otherY)).toBeGreaterThan(29);
        }
      }
    }
  });
  it('lie around the spot', () => {
    for (const count of [2, 5, 7, 19]) {
      const places = spread(count);
      const sum = places.reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [0, 0]);
      expect(Math.hypot(...(sum as [number, number]))).toBeLessThan(1e-6);
    }
  });
  it('stay where they are when there is one', () => {
    expect(spread(1)).toEqual([[0, 0]]);
    expect(spread(0)).toEqual([]);
  });
});
