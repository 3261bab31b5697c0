import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { Buckets, between, gap, nearestOn, type Point } from '../town/plane.ts';
import { Router, speeds } from '../town/route.ts';
import { makeTown } from '../town/town.ts';
import { acceleration } from './drive.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { Van } from './van.ts';

const town = makeTown(1);
const router = new Router(town.network);
const van = (i: number) => new Van(new Random(9).fork(`van ${i}`), town, router, { pace: 6, doors: town.doors });
const options: FleetOptions = { vans: 20, interval: 2000, pace: 6, wildClock: false };
const start = Date.UTC(2026, 0, 5, 4, 30);

describe('Van', () => {
  it('keeps within what a loaded van can do, and on the streets', () => {
    const segments = new Buckets<[Point, Point]>(60);
    for (const { line } of town.network.edges) {
      line.slice(1).forEach((b, i) => {
        const a = line[i] as Point;
        const pieces = Math.ceil(gap(a, b) / 40);
        for (let piece = 0; piece < pieces; piece++) segments.add(between(a, b, (piece + 0.5) / pieces), [a, b]);
      });
    }
    for (let i = 0; i < 8; i++) {
      const driven = van(i);
      let before = driven.motion;
      for (let second = 0; second < 1800; second += 0.25) {
        const motion = driven.step(0.25);
        expect(motion.speed).toBeLessThanOrEqual(speeds.main);
        expect(motion.speed - before.speed).toBeLessThanOrEqual(acceleration * 0.25 + 1e-9);
        // the last of a stop is abrupt, as stops are
        expect(before.speed - motion.speed).toBeLessThan(4.5 * 0.25);
        expect(gap(before.point, motion.point)).toBeLessThanOrEqual(speeds.main * 0.25 + 0.2);
        if (motion.speed > 0) expect(motion.ignition).toBe(true);
        if (second % 5 === 0) {
          const near = [...segments.near(motion.point, 60)].map(({ item }) => nearestOn(motion.point, ...item).gap);
          expect(Math.min(...near)).toBeLessThan(0.5);
        }
        before = motion;
      }
    }
  });

  it('does not mind how time is cut up', () => {
    const [a, b] = [van(3), van(3)];
    for (let i = 0; i < 600; i++) a.step(1);
    for (let i = 0; i < 6000; i++) b.step(0.1);
    b.step(0.125);
    expect(gap(a.motion.point, b.motion.point)).toBeLessThan(speeds.main * 0.5);
  });

  it('comes to its stops: it stands with the motor off, and drives on', () => {
    const driven = van(5);
    let stops = 0;
    let wasOn = true;
    for (let second = 0; second < 3600; second++) {
      const { ignition } = driven.step(1);
      if (wasOn && !ignition) stops++;
      wasOn = ignition;
    }
    expect(stops).toBeGreaterThan(8);
    expect(stops).toBeLessThan(80);
  });
});

describe('Fleet', () => {
  const record = (seed: number) => {
    const fleet = new Fleet(seed === 1 ? town : { ...town, seed }, options, start);
    const lines: string[] = [];
    fleet.advance(start + 600_000, (member, report) => lines.push(`${member.deviceId} ${JSON.stringify(report)}`));
    return { fleet, lines };
  };

  it('drives the same ten minutes for the same seed', () => {
    const { lines } = record(1);
    expect(lines.length).toBeGreaterThan(3000);
    expect(createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)).toBe('ff83b4b454b77162');
    expect(record(2).lines.slice(0, 50)).not.toEqual(lines.slice(0, 50));
  });

  it('begins with the vans spread over the town and most of them moving', () => {
    const { members } = new Fleet(town, options, start);
    expect(members.filter(({ van: { motion } }) => motion.speed > 0).length).toBeGreaterThan(10);
    const far = members.map(({ van: { motion } }) => gap(motion.point, town.godown.point));
    expect(Math.max(...far) - Math.min(...far)).toBeGreaterThan(1500);
    expect(new Set(members.map(({ deviceId }) => deviceId)).size).toBe(20);
    expect(new Set(members.map(({ format }) => format)).size).toBe(7);
  });

  it('leaves out the time it is told to skip', () => {
    const fleet = new Fleet(town, options, start);
    fleet.skipTo(start + 3_600_000);
    const times: number[] = [];
    fleet.advance(start + 3_600_000 + 10_000, (_, report) => times.push(...report.map(({ fixTime }) => fixTime)));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(start + 3_600_000);
    expect(times.length).toBeGreaterThan(20);
  });
});
