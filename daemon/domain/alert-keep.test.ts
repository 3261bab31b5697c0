import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presetRules } from '../../protocol/alert-rules.ts';
import { AlertDay, at, order, van, watched } from './condition.fixture.ts';
import type { Condition } from './condition.ts';
import { orderConditions } from './condition-order.ts';
import { vanConditions } from './condition-van.ts';
import type { WatchedFix } from './condition-watch.ts';

const silent = (heard: number, minutes: number, id = 'v1') => vanConditions(van(id, heard), presetRules, at(minutes));

describe('an alert', () => {
  it('opens when it has lasted, closes when it has been over for a while, and says each once', () => {
    const day = new AlertDay();
    for (let minutes = 0; minutes < 20; minutes += 0.5) {
      // Heard until 9:02 and again from 9:10.
      const heard = minutes <= 2 ? minutes : minutes < 10 ? 2 : minutes;
      day.turn(minutes, silent(heard, minutes));
    }
    expect(day.lines).toEqual(['5.5 opened silent:v1', '13 closed silent:v1']);
    const [alert] = day.closed.values();
    expect(alert).toMatchObject({
      id: `silent:v1:${at(2)}`,
      since: at(2),
      openedAt: at(5.5),
      closedAt: at(13),
      vanId: 'v1',
    });
  });

  it('goes on when it is wrong again within its grace, by whatever cause: a tracker that speaks now and then', () => {
    const day = new AlertDay();
    for (let minutes = 0; minutes < 60; minutes += 0.5) {
      const heard = minutes <= 2 ? minutes : 2 + Math.floor((minutes - 2) / 5) * 5;
      day.turn(minutes, silent(heard, minutes));
    }
    expect(day.lines.filter((line) => !line.includes('changed'))).toEqual(['5.5 opened silent:v1']);
    expect([...day.state.open.values()][0]?.id).toBe(`silent:v1:${at(2)}`);
  });

  it('is not opened twice by one cause: what was closed too early is open again without a word', () => {
    const day = new AlertDay();
    day.turn(10, silent(0, 10));
    // A late fix says that the van was heard; then the fix turns out to be of another van.
    for (const minutes of [11, 14.5]) day.turn(minutes, silent(11, minutes - 3));
    expect(day.open()).toEqual([]);
    day.turn(15, silent(0, 15));
    expect(day.lines).toEqual(['10 opened silent:v1', '14.5 closed silent:v1', '15 changed silent:v1']);
    expect([...day.state.open.values()][0]).toMatchObject({ id: `silent:v1:${at(0)}`, openedAt: at(10) });
    expect([...day.state.open.values()][0]).not.toHaveProperty('closedAt');
  });

  it('is not about the past: what became known too late is never told', () => {
    const day = new AlertDay();
    const fast = watched([
      { minutes: 0, speed: 90 },
      { minutes: 1, speed: 90 },
      { minutes: 2, speed: 30 },
    ]);
    for (let minutes = 12; minutes < 30; minutes++) {
      day.turn(minutes, vanConditions(van('v1', minutes, { watch: fast }), presetRules, at(minutes)));
    }
    expect(day.lines.filter((line) => line.includes('over-speed'))).toEqual([]);
  });

  it('that follows from an estimate must last, since estimates waver', () => {
    const day = new AlertDay();
    const turn = (minutes: number, likely: number) => {
      const estimate = { likely: at(likely), planned: at(70) };
      day.turn(minutes, orderConditions({ order: order(), van: 'Van 1', estimate }, presetRules, at(minutes), true));
    };
    turn(10, 93);
    turn(11, 85);
    turn(12, 93);
    turn(13, 93);
    expect(day.lines).toEqual([]);
    turn(14, 93);
    expect(day.lines).toEqual(['14 opened order-late:o1']);
  });

  it('tells a change: what it says, and how bad it is', () => {
    const day = new AlertDay();
    const booked = order({ state: 'booked', dueAt: at(60) });
    const turn = (minutes: number) =>
      day.turn(minutes, orderConditions({ order: booked }, presetRules, at(minutes), true));
    turn(10);
    turn(11);
    expect(turn(61).changed).toMatchObject([{ severity: 'critical', saying: { template: 'norm-broken' } }]);
    expect(day.lines).toEqual(['10 opened norm-risk:o1', '61 changed norm-risk:o1']);
  });

  it('is closed while its kind is muted for the van or switched off, and open again afterwards without a word', () => {
    const day = new AlertDay();
    day.turn(10, silent(0, 10));
    day.muted = (vanId, kind) => vanId === 'v1' && kind === 'silent';
    day.turn(11, [...silent(0, 11), ...silent(0, 11, 'v2')]);
    day.muted = () => false;
    day.turn(12, silent(0, 12));
    const off = new AlertDay({ ...presetRules, silent: { ...presetRules.silent, on: false } });
    off.state = day.state;
    off.turn(13, []);
    expect([...day.lines, ...off.lines]).toEqual([
      '10 opened silent:v1',
      '11 opened silent:v2',
      '11 closed silent:v1 (muted)',
      '12 changed silent:v1',
      '13 closed silent:v2 (rule)',
      '13 closed silent:v1 (rule)',
    ]);
  });

  it('says when it wakes from a snooze', () => {
    const day = new AlertDay();
    day.turn(10, silent(0, 10));
    day.snoozed = () => at(20);
    for (const minutes of [11, 12, 19.9, 20, 21]) day.turn(minutes, silent(0, minutes));
    expect(day.lines).toEqual(['10 opened silent:v1', '11 changed silent:v1', '20 changed silent:v1']);
  });

  it('that was due before alerts were kept is there, and quiet', () => {
    const day = new AlertDay();
    day.quietBefore = at(60);
    expect(day.turn(60, silent(0, 60)).opened).toMatchObject([{ quiet: true }]);
    expect(day.turn(70, [...silent(0, 70), ...silent(62, 70, 'v2')]).opened.map(({ quiet }) => quiet)).toEqual([
      undefined,
    ]);
  });

  it('leaves no trace of what it was given', () => {
    const before = silent(0, 10);
    const copy = structuredClone(before);
    const day = new AlertDay();
    const { state } = day.turn(10, before);
    day.turn(11, silent(0, 11));
    day.turn(40, []);
    expect(before).toEqual(copy);
    expect([...state.open.keys()]).toEqual(['silent:v1']);
  });
});

