import { describe, expect, it } from 'vitest';
import { orderBursts } from './order-bursts.ts';
import { raceRounds } from './race-rounds.ts';
import { sharedMemoryLog } from './shared-memory-log.ts';

describe('two daemons renaming one van', () => {
  it.each([1, 2, 3])('200 times: one winner each, and nothing is contradicted (seed %i)', async (seed) => {
    const { wins, ...faults } = await raceRounds(sharedMemoryLog(seed), 200);
    expect(faults).toEqual({ unfair: [], contradictions: [], different: [] });
    expect(wins.reduce((sum, each) => sum + each)).toBe(200);
    // Otherwise it would be no race.
    expect(Math.min(...wins)).toBeGreaterThan(20);
  });

  it('on a log that gives each its own records first are found out', async () => {
    const { contradictions, unfair } = await raceRounds(sharedMemoryLog(1, { shuffles: true }), 1);
    expect(contradictions.length).toBeGreaterThan(0);
    expect(unfair).toEqual(['round 1: 2 winners']);
  });
});

describe('two daemons told 200 things about one order at the same moment', () => {
  it.each([1, 2])('have one winner each time, and the same order afterwards (seed %i)', async (seed) => {
    const bursts = await orderBursts(sharedMemoryLog(seed), 200);
    for (const { name, winners, others, same } of bursts) {
      expect({ name, winners, others, same }).toEqual({ name, winners: 1, others: ['stale'], same: true });
    }
    // At each of the daemons somebody won.
    expect(new Set(bursts.map(({ wonAt }) => wonAt)).size).toBe(2);
  });
});
