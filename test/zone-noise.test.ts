import { describe, expect, it } from 'vitest';
import type { Fix } from '../daemon/domain/fold.ts';
import { at, circle, type Drawn, drive, erring, factsOf, fix, place, told } from '../daemon/domain/zone.fixture.ts';
import { seededRandom } from './random.ts';

/** Zones under receivers that err as real ones do, for whole days. */
const yard: Drawn = { id: 'yard', shape: circle(0, 100) };
const day = 86_400;

describe('a van on a narrow way', () => {
  const corridor: Drawn = {
    id: 'lane',
    shape: { type: 'corridor', line: [place(0), place(1000), place(1000, 1000)], width: 20 },
  };
  const along = (random: () => number): Fix[] => {
    const noise = erring(random, 2);
    const fixes: Fix[] = [];
    // 30 m before the lane to 200 m after its end, at 36 km/h.
    for (let t = 0, way = -200; way < 2300; t += 2, way += 20) {
      const { east, north, accuracy } = noise.next().value ?? { east: 0, north: 0, accuracy: 5 };
      const [x, y] = way < 1000 ? [way, 0] : [1000, way - 1000];
      fixes.push(fix(t, x + east, { north: y + north, accuracy, speed: 36 }));
    }
    return fixes;
  };

  it('enters once at its beginning and leaves once beyond its end', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const facts = factsOf([corridor], along(seededRandom(seed)));
      expect(
        facts.map(({ what }) => what),
        `seed ${seed}`,
      ).toEqual(['enter', 'leave']);
      const [enter, leave] = facts.map(({ at: time }) => (time - at(0)) / 1000);
      expect(enter, `seed ${seed}`).toBeLessThan(60);
      expect(leave, `seed ${seed}`).toBeGreaterThan(200);
    }
  });

  it('crosses it without a visit when no fix falls in it', () => {
    const across = Array.from({ length: 20 }, (_, i) => fix(i * 5, 500, { north: -240 + i * 25, speed: 18 }));
    expect(
      told(
        factsOf(
          [corridor],
          across.filter((_, i) => i !== 9 && i !== 10),
        ),
      ),
    ).toEqual([]);
  });
});

describe('a van that is parked beside an edge', () => {
  const parked = (random: () => number, east: number, every: number, from: number, speed: boolean): Fix[] => {
    const noise = erring(random, every);
    return Array.from({ length: day / every }, (_, i) => {
      const { east: x, north, accuracy } = noise.next().value ?? { east: 0, north: 0, accuracy: 5 };
      const drift = speed ? { speed: Math.round(random() * 20) / 10 } : {};
      return fix(from + i * every, east + x, { north, accuracy, ...drift });
    });
  };

  // m from the edge, inside negative
  it.each([-30, -5, 0, 5, 10])('does not flap in 24 hours, %i m from it', (beyond) => {
    for (const [every, seeds] of [
      [5, 2],
      [30, 6],
      [120, 10],
    ] as const) {
      for (let seed = 1; seed <= seeds; seed++) {
        const fixes = [...drive(-60, -400, 0, 36), ...parked(seededRandom(seed), 100 + beyond, every, 30, true)];
        expect(told(factsOf([yard], fixes)), `every ${every} s, seed ${seed}`).toEqual(['yard enter -25']);
      }
    }
  });

  it('may have left when it stands almost beyond the margin, and does not come back', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const fixes = [...drive(-60, -400, 0, 36), ...parked(seededRandom(seed), 118, 30, 30, true)];
      const facts = factsOf([yard], fixes).map(({ what }) => what);
      expect([['enter'], ['enter', 'leave']], `seed ${seed}`).toContainEqual(facts);
    }
  });

  it.each([5, 12, 25])('is never told to leave when it stands outside, %i m from the edge', (beyond) => {
    for (let seed = 1; seed <= 5; seed++) {
      const fixes = [...drive(-60, 500, 100 + beyond, 36), ...parked(seededRandom(seed), 100 + beyond, 10, 60, true)];
      expect(
        told(factsOf([yard], fixes)).filter((fact) => fact.includes('leave')),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  it('does not flap without a speed either, when its motion is known', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const fixes = [...drive(-60, -400, 0, 36), ...parked(seededRandom(seed), 100, 10, 60, false)];
      const motion = ({ fixTime }: Fix) => (fixTime < at(180) ? ('moving' as const) : ('parked' as const));
      expect(told(factsOf([yard], fixes, { motion })), `seed ${seed}`).toHaveLength(1);
    }
  });
});
