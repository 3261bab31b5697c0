import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { distance, type LatLon } from '../../protocol/geo.ts';
import { changeAgency } from '../domain/decide-agency.ts';
import { addConsumer } from '../domain/decide-consumer.ts';
import { failOrder, startOrder } from '../domain/decide-order.ts';
import { planRun } from '../domain/decide-run.ts';
import { hour, minute } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import type { RouteFinder } from '../route/route-finder.ts';
import { type RoadServer, roadServer } from './routes.fixture.ts';

let bed: RoadServer;
afterEach(() => bed.remove());
afterAll(tidy);

/** All roads bend by way of a place 100 m north of their beginning, are twice as long as straight, and driven at 10 m/s. */
const bending: RouteFinder = {
  name: 'bending',
  legs: async (points) =>
    points.slice(1).map((to, i) => {
      const from = points[i] as LatLon;
      const metres = distance(from, to) * 2;
      return { metres, seconds: metres / 10, line: [from, { ...from, latitude: from.latitude + 0.001 }, to] };
    }),
  matrix: async (from, to) =>
    from.map((a) => to.map((b) => ({ metres: distance(a, b) * 2, seconds: distance(a, b) / 5 }))),
  snap: async () => null,
  order: async () => null,
};
const godown = { latitude: 18.52, longitude: 73.84 };
/** The consumers c1, c2, c3 live 1, 2 and 3 hundredths of a degree east of where trackers begin. */
const longitudes = (body: { line: { coordinates: number[][] } }) =>
  body.line.coordinates.map(([longitude = 0]) => Number(longitude.toFixed(3)));

async function morning(finder: RouteFinder | undefined, order = ['o1', 'o2', 'o3']) {
  bed = await roadServer(finder);
  const { day } = bed;
  for (const id of ['1', '2', '3']) await day.assigned(`o${id}`, `c${id}`, 'v1');
  await day.does(planRun(day.orders, 'pune', { vanId: 'v1', stops: order }));
  return day;
}

describe('the line of a run', () => {
  it('goes from the van through the open stops, by road', async () => {
    const day = await morning(bending);
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    await day.does(failOrder(day.orders, 'pune', 'o1', 'nobody at home'));
    await day.at('gps-v1', 500);
    const { status, headers, body } = await bed.dispatcher('GET', '/api/vans/v1/route');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({
      vanId: 'v1',
      day: '2026-04-02',
      start: { kind: 'van', latitude: 18.52, longitude: 73.855 },
      by: 'road',
      legs: [
        { orderId: 'o2', metres: 3163, seconds: 316, by: 'road', end: 2 },
        { orderId: 'o3', metres: 2109, seconds: 211, by: 'road', end: 4 },
      ],
      metres: 5272,
      seconds: 527,
      unlocated: [],
    });
    expect(longitudes(body)).toEqual([73.855, 73.855, 73.87, 73.87, 73.88]);
  });

  it('is straight from door to door where no road is known, and says so', async () => {
    const day = await morning(undefined);
    await day.at('gps-v1', 0);
    const { body } = await bed.ravi('GET', '/api/vans/v1/route');
    expect(body).toMatchObject({ by: 'straight', legs: [{ by: 'straight' }, { by: 'straight' }, { by: 'straight' }] });
    expect(longitudes(body)).toEqual([73.85, 73.86, 73.87, 73.88]);
  });

  it('begins at the godown, or at the first stop, when the van has not been seen for hours', async () => {
    const day = await morning(undefined);
    const start = async () => (await bed.dispatcher('GET', '/api/vans/v1/route')).body;
    expect(await start()).toMatchObject({
      start: { kind: 'stop', longitude: 73.86 },
      legs: [{ orderId: 'o2' }, { orderId: 'o3' }],
    });
    await day.at('gps-v1', 0);
    expect((await start()).start.kind).toBe('van');
    day.now += 4 * hour;
    expect((await start()).start.kind).toBe('stop');
    await day.does(changeAgency('pune', { godown }));
    expect(await start()).toMatchObject({ start: { kind: 'godown', ...godown }, legs: { length: 3 } });
  });

  it('names the stops that have no place, and is none where there are no stops', async () => {
    const day = await morning(undefined);
    await day.does(addConsumer('pune', { id: 'c9', name: 'Name of c9' }));
    await day.assigned('o9', 'c9', 'v1');
    await day.at('gps-v1', 0);
    expect((await bed.dispatcher('GET', '/api/vans/v1/route')).body).toMatchObject({
      legs: { length: 3 },
      unlocated: ['o9'],
    });
    expect((await bed.dispatcher('GET', '/api/vans/v2/route')).body).toEqual({
      vanId: 'v2',
      day: '2026-04-02',
      start: null,
      legs: [],
      metres: 0,
      seconds: 0,
      by: 'straight',
      line: null,
      unlocated: [],
    });
  });

  it('is for staff and the driver: it leads to the doors of others', async () => {
    const day = await morning(undefined);
    await day.out('o4', 'c1', 'v2');
    const status = async (who: typeof bed.ravi, van = 'v1') => (await who('GET', `/api/vans/${van}/route`)).status;
    expect(await Promise.all([bed.ravi, bed.mohan, bed.stranger, bed.c1].map((who) => status(who)))).toEqual([
      200, 404, 404, 403,
    ]);
    expect(await status(bed.dispatcher, 'v9')).toBe(404);
  });
});

