import { describe, expect, it } from 'vitest';
import { consumerWords, languages } from './consumer-words.ts';
import { distanceIn, type Tracked, toldOf } from './tracking.ts';

const minute = 60_000;
/** Eleven in the morning in Kolkata. */
const eleven = Date.UTC(2026, 0, 5, 5, 30);
const agency = { name: 'Sona Gas', timeZone: 'Asia/Kolkata' };
const order = (more: Partial<Tracked['order']>): Tracked['order'] => ({
  id: 'o1',
  state: 'out-for-delivery',
  cylinders: 1,
  dueAt: eleven + 600 * minute,
  ...more,
});
const arrival = {
  from: eleven + 21 * minute,
  likely: eleven + 34 * minute,
  until: eleven + 49 * minute,
  by: 'road' as const,
  stopsBefore: 4,
};

describe('what a consumer is told', () => {
  it('on its way: the range, the stops before, and nothing of a position that is fresh', () => {
    const told = toldOf({ order: order({}), arrival, fixTime: eleven - 30_000, agency }, 'en', eleven);
    expect(told).toMatchObject({
      headline: 'Out for delivery',
      estimate: 'between 11:20 and 11:50',
      details: ['4 stops before you'],
    });
    // The next estimate is a little different: the screen stays.
    const next = { ...arrival, from: eleven + 28 * minute, until: eleven + 58 * minute };
    expect(toldOf({ order: order({}), arrival: next, agency }, 'en', eleven, told.range).estimate).toBe(told.estimate);
  });

  it('says how old a position is once it is, and that there is none', () => {
    const old = toldOf({ order: order({}), fixTime: eleven - 6.5 * minute, agency }, 'en', eleven);
    expect(old.details).toEqual(['The position of the van is 6 minutes old.']);
    expect(old).not.toHaveProperty('estimate');
    expect(toldOf({ order: order({}), agency }, 'hi', eleven).details).toEqual([consumerWords.hi.positionNone]);
  });

  it('at the door no estimate is left, only the code to be told', () => {
    const told = toldOf({ order: order({ arrivedAt: eleven }), arrival, fixTime: eleven, agency }, 'en', eleven);
    expect(told).toEqual({
      headline: 'The van is at your door',
      details: ['Please tell the driver your delivery code.'],
    });
  });

  it('afterwards: thanks and a receipt in the time of the agency', () => {
    const delivery = { confirmation: 'code' as const, full: 2, empties: 1 };
    const told = toldOf(
      { order: order({ state: 'delivered', endedAt: eleven, delivery }), agency },
      'en',
      eleven + minute,
    );
    expect(told.receipt?.map(({ value }) => value)).toEqual(['5 January at 11:00', '2', '1', 'o1']);
  });

  it('has words for every state in every language', () => {
    for (const language of languages) {
      for (const state of ['booked', 'assigned', 'out-for-delivery', 'delivered', 'failed', 'cancelled'] as const) {
        const { headline, details } = toldOf(
          { order: order({ state, awayOn: '2026-01-05' }), agency },
          language,
          eleven,
        );
        expect([headline, ...details].every((line) => line.length > 3)).toBe(true);
      }
    }
  });

  it('not at home is said of today, and no other day', () => {
    const told = (awayOn: string) => toldOf({ order: order({ awayOn }), agency }, 'en', eleven).details;
    expect(told('2026-01-05')).toContain(consumerWords.en.away);
    expect(told('2026-01-04')).not.toContain(consumerWords.en.away);
  });

  it('tells distances as people do', () => {
    expect([distanceIn('en', 4), distanceIn('en', 348), distanceIn('en', 1240), distanceIn('hi', 12_400)]).toEqual([
      '10 m',
      '350 m',
      '1.2 km',
      '12 किमी',
    ]);
  });
});
