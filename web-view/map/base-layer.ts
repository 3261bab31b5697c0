import { type Layer, tileLayer } from 'leaflet';
import { ask } from '../shared/http.ts';
import { type StyleSources, vectorSource } from './vector-source.ts';

interface BaseMap {
  kind: 'style' | 'mapbox' | 'demo' | 'land';
  style?: string;
  token?: string;
  attribution: string;
}

interface BaseLayer {
  layer?: Layer;
  attribution: string;
}

/** Zoom below which a raster of a style is a picture of the world and not of streets. */
const streets = 15;

/** The base map that this agency's daemon is set up with, as pictures or drawn here. Without a layer a grid is drawn. */
export async function baseLayer(dark: boolean): Promise<BaseLayer> {
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
    case 'style':
      return styleLayer(map.style ?? '', attribution, dark);
    default:
      return { attribution: '' };
  }
}

/** A style's first raster that shows streets, as pictures; else its vector tiles, drawn here. */
async function styleLayer(address: string, attribution: string, dark: boolean): Promise<BaseLayer> {
  const style = (await readJson(address)) as StyleSources;
  const raster = Object.values(style.sources ?? {}).find(
    ({ type, tiles, maxzoom = 22 }) => type === 'raster' && tiles !== undefined && maxzoom >= streets,
  );
  const [pictures] = raster?.tiles ?? [];
  if (pictures !== undefined) return { layer: tileLayer(pictures, { maxZoom: 19, attribution }), attribution };
  const source = await vectorSource(style, address, readJson);
  if (source === undefined) return { attribution: '' };
  // What draws vector tiles is loaded only where there are some.
  const { streetLayer } = await import('./street-layer.ts');
  const said = source.attribution ?? attribution;
  return { layer: streetLayer(source, dark ? 'dark' : 'light', said), attribution: said };
}

async function readJson(address: string): Promise<unknown> {
  return (await fetch(address)).json();
}
