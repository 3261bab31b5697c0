import { describe, expect, it } from 'vitest';
import { presetRules, withPresets } from '../../protocol/alert-rules.ts';
import { at, minute, told, van, watched } from './condition.fixture.ts';
import { idOf, opens } from './condition.ts';
import type { VanInputs, ZoneNotice } from './condition-inputs.ts';
import { vanConditions } from './condition-van.ts';

/** What is said of a van that was heard at this minute. */
const said = (minutes: number, more: Partial<VanInputs>, rules = presetRules) =>
  vanConditions(van('v1', minutes, more), rules, at(minutes)).map((one) => told(one));
const found = (minutes: number, more: Partial<VanInputs>, rules = presetRules) =>
  vanConditions(van('v1', minutes, more), rules, at(minutes));

describe('what is wrong with a van', () => {
  it('is nothing while it drives its run', () => {
    expect(said(10, { motion: { state: 'moving', since: at(0) } })).toEqual([]);
  });

  it('is a battery that is low, and critical further down', () => {
    const low = (battery: number) => found(10, { watch: watched([{ minutes: 10, battery }]) });
    expect(low(21)).toEqual([]);
    expect(low(20).map((one) => told(one))).toEqual([
      "battery-low: Van v1: the tracker's battery is at 20 % (low from 20 %)",
    ]);
    expect(low(20)[0]?.severity).toBe('warning');
    expect(low(9)[0]?.severity).toBe('critical');
  });

  it('is a battery that falls while the ignition is on: the tracker was unplugged', () => {
    const plug = (battery: number) =>
      watched([
        { minutes: 0, battery: 90, ignition: true },
        { minutes: 10, battery, ignition: true },
      ]);
    expect(said(10, { watch: plug(88) })).toEqual([]);
    expect(said(10, { watch: plug(87) })).toEqual([
      "unplugged: Van v1: the tracker's battery fell from 90 % to 87 % since 09:00 with the ignition on: unplugged?",
    ]);
  });

  it('is a clock that is five and a half hours ahead', () => {
    const devices = [{ id: 'gps', lastSeen: at(10), clockAhead: 330 * minute }];
    expect(said(10, { devices })).toEqual([
      'clock-wrong: Van v1: the clock of tracker gps is 5 h 30 min ahead; its positions are refused',
    ]);
  });

  it('is a long stop where it has no business, seen by fixes and not by silence', () => {
    const motion = { state: 'stopped', since: at(0) } as const;
    expect(said(19, { motion })).toEqual([]);
    expect(said(21, { motion })).toEqual([
      'long-stop: Van v1: standing since 09:00, at no door of its run and not at the godown (limit 20 min)',
    ]);
    expect(said(21, { motion, mayStand: () => true })).toEqual([]);
    expect(said(21, { motion, occasion: { working: true, onRun: false } })).toEqual([]);
    const lost = { ...van('v1', 5, { motion }), devices: [] };
    expect(vanConditions(lost, presetRules, at(60)).map(({ kind }) => kind)).not.toContain('long-stop');
  });

  it('is speed above the limit in two fixes that lie 15 s apart, for ten minutes', () => {
    const twice = watched([
      { minutes: 0, speed: 72 },
      { minutes: 0.25, speed: 81 },
      { minutes: 0.5, speed: 40 },
    ]);
    expect(said(1, { watch: twice })).toEqual(['over-speed: Van v1: 81 km/h at 09:00 (limit 60 km/h)']);
    expect(said(10.3, { watch: twice })).toEqual([]);
    expect(
      said(1, {
        watch: watched([
          { minutes: 0, speed: 160 },
          { minutes: 0.5, speed: 40 },
        ]),
      }),
    ).toEqual([]);
    const close = [0, 0.1, 0.2].map((minutes) => ({ minutes, speed: 80 }));
    expect(said(1, { watch: watched(close) })).toEqual([]);
  });

  it('is moving after work, once people have had time to come home', () => {
    const after = { occasion: { working: false, onRun: false }, closedSince: at(0) };
    const driving = { state: 'moving', since: at(-20) } as const;
    expect(said(29, { ...after, motion: driving })).toEqual([]);
    expect(said(31, { ...after, motion: driving })).toEqual([
      'left-hours: Van v1: moving since 09:00, outside working hours',
    ]);
    expect(said(120, { ...after, motion: { state: 'moving', since: at(110) } })).toEqual([
      'left-hours: Van v1: moving since 10:50, outside working hours',
    ]);
    expect(said(120, { ...after, motion: { state: 'parked', since: at(110) } })).toEqual([]);
    expect(said(120, { motion: { state: 'moving', since: at(110) } })).toEqual([]);
  });

  it("is being off the run's way", () => {
    const watch = { ...watched([{ minutes: 10 }]), off: { since: at(5), metres: 1730 } };
    expect(said(10, { watch })).toEqual([
      "off-route: Van v1: off its run's way since 09:05, 1500 m or more (limit 500 m)",
    ]);
  });

  it('is what zones want told: each time anew, and no news later', () => {
    const zone = (what: ZoneNotice['what'], more: Partial<ZoneNotice> = {}): ZoneNotice => ({
      what,
      zoneId: 'z1',
      zone: 'Highway',
      at: at(0),
      ...more,
    });
    const zones = [
      zone('enter'),
      zone('leave', { at: at(1) }),
      zone('speed', { limit: 40, top: 55.4 }),
      zone('dwell', { limit: 5 * minute }),
    ];
    const all = found(6, { zones });
    expect(all.map((one) => told(one))).toEqual([
      'zone-enter: Van v1: entered Highway at 09:00',
      'zone-leave: Van v1: left Highway at 09:01',
      'zone-speed: Van v1: 55 km/h in Highway at 09:00 (limit 40 km/h)',
      'zone-dwell: Van v1: in Highway since 09:00 (limit 5 min)',
    ]);
    expect(all.map(idOf)[0]).toBe(`zone-enter:v1@z1:${at(0)}`);
    const open = (minutes: number) => found(minutes, { zones }).filter((one) => opens(one, at(minutes)));
    expect(open(4).map(({ kind }) => kind)).toEqual(['zone-enter', 'zone-leave', 'zone-speed']);
    expect(open(11).map(({ kind }) => kind)).toEqual(['zone-enter', 'zone-leave', 'zone-dwell']);
    expect(open(31).map(({ kind }) => kind)).toEqual(['zone-dwell']);
  });

  it('is nothing that the rules switch off, or do not want told now', () => {
    const watch = watched([{ minutes: 10, battery: 5 }]);
    expect(said(10, { watch }, withPresets({ 'battery-low': { on: false } }))).toEqual([]);
    const onRuns = withPresets({ 'battery-low': { schedule: 'run' } });
    expect(said(10, { watch, occasion: { working: true, onRun: false } }, onRuns)).toEqual([]);
    expect(said(10, { watch }, onRuns)).toHaveLength(1);
    const atWork = withPresets({ 'battery-low': { schedule: 'working-hours' } });
    expect(said(10, { watch, occasion: { working: false, onRun: true } }, atWork)).toEqual([]);
  });
});
