import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { distance } from '../../protocol/geo.ts';
import { baseGazetteer, type Place, type PlaceEvent } from '../../protocol/place.ts';
import { appended } from '../log/log.fixture.ts';
import { MemoryLog } from '../log/memory.ts';
import { PlaceIndex } from './place-index.ts';
import { PlacesProjection } from './places.ts';
import { Projector } from './projector.ts';

const logger = pino({ level: 'silent' });
let folder: string;
let log: MemoryLog;
const running: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantrail-index-'));
  log = new MemoryLog();
  await log.start();
});
afterEach(async () => {
  await stopped();
  await rm(folder, { recursive: true });
});
async function stopped(): Promise<void> {
  for (const stop of running.splice(0).reverse()) await stop();
}

/** The part of a daemon that has the places. */
async function daemon() {
  const places = new PlacesProjection();
  const truth = join(folder, 'projections.sqlite');
  const projector = new Projector({ log, file: truth, projections: [places], logger });
  await projector.start();
  await projector.caughtUp;
  const index = new PlaceIndex({ places, truth, logger });
  await index.start();
  running.push(
    () => projector.stop(),
    () => index.stop(),
  );
  return index;
}

let events = 0;
function put(place: Partial<Place> & { key: string }, version = 0, agency = baseGazetteer) {
  const whole: Place = {
    kind: 'city',
    name: place.key,
    country: 'IN',
    state: 'Maharashtra',
    latitude: 21,
    longitude: 79,
    ...place,
  };
  return event({ type: 'place-put', data: { key: place.key, place: whole } }, version, agency);
}
function event(change: Pick<PlaceEvent, 'type' | 'data'>, version: number, agency = baseGazetteer) {
  const id = `00000000-0000-4000-8000-${String(++events).padStart(12, '0')}`;
  const expects = [{ subject: `place:${change.data.key}`, version }];
  const value = { id, time: 0, actor: 'ADMIN:x', expects, ...change } as PlaceEvent;
  return { topic: 'places' as const, agency, id: change.data.key, value };
}
const keys = (found: { key: string }[]) => found.map(({ key }) => key);
const limit = 10;

describe('searching', () => {
  it('finds names exactly, by their beginning, a part, with errors, in another script, and by region', async () => {
    const index = await daemon();
    await appended(
      log,
      put({ key: 'n', name: 'Nagpur', names: ['नागपुर', 'Orange City'], population: 2_400_000, district: 'Nagpur' }),
      put({ key: 'nb', name: 'Nagpur', state: 'Bihar', district: 'Gaya', population: 900 }),
      put({ key: 'c', name: 'Chandrapur', population: 320_000 }),
      put({ key: 'b', name: 'Ballarpur', population: 90_000 }),
      put({ key: 'r', name: 'Rampur Nagpur Khurd', population: 10 }),
    );
    const search = async (query: string) => keys(await index.search('demo', query, { limit }));
    expect(await search('NĀGPUR')).toEqual(['n', 'nb']);
    expect(await search('nagpu')).toEqual(['n', 'nb', 'r']);
    expect(await search('nagpur bihar')).toEqual(['nb']);
    expect(await search('nagpur, gaya')).toEqual(['nb']);
    expect(await search('nag')).toEqual(['n', 'nb', 'r']);
    expect(await search('arpur')).toEqual(['b']);
    expect(await search('chandarpur')).toEqual(['c']);
    expect(await search('nagpru')).toEqual(['n', 'nb']);
    expect(await search('orange')).toEqual(['n']);
    expect(await search('नागपुर')).toEqual(['n', 'nb']);
    expect(await search('नागपूर')).toEqual(['n', 'nb']);
    expect(await search('चंद्रपुर')).toEqual(['c']);
    expect(await search('zzzzzz')).toEqual([]);
    expect(keys(await index.search('demo', 'nagpur', { limit: 1, near: { latitude: 21, longitude: 79 } }))).toEqual([
      'n',
    ]);
  });
});

describe('the nearest place', () => {
  it('is the one that all distances say, wherever it is asked', async () => {
    // Far from even, without two equal distances, and the same every time.
    let step = 0;
    const random = () => (Math.abs(Math.sin(++step)) * 43_758.5453) % 1;
    const index = await daemon();
    const places = Array.from({ length: 400 }, (_, i) => ({
      key: `p${i}`,
      latitude: 20.9 + random() * 0.6,
      longitude: i % 2 === 0 ? -180 + random() * 0.3 : 180 - random() * 0.3,
    }));
    await appended(log, ...places.map((place) => put(place)));
    for (let i = 0; i < 60; i++) {
      const point = {
        latitude: 20.9 + random() * 0.6,
        longitude: random() < 0.5 ? -180 + random() * 0.3 : 180 - random() * 0.3,
      };
      const nearest = places.toSorted((a, b) => distance(point, a) - distance(point, b)).slice(0, 3);
      expect(keys(await index.near('demo', point, { limit: 3 }))).toEqual(keys(nearest));
    }
    expect(await index.near('demo', { latitude: 50, longitude: 10 }, { limit: 3 })).toEqual([]);
  });
});

describe('the index', () => {
  it('follows changes, removals and restorations at once', async () => {
    const index = await daemon();
    const named = async (name: string) => keys(await index.search('demo', name, { limit }));
    await appended(log, put({ key: 'a', name: 'Alpha', pincodes: ['440001'] }));
    expect(await named('alpha')).toEqual(['a']);
    await appended(log, put({ key: 'a', name: 'Omega', latitude: 22 }, 1));
    expect(await named('alpha')).toEqual([]);
    expect(await named('omega')).toEqual(['a']);
    expect(await index.byPincode('demo', '440001', limit)).toEqual([]);
    await appended(log, event({ type: 'place-removed', data: { key: 'a' } }, 2));
    expect(await named('omega')).toEqual([]);
    expect(await index.near('demo', { latitude: 22, longitude: 79 }, { limit })).toEqual([]);
    await appended(log, event({ type: 'place-restored', data: { key: 'a' } }, 3));
    expect(await named('omgea')).toEqual(['a']);
    expect(index.status()).toEqual({ behind: 0 });
  });

  it('goes on after a restart, and is made anew when it is deleted or the projections are', async () => {
    await appended(log, ...Array.from({ length: 1300 }, (_, i) => put({ key: `p${i}`, name: `Village ${i}` })));
    const finds = async () => keys(await (await daemon()).search('demo', 'village 1299', { limit }));
    expect(await finds()).toEqual(['p1299']);
    await stopped();
    expect(await finds()).toEqual(['p1299']);
    await stopped();
    await rm(join(folder, 'places-index.sqlite'));
    expect(await finds()).toEqual(['p1299']);
    await stopped();
    await rm(join(folder, 'projections.sqlite'));
    await appended(log, put({ key: 'p1299', name: 'Hamlet' }, 1));
    const index = await daemon();
    expect(keys(await index.search('demo', 'hamlet', { limit }))).toEqual(['p1299']);
    expect(keys(await index.search('demo', 'village 1298', { limit }))).toEqual(['p1298']);
  });

  it('says that it is closed', async () => {
    const index = await daemon();
    await stopped();
    await index.stop();
    await expect(index.search('demo', 'x', { limit })).rejects.toThrow('closed');
  });
});
