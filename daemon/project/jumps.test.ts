import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destination } from '../../protocol/geo.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import { inaccurate, marked, reaches } from './jumps.ts';

const start = Date.UTC(2026, 3, 1, 6);
const godown = { latitude: 18.52, longitude: 73.85 };
/** A fix `seconds` into the day, `metres` east of the godown. */
const fix = (seconds: number, metres: number, more: Partial<TrailPoint> = {}): TrailPoint => ({
  fixTime: start + seconds * 1000,
  receivedAt: start + seconds * 1000 + 500,
  ...destination(godown, 90, metres),
  ...more,
});
const marks = (points: TrailPoint[], limit = 250) => marked(points, limit).map((point) => point.mark ?? 'ok');

describe('jumps of a van', () => {
  it('believes a lone fix', () => {
    expect(marks([fix(0, 0)])).toEqual(['ok']);
  });

  it('believes a drive', () => {
    expect(marks([fix(0, 0), fix(10, 100), fix(20, 220), fix(30, 300)])).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('marks the one fix in the sea, and nothing around it', () => {
    const day = [fix(0, 0), fix(10, 100), fix(20, 90_000), fix(30, 300), fix(40, 400)];
    expect(marks(day)).toEqual(['ok', 'ok', 'jump', 'ok', 'ok']);
  });

  it('holds the fix after a jump back until the next one confirms it', () => {
    const day = [fix(0, 0), fix(10, 100), fix(20, 90_000), fix(30, 300)];
    expect(marks(day)).toEqual(['ok', 'ok', 'jump', 'jump']);
    expect(marks([...day, fix(40, 400)])).toEqual(['ok', 'ok', 'jump', 'ok', 'ok']);
  });

  it('shows a bad first fix until two good ones in a row contradict it', () => {
    const [b, g2, g3] = [fix(0, 90_000), fix(10, 0), fix(20, 100)];
    expect(marks([b])).toEqual(['ok']);
    expect(marks([b, g2])).toEqual(['ok', 'jump']);
    expect(marks([b, g2, g3])).toEqual(['jump', 'ok', 'ok']);
  });

  it('believes two in a row that reach one another, however far away', () => {
    expect(marks([fix(0, 0), fix(10, 50), fix(20, 90_000), fix(30, 90_100)])).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('clears a mark when a late fix explains it', () => {
    const [a, far, between] = [fix(0, 0), fix(600, 60_000), fix(599, 59_950)];
    expect(marks([a, fix(1, 30), far])).toEqual(['ok', 'ok', 'jump']);
    expect(marks([a, fix(1, 30), between, far])).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('ignores an inaccurate fix as a neighbour', () => {
    const vague = fix(15, 3000, { accuracy: 800 });
    expect(marks([fix(0, 0), fix(10, 100), vague, fix(20, 200)])).toEqual(['ok', 'ok', 'inaccurate', 'ok']);
    expect(marks([vague])).toEqual(['inaccurate']);
  });

  it('allows for the accuracy both state', () => {
    expect(marks([fix(0, 0), fix(1, 0), fix(2, 800)])).toEqual(['ok', 'ok', 'jump']);
    expect(marks([fix(0, 0), fix(1, 0, { accuracy: 400 }), fix(2, 800, { accuracy: 400 })])).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });

  it('calls a few metres within a tenth of a second noise', () => {
    expect(marks([fix(0, 0), fix(0.1, 40), fix(0.2, 5)])).toEqual(['ok', 'ok', 'ok']);
  });

  it('lets an aircraft fly and a replay do anything', () => {
    const flight = [fix(0, 0), fix(10, 2500), fix(20, 5000)];
    expect(marks(flight)).toEqual(['ok', 'jump', 'jump']);
    expect(marks(flight, 1300)).toEqual(['ok', 'ok', 'ok']);
    expect(marks([fix(0, 0), fix(1, 900_000), fix(2, 0)], Number.POSITIVE_INFINITY)).toEqual(['ok', 'ok', 'ok']);
  });

  it('crosses the 180th meridian', () => {
    const west = { ...fix(0, 0), latitude: 0, longitude: 179.9995 };
    const east = { ...fix(10, 0), latitude: 0, longitude: -179.9995 };
    expect(marks([west, east])).toEqual(['ok', 'ok']);
  });
});

/** The rules once more, word for word. */
function byTheRules(points: TrailPoint[], limit: number): string[] {
  const good = points.filter((point) => !inaccurate(point));
  return points.map((point) => {
    if (inaccurate(point)) return 'inaccurate';
    const i = good.indexOf(point);
    const [before, after, afterThat] = [good[i - 1], good[i + 1], good[i + 2]];
    if (before === undefined && after === undefined) return 'ok';
    if (before !== undefined && reaches(before, point, limit)) return 'ok';
    if (after !== undefined && reaches(point, after, limit)) return 'ok';
    if (before !== undefined) return 'jump';
    return after !== undefined && afterThat !== undefined && reaches(after, afterThat, limit) ? 'jump' : 'ok';
  });
}

it('marks a stream as the rules say, and always leaves a fix to show', () => {
  const step = fc.record({
    metres: fc.constantFrom(0, 100, 5000, 90_000),
    vague: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const points = steps.map(({ metres, vague }, i) => fix(i * 10, metres, vague ? { accuracy: 900 } : {}));
      expect(marks(points)).toEqual(byTheRules(points, 250));
      if (points.some((point) => !inaccurate(point))) expect(marks(points)).toContain('ok');
    }),
    { numRuns: 2000, seed: 1 },
  );
});
