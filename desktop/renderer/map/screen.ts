import type { LonLat } from '../trail/trail-shapes.ts';
import { latitudeAt, longitudeAt, mercatorX, mercatorY, worldSize } from './mercator.ts';
import type { View } from './view.ts';

/** Part of the view around it that is still near. */
const margin = 0.15;

/** The part of the world that the map shows, and where on it a place lies; the map is never turned. */
export function screenOf({ surface, width, height }: Pick<View, 'surface' | 'width' | 'height'>) {
  const { longitude, latitude, zoom } = surface.camera();
  const side = worldSize(zoom);
  const left = mercatorX(longitude) * side - width / 2;
  const top = mercatorY(latitude) * side - height / 2;
  const west = longitudeAt(left / side);
  const east = longitudeAt((left + width) / side);
  const north = latitudeAt(top / side);
  const south = latitudeAt((top + height) / side);
  const wide = (east - west) * margin;
  const high = (north - south) * margin;
  return {
    west,
    east,
    north,
    south,
    /** whether a place is in view or not far outside */
    nearly: (lon: number, lat: number) =>
      lon >= west - wide && lon <= east + wide && lat >= south - high && lat <= north + high,
    has: ([lon, lat]: LonLat) => lon >= west && lon <= east && lat >= south && lat <= north,
    place: ([lon, lat]: LonLat) => ({ x: mercatorX(lon) * side - left, y: mercatorY(lat) * side - top }),
  };
}
