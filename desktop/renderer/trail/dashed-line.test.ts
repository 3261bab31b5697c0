import { describe, expect, it } from 'vitest';
import { dashedLine } from './dashed-line.ts';
import type { LonLat } from './trail-shapes.ts';

/** parts of the world's side of a degree of longitude */
const degree = 1 / 360;

describe('a dashed line', () => {
  const line: LonLat[] = [
    [78, 0],
    [79, 0],
  ];
  it('is dashes and gaps of the length that was asked for, from its beginning on', () => {
    const pieces = dashedLine(line, 0.2 * degree, 0.1 * degree);
    expect(pieces.map((piece) => piece.map(([lon]) => Number(lon.toFixed(6))))).toEqual([
      [78, 78.2],
      [78.3, 78.5],
      [78.6, 78.8],
      [78.9, 79],
    ]);
  });

  it('goes around corners within a dash', () => {
    const bent: LonLat[] = [
      [78, 0],
      [78.1, 0],
      [78.1, 0.1],
    ];
    const pieces = dashedLine(bent, 0.15 * degree, 0.01 * degree);
    expect(pieces[0]).toHaveLength(3);
    expect(pieces[0]?.[1]?.[0]).toBeCloseTo(78.1, 9);
  });

  it('of nothing is nothing, and of a long line not too many pieces', () => {
    expect(dashedLine([], 1, 1)).toEqual([]);
    expect(dashedLine([[78, 0]], 1, 1)).toEqual([]);
    expect(dashedLine(line, 1e-9, 1e-9).length).toBeLessThanOrEqual(1501);
  });
});
