import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { type Palette, palettes } from './palette.ts';

/**
 * The style of the demo town. It names no glyphs address, so MapLibre draws every letter itself with the fonts of this
 * computer: labels need no network. It takes the weight from the first family's name, which need not exist.
 */
const families = ['Segoe UI', 'Roboto', 'Noto Sans', 'Liberation Sans', 'sans-serif'];
const regular = families;
const medium = ['Label Medium', ...families];
const bold = ['Label Bold', ...families];

/** Width over zoom: streets are lines far away and bodies near by, px. */
const grows = (...stops: [zoom: number, width: number][]): ExpressionSpecification => [
  'interpolate',
  ['exponential', 1.6],
  ['zoom'],
  ...stops.flat(),
];
const layerIs = (layer: string): FilterSpecification => ['==', ['get', 'layer'], layer];
const streetIs = (kind: string): FilterSpecification => [
  'all',
  ['==', ['get', 'layer'], 'street'],
  ['==', ['get', 'class'], kind],
];

const widths = {
  lane: [12, 0.4, 14, 2, 16, 7, 18, 20],
  secondary: [11, 0.6, 14, 4, 16, 11, 18, 30],
  main: [10, 1, 14, 6, 16, 15, 18, 40],
} as const;

function width(kind: keyof typeof widths, more: number): ExpressionSpecification {
  const stops: [number, number][] = [];
  const table = widths[kind];
  for (let i = 0; i < table.length; i += 2) stops.push([table[i] ?? 0, (table[i + 1] ?? 0) + more]);
  return grows(...stops);
}

export function demoStyle(town: FeatureCollection, scheme: 'light' | 'dark', attribution: string): StyleSpecification {
  const colours = palettes[scheme];
  return {
    version: 8,
    sources: { town: { type: 'geojson', data: town, attribution, tolerance: 0.3 } },
    layers: [...ground(colours), ...streets(colours), ...labels(colours)].map(
      (layer) => ({ ...layer, ...(layer.type === 'background' ? {} : { source: 'town' }) }) as LayerSpecification,
    ),
  };
}

/** Layers before their source is set; all draw from the town. */
type Drawn = LayerSpecification extends infer L ? (L extends unknown ? Omit<L, 'source'> : never) : never;

function ground(colours: Palette): Drawn[] {
  return [
    { id: 'outside', type: 'background', paint: { 'background-color': colours.outside } },
    { id: 'land', type: 'fill', filter: layerIs('border'), paint: { 'fill-color': colours.land } },
    { id: 'parks', type: 'fill', filter: layerIs('park'), paint: { 'fill-color': colours.park } },
    {
      id: 'water',
      type: 'fill',
      filter: ['all', ['in', ['get', 'layer'], ['literal', ['water', 'river']]], ['==', ['geometry-type'], 'Polygon']],
      paint: { 'fill-color': colours.water, 'fill-outline-color': colours.waterLine },
    },
    {
      id: 'streams',
      type: 'line',
      filter: [
        'all',
        ['in', ['get', 'layer'], ['literal', ['water', 'river']]],
        ['==', ['geometry-type'], 'LineString'],
      ],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colours.water, 'line-width': grows([10, 3], [14, 18], [18, 180]) },
    },
    {
      id: 'buildings',
      type: 'fill',
      filter: layerIs('building'),
      minzoom: 14,
      paint: {
        'fill-color': colours.building,
        'fill-outline-color': colours.buildingLine,
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 14, 0, 15, 1],
      },
    },
    {
      id: 'railway',
      type: 'line',
      filter: layerIs('railway'),
      paint: { 'line-color': colours.rail, 'line-width': grows([11, 1], [14, 2.5], [18, 9]) },
    },
    {
      id: 'railway-ties',
      type: 'line',
      filter: layerIs('railway'),
      minzoom: 12,
      paint: {
        'line-color': colours.railTie,
        'line-width': grows([12, 0.6], [14, 1.4], [18, 6]),
        'line-dasharray': [4, 4],
      },
    },
  ];
}

/** All casings first, then all bodies, small streets below large ones: crossings then look joined. */
function streets(colours: Palette): Drawn[] {
  const kinds = ['lane', 'secondary', 'main'] as const;
  const line = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    ...kinds.map(
      (kind): Drawn => ({
        id: `${kind}-casing`,
        type: 'line',
        filter: streetIs(kind),
        minzoom: kind === 'lane' ? 13 : 9,
        layout: line,
        paint: {
          'line-color': kind === 'main' ? colours.mainCasing : colours.laneCasing,
          'line-width': width(kind, 1.6),
        },
      }),
    ),
    ...kinds.map(
      (kind): Drawn => ({
        id: kind,
        type: 'line',
        filter: streetIs(kind),
        minzoom: kind === 'lane' ? 12 : 9,
        layout: line,
        paint: { 'line-color': colours[kind], 'line-width': width(kind, 0) },
      }),
    ),
  ];
}

function labels(colours: Palette): Drawn[] {
  const halo = { 'text-halo-color': colours.halo, 'text-halo-width': 1.4 };
  const point = (id: string, filter: FilterSpecification, minzoom: number, size: number, colour: string): Drawn => ({
    id,
    type: 'symbol',
    filter,
    minzoom,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': medium,
      'text-size': size,
      'text-max-width': 8,
      'text-padding': 6,
    },
    paint: { 'text-color': colour, ...halo },
  });
  const along = (kind: 'main' | 'secondary' | 'lane', minzoom: number, size: number): Drawn => ({
    id: `${kind}-names`,
    type: 'symbol',
    filter: streetIs(kind),
    minzoom,
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 320,
      'text-field': ['get', 'name'],
      'text-font': kind === 'main' ? medium : regular,
      'text-size': ['interpolate', ['linear'], ['zoom'], minzoom, size, 18, size + 3],
      'text-max-angle': 35,
      'text-padding': 8,
    },
    paint: { 'text-color': colours.text, ...halo },
  });
  return [
    along('lane', 15.5, 10.5),
    along('secondary', 14, 11),
    point('park-names', layerIs('park'), 13.5, 11, colours.parkText),
    point('water-names', ['in', ['get', 'layer'], ['literal', ['water', 'river']]], 12, 12, colours.waterText),
    point('place-names', layerIs('place'), 14.5, 11, colours.placeText),
    along('main', 12.5, 11.5),
    {
      id: 'district-names',
      type: 'symbol',
      filter: layerIs('district'),
      minzoom: 10.5,
      maxzoom: 15.5,
      layout: {
        'text-field': ['upcase', ['get', 'name']],
        'text-font': bold,
        'text-size': ['interpolate', ['linear'], ['zoom'], 11, 10, 15, 14],
        'text-letter-spacing': 0.12,
        'text-max-width': 7,
        'text-padding': 4,
      },
      paint: { 'text-color': colours.districtText, ...halo, 'text-halo-width': 1.8, 'text-opacity': 0.92 },
    },
    {
      id: 'godown-name',
      type: 'symbol',
      filter: layerIs('godown'),
      minzoom: 11.5,
      layout: {
        'text-field': ['concat', '■ ', ['coalesce', ['get', 'name'], 'Godown']],
        'text-font': bold,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 0.4],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': colours.placeText, ...halo },
    },
  ];
}
