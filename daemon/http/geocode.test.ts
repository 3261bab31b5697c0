import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Addresses } from '../geocode/addresses.ts';
import { Doors } from '../geocode/doors.ts';
import { MemoryLog } from '../log/memory.ts';
import { geocodeRoutes } from './geocode.ts';
import { type PlacesServer, placesServer } from './places.fixture.ts';
import { start } from './server.fixture.ts';

let bed: PlacesServer;
beforeEach(async () => {
  bed = await placesServer(new MemoryLog(), ({ registry, index, projector }) => {
    const doors = new Doors({ registry: registry.view });
    projector.onChange((change) => doors.changed(change));
    return [geocodeRoutes({ addresses: new Addresses({ doors, places: index }), now: () => start })];
  });
  const city = { city_name: 'Nagpur', state: 'Maharashtra', latitude: 21.1458, longitude: 79.0882 };
  await bed.as.admin('POST', '/api/v1/location-updates/cities', city);
  const home = { latitude: 21.15, longitude: 79.09, address: '14, Tank Road' };
  await bed.as.admin('POST', '/api/consumers', { id: 'c7', name: 'Asha Rao', ...home });
});
afterEach(() => bed.remove());

describe('address look-up', () => {
  it('finds consumers for staff, and places for all', async () => {
    const { dispatcher, driver, stranger } = bed.as;
    expect((await dispatcher('GET', '/api/geocode?q=tank%20road')).body.items).toMatchObject([
      { source: 'consumer', id: 'c7', text: 'Asha Rao, 14, Tank Road' },
    ]);
    for (const who of [driver, bed.as.consumer, stranger]) {
      expect((await who('GET', '/api/geocode?q=tank%20road')).body).toEqual({ items: [], next: null });
    }
    expect((await driver('GET', '/api/geocode?q=nagpru')).body.items).toMatchObject([{ text: 'Nagpur, Maharashtra' }]);
    expect(
      (await driver('GET', '/api/geocode?q=%E0%A4%A8%E0%A4%BE%E0%A4%97%E0%A4%AA%E0%A5%81%E0%A4%B0')).body.items,
    ).toHaveLength(1);
  });

  it('names a point, and answers like nothing where nothing is known', async () => {
    const at = (latitude: number) => `/api/geocode/reverse?latitude=${latitude}&longitude=79.0901`;
    expect((await bed.as.dispatcher('GET', at(21.15))).body).toMatchObject({
      source: 'street',
      text: 'Tank Road, Nagpur',
    });
    expect((await bed.as.driver('GET', at(21.15))).body).toMatchObject({
      source: 'place',
      text: 'Nagpur, Maharashtra',
    });
    expect((await bed.as.driver('GET', at(50))).status).toBe(404);
    expect((await bed.as.driver('GET', at(91))).body.errors[0].path).toBe('query/latitude');
    await bed.as.admin('DELETE', '/api/consumers/c7');
    expect((await bed.as.dispatcher('GET', at(21.15))).body).toMatchObject({ source: 'place' });
  });
});
