import { describe, expect, it } from 'vitest';
import type { Zone, ZoneVisit } from '../../protocol/zone.ts';
import { noOrders } from '../domain/order-view.ts';
import { estimateOf, mayStandIn, ZoneNotices } from './alerts-joined.ts';

const nine = Date.UTC(2026, 3, 2, 3, 30);
const at = (minutes: number) => nine + minutes * 60_000;

const zone = (id: string, rules: Zone['rules']): Zone => ({
  id,
  name: `Zone ${id}`,
  shape: { type: 'circle', latitude: 18.52, longitude: 73.85, radius: 200 },
  rules,
  version: 1,
});
const noticesOf = (views: ReturnType<typeof visited>, minutes: number) =>
  new ZoneNotices(views).of('pune', 'v1', at(minutes));

/** A van that is in some zones since, and was in others. */
function visited(zones: readonly Zone[], visits: readonly Omit<ZoneVisit, 'vanId'>[]) {
  const all = visits.map((visit) => ({ ...visit, vanId: 'v1' }));
  return {
    zone: (_agency: string, id: string) => zones.find((one) => one.id === id),
    inside: () => all.filter(({ left }) => left === undefined),
    began: (_agency: string, _van: string, from: number, to: number) =>
      all.filter(({ entered }) => from <= entered && entered < to),
  };
}

describe('visits of zones', () => {
  const strict = zone('z1', { enter: true, leave: true, dwellMinutes: 5, speedLimit: 30 });

  it('are told as the rules of the zone want it', () => {
    const views = visited([strict], [{ zoneId: 'z1', entered: at(0), left: at(8), topSpeed: 44 }]);
    const about = { zoneId: 'z1', zone: 'Zone z1' };
    expect(noticesOf(views, 9)).toEqual([
      { ...about, what: 'enter', at: at(0) },
      { ...about, what: 'leave', at: at(8) },
      { ...about, what: 'speed', at: at(0), last: at(8), top: 44, limit: 30 },
    ]);
    const still = visited([strict], [{ zoneId: 'z1', entered: at(-3000) }]);
    expect(noticesOf(still, 9).map(({ what }) => what)).toEqual(['enter', 'dwell']);
    const quiet = visited([zone('z1', {})], [{ zoneId: 'z1', entered: at(0), left: at(8), topSpeed: 44 }]);
    expect(noticesOf(quiet, 9)).toEqual([]);
  });

  it('are not told where it was the zone that came or went, or its hours', () => {
    const visits = [
      { zoneId: 'z1', entered: at(0), left: at(8), enteredBy: 'zone', leftBy: 'schedule' } as const,
      { zoneId: ':godown', entered: at(0) },
    ];
    expect(noticesOf(visited([strict], visits), 9)).toEqual([]);
  });

  it('are kept until the van sends something, a zone is changed, or a minute has passed', () => {
    const visits: Omit<ZoneVisit, 'vanId'>[] = [];
    const notices = new ZoneNotices({
      zone: () => strict,
      inside: () => visits.map((visit) => ({ ...visit, vanId: 'v1' })),
      began: () => [],
    });
    const count = (minutes: number) => notices.of('pune', 'v1', at(minutes)).length;
    const none = new Set<string>();
    expect(count(0)).toBe(0);
    visits.push({ zoneId: 'z1', entered: at(0) });
    expect(count(0.5)).toBe(0);
    notices.note({ agency: 'pune', moved: new Set(['v1']), vans: none });
    expect(count(0.5)).toBe(2);
    visits.push({ zoneId: 'z2', entered: at(0) });
    notices.note({ agency: 'other', moved: new Set(['v1']), vans: none, zones: new Set(['z1']) });
    expect(count(1)).toBe(2);
    notices.note({ agency: 'pune', moved: none, vans: none, zones: new Set(['z1']) });
    expect(count(1)).toBe(4);
    visits.pop();
    expect(count(1.9)).toBe(4);
    expect(count(2)).toBe(2);
  });

  it('let a van stand at the godown, at doors, and in zones whose rules say so', () => {
    const zones = [strict, zone('yard', { leave: true, mayStand: true }), zone('market', { enter: true })];
    const stands = (...ids: string[]) =>
      mayStandIn(
        visited(
          zones,
          ids.map((zoneId) => ({ zoneId, entered: at(0) })),
        ),
        'pune',
        'v1',
      );
    expect([':godown', ':door:c1', 'yard'].map((id) => stands(id))).toEqual([true, true, true]);
    expect([stands(), stands('z1'), stands('market'), stands('gone'), stands('market', 'yard')]).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('estimates', () => {
  it('are those of the stop on its run, beside what was planned', () => {
    const stop = { orderId: 'o1', consumerId: 'c1', state: 'waiting' } as const;
    const arrival = { from: at(20), until: at(40), likely: at(30), by: 'road', stopsBefore: 2 } as const;
    const estimate = (more: object, vanId: string | undefined = 'v1') =>
      estimateOf(
        {
          orders: {
            ...noOrders,
            order: (_agency, id) => ({
              id,
              consumerId: 'c1',
              cylinders: 1,
              state: 'out-for-delivery',
              attempt: 1,
              bookedAt: at(0),
              dueAt: at(2880),
              flags: [],
              version: 1,
              ...(vanId === undefined ? {} : { vanId }),
            }),
          },
          arrivals: {
            run: () => ({
              vanId: 'v1',
              day: '2026-04-02',
              state: 'under-way',
              done: 0,
              left: 1,
              outOfOrder: false,
              stops: [{ ...stop, ...more }],
            }),
          },
        },
        'pune',
        'o1',
      );
    expect(estimate({ arrival, planned: at(25) })).toEqual({ likely: at(30), planned: at(25) });
    expect(estimate({ arrival })).toEqual({ likely: at(30) });
    expect(estimate({})).toBeUndefined();
  });
});
