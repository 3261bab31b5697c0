import { afterEach, describe, expect, it } from 'vitest';
import { everything } from '../../protocol/access.ts';
import type { Role } from '../../protocol/claims.ts';
import { motionSettings } from '../../protocol/motion-settings.ts';
import { fold, Journey, told } from '../domain/motion.fixture.ts';
import { motionAt } from '../domain/motion.ts';
import type { MotionFact } from '../domain/trips.ts';
import { Motion } from '../project/motion.ts';
import { motionShown } from './motion-view.ts';
import { start, type TestServer, testServer } from './server.fixture.ts';
import { tripRoutes } from './trips.ts';
import type { App } from './validation.ts';

const hour = 3_600_000;
/** The van's day begins three hours before ten, when the clock of these tests stands still. */
const journey = new Journey({}, start - 3 * hour)
  .stands(20)
  .drives(4000)
  .stands(5)
  .drives(6000)
  .stands(30)
  .drives(3000);
const { facts, state } = fold(journey.stands(100).fixes);
const asTold = [
  'stop 07:00–07:19',
  'trip 07:19–07:28 4.0 km',
  'stop 07:28–07:32',
  'trip 07:32–07:45 6.0 km',
  'stop 07:45–08:14',
  'trip 08:14–08:21 3.0 km',
  'stop 08:21–',
];

const opened: TestServer[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    await one.server.stop();
    await one.remove();
  }
});

async function open(driver?: { driverId: string; driverSince: number }) {
  const routes: ((app: App) => Promise<void>)[] = [];
  const plugins = [async (app: unknown) => void (await Promise.all(routes.map((each) => each(app as App))))];
  const bed = await testServer({}, { plugins });
  opened.push(bed);
  const { world } = bed;
  world.van('demo', 'van-1', driver).van('other', 'van-2');
  const folds = {
    state: () => state,
    facts: (_agency: string, _van: string, _step: string, from: number, to: number) =>
      facts.filter((fact) => fact.from < to && (fact.until ?? 0) > from),
  };
  const settings = { at: () => motionSettings() };
  const motion = new Motion({ folds, settings, registry: world.registry });
  routes.push(tripRoutes({ world, motion, now: () => start }));
  const { app } = await bed.server.build();
  return async (path: string, role: Role = 'DISPATCHER', subject = 'asha', scopes: string[] = []) => {
    const authorization = `Bearer ${await bed.token(role, subject, 'demo', scopes)}`;
    const answer = await app.inject({ url: `/api/vans/${path}`, headers: { authorization } });
    return { status: answer.statusCode, ...(answer.json() as { items: MotionFact[]; next: string | null }) };
  };
}

