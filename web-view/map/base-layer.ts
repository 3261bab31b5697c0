import { type Layer, tileLayer } from 'leaflet';
import { ask } from '../shared/http.ts';

interface BaseMap {
  kind: 'style' | 'mapbox' | 'demo' | 'land';
  style?: string;
  token?: string;
  attribution: string;
}

/** Zoom below which a raster of a style is a picture of the world and not of streets. */
const streets = 15;

/** The base map that this agency's daemon is set up with, as pictures. undefined: there is none, and a grid is drawn. */
export async function baseLayer(dark: boolean): Promise<{ layer?: Layer; attribution: string }> {
  const map = await ask<BaseMap>('GET', '/api/map');
  const { attribution } = map;
  switch (map.kind) {
    case 'demo': {
      const address = `/api/map/tiles/${dark ? 'dark' : 'light'}/{z}/{x}/{y}`;
      return { layer: tileLayer(address, { minZoom: 10, maxNativeZoom: 18, maxZoom: 19, attribution }), attribution };
    }
    case 'mapbox': {
      const path = (map.style ?? '').replace('mapbox://styles/', '');
      const address = `https://api.mapbox.com/styles/v1/${path}/tiles/256/{z}/{x}/{y}?access_token=${map.token ?? ''}`;
      return { layer: tileLayer(address, { maxZoom: 19, attribution }), attribution };
    }
    case 'style': {
      const tiles = await rasterOf(map.style ?? '');
      return tiles === undefined
        ? { attribution: '' }
        : { layer: tileLayer(tiles, { maxZoom: 19, attribution }), attribution };
    }
    default:
      return { attribution: '' };
  }
}

/** The tiles of a style's first raster that shows streets. */
async function rasterOf(address: string): Promise<string | undefined> {
  const response = await fetch(address);
  const style = (await response.json()) as {
    sources?: Record<string, { type: string; tiles?: string[]; maxzoom?: number }>;
  };
  const raster = Object.values(style.sources ?? {}).find(
    ({ type, tiles, maxzoom = 22 }) => type === 'raster' && tiles !== undefined && maxzoom >= streets,
  );
  return raster?.tiles?.[0];
}
