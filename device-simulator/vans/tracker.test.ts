import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { distance } from '../../protocol/geo.ts';
import { Fix } from '../../protocol/position.ts';
import { Random } from '../random.ts';
import { toLatLon } from '../town/plane.ts';
import type { DeadZone } from '../town/sites.ts';
import { type Quirk, type Report, Tracker, type TrackerOptions } from './tracker.ts';
import type { Motion } from './van.ts';

const check = Compile(Fix);
const start = Date.UTC(2026, 0, 5, 4, 30);
const east = (x: number, more: Partial<Motion> = {}): Motion => ({
  point: { x, y: 0 },
  along: { x: 1, y: 0 },
  speed: 10,
  ignition: true,
  ...more,
});
const tracker = (zones: DeadZone[] = [], more: Partial<TrackerOptions> = {}) =>
  new Tracker(new Random(4), zones, { interval: 2000, phase: 0, quirk: 'none', ...more });

/** Drives east at 10 m/s for so many seconds and collects what is sent, with when it was sent. */
function drive(driven: Tracker, seconds: number, motion: (x: number) => Motion = (x) => east(x)) {
  const sent: { at: number; report: Report }[] = [];
  for (let ms = 0; ms <= seconds * 1000; ms += 250) {
    for (const report of driven.observe(motion(ms / 100), start + ms)) sent.push({ at: ms, report });
  }
  return sent;
}

describe('Tracker', () => {
  it('measures at its interval, a few metres off, with everything a fix has', () => {
    const sent = drive(tracker(), 60);
    expect(sent.map(({ at }) => at)).toEqual(Array.from({ length: 31 }, (_, i) => i * 2000));
    for (const { at, report } of sent) {
      const [fix] = report;
      expect(report).toHaveLength(1);
      expect(check.Check(fix)).toBe(true);
      expect(fix?.fixTime).toBe(start + at);
      expect(distance(fix as Fix, toLatLon({ x: at / 100, y: 0 }))).toBeLessThan(20);
      expect(Math.abs((fix?.speed ?? 0) - 36)).toBeLessThan(4);
      expect(Math.abs((fix?.course ?? 0) - 90)).toBeLessThan(13);
    }
    const errors = sent.map(({ at, report }) => distance(report[0] as Fix, toLatLon({ x: at / 100, y: 0 })));
    expect(Math.max(...errors)).toBeGreaterThan(0.5);
  });

  it('keeps its fixes where there is no network and sends the newest first, then the rest in order', () => {
    const driven = tracker([{ kind: 'radio', middle: { x: 600, y: 0 }, radius: 400 }]);
    const sent = drive(driven, 130);
    const gapAt = sent.findIndex(({ at }, i) => i > 0 && at - (sent[i - 1]?.at ?? 0) > 60_000);
    const [first, ...backlog] = sent.slice(gapAt).filter(({ at }) => at === sent[gapAt]?.at);
    expect(first?.report).toHaveLength(1);
    expect(first?.report[0]?.fixTime).toBe(start + (first?.at ?? 0));
    const late = backlog.flatMap(({ report }) => report.map(({ fixTime }) => fixTime));
    expect(late).toHaveLength(39);
    expect(late).toEqual([...late].sort((a, b) => a - b));
    expect(backlog.every(({ report }) => report.length <= 50)).toBe(true);
    expect(driven.kept).toBe(0);
    const all = sent.flatMap(({ report }) => report.map(({ fixTime }) => fixTime));
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(66);
  });

  it('has no fix at all in a tunnel', () => {
    const sent = drive(tracker([{ kind: 'tunnel', middle: { x: 300, y: 0 }, radius: 100 }]), 60);
    const seconds = sent.flatMap(({ report }) => report.map(({ fixTime }) => (fixTime - start) / 1000));
    expect(seconds.some((second) => second > 20 && second < 40)).toBe(false);
    expect(seconds).toContain(42);
  });

  it('speaks less often while the motor is off, and stands still', () => {
    const sent = drive(tracker(), 60, () => east(50, { speed: 0, ignition: false }));
    expect(sent.length).toBeGreaterThan(4);
    expect(sent.length).toBeLessThan(9);
    expect(sent.every(({ report }) => report[0]?.speed === 0 && report[0].ignition === false)).toBe(true);
  });

  const fixesWith = (quirk: Quirk, seconds: number) =>
    drive(tracker([], { quirk }), seconds).flatMap(({ report }) => report);

  it('repeats itself when that is its fault', () => {
    const fixes = fixesWith('repeats', 300);
    expect(fixes.length).toBeGreaterThan(301);
    expect(new Set(fixes.map(({ fixTime }) => fixTime)).size).toBe(151);
    const byTime = new Map(fixes.map((fix) => [fix.fixTime, fix]));
    expect(fixes.every((fix) => JSON.stringify(byTime.get(fix.fixTime)) === JSON.stringify(fix))).toBe(true);
  });

  it('drifts within limits and is put right', () => {
    const fixes = fixesWith('drifting-clock', 2400);
    const ahead = fixes.map((fix, i) => fix.fixTime - (start + i * 2000));
    expect(Math.max(...ahead)).toBeGreaterThan(19_000);
    expect(Math.max(...ahead)).toBeLessThan(20_001);
    expect(ahead.at(-1)).toBeLessThan(5000);
    expect(fixesWith('wild-clock', 10)[0]?.fixTime).toBe(start + 3 * 3_600_000);
  });

  it('strays: far off with a good word for itself, or a little with a bad one', () => {
    const off = (fixes: Fix[]) => fixes.map((fix, i) => distance(fix, toLatLon({ x: i * 20, y: 0 })));
    const jumps = off(fixesWith('jumps', 2000)).filter((metres) => metres > 1000);
    expect(jumps.length).toBeGreaterThan(2);
    expect(jumps.length).toBeLessThan(30);
    const poor = fixesWith('poor-sky', 2000).filter(({ accuracy = 0 }) => accuracy > 500);
    expect(poor.length).toBeGreaterThan(8);
    expect(poor.every((fix) => check.Check(fix))).toBe(true);
  });
});
