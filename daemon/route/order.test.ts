import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOfOrder, goodOrder, type RunCosts } from './order.ts';

/** Doors in a town 5 km wide; some streets are one-way, so that the ways there and back differ. */
const town = fc
  .record({
    places: fc.array(fc.record({ x: fc.integer({ min: 0, max: 5000 }), y: fc.integer({ min: 0, max: 5000 }) }), {
      minLength: 2,
      maxLength: 10,
    }),
    oneWay: fc.array(fc.double({ min: 0, max: 0.3, noNaN: true }), { minLength: 100, maxLength: 100 }),
    ends: fc.boolean(),
  })
  .filter(({ places, ends }) => places.length > (ends ? 2 : 1))
  .map(({ places, oneWay, ends }): RunCosts => {
    const cost = places.map((a, i) =>
      places.map((b, j) => Math.hypot(a.x - b.x, a.y - b.y) * (1 + (oneWay[(i * 10 + j) % 100] as number))),
    );
    return { cost, stops: places.length - (ends ? 2 : 1), ends };
  });

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const item of items) {
    for (const rest of permutations(items.filter((other) => other !== item))) yield [item, ...rest];
  }
}

const all = (run: RunCosts) => Array.from({ length: run.stops }, (_, i) => i);

describe('the order of a run', () => {
  it('is the best there is, or a little worse, on up to eight stops', () => {
    let over = 0;
    let runs = 0;
    fc.assert(
      fc.property(town, (run) => {
        let best = Infinity;
        for (const order of permutations(all(run))) best = Math.min(best, costOfOrder(run, order));
        const found = goodOrder(run);
        expect([...found].sort()).toEqual(all(run));
        const ratio = best === 0 ? 1 : costOfOrder(run, found) / best;
        expect(ratio).toBeLessThan(1.25);
        over += ratio - 1;
        runs++;
      }),
      { numRuns: 60, seed: 6 },
    );
    expect(over / runs).toBeLessThan(0.01);
  });

  it('is never worse than the one there is', () => {
    fc.assert(
      fc.property(town, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (run, random) => {
        const present = all(run)
          .map((stop) => ({ stop, rank: random.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ stop }) => stop);
        expect(costOfOrder(run, goodOrder(run, present))).toBeLessThanOrEqual(costOfOrder(run, present) + 1e-6);
      }),
    );
  });

  it('of stops along a street goes along the street, to where it ends', () => {
    const along = [0, 400, 100, 300, 200];
    const cost = (places: number[]) => places.map((a) => places.map((b) => Math.abs(a - b)));
    expect(goodOrder({ cost: cost(along), stops: 4, ends: false })).toEqual([1, 3, 2, 0]);
    expect(goodOrder({ cost: cost([...along, 500]), stops: 4, ends: true })).toEqual([1, 3, 2, 0]);
    const there = { cost: cost([...along, 0]), stops: 4, ends: true };
    expect(costOfOrder(there, goodOrder(there))).toBe(800);
    expect(goodOrder({ cost: [[0]], stops: 0, ends: false })).toEqual([]);
  });

  it('of the longest run there may be is found at once', () => {
    const places = Array.from({ length: 151 }, (_, i) => ({ x: (i * 7919) % 5003, y: (i * 104_729) % 4999 }));
    const cost = places.map((a) => places.map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
    const run = { cost, stops: 150, ends: false };
    const began = performance.now();
    const found = goodOrder(run, all(run));
    console.log(`150 stops in ${Math.round(performance.now() - began)} ms`);
    expect([...found].sort((a, b) => a - b)).toEqual(all(run));
    // Beardwood, Halton and Hammersley: the best tour of n random places in an area A is about 0.71 √(n A) long.
    expect(costOfOrder(run, found)).toBeLessThan(0.71 * Math.sqrt(151 * 5003 * 4999) * 1.15);
  });
});
