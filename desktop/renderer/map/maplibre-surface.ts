import 'maplibre-gl/dist/maplibre-gl.css';
import { MapLibreOverlay } from '@deck.gl/maplibre';
import { Map as MapLibreMap, type MapOptions, type StyleSpecification, setWorkerUrl } from 'maplibre-gl';
// The worker is named by its address, because a strict content policy and custom protocols both forbid guessing it.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { type BaseMap, styleAddress } from './base-map.ts';
import { demoStyle } from './demo-style.ts';
import { withoutCountryBorders } from './hide-borders.ts';
import { landStyle } from './land-style.ts';
import { OverlayFrames } from './overlay-frames.ts';
import { type Camera, type Colours, cameraOf, type MapSurface, type SurfaceEvents } from './surface.ts';

setWorkerUrl(workerUrl);

/** A style that has not arrived after this long is given up, ms; the land is shown instead. */
const patience = 15_000;

interface MapLibreWish {
  container: HTMLElement;
  base: Exclude<BaseMap, { kind: 'mapbox' }>;
  colours: Colours;
  camera: Camera | undefined;
  events: SurfaceEvents;
}

/** Puts a MapLibre map with a deck.gl overlay into the container. */
export async function mapLibreSurface({ container, base, colours, camera, events }: MapLibreWish): Promise<MapSurface> {
  const first = await styleOf(base, colours);
  const options: MapOptions = {
    container,
    style: first,
    attributionControl: { compact: false },
    maxPitch: 0,
    pitchWithRotate: false,
    dragRotate: false,
    fadeDuration: 120,
    transformStyle: (_before, next) => withoutCountryBorders(next),
    locale: { 'AttributionControl.ToggleAttribution': 'Show who made the map' },
  };
  if (camera !== undefined) Object.assign(options, { center: [camera.longitude, camera.latitude], zoom: camera.zoom });
  const map = new MapLibreMap(options);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  // Overlaid, not interleaved: gliding markers then redraw their own canvas and leave the base map alone.
  const frames = new OverlayFrames(container);
  const overlay = new MapLibreOverlay({
    ...frames.props,
    interleaved: false,
    layers: [],
    pickingRadius: 5,
    onHover: (info) => events.hover(info),
    onClick: (info) => events.click(info),
    getCursor: ({ isHovering }) => (isHovering ? 'pointer' : ''),
  });
  map.addControl(overlay);

  let stands = false;
  const giveUp = setTimeout(() => fail('it did not answer'), patience);
  const fail = (detail: string) => {
    clearTimeout(giveUp);
    if (!stands) events.failed(detail);
    stands = true;
  };
  map.on('style.load', () => {
    clearTimeout(giveUp);
    if (!stands) events.ready();
    stands = true;
  });
  map.on('error', ({ error }) => fail(error.message));
  map.on('move', (event) => events.moved(event.originalEvent !== undefined));
  map.on('contextmenu', ({ lngLat, point }) => {
    events.menu({ longitude: lngLat.lng, latitude: lngLat.lat, x: point.x, y: point.y });
  });

  /** counts changes of colour: only the newest may be set */
  let recolourings = 0;
  return {
    ...cameraOf(map),
    async recolour(next) {
      const mine = ++recolourings;
      const style = await styleOf(base, next);
      if (mine === recolourings) map.setStyle(style, { transformStyle: (_, loaded) => withoutCountryBorders(loaded) });
    },
    setLayers(layers) {
      frames.show(layers, () => overlay.setProps({ layers }));
    },
    remove() {
      clearTimeout(giveUp);
      recolourings++;
      map.remove();
    },
  };
}

async function styleOf(base: MapLibreWish['base'], colours: Colours): Promise<StyleSpecification | string> {
  switch (base.kind) {
    case 'demo':
      return demoStyle(base.town, colours, base.attribution);
    case 'style':
      return styleAddress(base.style, colours);
    case 'land':
      return landStyle(colours);
  }
}
