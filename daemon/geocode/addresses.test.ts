import { describe, expect, it } from 'vitest';
import type { LatLon } from '../../protocol/geo.ts';
import type { SeenPlace } from '../../protocol/place.ts';
import type { Consumer } from '../../protocol/registry.ts';
import { FixedWorld } from '../http/world.fixture.ts';
import type { PlaceFinder } from '../project/places.ts';
import { Addresses } from './addresses.ts';
import { Doors, streetOf } from './doors.ts';
import { PoliteGeocoder } from './polite.ts';
import { VanAddresses } from './van-addresses.ts';

const square: LatLon = { latitude: 21.1, longitude: 79.1 };
const nagpur: SeenPlace = {
  key: 'geonames:1262180',
  kind: 'city',
  name: 'Nagpur',
  country: 'IN',
  state: 'Maharashtra',
  latitude: 21.12,
  longitude: 79.1,
  version: 1,
  layer: 'base',
  distance: 2224,
};
const staff = { agency: 'demo', seesConsumers: true };
const driver = { agency: 'demo', seesConsumers: false };

/** A gazetteer that has these places wherever it is asked. */
function gazetteer(...places: SeenPlace[]): PlaceFinder {
  const some = async () => places;
  return {
    search: some,
    byPincode: some,
    named: some,
    near: async (_agency, _point, { kinds }) => places.filter(({ kind }) => kinds?.includes(kind) ?? true),
  };
}

function town(places = gazetteer(nagpur)) {
  const world = new FixedWorld().agency('demo');
  const door = (id: string, more: Partial<Consumer>) => world.consumer('demo', id, { ...square, ...more });
  door('c1', { name: 'Asha Rao', address: '14/2, Tank Road, Ward 4', pincode: '440001' });
  door('c2', { name: 'Bina', address: '3 Temple Lane', latitude: 21.13 });
  const doors = new Doors({ registry: world.registry });
  return { world, doors, addresses: new Addresses({ doors, places }) };
}

describe('the street of an address', () => {
  it.each([
    ['14/2, Tank Road, Ward 4', 'Tank Road'],
    ['14 Tank Road', 'Tank Road'],
    ['Plot No. 12-B Gandhi Nagar, Nagpur', 'Gandhi Nagar'],
    ['House #7\nसदर बाज़ार', 'सदर बाज़ार'],
    ['Flat 3, Block 2', undefined],
    ['', undefined],
  ])('%j is %j', (address, street) => expect(streetOf(address)).toBe(street));
});

