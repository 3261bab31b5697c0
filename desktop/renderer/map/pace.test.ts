import { describe, expect, it } from 'vitest';
import { metresOfPixel } from './mercator.ts';
import { pace, shortestFrame } from './pace.ts';

describe('the pace of pictures', () => {
  const at = (zoom: number, few = false) => pace(metresOfPixel(zoom, 21), few);
  it('is quick when near and slow when far', () => {
    const paces = [17, 15, 14, 13, 11, 5].map((zoom) => at(zoom));
    expect(paces).toEqual(paces.toSorted((a, b) => a - b));
    expect(paces[0]).toBe(shortestFrame);
    expect(paces[5]).toBe(250);
  });
  it('never lets a van in a hurry jump by half a pixel', () => {
    for (const zoom of [15, 14.5, 14, 13.5]) {
      const pixels = ((at(zoom) / 1000) * 15) / metresOfPixel(zoom, 21);
      expect(pixels).toBeLessThan(0.5);
    }
  });
  it('stays quick for a fleet that is looked at van by van', () => {
    expect(at(9, true)).toBeLessThan(70);
  });
});
