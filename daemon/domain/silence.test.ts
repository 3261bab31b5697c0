import { describe, expect, it } from 'vitest';
import { presetRules, withPresets } from '../../protocol/alert-rules.ts';
import { at, minute, told, van } from './condition.fixture.ts';
import { idOf, opens } from './condition.ts';
import { vanConditions } from './condition-van.ts';
import { silentVan } from './silence.ts';
import { SilenceGrid } from './silence-grid.ts';

const silent = (inputs: ReturnType<typeof van>, minutes: number) => silentVan(inputs, presetRules, at(minutes));

describe('a silent van', () => {
  it('is one that misses five of its usual intervals; the cause is its last fix', () => {
    expect(silent(van('v1', 0), 2.4)).toBeUndefined();
    const condition = silent(van('v1', 0), 2.6);
    if (condition === undefined) throw new Error('it is not silent');
    expect(idOf(condition)).toBe(`silent:v1:${at(0)}`);
    expect(told(condition)).toBe('silent: Van v1: silent since 09:00; it is usually heard every 30 s');
    expect(opens(condition, at(3.4))).toBe(false);
    expect(opens(condition, at(3.5))).toBe(true);
  });

  it('is given more time when its tracker speaks seldom, or nothing is known of it yet', () => {
    const slow = van('v1', 0, { devices: [{ id: 'gps', lastSeen: at(0), interval: 3 * minute }] });
    expect(silent(slow, 14)).toBeUndefined();
    expect(silent(slow, 16)).toBeDefined();
    const unknown = van('v1', 0, { devices: [{ id: 'gps', lastSeen: at(0) }] });
    expect(silent(unknown, 9)).toBeUndefined();
    expect(silent(unknown, 11)?.saying.template).toBe('silent-unknown');
  });

  it('may be silent where silences are usual, but not for ever', () => {
    const there = van('v1', 0, { usualSilence: () => 10 * minute });
    expect(silent(there, 9)).toBeUndefined();
    const late = silent(there, 11);
    expect(late && told(late)).toBe(
      'silent: Van v1: silent since 09:00; silences of up to 10 min are usual at that place',
    );
    expect(silent(van('v1', 0, { usualSilence: () => 300 * minute }), 46)).toBeDefined();
  });

  it('may sleep for an hour after it was parked with its ignition off', () => {
    const last = { at: at(0), latitude: 18.52, longitude: 73.85, ignition: false };
    const parked = van('v1', 0, { watch: { last, place: 0 }, motion: { state: 'parked', since: at(-10) } });
    expect(silent(parked, 59)).toBeUndefined();
    expect(silent(parked, 61)).toBeDefined();
  });

  it('is another matter when its tracker is heard without a fix', () => {
    const roofed = (heard: number) => van('v1', 0, { devices: [{ id: 'gps', lastSeen: at(heard), interval: 30_000 }] });
    expect(silent(roofed(10), 10.5)).toBeUndefined();
    const condition = silent(roofed(16), 16);
    expect(condition && told(condition)).toBe('silent: Van v1: no position since 09:00, although its tracker is heard');
    expect(condition).not.toHaveProperty('silence');
  });

  it('is not raised before this daemon has had time to hear it', () => {
    const condition = silent(van('v1', 0, { hearingSince: at(60) }), 61);
    expect(condition && opens(condition, at(62.4))).toBe(false);
    expect(condition && opens(condition, at(62.5))).toBe(true);
  });

  it("is nobody's concern when work is over and it is on no run", () => {
    const kinds = (working: boolean, onRun: boolean) =>
      vanConditions(van('v1', 0, { occasion: { working, onRun } }), presetRules, at(30)).map(({ kind }) => kind);
    expect(kinds(false, false)).toEqual([]);
    expect(kinds(true, false)).toEqual(['silent']);
    expect(kinds(false, true)).toEqual(['silent']);
    expect(vanConditions(van('v1', 0), withPresets({ silent: { on: false } }), at(30))).toEqual([]);
  });

  it('is none that never had a fix', () => {
    expect(silent({ ...van('v1', 0), watch: { place: 0 } }, 600)).toBeUndefined();
  });
});

describe('the grid of usual silences', () => {
  const tunnel = { latitude: 18.602, longitude: 73.902 };
  const town = { latitude: 18.52, longitude: 73.85 };

  /** Drives from the town into the tunnel `times`, and is heard again in the town after `pause` minutes. */
  const drive = (grid: SilenceGrid, device: string, times: number, pause: number, from = 0, ignition = true) => {
    let minutes = from;
    for (let i = 0; i < times; i++) {
      for (let k = 1; k <= 6; k++) grid.hear(device, at(minutes + k / 2), town, ignition);
      grid.hear(device, at(minutes + 3.5), tunnel, ignition);
      minutes += 3.5 + pause;
      grid.hear(device, at(minutes), town, ignition);
    }
    return minutes;
  };

  it('learns from two vans that fall silent at a place and come back how long that lasts', () => {
    const grid = new SilenceGrid();
    drive(grid, 'gps-1', 3, 7);
    expect(grid.usual(18.602, 73.902)).toBeUndefined();
    drive(grid, 'gps-2', 3, 5, 100);
    expect(grid.usual(18.602, 73.902)).toBe(8 * minute);
    expect(grid.usual(18.606, 73.902)).toBe(8 * minute);
    expect(grid.usual(18.52, 73.85)).toBeUndefined();
  });

  it('learns nothing from a van alone, however often: who pulls the plug at his corner stays a news', () => {
    const grid = new SilenceGrid();
    drive(grid, 'gps-1', 50, 7);
    expect(grid.usual(18.602, 73.902)).toBeUndefined();
  });

  it('learns nothing where most vans pass without a word less, from sleeping trackers, and from what is too long', () => {
    const busy = new SilenceGrid();
    const after = Math.max(drive(busy, 'gps-1', 2, 7), drive(busy, 'gps-2', 2, 7));
    for (const device of ['gps-1', 'gps-2']) drive(busy, device, 30, 0.5, after);
    expect(busy.usual(18.602, 73.902)).toBeUndefined();
    const asleep = new SilenceGrid();
    for (const device of ['gps-1', 'gps-2']) drive(asleep, device, 5, 7, 0, false);
    expect(asleep.usual(18.602, 73.902)).toBeUndefined();
    const long = new SilenceGrid();
    for (const device of ['gps-1', 'gps-2']) drive(long, device, 5, 120);
    expect(long.usual(18.602, 73.902)).toBeUndefined();
  });

  it('learns nothing about places from an outage of the network', () => {
    const grid = new SilenceGrid();
    const devices = Array.from({ length: 9 }, (_, i) => `gps-${i}`);
    for (let round = 0; round < 10; round++) {
      const from = round * 60;
      for (let minutes = from; minutes < from + 30; minutes += 0.5) {
        for (const device of devices) grid.hear(device, at(minutes), town, true);
      }
    }
    expect(grid.usual(town.latitude, town.longitude)).toBeUndefined();
  });

  it('counts nothing twice', () => {
    const grid = new SilenceGrid();
    for (const device of ['gps-1', 'gps-2']) drive(grid, device, 3, 7);
    const before = JSON.stringify([...grid.cells]);
    for (const device of ['gps-1', 'gps-2']) drive(grid, device, 3, 7);
    expect(JSON.stringify([...grid.cells])).toBe(before);
  });
});
