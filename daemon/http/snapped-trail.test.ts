import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hour, minute, nine } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import type { RouteFinder } from '../route/route-finder.ts';
import { type RoadServer, roadServer } from './routes.fixture.ts';

let bed: RoadServer;
afterEach(() => bed.remove());
afterAll(tidy);

/** A road runs a little north of everywhere. */
const beside: RouteFinder = {
  name: 'beside',
  legs: async () => null,
  matrix: async () => null,
  snap: async (track) => track.map(({ latitude, longitude }) => ({ latitude: latitude + 1e-4, longitude })),
  order: async () => null,
};

async function drive(finder?: RouteFinder) {
  bed = await roadServer(finder);
  for (let i = 0; i < 5; i++) {
    bed.day.now = nine + i * minute;
    await bed.day.at('gps-v1', i * 400);
  }
}
const get = (query = '', who = bed.dispatcher) => who('GET', `/api/vans/v1/snapped-trail${query}`);

describe('a trail on the road', () => {
  it('is drawn where the van drove', async () => {
    await drive(beside);
    const { status, headers, body } = await get();
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      vanId: 'v1',
      from: bed.day.now - 24 * hour,
      to: bed.day.now,
      by: 'road',
      line: {
        type: 'MultiLineString',
        // the last fix is of now, which is not included
        coordinates: [[0, 400, 800, 1200].map((metres) => [Math.round(73.85e6 + metres * 10) / 1e6, 18.5201])],
      },
    });
  });

  it('is the trail itself, in words, where there is no road', async () => {
    await drive();
    const { body } = await get(`?from=${nine}&to=${nine + 2 * minute}`);
    expect(body).toMatchObject({ by: 'trail', why: 'there is no map to put it on' });
    expect(body.line.coordinates).toEqual([
      [
        [73.85, 18.52],
        [73.854, 18.52],
      ],
    ]);
    expect((await get(`?from=${nine - hour}&to=${nine}`)).body).toMatchObject({
      why: 'the van did not move',
      line: { coordinates: [] },
    });
  });

  it('is at most of a day', async () => {
    await drive();
    expect((await get(`?from=${nine - 25 * hour}&to=${nine}`)).body).toMatchObject({
      status: 400,
      errors: [{ path: 'query/to', rule: 'maximum', message: 'must be at most a day after from' }],
    });
  });

  it('is for staff, the driver and services that may read positions', async () => {
    await drive(beside);
    const { as, dispatcher, ravi, mohan, c1, stranger } = bed;
    const who = [
      dispatcher,
      ravi,
      as('INTERNAL_SERVICE', 'reports', 'pune', ['positions:read']),
      as('INTERNAL_SERVICE', 'places', 'pune', ['places:write']),
      mohan,
      stranger,
      c1,
    ];
    expect((await Promise.all(who.map((one) => get('', one)))).map(({ status }) => status)).toEqual([
      200, 200, 200, 403, 404, 404, 403,
    ]);
  });
});