describe('an address', () => {
  it('is found among the own consumers first, then in the gazetteer', async () => {
    const { addresses } = town();
    expect(await addresses.search(staff, 'asha tank', 5)).toEqual([
      { text: 'Asha Rao, 14/2, Tank Road, Ward 4', ...square, source: 'consumer', id: 'c1', pincode: '440001' },
      {
        text: 'Nagpur, Maharashtra',
        latitude: 21.12,
        longitude: 79.1,
        source: 'place',
        id: 'geonames:1262180',
        distance: 2224,
        attribution: 'GeoNames (geonames.org), CC BY 4.0',
      },
    ]);
  });

  it('of a consumer is told to nobody who does not see the consumers', async () => {
    const { addresses } = town();
    expect((await addresses.search(driver, 'asha tank', 5)).map(({ source }) => source)).toEqual(['place']);
    expect(await addresses.reverse(driver, square)).toMatchObject({
      source: 'place',
      text: '2 km from Nagpur, Maharashtra',
    });
    expect(JSON.stringify(await addresses.reverse(staff, square))).not.toMatch(/Asha|14/);
  });

  it('of a point is the street of the nearest door, with the town', async () => {
    const { addresses } = town();
    expect(await addresses.reverse(staff, { latitude: 21.1003, longitude: 79.1 })).toEqual({
      text: 'Tank Road, Nagpur',
      ...square,
      source: 'street',
      pincode: '440001',
      distance: 33,
    });
  });

  it('of a point is a street of the gazetteer where that is near, for everybody', async () => {
    const street: SeenPlace = {
      ...nagpur,
      key: 'IN/x',
      kind: 'street',
      name: 'Ring Road',
      city: 'Nagpur',
      distance: 12,
    };
    const { addresses } = town(gazetteer(street, nagpur));
    expect(await addresses.reverse(driver, square)).toMatchObject({
      source: 'street',
      text: 'Ring Road, Nagpur, Maharashtra',
    });
  });

  it('goes with a consumer who moves or is erased', async () => {
    const { world, doors, addresses } = town(gazetteer());
    expect(await addresses.reverse(staff, square)).toMatchObject({ text: 'Tank Road' });
    world.consumer('demo', 'c1', { address: 'Lake Street', latitude: 21.5, longitude: 79.5 });
    doors.changed({ agency: 'demo', consumers: new Set(['c1']) });
    expect(await addresses.reverse(staff, square)).toBeNull();
    expect(await addresses.reverse(staff, { latitude: 21.5, longitude: 79.5 })).toMatchObject({ text: 'Lake Street' });
    world.consumerMap.delete('demo/c1');
    doors.changed({ agency: 'demo', consumers: new Set(['c1']) });
    expect(await addresses.search(staff, 'asha', 5)).toEqual([]);
    expect(await addresses.reverse(staff, { latitude: 21.5, longitude: 79.5 })).toBeNull();
  });

  it('is asked for outside only when nothing of our own knows it, and never for others than staff', async () => {
    const asked: unknown[] = [];
    const found = { text: 'Sitabuldi, Nagpur', latitude: 21.14, longitude: 79.08, pincode: '440012' };
    const remote = new PoliteGeocoder(
      {
        attribution: '© somebody',
        search: async (text) => {
          asked.push(text);
          return [found];
        },
        reverse: async (point) => {
          asked.push(point);
          return found;
        },
      },
      { everyMs: 0, after: (_ms, then) => queueMicrotask(then) },
    );
    const { doors } = town();
    const empty = new Addresses({ doors, places: gazetteer(), remote });
    expect((await empty.search(staff, 'asha', 5)).map(({ source }) => source)).toEqual(['consumer']);
    expect(await empty.search(driver, 'sitabuldi', 5)).toEqual([]);
    expect(asked).toEqual([]);
    expect(await empty.search(staff, 'sitabuldi', 5)).toEqual([
      { ...found, source: 'outside', attribution: '© somebody' },
    ]);
    expect(await empty.reverse(staff, { latitude: 20, longitude: 70 })).toMatchObject({ source: 'outside' });
    expect(asked).toEqual(['sitabuldi', { latitude: 20, longitude: 70 }]);
  });
});

describe('the address of a van', () => {
  it('is known after the first look, stays while it moves little, and is looked up again when it has moved', async () => {
    const asked: LatLon[] = [];
    const answers: PromiseWithResolvers<void>[] = [];
    const vans = new VanAddresses({
      addresses: {
        reverse: async (_by, point) => {
          asked.push(point);
          const wait = Promise.withResolvers<void>();
          answers.push(wait);
          await wait.promise;
          return { text: `street ${asked.length}`, ...point, source: 'street' };
        },
      },
    });
    const answered = async () => {
      answers.at(-1)?.resolve();
      while (vans.of('demo', 'v1', asked.at(-1) ?? square) === undefined) await new Promise(setImmediate);
    };
    expect(vans.of('demo', 'v1', square)).toBeUndefined();
    await answered();
    expect(vans.of('demo', 'v1', { ...square, latitude: 21.1002 })).toBe('street 1');
    expect(asked).toHaveLength(1);
    expect(vans.of('demo', 'v1', { ...square, latitude: 21.102 })).toBe('street 1');
    expect(asked).toHaveLength(2);
    expect(vans.of('demo', 'v1', { ...square, latitude: 21.2 })).toBeUndefined();
    await answered();
    vans.forget('demo', 'v1');
    expect(vans.of('demo', 'v1', square)).toBeUndefined();
  });
});
