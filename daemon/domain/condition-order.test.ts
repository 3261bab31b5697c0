import { describe, expect, it } from 'vitest';
import { presetRules } from '../../protocol/alert-rules.ts';
import { at, minute, order, told } from './condition.fixture.ts';
import type { OrderInputs } from './condition-inputs.ts';
import { orderConditions } from './condition-order.ts';
import { conditions } from './conditions.ts';

const found = (of: Partial<OrderInputs>, minutes: number) =>
  orderConditions({ order: order(), van: 'Van 1', ...of }, presetRules, at(minutes), true);
const said = (of: Partial<OrderInputs>, minutes: number) => found(of, minutes).map((one) => told(one));

describe('what is wrong with an order', () => {
  it('is that it comes later than planned', () => {
    const estimate = { likely: at(93), planned: at(70) };
    expect(said({ estimate }, 10)).toEqual(['order-late: Order o1 on Van 1: expected at 10:35, planned until 10:10']);
    expect(said({ estimate: { ...estimate, likely: at(89) } }, 10)).toEqual([]);
    expect(said({ estimate: { likely: at(93) } }, 10)).toEqual([]);
  });

  it('is that its 48 hours end soon and it is not out, or that it will not come before', () => {
    const booked = { order: order({ state: 'booked', dueAt: at(600) }) };
    expect(said(booked, 239)).toEqual([]);
    expect(said(booked, 241)).toEqual(['norm-risk: Order o1: its 48 hours end at 19:00 and it is not out yet']);
    const out = { order: order({ dueAt: at(60) }) };
    expect(said(out, 10)).toEqual([]);
    expect(said({ ...out, estimate: { likely: at(75) } }, 10)).toEqual([
      'norm-risk: Order o1: expected at 10:15, its 48 hours end at 10:00',
    ]);
  });

  it('stays one alert when the 48 hours have ended', () => {
    const booked = { order: order({ state: 'booked', dueAt: at(600) }) };
    const [risk] = found(booked, 300);
    const [broken] = found(booked, 601);
    expect(broken && told(broken)).toBe('norm-risk: Order o1: its 48 hours ended at 19:00');
    expect([risk?.severity, broken?.severity]).toEqual(['warning', 'critical']);
    expect(broken?.cause).toBe(risk?.cause);
    expect(said({ order: order({ state: 'delivered', endedAt: at(601), dueAt: at(600) }) }, 602)).toEqual([]);
    expect(said({ order: order({ state: 'cancelled', endedAt: at(601), dueAt: at(600) }) }, 602)).toEqual([]);
  });

  it('is a hand-over without code, far from the door, or by a wrong code, for twelve hours', () => {
    const done = order({
      state: 'delivered',
      endedAt: at(30),
      reason: 'phone was dead',
      flags: ['no-code'],
      delivery: { confirmation: 'none', full: 1, empties: 1, metresFromDoor: 420 },
    });
    expect(said({ order: done }, 31)).toEqual([
      'no-code: Order o1 on Van 1: delivered at 09:30 without its code (phone was dead)',
      'far-from-door: Order o1 on Van 1: handed over at 09:30, 420 m from the door (limit 150 m)',
    ]);
    expect(said({ order: done, metresFromDoor: 20 }, 31)).toHaveLength(1);
    expect(said({ order: done }, 30 + 12 * 60)).toEqual([]);
    const wrong = { ...done, flags: [], delivery: { confirmation: 'wrong-code' as const, full: 1, empties: 1 } };
    expect(said({ order: wrong }, 31)).toEqual([
      'wrong-code: Order o1 on Van 1: handed over at 09:30, and the code given was wrong',
    ]);
  });

  it('is that somebody tries codes', () => {
    expect(said({ wrongCodes: { tries: 2, at: at(5) } }, 6)).toEqual([]);
    expect(said({ wrongCodes: { tries: 3, at: at(5) } }, 6)).toEqual([
      'wrong-code: Order o1 on Van 1: 3 wrong codes in a row, the last at 09:05',
    ]);
  });
});

describe('an agency', () => {
  it('is its vans, its orders and the log of the daemon', () => {
    const log = { problem: 'the disk is full since 09:10; free some', since: at(10) };
    const all = conditions(
      { vans: [], orders: [{ order: order({ state: 'booked', dueAt: at(60) }) }], log, working: true },
      presetRules,
      at(12),
    );
    expect(all.map((one) => told(one))).toEqual([
      'norm-risk: Order o1: its 48 hours end at 10:00 and it is not out yet',
      'log-trouble: The log has a problem: the disk is full since 09:10; free some',
    ]);
    expect(all[1]?.from).toBe(at(12) - 2 * minute);
  });
});
