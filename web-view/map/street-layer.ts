import { VectorTile } from '@mapbox/vector-tile';
import { type Coords, type DoneCallback, GridLayer } from 'leaflet';
import { PbfReader } from 'pbf';
import type { Scheme } from '../../protocol/street-style.ts';
import { drawStreets } from './street-drawing.ts';
import { drawNames } from './street-names.ts';
import type { VectorSource } from './vector-source.ts';

/** Vector tiles are made for pieces of 512 pixels. */
const tileSize = 512;
/** Tiles kept as they came: below the deepest zoom many pieces are drawn from one. */
const mostKept = 24;
/** More is not seen, and costs a cheap phone its memory. */
const sharpest = 2;

/** Streets drawn on the phone itself, from the vector tiles of the agency's style. */
export function streetLayer(source: VectorSource, scheme: Scheme, attribution: string): GridLayer {
  const kept = new Map<string, Promise<VectorTile>>();
  const tileAt = (z: number, x: number, y: number) => {
    const address = source.tiles.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y));
    let tile = kept.get(address);
    if (tile === undefined) {
      tile = readTile(address);
      // What could not be had is asked for again the next time.
      tile.catch(() => kept.delete(address));
      kept.set(address, tile);
      for (const oldest of kept.keys()) {
        if (kept.size <= mostKept) break;
        kept.delete(oldest);
      }
    }
    return tile;
  };
  const sharp = Math.min(sharpest, window.devicePixelRatio || 1);
  const Streets = GridLayer.extend({
    createTile(coords: Coords, done: DoneCallback): HTMLElement {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = tileSize * sharp;
      // A world of 512 pixels is zoom 1 of the map and zoom 0 of the tiles.
      const z = Math.min(source.maxZoom, Math.max(0, coords.z - 1));
      const larger = 2 ** (coords.z - 1 - z);
      const [x, y] = [Math.floor(coords.x / larger), Math.floor(coords.y / larger)];
      tileAt(z, x, y).then(
        (tile) => {
          const context = canvas.getContext('2d');
          if (context === null) return;
          context.scale(sharp, sharp);
          const part = { x: (coords.x - x * larger) * tileSize, y: (coords.y - y * larger) * tileSize };
          const view = { scheme, zoom: coords.z, size: tileSize * larger, ...part };
          drawStreets(context, tile, view, tileSize);
          drawNames(context, tile, view, tileSize, document.documentElement.lang);
          done(undefined, canvas);
        },
        (error: Error) => done(error, canvas),
      );
      return canvas;
    },
  });
  return new (Streets as unknown as typeof GridLayer)({ tileSize, maxZoom: 19, minZoom: 2, attribution });
}

async function readTile(address: string): Promise<VectorTile> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`no map here (${response.status})`);
  return new VectorTile(new PbfReader(await response.arrayBuffer()));
}
