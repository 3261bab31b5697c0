import { describe, expect, it } from 'vitest';
import { scaleOf } from './scale.ts';

describe('the scale', () => {
  it('is a round length that has room', () => {
    expect(scaleOf(1)).toEqual({ metres: 100, width: 100 });
    expect(scaleOf(10.3)).toEqual({ metres: 1000, width: 97 });
    expect(scaleOf(0.3)).toEqual({ metres: 20, width: 67 });
    for (const metres of [0.05, 0.7, 4, 33, 555, 7000]) {
      const { width } = scaleOf(metres);
      expect(width).toBeLessThanOrEqual(110);
      expect(width).toBeGreaterThan(40);
    }
  });
});
