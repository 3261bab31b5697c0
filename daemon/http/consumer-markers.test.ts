import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeMarkers } from '../../protocol/consumer-markers.ts';
import { type PlacesServer, placesServer } from './places.fixture.ts';

let bed: PlacesServer;
beforeEach(async () => {
  bed = await placesServer();
  for (const [id, place] of [
    ['c1', { latitude: 21.1, longitude: 79.1 }],
    ['c2', {}],
    ['c3', { latitude: 21.3, longitude: 79.3 }],
  ] as const) {
    await bed.as.dispatcher('POST', '/api/consumers', { id, name: `Consumer ${id}`, ...place });
  }
});
afterEach(() => bed.remove());

describe('the markers of consumers', () => {
  it('are who has a position, and lead to their text', async () => {
    const { dispatcher } = bed.as;
    const answer = await dispatcher('GET', '/api/consumers/markers');
    const epoch = String(answer.headers['x-markers-epoch']);
    const markers = decodeMarkers(answer.bytes);
    expect(markers).toEqual([
      { number: 0, state: 'none', latitude: 21.1, longitude: 79.1 },
      { number: 1, state: 'none', latitude: 21.3, longitude: 79.3 },
    ]);
    const page = (await dispatcher('GET', '/api/consumers?markers=true&limit=2')).body;
    expect(page).toMatchObject({
      epoch,
      items: [
        { id: 'c1', marker: 0 },
        { id: 'c2', marker: 2 },
      ],
    });
    expect((await dispatcher('GET', `/api/consumers/markers/1?epoch=${epoch}`)).body).toMatchObject({ id: 'c3' });
    expect((await dispatcher('GET', '/api/consumers/markers/1?epoch=another')).status).toBe(404);
    expect((await dispatcher('GET', `/api/consumers/markers/9?epoch=${epoch}`)).status).toBe(404);
  });

  it('lose who is erased, whose number leads nowhere any more', async () => {
    const { dispatcher } = bed.as;
    const epoch = String((await dispatcher('GET', '/api/consumers/markers')).headers['x-markers-epoch']);
    await dispatcher('DELETE', '/api/consumers/c1');
    expect(
      decodeMarkers((await dispatcher('GET', '/api/consumers/markers')).bytes).map(({ number }) => number),
    ).toEqual([1]);
    expect((await dispatcher('GET', `/api/consumers/markers/0?epoch=${epoch}`)).status).toBe(404);
  });

  it('are for staff, of the own agency', async () => {
    for (const who of ['driver', 'consumer', 'reader'] as const) {
      expect((await bed.as[who]('GET', '/api/consumers/markers')).status).toBe(403);
    }
    expect((await bed.as.stranger('GET', '/api/consumers/markers')).bytes).toHaveLength(0);
    expect((await bed.as.driver('GET', '/api/consumers?markers=true')).body.epoch).toBeUndefined();
  });
});
