import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLog } from '../log/memory.ts';
import { type PlacesServer, placesServer } from './places.fixture.ts';

let bed: PlacesServer;
beforeEach(async () => {
  bed = await placesServer(new MemoryLog());
});
afterEach(() => bed.remove());

const cities = '/api/v1/location-updates/cities';
const nagpur = { city_name: 'Nagpur', state: 'Maharashtra', latitude: 21.1458, longitude: 79.0882 };
const names = (answer: { body: { items: { name: string }[] } }) => answer.body.items.map(({ name }) => name);

describe('a city', () => {
  it('is added, found, changed, removed and restored', async () => {
    const { admin } = bed.as;
    const full = {
      ...nagpur,
      district: 'Nagpur',
      is_metro: true,
      is_capital: false,
      population: 2_405_665,
      area_sq_km: 227.4,
      alternate_names: ['नागपुर', 'Orange City'],
      pincodes: ['440001', '440010'],
      metadata: { zone: 'west', rank: 13 },
    };
    const added = await admin('POST', cities, full);
    expect(added.status).toBe(201);
    expect(added.body).toEqual({
      key: 'IN/maharashtra/nagpur/nagpur',
      kind: 'city',
      name: 'Nagpur',
      country: 'IN',
      state: 'Maharashtra',
      district: 'Nagpur',
      latitude: 21.1458,
      longitude: 79.0882,
      population: 2_405_665,
      area: 227.4,
      metro: true,
      capital: false,
      names: ['नागपुर', 'Orange City'],
      pincodes: ['440001', '440010'],
      metadata: { zone: 'west', rank: 13 },
      version: 1,
      layer: 'own',
    });
    expect((await admin('POST', cities, full)).status).toBe(409);
    const changed = await admin('PUT', `${cities}/nagpur/MAHARASHTRA`, { population: 2_500_000, area_sq_km: null });
    expect(changed.body).toMatchObject({ population: 2_500_000, version: 2, names: ['नागपुर', 'Orange City'] });
    expect(changed.body.area).toBeUndefined();
    expect(names(await admin('GET', '/api/places?query=nagpur'))).toEqual(['Nagpur']);
    expect((await admin('DELETE', `${cities}/Nagpur/Maharashtra`)).status).toBe(204);
    expect(names(await admin('GET', '/api/places?query=nagpur'))).toEqual([]);
    expect((await admin('PUT', `${cities}/Nagpur/Maharashtra`, { population: 1 })).status).toBe(404);
    const restored = await admin('POST', `${cities}/Nagpur/Maharashtra/restore`);
    expect(restored.body).toMatchObject({ population: 2_500_000, version: 4 });
    expect(names(await admin('GET', '/api/places?query=nagpur'))).toEqual(['Nagpur']);
  });

  it('is not changed on a version that is old', async () => {
    await bed.as.admin('POST', cities, nagpur);
    const url = `${cities}/Nagpur/Maharashtra`;
    expect((await bed.as.admin('PUT', url, { population: 1 }, { 'if-match': '"1"' })).status).toBe(200);
    const stale = await bed.as.admin('PUT', url, { population: 2 }, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    expect(stale.body.current).toMatchObject({ population: 1, version: 2 });
  });

  it('of a name that a state has twice is said to be ambiguous, until the district is named', async () => {
    const { admin } = bed.as;
    const rampur = { city_name: 'Rampur', state: 'Uttar Pradesh', latitude: 28.8, longitude: 79 };
    await admin('POST', cities, { ...rampur, district: 'Rampur' });
    await admin('POST', cities, { ...rampur, district: 'Saharanpur', latitude: 29.8, longitude: 77.5 });
    const unsure = await admin('DELETE', `${cities}/Rampur/Uttar%20Pradesh`);
    expect(unsure.status).toBe(409);
    expect(unsure.body.type).toBe('/problems/ambiguous');
    expect(unsure.body.current.map(({ district }: { district: string }) => district)).toEqual(['Rampur', 'Saharanpur']);
    expect((await admin('DELETE', `${cities}/Rampur/Uttar%20Pradesh?district=saharanpur`)).status).toBe(204);
    expect((await admin('PUT', `${cities}/Rampur/Uttar%20Pradesh`, { population: 3 })).body).toMatchObject({
      district: 'Rampur',
    });
  });

  it('with wrong fields is refused by name', async () => {
    const wrong = await bed.as.admin('POST', cities, { ...nagpur, latitude: 121 });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors[0]).toMatchObject({ path: '/latitude' });
    const unknown = await bed.as.admin('POST', cities, { ...nagpur, mayor: 'x' });
    expect(unknown.body.errors[0]).toMatchObject({ path: '/mayor', message: 'is not known here' });
  });

  it('is changed by administrators and services with the scope, and read by everybody', async () => {
    for (const who of ['dispatcher', 'driver', 'consumer', 'reader'] as const) {
      expect((await bed.as[who]('POST', cities, nagpur)).status).toBe(403);
      expect((await bed.as[who]('GET', '/api/places?query=nagpur')).status).toBe(200);
    }
    expect((await bed.as.service('POST', cities, nagpur)).status).toBe(201);
  });
});

