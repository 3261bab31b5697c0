import type { LonLat } from '../trail/trail-shapes.ts';

/** Web Mercator, as the map projects: the world is a square of side 1, y grows southward. */

/** px of the world at zoom 0 */
const tile = 512;

export function mercatorX(longitude: number): number {
  return longitude / 360 + 0.5;
}

export function mercatorY(latitude: number): number {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

export function longitudeAt(x: number): number {
  return (x - 0.5) * 360;
}

export function latitudeAt(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** px of the world's side at a zoom */
export function worldSize(zoom: number): number {
  return tile * 2 ** zoom;
}

/** m of a px at a zoom and latitude */
export function metresOfPixel(zoom: number, latitude: number): number {
  return (40_075_016.686 * Math.cos((latitude * Math.PI) / 180)) / worldSize(zoom);
}

/** The place so many px to the right of another and down from it. */
export function aside([longitude, latitude]: LonLat, [right, down]: [number, number], zoom: number): LonLat {
  if (right === 0 && down === 0) return [longitude, latitude];
  const side = worldSize(zoom);
  return [longitudeAt(mercatorX(longitude) + right / side), latitudeAt(mercatorY(latitude) + down / side)];
}
