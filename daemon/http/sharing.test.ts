import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addConsumer, removeConsumer } from '../domain/decide-consumer.ts';
import { minute } from '../project/agency-day.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import { type OrderServer, orderServer } from './agency-day.fixture.ts';

let bed: OrderServer;
beforeEach(async () => {
  bed = await orderServer();
});
afterEach(() => bed.remove());
afterAll(tidy);

const here = { latitude: 18.5201, longitude: 73.8601, accuracy: 8 };
const trailOf = async (who: OrderServer['c1'], id = 'c1') => {
  const { status, body } = await who('GET', `/api/consumers/${id}/trail?to=${bed.day.now + 1}`);
  return status === 200 ? body.items.map(({ fixTime }: { fixTime: number }) => fixTime) : status;
};

describe('a consumer who shares the own location', () => {
  it('is seen with its path by staff and by the driver of the order, until it ends by itself', async () => {
    const { day } = bed;
    await day.assigned('o1', 'c1', 'v1');
    expect((await bed.c1('GET', '/api/me/sharing')).status).toBe(204);
    expect((await bed.c1('POST', '/api/me/location', here)).status).toBe(404);
    const began = day.now;
    const shared = await bed.c1('PUT', '/api/me/sharing', { minutes: 20 });
    expect(shared.body).toEqual({ from: began, until: began + 20 * minute });
    day.now += minute;
    const first = day.now;
    expect((await bed.c1('POST', '/api/me/location', here)).body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    day.now += minute;
    const many = [
      { ...here, fixTime: day.now },
      { ...here, fixTime: began - 1 },
      { latitude: 0, longitude: 0 },
    ];
    const sent = await bed.c1('POST', '/api/me/location', [...many, { ...here, fixTime: first }]);
    expect(sent.status).toBe(202);
    expect(sent.body.rejected.map(({ index, reason }: { index: number; reason: string }) => [index, reason])).toEqual([
      [1, 'too-old'],
      [2, 'no-fix'],
    ]);
    for (const who of [bed.dispatcher, bed.admin, bed.ravi, bed.c1])
      expect(await trailOf(who)).toEqual([first, day.now]);
    for (const who of [bed.mohan, bed.c2, bed.stranger]) expect(await trailOf(who)).toBe(404);

    day.now = began + 20 * minute;
    for (const who of [bed.dispatcher, bed.admin, bed.ravi, bed.c2]) expect(await trailOf(who)).toBe(404);
    expect((await bed.c1('POST', '/api/me/location', here)).status).toBe(404);
    expect((await bed.c1('GET', '/api/me/sharing')).status).toBe(204);
    expect(await trailOf(bed.c1)).toEqual([first, first + minute]);
  });

  it('sets a new end, or ends it', async () => {
    const began = bed.day.now;
    await bed.c1('PUT', '/api/me/sharing', { minutes: 5 });
    bed.day.now += 4 * minute;
    const longer = await bed.c1('PUT', '/api/me/sharing', { minutes: 30 });
    expect(longer.body).toEqual({ from: began, until: began + 34 * minute });
    expect((await bed.c1('DELETE', '/api/me/sharing')).status).toBe(204);
    expect((await bed.c1('DELETE', '/api/me/sharing')).status).toBe(204);
    expect((await bed.c1('GET', '/api/me/sharing')).status).toBe(204);
    // What is shared later does not bring back what was shared before.
    bed.day.now += minute;
    expect((await bed.c1('PUT', '/api/me/sharing', { minutes: 5 })).body.from).toBe(bed.day.now);
  });

  it('shares with the driver nothing from before the order was his', async () => {
    const { day } = bed;
    await bed.c1('PUT', '/api/me/sharing', { minutes: 60 });
    await bed.c1('POST', '/api/me/location', here);
    day.now += 5 * minute;
    await day.assigned('o1', 'c1', 'v1');
    day.now += minute;
    await bed.c1('POST', '/api/me/location', here);
    expect(await trailOf(bed.ravi)).toEqual([day.now]);
    expect(await trailOf(bed.dispatcher)).toEqual([day.now - 6 * minute, day.now]);
  });

  it('is asked for minutes, and for a place', async () => {
    for (const minutes of [0, -1, 1441, 1.5, '5']) {
      expect((await bed.c1('PUT', '/api/me/sharing', { minutes })).status).toBe(400);
    }
    await bed.c1('PUT', '/api/me/sharing', { minutes: 5 });
    for (const body of [{}, { latitude: 91, longitude: 0 }, { ...here, deviceId: 'gps-v1' }, []]) {
      expect((await bed.c1('POST', '/api/me/location', body)).status).toBe(400);
    }
    expect((await bed.ravi('PUT', '/api/me/sharing', { minutes: 5 })).status).toBe(403);
    expect((await bed.dispatcher('POST', '/api/me/location', here)).status).toBe(403);
  });

  it('leaves nothing to whoever gets the same id after he has been removed', async () => {
    await bed.c1('PUT', '/api/me/sharing', { minutes: 5 });
    await bed.c1('POST', '/api/me/location', here);
    await bed.day.does(removeConsumer('pune', 'c1'));
    await bed.day.does(addConsumer('pune', { id: 'c1', name: 'Another one' }));
    expect(await trailOf(bed.c1)).toEqual([]);
    bed.day.now += minute;
    await bed.c1('PUT', '/api/me/sharing', { minutes: 5 });
    expect(await trailOf(bed.c1)).toEqual([]);
  });
});
