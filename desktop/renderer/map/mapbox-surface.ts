import 'mapbox-gl/dist/mapbox-gl.css';
import { MapboxOverlay } from '@deck.gl/mapbox';
import mapboxgl from 'mapbox-gl';
import { type BaseMap, styleAddress } from './base-map.ts';
import { mayDrawCountryBorder } from './hide-borders.ts';
import { OverlayFrames } from './overlay-frames.ts';
import { type Camera, type Colours, cameraOf, type MapSurface, type SurfaceEvents } from './surface.ts';

interface MapboxWish {
  container: HTMLElement;
  base: Extract<BaseMap, { kind: 'mapbox' }>;
  colours: Colours;
  camera: Camera | undefined;
  events: SurfaceEvents;
}

/** Puts a Mapbox GL map with a deck.gl overlay into the container. Loaded only where a Mapbox token is configured. */
export async function mapboxSurface({ container, base, colours, camera, events }: MapboxWish): Promise<MapSurface> {
  const map = new mapboxgl.Map({
    container,
    accessToken: base.token,
    style: styleAddress(base.style, colours),
    projection: 'mercator',
    // Mapbox draws disputed borders as this country sees them; the layers are hidden besides.
    worldview: 'IN',
    maxPitch: 0,
    pitchWithRotate: false,
    dragRotate: false,
    ...(camera === undefined ? {} : { center: [camera.longitude, camera.latitude], zoom: camera.zoom }),
  });
  map.touchZoomRotate.disableRotation();
  const frames = new OverlayFrames(container);
  const overlay = new MapboxOverlay({
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
  map.on('style.load', () => {
    hideCountryBorders(map);
    if (!stands) events.ready();
    stands = true;
  });
  map.on('error', ({ error }) => {
    // A wrong token or style never loads; a missing tile later on is no reason to leave the map.
    if (!stands) events.failed(error.message);
    stands = true;
  });
  map.on('move', (event) => events.moved('originalEvent' in event && event.originalEvent !== undefined));
  map.on('contextmenu', ({ lngLat, point }) => {
    events.menu({ longitude: lngLat.lng, latitude: lngLat.lat, x: point.x, y: point.y });
  });

  return {
    ...cameraOf(map),
    recolour(next) {
      map.setStyle(styleAddress(base.style, next));
    },
    setLayers(layers) {
      frames.show(layers, () => overlay.setProps({ layers }));
    },
    remove() {
      map.remove();
    },
  };
}

function hideCountryBorders(map: mapboxgl.Map): void {
  const { layers, imports } = map.getStyle();
  for (const layer of layers) {
    const { id, filter } = layer;
    const sourceLayer = layer['source-layer'];
    if (mayDrawCountryBorder({ id, filter, ...(sourceLayer === undefined ? {} : { 'source-layer': sourceLayer }) })) {
      map.setLayoutProperty(id, 'visibility', 'none');
    }
  }
  // Mapbox Standard keeps its layers to itself and offers a switch instead.
  for (const each of imports ?? []) map.setConfigProperty(each.id, 'showAdminBoundaries', false);
}
