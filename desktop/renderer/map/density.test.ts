import { describe, expect, it } from 'vitest';
import { densityOf, paintDensity } from './density.ts';

const box = { left: 0, top: 0, right: 1, bottom: 1 };
const of = (points: [number, number][], cell = 0.02) =>
  densityOf(Float64Array.from(points.map(([x]) => x)), Float64Array.from(points.map(([, y]) => y)), box, cell);
const valueAt = (density: ReturnType<typeof of>, x: number, y: number) => {
  const { box: whole, width, height, cells } = density;
  const column = Math.floor(((x - whole.left) / (whole.right - whole.left)) * width);
  const line = Math.floor(((y - whole.top) / (whole.bottom - whole.top)) * height);
  return cells[line * width + column] ?? Number.NaN;
};

describe('density', () => {
  it('is greatest where most points are, and fades around them', () => {
    const crowd = Array.from({ length: 50 }, (): [number, number] => [0.25, 0.25]);
    const density = of([...crowd, [0.75, 0.75]]);
    expect(valueAt(density, 0.25, 0.25)).toBe(1);
    const near = valueAt(density, 0.31, 0.25);
    expect(near).toBeGreaterThan(0);
    expect(near).toBeLessThan(1);
    expect(valueAt(density, 0.75, 0.75)).toBeGreaterThan(0);
    expect(valueAt(density, 0.75, 0.75)).toBeLessThan(0.5);
    expect(valueAt(density, 0.5, 0.9)).toBe(0);
  });

  it('is the same in both directions', () => {
    const density = of([[0.5, 0.5]]);
    for (const far of [0.03, 0.06, 0.09]) {
      expect(valueAt(density, 0.5 + far, 0.5)).toBeCloseTo(valueAt(density, 0.5, 0.5 + far), 5);
    }
  });

  it('keeps its grid small whatever the measure of a cell', () => {
    const { width, height } = of([[0.5, 0.5]], 1e-9);
    expect(width * height).toBeLessThan(420 * 420);
  });

  it('of nobody is nothing', () => {
    expect(of([]).cells.every((cell) => cell === 0)).toBe(true);
    expect(paintDensity(of([]), 'dark').every((byte, i) => i % 4 !== 3 || byte === 0)).toBe(true);
  });

  it('is painted the stronger the denser it is', () => {
    const pixels = paintDensity({ cells: Float32Array.of(0, 0.1, 0.5, 1) }, 'light');
    const opacities = [3, 7, 11, 15].map((i) => pixels[i] ?? 0);
    expect(opacities).toEqual(opacities.toSorted((a, b) => a - b));
    expect(opacities[0]).toBe(0);
    expect(opacities[3]).toBeGreaterThan(100);
  });
});
