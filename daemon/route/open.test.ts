import { describe, expect, it } from 'vitest';
import { openFinder } from './open.ts';
import { fakeRouter } from './router.fixture.ts';

const quiet = { warn: () => {}, info: () => {} };
const base = { baseMap: 'style', version: '1.2.3' };

describe('who knows the roads', () => {
  it.each([
    ['nobody, unless told', {}, undefined],
    ['the demo town under its own map', { baseMap: 'demo', townFile: '/town.geojson' }, 'town'],
    ['the town under another map', { routes: 'town' as const, townFile: '/town.geojson' }, 'town'],
    [
      'nobody on the demo’s map, where that is wanted',
      { routes: 'none' as const, baseMap: 'demo', townFile: '/t' },
      undefined,
    ],
    ['OSRM', { routes: 'osrm' as const, routesUrl: 'http://127.0.0.1:5000' }, 'osrm'],
    [
      'Valhalla',
      { routes: 'valhalla' as const, routesUrl: 'http://127.0.0.1:8002', baseMap: 'demo', townFile: '/t' },
      'valhalla',
    ],
  ])('is %s', (_what, options, name) => {
    expect(openFinder({ ...base, ...options }, quiet)?.name).toBe(name);
  });

  it('is not known where the address or the town is missing', () => {
    expect(() => openFinder({ ...base, routes: 'osrm' }, quiet)).toThrow('--routes-url must be given');
    expect(() => openFinder({ ...base, routes: 'town' }, quiet)).toThrow('--town-file must be given');
  });

  it('is told to the log once when he falls silent', async () => {
    const router = await fakeRouter((_, response) => void response.writeHead(500).end());
    const said: string[] = [];
    const logger = { warn: (_: unknown, text: string) => void said.push(text), info: () => {} };
    const finder = openFinder({ ...base, routes: 'valhalla', routesUrl: router.url }, logger as typeof quiet);
    const points = [
      { latitude: 21.15, longitude: 78.6 },
      { latitude: 21.16, longitude: 78.6 },
    ];
    for (let i = 0; i < 5; i++) await expect(finder?.legs(points)).rejects.toThrow();
    expect(said).toEqual(['valhalla does not answer; ways are straight lines until it does']);
    expect(router.asked[0]?.headers['user-agent']).toBe('Vantrail/1.2.3');
    await router.stop();
  });
});
