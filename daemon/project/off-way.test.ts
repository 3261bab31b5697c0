import { describe, expect, it } from 'vitest';
import type { LatLon } from '../../protocol/geo.ts';
import { OffWay } from './off-way.ts';

const agency = {
  id: 'pune',
  name: 'Pune',
  timeZone: 'UTC',
  language: 'en' as const,
  godown: { latitude: 18.5, longitude: 73.8 },
};
const now = Date.UTC(2026, 3, 2, 9);

/** A van with one stop, 0.02 degrees (2 km) east of the godown; the road goes straight there. */
function van() {
  const state = {
    at: { latitude: 18.5, longitude: 73.8 },
    fixTime: now,
    order: 'out-for-delivery',
    by: 'road' as 'road' | 'straight',
  };
  const off = new OffWay({
    registry: {
      agency: () => agency,
      consumer: () => ({ id: 'c1', name: 'c1', latitude: 18.5, longitude: 73.82, version: 1 }),
    },
    orders: {
      run: (_agency, vanId, day) => ({ vanId, day, stops: ['o1'], version: 1 }),
      order: () => ({ id: 'o1', consumerId: 'c1', state: state.order }) as never,
    },
    live: { van: () => ({ device: 'd', receivedAt: state.fixTime, fixTime: state.fixTime, ...state.at }) },
    leg: (from: LatLon, to: LatLon) => ({ by: state.by, line: [from, to] }),
    limit: () => 500,
  });
  const drives = (longitude: number, latitude = 18.5) => {
    state.at = { latitude, longitude };
    state.fixTime += 10_000;
    return off.of('pune', 'v1', state.fixTime);
  };
  return { state, drives };
}

describe('a van beside the way of its run', () => {
  it('is off it from the first fix beyond the limit on, as far as it was, and back well within', () => {
    const { state, drives } = van();
    expect(drives(73.81)).toBeUndefined();
    const first = drives(73.81, 18.506);
    expect(first).toMatchObject({ since: state.fixTime });
    expect(first?.metres).toBeCloseTo(667, -1);
    const farther = drives(73.81, 18.51);
    expect(farther).toMatchObject({ since: first?.since });
    expect(farther?.metres).toBeCloseTo(1112, -1);
    // 445 m: not beyond the limit, and not well within it.
    expect(drives(73.81, 18.504)).toMatchObject({ since: first?.since });
    expect(drives(73.81, 18.502)).toBeUndefined();
  });

  it('is said nothing about where the roads are not known, or nothing is left to deliver', () => {
    const unknown = van();
    unknown.state.by = 'straight';
    expect(unknown.drives(73.81, 18.51)).toBeUndefined();
    const done = van();
    done.state.order = 'delivered';
    expect(done.drives(73.81, 18.51)).toBeUndefined();
  });
});
