import { describe, expect, it } from 'vitest';
import { chooseBaseMap, styleAddress } from './base-map.ts';

const answering = (answers: Record<string, unknown>) =>
  (async (path: string) =>
    path in answers
      ? new Response(JSON.stringify(answers[path]))
      : new Response('', { status: 404 })) as typeof globalThis.fetch;
const town = { type: 'FeatureCollection', features: [] };

describe('the base map', () => {
  it('of the demo is its town', async () => {
    const fetch = answering({ '/api/map': { kind: 'demo', attribution: 'Demo town' }, '/api/map/town': town });
    expect(await chooseBaseMap(fetch)).toEqual({ kind: 'demo', town, attribution: 'Demo town' });
  });
  it('of an address is that style, or the default one', async () => {
    expect(await chooseBaseMap(answering({ '/api/map': { kind: 'style', style: 'https://x/style' } }))).toEqual({
      kind: 'style',
      style: 'https://x/style',
    });
    expect(await chooseBaseMap(answering({ '/api/map': { kind: 'style' } }))).toMatchObject({
      style: 'https://tiles.openfreemap.org/styles/liberty',
    });
  });
  it('of Mapbox needs a token', async () => {
    expect(await chooseBaseMap(answering({ '/api/map': { kind: 'mapbox', token: 'pk.1' } }))).toMatchObject({
      kind: 'mapbox',
      token: 'pk.1',
      style: 'mapbox://styles/mapbox/streets-v12',
    });
    expect(await chooseBaseMap(answering({ '/api/map': { kind: 'mapbox' } }))).toMatchObject({
      kind: 'land',
      failed: expect.any(String),
    });
  });
  it('is land when asked for, and land with a reason when something fails', async () => {
    expect(await chooseBaseMap(answering({ '/api/map': { kind: 'land' } }))).toEqual({ kind: 'land' });
    expect(await chooseBaseMap(answering({ '/api/map': { kind: 'demo' } }))).toEqual({
      kind: 'land',
      failed: '/api/map/town answered 404',
    });
    const away = (async () => Promise.reject(new TypeError('fetch failed'))) as typeof globalThis.fetch;
    expect(await chooseBaseMap(away)).toEqual({ kind: 'land', failed: 'fetch failed' });
  });
});

describe('a style', () => {
  it('has its dark edition where there is one', () => {
    expect(styleAddress('https://tiles.openfreemap.org/styles/liberty', 'light')).toMatch(/liberty$/);
    expect(styleAddress('https://tiles.openfreemap.org/styles/liberty', 'dark')).toMatch(/dark$/);
    expect(styleAddress('https://tiles.example/own', 'dark')).toBe('https://tiles.example/own');
  });
});
