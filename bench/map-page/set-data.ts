import type { Feature, FeatureCollection, Point } from 'geojson';
import { type GeoJSONSource, Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Console } from '../../desktop/renderer/console.ts';
import { placeOf, statusOf } from '../../desktop/renderer/world/entries.ts';
import type { HandOver } from './hand-over.ts';

setWorkerUrl(workerUrl);

interface SetDataWish {
  container: HTMLElement;
  console: Console;
  zoom: number;
  handOver: HandOver;
  onFrame: () => void;
  /** the map has taken up what it was handed last */
  onTaken: () => void;
}

/** The other side of the bench: every tick all vans go to MapLibre as GeoJSON. Nothing glides, nothing is grouped. */
export function setDataMap({ container, console, zoom, handOver, onFrame, onTaken }: SetDataWish): void {
  const none: FeatureCollection = { type: 'FeatureCollection', features: [] };
  const map = new MapLibreMap({
    container,
    center: [78.6, 21.14],
    zoom,
    style: {
      version: 8,
      sources: { vans: { type: 'geojson', data: none }, consumers: { type: 'geojson', data: none } },
      layers: [
        { id: 'land', type: 'background', paint: { 'background-color': '#f4f2ee' } },
        {
          id: 'consumers',
          type: 'circle',
          source: 'consumers',
          paint: { 'circle-radius': 2, 'circle-color': '#706258', 'circle-opacity': 0.5 },
        },
        {
          id: 'vans',
          type: 'circle',
          source: 'vans',
          paint: {
            'circle-radius': 8,
            'circle-color': ['match', ['get', 'status'], 'moving', '#1f6feb', 'stopped', '#14875a', '#6b7482'],
          },
        },
      ],
    },
  });
  map.on('render', onFrame);
  map.on('sourcedata', ({ sourceId, sourceDataType }) => {
    if (sourceId === 'vans' && sourceDataType === 'content') onTaken();
  });
  map.on('load', () => {
    const { world } = console;
    const source = (id: string) => map.getSource<GeoJSONSource>(id);
    const consumers = () => {
      const features = [...world.consumers.values()].flatMap((entry) => {
        const place = placeOf(entry);
        return place === undefined ? [] : [feature(place, { id: entry.consumer.id })];
      });
      source('consumers')?.setData({ type: 'FeatureCollection', features });
    };
    const vans = () => {
      const now = console.statusTime();
      const features = [...world.vans.values()].flatMap((entry) =>
        entry.position === null ? [] : [feature(entry.position, { id: entry.van.id, status: statusOf(entry, now) })],
      );
      source('vans')?.setData({ type: 'FeatureCollection', features });
    };
    console.listen({ moved: () => handOver.begin(vans), vansChanged: vans, consumersChanged() {} });
    // They stand still: handed over once, when all of them are here.
    const once = console.store.subscribe(({ loaded }) => {
      if (!loaded) return;
      once();
      consumers();
    });
  });
}

function feature(
  { longitude, latitude }: { longitude: number; latitude: number },
  properties: Record<string, string>,
): Feature<Point> {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [longitude, latitude] }, properties };
}