describe("a van's trips", () => {
  it('are those of the last day, with the stops between them and what still lasts', async () => {
    const get = await open();
    const { status, items, next } = await get('van-1/trips');
    expect(status).toBe(200);
    expect(items.map(told)).toEqual(asTold);
    expect(items[1]).toEqual({
      kind: 'trip',
      from: expect.any(Number),
      until: expect.any(Number),
      start: { latitude: expect.any(Number), longitude: expect.any(Number) },
      end: { latitude: expect.any(Number), longitude: expect.any(Number) },
      distance: expect.any(Number),
      driving: expect.any(Number),
      topSpeed: 30,
      endedBy: 'stop',
    });
    expect(next).toBeNull();
  });

  it('come in pages, each once', async () => {
    const get = await open();
    const pages: string[][] = [];
    for (let cursor = ''; ; ) {
      const { items, next } = await get(`van-1/trips?limit=3${cursor}`);
      pages.push(items.map(told));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(pages).toEqual([asTold.slice(0, 3), asTold.slice(3, 6), asTold.slice(6)]);
  });

  it('are asked for by period', async () => {
    const get = await open();
    expect((await get(`van-1/trips?from=${start - 3 * hour}&to=${start - 2.6 * hour}`)).items.map(told)).toEqual(
      asTold.slice(0, 2),
    );
    expect((await get('van-1/trips?from=2025-01-01&to=2026-01-01')).status).toBe(400);
    expect((await get('van-1/trips?cursor=nonsense')).status).toBe(400);
  });

  it('a driver sees from when he drives it: no trip of another, of a stop his own part', async () => {
    const since = start - 3 * hour + 22 * 60_000;
    const get = await open({ driverId: 'ravi', driverSince: since });
    expect((await get('van-1/trips', 'DELIVERY_PARTNER', 'ravi')).items.map(told)).toEqual(asTold.slice(2));
    expect((await get('van-1/trips', 'DELIVERY_PARTNER', 'mohan')).status).toBe(404);
    const parked = await open({ driverId: 'ravi', driverSince: start - 2 * hour + 60_000 });
    expect((await parked('van-1/trips', 'DELIVERY_PARTNER', 'ravi')).items.map(told)).toEqual([
      'stop 08:01–08:14',
      ...asTold.slice(5),
    ]);
    const [day] = (await parked('van-1/days', 'DELIVERY_PARTNER', 'ravi')).items;
    expect(day).toMatchObject({ day: '2026-01-05', trips: 1, stops: 2 });
  });

  it('are for staff, the driver and services with the scope; another agency has no such van', async () => {
    const get = await open();
    expect((await get('van-1/trips', 'CUSTOMER')).status).toBe(403);
    expect((await get('van-1/trips', 'INTERNAL_SERVICE', 's', ['events:read'])).status).toBe(403);
    expect((await get('van-1/trips', 'INTERNAL_SERVICE', 's', ['positions:read'])).status).toBe(200);
    expect((await get('van-2/trips')).status).toBe(404);
    expect((await get('van-2/days')).status).toBe(404);
  });
});

describe("a van's days", () => {
  it('are summed up in the time zone of the agency', async () => {
    const get = await open();
    const { items, next } = await get(`van-1/days?from=2026-01-04T00:00:00%2B05:30&to=${start}`);
    expect(next).toBeNull();
    expect(items).toEqual([
      expect.objectContaining({ day: '2026-01-04', distance: 0, trips: 0, stops: 0 }),
      expect.objectContaining({ day: '2026-01-05', trips: 3, stops: 4, topSpeed: 30, gapDistance: 0, silence: 0 }),
    ]);
    const distance = (items[1] as unknown as { distance: number }).distance;
    expect(Math.abs(distance - 13_000)).toBeLessThan(100);
  });

  it('come in pages', async () => {
    const get = await open();
    const first = await get('van-1/days?from=2026-01-03T00:00:00Z&to=2026-01-05T10:00:00Z&limit=2');
    expect(first.items).toHaveLength(2);
    const second = await get(
      `van-1/days?from=2026-01-03T00:00:00Z&to=2026-01-05T10:00:00Z&limit=2&cursor=${first.next}`,
    );
    expect(second.items).toMatchObject([{ day: '2026-01-05', trips: 3 }]);
    expect(second.next).toBeNull();
  });
});

describe('what a van does now', () => {
  const now = motionAt(state, motionSettings(), start);
  const staff = { role: 'DISPATCHER' } as const;

  it('is shown to a consumer without the trip or the stop, which begin at the doors of others', () => {
    const shown = motionShown(now, everything, { role: 'CUSTOMER' });
    expect(shown).toEqual({ state: 'parked', since: now?.since, fixTime: now?.fixTime });
  });

  it('is shown whole to who may see all of it', () => {
    expect(motionShown(now, everything, staff)).toEqual(now);
    expect(now).toMatchObject({ state: 'parked', current: { kind: 'stop' } });
  });

  it('is shown since the rights began, and not at all where the last fix is not', () => {
    const from = start - hour;
    const shown = motionShown(now, { see: true, from, until: Number.POSITIVE_INFINITY }, staff);
    expect(shown).toMatchObject({ state: 'parked', since: from, current: { from, idling: 0 } });
    const never = (now?.fixTime ?? 0) + 1;
    expect(motionShown(now, { see: true, from: never, until: Number.POSITIVE_INFINITY }, staff)).toBeUndefined();
    expect(motionShown(undefined, everything, staff)).toBeUndefined();
  });
});