describe('a suggested order', () => {
  const suggest = (query = '', who = bed.dispatcher) => who('POST', `/api/vans/v1/run/suggested-order${query}`);

  it('is quicker, and changes nothing', async () => {
    const day = await morning(bending, ['o3', 'o1', 'o2']);
    await day.at('gps-v1', 0);
    const before = await day.everythingWritten();
    const { status, headers, body } = await suggest();
    expect(status).toBe(200);
    expect(body).toEqual({
      vanId: 'v1',
      day: '2026-04-02',
      version: day.orders.run('pune', 'v1', '2026-04-02').version,
      stops: ['o1', 'o2', 'o3'],
      changed: true,
      before: { metres: 12_652, seconds: 1265 },
      after: { metres: 6326, seconds: 633 },
      by: 'road',
      unlocated: [],
    });
    expect(headers.etag).toBe(`"${body.version}"`);
    expect(await day.everythingWritten()).toBe(before);
    expect(day.orders.run('pune', 'v1', '2026-04-02').stops).toEqual(['o3', 'o1', 'o2']);
    // What is suggested can be planned as it is.
    await day.does(planRun(day.orders, 'pune', { vanId: 'v1', stops: body.stops }));
    expect((await suggest()).body).toMatchObject({ changed: false, before: body.after, after: body.after });
  });

  it('counts the way back to the godown where that is asked for', async () => {
    const day = await morning(undefined, ['o3', 'o1', 'o2']);
    await day.at('gps-v1', 0);
    expect((await suggest('?end=godown')).body.errors).toEqual([
      { path: 'query/end', rule: 'state', message: 'must be open: the agency has set no godown' },
    ]);
    await day.does(changeAgency('pune', { godown }));
    const [open, back] = [(await suggest()).body, (await suggest('?end=godown')).body];
    expect(back.after.metres).toBeGreaterThan(open.after.metres + 4000);
    expect(back).toMatchObject({ by: 'straight', changed: true });
  });

  it('of another day begins at the godown; stops without a place are the last', async () => {
    const day = await morning(undefined);
    await day.does(changeAgency('pune', { godown }));
    await day.does(addConsumer('pune', { id: 'c9', name: 'Name of c9' }));
    await day.booked('o9', 'c9');
    await day.does(planRun(day.orders, 'pune', { vanId: 'v1', day: '2026-04-03', stops: ['o9', 'o2', 'o1'] }));
    day.now += minute;
    await day.at('gps-v1', 5000);
    expect((await suggest('?day=2026-04-03')).body).toMatchObject({
      day: '2026-04-03',
      stops: ['o1', 'o2', 'o9'],
      changed: true,
      unlocated: ['o9'],
    });
    expect((await suggest('?day=2026-04-04')).body).toMatchObject({ stops: [], changed: false, version: 0 });
  });

  it('is for those who plan runs', async () => {
    await morning(undefined);
    const all = await Promise.all([bed.ravi, bed.c1, bed.stranger].map((who) => suggest('', who)));
    expect(all.map(({ status }) => status)).toEqual([403, 403, 404]);
  });
});
