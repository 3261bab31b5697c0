import { describe, expect, it } from 'vitest';
import { mayDrawCountryBorder, withoutCountryBorders } from './hide-borders.ts';

/** As the public styles write them: OpenFreeMap's Liberty and Dark, OpenMapTiles, Mapbox Streets, Protomaps. */
const hidden: [name: string, layer: Parameters<typeof mayDrawCountryBorder>[0]][] = [
  [
    'Liberty, countries',
    {
      id: 'boundary_2',
      'source-layer': 'boundary',
      filter: [
        'all',
        ['==', ['get', 'admin_level'], 2],
        ['!=', ['get', 'maritime'], 1],
        ['!=', ['get', 'disputed'], 1],
      ],
    },
  ],
  [
    'Liberty, disputed',
    {
      id: 'boundary_disputed',
      'source-layer': 'boundary',
      filter: ['all', ['!=', ['get', 'maritime'], 1], ['==', ['get', 'disputed'], 1]],
    },
  ],
  [
    'OpenMapTiles, old filters',
    {
      id: 'boundary_country_z5-',
      'source-layer': 'boundary',
      filter: ['all', ['==', 'admin_level', 2], ['has', 'maritime']],
    },
  ],
  ['everything up to a level', { id: 'admin', 'source-layer': 'boundary', filter: ['<=', ['get', 'admin_level'], 4] }],
  ['no filter at all', { id: 'lines', 'source-layer': 'boundaries' }],
  [
    'Mapbox Streets',
    {
      id: 'admin-0-boundary',
      'source-layer': 'admin',
      filter: ['all', ['==', ['get', 'admin_level'], 0], ['match', ['get', 'worldview'], ['all', 'IN'], true, false]],
    },
  ],
  ['a match', { id: 'b', 'source-layer': 'boundary', filter: ['match', ['get', 'admin_level'], [2, 3], true, false] }],
  ['a list', { id: 'b', 'source-layer': 'boundary', filter: ['in', 'admin_level', 2, 4] }],
  ['text levels', { id: 'b', 'source-layer': 'boundary', filter: ['==', ['to-number', ['get', 'admin_level']], 2] }],
];
const kept: typeof hidden = [
  [
    'Liberty, states',
    {
      id: 'boundary_3',
      'source-layer': 'boundary',
      filter: [
        'all',
        ['>=', ['get', 'admin_level'], 3],
        ['<=', ['get', 'admin_level'], 6],
        ['!=', ['get', 'maritime'], 1],
      ],
    },
  ],
  ['states, old filters', { id: 'boundary_state', 'source-layer': 'boundary', filter: ['==', 'admin_level', 4] }],
  ['a list of others', { id: 'b', 'source-layer': 'boundary', filter: ['!in', 'admin_level', 0, 1, 2] }],
  ['roads', { id: 'road_major', 'source-layer': 'transportation' }],
  [
    'labels of countries',
    { id: 'label_country_1', 'source-layer': 'place', filter: ['==', ['get', 'class'], 'country'] },
  ],
  ['parks', { id: 'park_outline', 'source-layer': 'park' }],
  ['the background', { id: 'background' }],
];

describe('country borders', () => {
  it.each(hidden)('hides: %s', (_, layer) => expect(mayDrawCountryBorder(layer)).toBe(true));
  it.each(kept)('keeps: %s', (_, layer) => expect(mayDrawCountryBorder(layer)).toBe(false));

  it('leaves the rest of the style as it is', () => {
    const style = { version: 8, sources: { a: {} }, layers: [...hidden, ...kept].map(([, layer]) => layer) };
    const shown = withoutCountryBorders(style);
    expect(shown).toEqual({ ...style, layers: kept.map(([, layer]) => layer) });
    expect(style.layers).toHaveLength(hidden.length + kept.length);
  });
});
