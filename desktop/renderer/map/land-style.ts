import type { StyleSpecification } from 'maplibre-gl';
import { feature } from 'topojson-client';
import landUrl from 'world-atlas/land-50m.json?url';
import { words } from '../words.ts';
import { palettes } from './palette.ts';

type Topology = Parameters<typeof feature>[0];

/** Coasts of the world, no borders: drawn when nothing better can be loaded. Comes with the console, needs no network. */
export async function landStyle(scheme: 'light' | 'dark'): Promise<StyleSpecification> {
  const answer = await fetch(landUrl);
  const topology = (await answer.json()) as Topology;
  const { land } = topology.objects;
  if (land === undefined) throw new TypeError('the land outlines hold no land');
  const colours = palettes[scheme];
  return {
    version: 8,
    sources: {
      land: {
        type: 'geojson',
        data: feature(topology, land),
        attribution: words.map.landAttribution,
      },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': colours.water } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': colours.land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': colours.waterLine, 'line-width': 1 } },
    ],
  };
}
