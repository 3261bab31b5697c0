import type { LayersList, PickingInfo } from '@deck.gl/core';

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

export interface Camera {
  longitude: number;
  latitude: number;
  zoom: number;
  bearing: number;
}

export type Colours = 'light' | 'dark';

/**
 * A map to draw on: MapLibre or Mapbox GL below, deck.gl above. The scene knows only this, so it is the same on both.
 */
export interface MapSurface {
  /** Changes the colours of the base map, keeping camera and layers. */
  recolour(colours: Colours): void;
  setLayers(layers: LayersList): void;
  camera(): Camera;
  /** px */
  size(): { width: number; height: number };
  /** px from the left upper corner of the map */
  project(longitude: number, latitude: number): { x: number; y: number };
  /** Shows the whole box. `duration` in ms, 0 at once. */
  fit(box: Box, duration: number): void;
  /** `offset`: where on the screen the place is to come, px from the middle of the map. */
  go(to: Partial<Camera>, duration: number, offset?: [x: number, y: number]): void;
  resize(): void;
  remove(): void;
}

/** What a surface reports. */
export interface SurfaceEvents {
  /** the base map stands */
  ready(): void;
  /** the camera moved; `byHand` when a person did it */
  moved(byHand: boolean): void;
  /** the base map cannot be shown at all; single tiles that are missing are no failure */
  failed(detail: string): void;
  hover(info: PickingInfo): void;
  click(info: PickingInfo): void;
  /** the other button was pressed at a place; `x` and `y` in px from the left upper corner of the map */
  menu(at: { longitude: number; latitude: number; x: number; y: number }): void;
}

/** What both libraries' maps have in common, as far as it is used here. */
export interface GlMap {
  getCenter(): { lng: number; lat: number };
  getZoom(): number;
  getBearing(): number;
  getContainer(): { clientWidth: number; clientHeight: number };
  project(at: [number, number]): { x: number; y: number };
  fitBounds(
    box: [[number, number], [number, number]],
    options: { padding: number; maxZoom: number; duration: number },
  ): unknown;
  easeTo(options: {
    center?: [number, number];
    zoom?: number;
    bearing?: number;
    offset?: [number, number];
    duration: number;
  }): unknown;
  resize(): unknown;
  remove(): void;
}

/** The part of a surface that is the same on both libraries. */
export function cameraOf(map: GlMap): Pick<MapSurface, 'camera' | 'size' | 'project' | 'fit' | 'go' | 'resize'> {
  return {
    camera() {
      const { lng, lat } = map.getCenter();
      return { longitude: lng, latitude: lat, zoom: map.getZoom(), bearing: map.getBearing() };
    },
    size() {
      const { clientWidth, clientHeight } = map.getContainer();
      return { width: clientWidth, height: clientHeight };
    },
    project: (longitude, latitude) => map.project([longitude, latitude]),
    fit(box, duration) {
      const corners: [[number, number], [number, number]] = [
        [box.west, box.south],
        [box.east, box.north],
      ];
      map.fitBounds(corners, { padding: 64, maxZoom: 16, duration });
    },
    go(to, duration, offset) {
      map.easeTo({
        duration,
        ...(offset === undefined ? {} : { offset }),
        ...(to.longitude === undefined || to.latitude === undefined ? {} : { center: [to.longitude, to.latitude] }),
        ...(to.zoom === undefined ? {} : { zoom: to.zoom }),
        ...(to.bearing === undefined ? {} : { bearing: to.bearing }),
      });
    },
    resize() {
      map.resize();
    },
  };
}