describe('the layers', () => {
  it('show the base to all, and the changes of an agency to that agency alone', async () => {
    const { operator, admin, stranger } = bed.as;
    await operator('POST', cities, { ...nagpur, source_id: 'geonames:1262180' });
    const url = `${cities}/Nagpur/Maharashtra`;
    expect((await stranger('GET', '/api/places?query=nagpur')).body.items[0]).toMatchObject({ layer: 'base' });
    await admin('PUT', url, { latitude: 21.2 });
    await stranger('DELETE', url);
    expect((await admin('GET', '/api/places?query=nagpur')).body.items).toMatchObject([
      { layer: 'own', latitude: 21.2 },
    ]);
    expect((await admin('GET', '/api/places?near=21.2,79.0882')).body.items).toMatchObject([
      { latitude: 21.2, distance: 0 },
    ]);
    expect((await stranger('GET', '/api/places?query=nagpur')).body.items).toEqual([]);
    expect((await stranger('GET', '/api/places?near=21.2,79.0882')).body.items).toEqual([]);
    expect((await stranger('GET', '/api/places?query=nagpur')).text).not.toContain('21.2');
    expect((await operator('GET', '/api/places?query=nagpur')).body.items).toMatchObject([{ latitude: 21.1458 }]);
    expect((await stranger('POST', `${url}/restore`)).body).toMatchObject({ layer: 'base', latitude: 21.1458 });
    expect((await stranger('GET', '/api/places?query=nagpur')).body).toMatchObject({
      items: [{ layer: 'base' }],
      attributions: ['GeoNames (geonames.org), CC BY 4.0'],
    });
  });
});