describe('the order in which things become known', () => {
  interface Known {
    van: string;
    /** minutes at which it was measured, and at which it is known here */
    fix: Partial<WatchedFix> & { minutes: number };
    known: number;
  }
  const knowns = fc.array(
    fc.record({
      van: fc.constantFrom('v1', 'v2', 'v3', 'v4', 'v5', 'v6'),
      fix: fc.record({
        minutes: fc.integer({ min: 0, max: 160 }).map((quarter) => quarter / 4),
        speed: fc.constantFrom(0, 30, 70, 90),
        battery: fc.constantFrom(8, 15, 22, 60, 90),
        ignition: fc.constantFrom(true, false),
      }),
      known: fc.integer({ min: 0, max: 40 }),
    }),
    { maxLength: 60 },
  );

  /** The conditions that all that is known by `minutes` amounts to, from fixes in the order of fixTime, doubles dropped. */
  const conditionsAt = (all: readonly Known[], minutes: number): Condition[] => {
    const vans = [...new Set(all.map((one) => one.van))];
    // In whatever order the vans are looked at.
    return vans.flatMap((id) => {
      const fixes = new Map<number, Known['fix']>();
      for (const one of all) {
        if (one.van !== id || one.known > minutes || one.fix.minutes > minutes) continue;
        const before = fixes.get(one.fix.minutes);
        if (before === undefined || JSON.stringify(one.fix) < JSON.stringify(before))
          fixes.set(one.fix.minutes, one.fix);
      }
      const inOrder = [...fixes.values()].sort((a, b) => a.minutes - b.minutes);
      const last = inOrder.at(-1);
      if (last === undefined) return [];
      return vanConditions(van(id, last.minutes, { watch: watched(inOrder) }), presetRules, at(minutes));
    });
  };

  const open = (all: readonly Known[], from: number, to: number) => {
    const day = new AlertDay();
    for (let minutes = from; minutes <= to; minutes++) day.turn(minutes, conditionsAt(all, minutes));
    return day;
  };

  it('changes nothing when the times are the same: alerts, what they say, and what was told of them', () => {
    fc.assert(
      fc.property(
        knowns.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
        ),
        ([all, shuffled, doubled]) => {
          const one = open(all, 0, 50);
          const other = open([...shuffled, ...doubled], 0, 50);
          expect([...other.state.open].sort()).toEqual([...one.state.open].sort());
          expect(other.lines.toSorted()).toEqual(one.lines.toSorted());
        },
      ),
      { numRuns: 150 },
    );
  });

  it('changes nothing in what is open in the end, whenever each thing became known', () => {
    const wrongs = (day: AlertDay) =>
      [...day.state.open.values()].map(({ slot, severity, saying, vanIds }) => ({ slot, severity, saying, vanIds }));
    fc.assert(
      fc.property(knowns, (all) => {
        const atOnce = all.map((one) => ({ ...one, known: 0 }));
        // Storms remember how they began: without them, and after every grace, only the facts count.
        const few = (list: readonly Known[]) => list.filter((one) => one.van < 'v5');
        const late = open(few(all), 0, 60);
        const early = open(few(atOnce), 0, 60);
        const bySlot = (a: { slot: string }, b: { slot: string }) => (a.slot < b.slot ? -1 : 1);
        expect(wrongs(late).sort(bySlot)).toEqual(wrongs(early).sort(bySlot));
      }),
      { numRuns: 150 },
    );
  });

  it('never opens one id twice', () => {
    fc.assert(
      fc.property(knowns, (all) => {
        const opened: string[] = [];
        const day = new AlertDay();
        for (let minutes = 0; minutes <= 50; minutes++) {
          opened.push(...day.turn(minutes, conditionsAt(all, minutes)).opened.map(({ id }) => id));
        }
        expect(new Set(opened).size).toBe(opened.length);
      }),
      { numRuns: 100 },
    );
  });

  it('is the same with a restart at any minute', () => {
    fc.assert(
      fc.property(knowns, fc.integer({ min: 1, max: 49 }), (all, at) => {
        const straight = open(all, 0, 50);
        const day = new AlertDay();
        for (let minutes = 0; minutes <= 50; minutes++) {
          // What is written down, and read again.
          if (minutes === at)
            day.state = { open: new Map(JSON.parse(JSON.stringify([...day.state.open]))), seen: new Map() };
          day.turn(minutes, conditionsAt(all, minutes));
        }
        expect(day.lines).toEqual(straight.lines);
      }),
      { numRuns: 100 },
    );
  });
});
