import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupNear } from './groups.ts';

const all = () => true;
const grouped = (
  points: readonly (readonly [number, number])[],
  radius = 50,
  isWanted: (row: number) => boolean = all,
) =>
  groupNear(Float64Array.from(points.map(([x]) => x)), Float64Array.from(points.map(([, y]) => y)), radius, isWanted);

describe('groups', () => {
  it('take together what is near, and leave alone what is not', () => {
    const groups = grouped([
      [10, 10],
      [20, 14],
      [400, 400],
    ]);
    expect(groups).toEqual([{ rows: [0, 1], x: 15, y: 12 }]);
  });

  it('reach over the lines of the grid', () => {
    expect(
      grouped([
        [48, 48],
        [52, 52],
      ]),
    ).toEqual([{ rows: [0, 1], x: 50, y: 50 }]);
  });

  it('leave out who is not wanted: what is selected stands for itself', () => {
    const points = [[10, 10] as const, [12, 10] as const, [14, 10] as const];
    expect(grouped(points, 50, (row) => row !== 1)[0]?.rows).toEqual([0, 2]);
  });

  it('hold every wanted point at most once, no further from the middle than two cells', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 600 }));
    fc.assert(
      fc.property(fc.array(point, { maxLength: 200 }), (points) => {
        const groups = grouped(points);
        const rows = groups.flatMap((group) => group.rows);
        expect(new Set(rows).size).toBe(rows.length);
        for (const group of groups) {
          expect(group.rows.length).toBeGreaterThan(1);
          for (const row of group.rows) {
            const [x, y] = points[row] ?? [0, 0];
            expect(Math.hypot(x - group.x, y - group.y)).toBeLessThan(50 * 3);
          }
        }
      }),
    );
  });
});