describe('lists', () => {
  it('are answered item by item, and what is no place is kept as a dead letter and can be taken again', async () => {
    const { service } = bed.as;
    await service('POST', cities, nagpur);
    const wardha = { city_name: 'Wardha', state: 'Maharashtra', latitude: 20.7453, longitude: 78.6022 };
    const { body } = await service('POST', `${cities}/bulk`, [wardha, nagpur, { city_name: 'Nowhere' }, 7, wardha]);
    expect(body).toMatchObject({ accepted: 1, rejected: 4 });
    expect(body.items.map(({ status }: { status: number }) => status)).toEqual([201, 409, 400, 400, 409]);
    expect(body.items[2]).toMatchObject({ index: 2, type: '/problems/invalid' });
    const [letter, ...others] = bed.deadLetters.list('demo', { limit: 10 });
    expect(others).toHaveLength(1);
    expect(letter).toMatchObject({ device: 'feeder', reason: 'bad-field', format: 'place-city' });
    if (letter === undefined) return;
    expect(await bed.intake.replay(letter, 'demo', 'ADMIN:asha')).toMatchObject({ kind: 'malformed' });
    const mended = {
      ...letter,
      bytes: Buffer.from(JSON.stringify({ ...wardha, city_name: 'Hinganghat' })).toString('base64'),
    };
    expect(await bed.intake.replay(mended, 'demo', 'ADMIN:asha')).toMatchObject({ kind: 'created' });
    expect(await bed.intake.replay({ ...letter, format: 'native' }, 'demo', 'ADMIN:asha')).toBeUndefined();
  });

  it('may change what is there, and write nothing when they come again', async () => {
    const { service } = bed.as;
    const list = [nagpur, { ...nagpur, city_name: 'Kamptee', population: 86_793 }];
    await service('POST', `${cities}/bulk`, list);
    const head = bed.log.head();
    const again = await service('POST', `${cities}/bulk?existing=update`, list);
    expect(again.body).toMatchObject({
      accepted: 2,
      items: [
        { status: 200, version: 1 },
        { status: 200, version: 1 },
      ],
    });
    expect(bed.log.head()).toBe(head);
    const twice = await service('POST', `${cities}/bulk?existing=update`, [
      { ...nagpur, population: 5 },
      { ...nagpur, population: 6 },
    ]);
    expect(twice.body.items).toMatchObject([{ version: 2 }, { version: 3 }]);
    expect((await service('GET', '/api/places?query=nagpur')).body.items[0]).toMatchObject({ population: 6 });
  });

  it('of pincodes are found by pincode', async () => {
    const area = {
      pincode: '440010',
      city_name: 'Nagpur',
      state: 'Maharashtra',
      area_name: 'Dharampeth',
      latitude: 21.13,
      longitude: 79.06,
    };
    expect((await bed.as.service('POST', '/api/v1/location-updates/pincodes', area)).status).toBe(201);
    expect((await bed.as.service('POST', '/api/v1/location-updates/pincodes', area)).status).toBe(409);
    expect(
      (await bed.as.service('POST', '/api/v1/location-updates/pincodes', [{ ...area, area_name: 'Ramdaspeth' }])).body,
    ).toMatchObject({ accepted: 1 });
    expect(names(await bed.as.driver('GET', '/api/places?pincode=44001'))).toEqual(['Dharampeth', 'Ramdaspeth']);
    expect(names(await bed.as.driver('GET', '/api/places?query=440%20010'))).toEqual(['Dharampeth', 'Ramdaspeth']);
    expect(
      (await bed.as.service('POST', '/api/v1/location-updates/pincodes', { ...area, pincode: '' })).body.errors[0],
    ).toMatchObject({ path: '/pincode' });
  });
});

describe('reading', () => {
  it('asks for what is looked for', async () => {
    expect((await bed.as.admin('GET', '/api/places')).status).toBe(400);
    expect((await bed.as.admin('GET', '/api/places?near=91,0')).body.errors[0].path).toBe('query/near');
  });

  it('tells how far behind it is', async () => {
    await bed.as.service('POST', cities, nagpur);
    await bed.as.service('GET', '/api/places?query=nagpur');
    const { status, body } = await bed.as.service('GET', '/api/v1/location-updates/kafka/health');
    expect({ status, body }).toEqual({ status: 200, body: { status: 'healthy', writable: true, lag: 0, indexLag: 0 } });
  });

  it.each(["'; DROP TABLE place; --", '" OR 1=1', 'NEAR("a" "b")', '*', '%', '\u0000', '{"$gt":""}', '__proto__'])(
    'takes %j as a name and nothing else',
    async (text) => {
      await bed.as.admin('POST', cities, nagpur);
      const answer = await bed.as.admin('GET', `/api/places?query=${encodeURIComponent(text)}`);
      expect(answer.status).toBe(200);
      expect(answer.body.items).toEqual([]);
      const odd = { ...nagpur, city_name: `Ghat ${text}`, metadata: { note: text } };
      expect((await bed.as.admin('POST', cities, odd)).status).toBe(201);
      expect(names(await bed.as.admin('GET', `/api/places?query=ghat`))).toEqual([`Ghat ${text}`.trim()]);
    },
  );
});
