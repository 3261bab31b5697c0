import { describe, expect, it } from 'vitest';
import { presetRules, withPresets } from '../../protocol/alert-rules.ts';
import { AlertDay, at, told, van } from './condition.fixture.ts';
import type { VanInputs } from './condition-inputs.ts';
import { vanConditions } from './condition-van.ts';

/** What is found at `minutes` of vans that were heard last at these minutes. */
function silent(
  heard: Readonly<Record<string, number>>,
  minutes: number,
  more: (id: string) => Partial<VanInputs> = () => ({}),
) {
  return Object.entries(heard).flatMap(([id, last]) =>
    vanConditions(van(id, last, more(id)), presetRules, at(minutes)),
  );
}

/** Vans v1 … vN, heard last a few seconds apart. */
const together = (count: number, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`v${i + 1}`, from + i / 10]));

describe('a storm', () => {
  it('of eleven vans is one alert, and none of the single ones', () => {
    const day = new AlertDay();
    const heard = together(11);
    for (let minutes = 0; minutes <= 10; minutes++) day.turn(minutes, silent(heard, minutes));
    expect(day.open()).toEqual([`silent-many:vans:${at(0)}`]);
    const [storm] = day.state.open.values();
    expect(storm?.vanIds).toHaveLength(11);
    expect(storm && told(storm)).toBe('silent-many: 11 vans silent since 09:00: network');
    expect(storm?.severity).toBe('critical');
    expect(day.lines.filter((line) => line.includes('opened'))).toHaveLength(1);
  });

  it('names what all its vans are heard through', () => {
    const day = new AlertDay();
    const through = (carrier: (id: string) => string) => (id: string) => ({
      devices: [{ id, lastSeen: at(0), interval: 30_000, carrier: carrier(id) }],
    });
    day.turn(
      10,
      silent(
        together(5),
        10,
        through(() => 'gateway north'),
      ),
    );
    expect([...day.state.open.values()].map((one) => told(one))).toEqual([
      'silent-many: 5 vans silent since 09:00: network of gateway north',
    ]);
    const mixed = new AlertDay();
    mixed.turn(
      10,
      silent(
        together(5),
        10,
        through((id) => (id === 'v1' ? 'gateway south' : 'gateway north')),
      ),
    );
    expect([...mixed.state.open.values()].map((one) => told(one))).toEqual([
      'silent-many: 5 vans silent since 09:00: network',
    ]);
  });

  it('is none of four vans, of vans that fall silent one after the other, or of few among many', () => {
    const few = new AlertDay();
    few.turn(10, silent(together(4), 10));
    expect(few.open()).toHaveLength(4);
    const slow = new AlertDay();
    slow.turn(30, silent({ v1: 0, v2: 4, v3: 8, v4: 12, v5: 16 }, 30));
    expect(slow.open()).toEqual(['silent:v1', 'silent:v2', 'silent:v3', 'silent:v4', 'silent:v5']);
    const many = new AlertDay(presetRules, 10_000);
    many.turn(10, silent(together(9), 10));
    expect(many.open()).toHaveLength(9);
    const off = new AlertDay(withPresets({ 'silent-many': { on: false } }));
    off.turn(10, silent(together(9), 10));
    expect(off.open()).toHaveLength(9);
  });

  it('begins with the trackers that are missed first, and takes those in that are missed later by the same cause', () => {
    const day = new AlertDay();
    // Two trackers speak every 10 s and are missed first; one speaks every 5 minutes and is missed last.
    const interval = (id: string) => (id === 'v1' || id === 'v2' ? 10_000 : id === 'v9' ? 300_000 : 30_000);
    const heard = { ...together(5), v9: -4 };
    for (let minutes = 2; minutes <= 22; minutes += 0.5) {
      const devices = (id: string) => ({
        devices: [{ id, lastSeen: at(heard[id as 'v9']), interval: interval(id) }],
      });
      day.turn(minutes, silent(heard, minutes, devices));
    }
    expect(day.lines.slice(0, 2)).toEqual([
      `3 opened silent-many:vans:${at(0)}`,
      `21 changed silent-many:vans:${at(0)}`,
    ]);
    expect(day.open()).toEqual([`silent-many:vans:${at(0)}`]);
    expect([...day.state.open.values()][0]?.vanIds).toContain('v9');
  });

  it('folds alerts that were open, and gives those that stay silent their own when it ends, without a word', () => {
    const day = new AlertDay();
    const heard: Record<string, number> = { v1: 0, v2: 0, v3: 0 };
    for (let minutes = 1; minutes <= 5; minutes++) day.turn(minutes, silent(heard, minutes));
    expect(day.open()).toEqual(['silent:v1', 'silent:v2', 'silent:v3']);
    for (const id of ['v4', 'v5', 'v6']) heard[id] = 2.9;
    for (let minutes = 6; minutes <= 8; minutes++) day.turn(minutes, silent(heard, minutes));
    expect(day.lines.filter((line) => line.startsWith('6 '))).toEqual([
      `6 opened silent-many:vans:${at(0)}`,
      '6 closed silent:v1 (folded)',
      '6 closed silent:v2 (folded)',
      '6 closed silent:v3 (folded)',
    ]);
    // Four come back; two are no storm.
    day.lines.length = 0;
    for (const id of ['v1', 'v4', 'v5']) heard[id] = 9;
    day.turn(9, silent(heard, 9));
    expect(day.open()).toEqual([`silent-many:vans:${at(0)}`]);
    heard.v6 = 10;
    for (let minutes = 10; minutes <= 12; minutes++) {
      for (const id of ['v1', 'v4', 'v5', 'v6']) heard[id] = minutes;
      day.turn(minutes, silent(heard, minutes));
    }
    expect(day.lines).toEqual([
      `9 changed silent-many:vans:${at(0)}`,
      '10 changed silent:v2',
      '10 changed silent:v3',
      `10 closed silent-many:vans:${at(0)}`,
    ]);
  });

  it('can be two', () => {
    const day = new AlertDay();
    const first = together(5);
    const second = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, 30]));
    for (let minutes = 0; minutes <= 40; minutes++) {
      const talking = minutes < 30 ? Object.fromEntries(Object.keys(second).map((id) => [id, minutes])) : second;
      day.turn(minutes, silent({ ...first, ...talking }, minutes));
    }
    expect(day.open()).toEqual([`silent-many:vans:${at(0)}`, `silent-many:vans:${at(30)}`]);
  });

  it('waits until this daemon has had time to hear the vans', () => {
    const day = new AlertDay();
    const heard = together(9);
    const restarted = () => ({ hearingSince: at(60) });
    day.turn(60, silent(heard, 60, restarted));
    day.turn(62, silent(heard, 62, restarted));
    expect(day.open()).toEqual([]);
    day.turn(62.5, silent(heard, 62.5, restarted));
    expect(day.open()).toEqual([`silent-many:vans:${at(0)}`]);
  });
});
