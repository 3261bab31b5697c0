import { describe, expect, it } from 'vitest';
import type { Edge, Network } from './junctions.ts';
import type { StreetClass } from './main-roads.ts';
import { gap, type Point } from './plane.ts';
import { lengthOfRoute, Router } from './route.ts';

//   3 ---- main ---- 2
//   |                |        a square of 100 m, its south side a lane,
//   0 ---- lane ---- 1 -- 4   and a dead end of 50 m
const junctions: Point[] = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 100, y: 100 },
  { x: 0, y: 100 },
  { x: 150, y: 0 },
];
const edge = (from: number, to: number, kind: StreetClass): Edge => {
  const line = [junctions[from] as Point, junctions[to] as Point];
  return { from, to, class: kind, course: 0, start: 0, line, length: gap(...(line as [Point, Point])) };
};
const network: Network = {
  junctions,
  edges: [edge(0, 1, 'lane'), edge(1, 2, 'main'), edge(2, 3, 'main'), edge(3, 0, 'main'), edge(1, 4, 'lane')],
};
const router = new Router(network);

describe('Router', () => {
  it('stays on the edge when both places are on it, in either direction', () => {
    expect(router.route({ edge: 0, at: 20 }, { edge: 0, at: 70 }).line).toEqual([
      { x: 20, y: 0 },
      { x: 70, y: 0 },
    ]);
    expect(router.route({ edge: 0, at: 70 }, { edge: 0, at: 20 }).line.at(-1)).toEqual({ x: 20, y: 0 });
  });

  it('takes the quicker way, not the shorter one', () => {
    // from the middle of the west side into the dead end: 200 m with 100 m of lane, or 300 m of main road
    const route = router.route({ edge: 3, at: 1 }, { edge: 1, at: 1 });
    expect(route.classes.slice(1).every((kind) => kind === 'main')).toBe(true);
    expect(lengthOfRoute(route)).toBeCloseTo(1 + 100 + 99, 6);
  });

  it('gives a line without gaps, with the junctions it passes', () => {
    const route = router.route({ edge: 2, at: 50 }, { edge: 4, at: 25 });
    expect(route.line[0]).toEqual({ x: 50, y: 100 });
    expect(route.line.at(-1)).toEqual({ x: 125, y: 0 });
    expect(route.junctions.map((i) => route.line[i])).toEqual([
      { x: 100, y: 100 },
      { x: 100, y: 0 },
    ]);
    expect(route.classes.at(-1)).toBe('lane');
  });
});
