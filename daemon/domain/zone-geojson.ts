import type { LatLon } from '../../protocol/geo.ts';
import type { Zone, ZoneShape } from '../../protocol/zone.ts';
import { polygonArea } from './zone-geometry.ts';

/**
 * Zones as GeoJSON (RFC 7946) and back. It knows no circles and no widths, so these are properties:
 *
 *   circle     Point        properties.radius, m
 *   polygon    Polygon      one ring, counterclockwise, closed
 *   corridor   LineString   properties.width, m
 *
 * The other properties are the fields of the zone.
 */
export interface ZoneFeature {
  type: 'Feature';
  id: string;
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown>;
}

export function featureOf({ shape, ...fields }: Zone): ZoneFeature {
  const feature = (type: string, coordinates: unknown, more: Record<string, number> = {}): ZoneFeature => ({
    type: 'Feature',
    id: fields.id,
    geometry: { type, coordinates },
    properties: { ...fields, ...more },
  });
  switch (shape.type) {
    case 'circle':
      return feature('Point', pairOf(shape), { radius: shape.radius });
    case 'polygon': {
      const ring = polygonArea(shape.corners) < 0 ? shape.corners.toReversed() : shape.corners;
      return feature('Polygon', [[...ring, ...ring.slice(0, 1)].map(pairOf)]);
    }
    case 'corridor':
      return feature('LineString', shape.line.map(pairOf), { width: shape.width });
  }
}

/** A zone's fields, not checked but for what becomes the shape: that is as a schema will say of the shape. */
export function fieldsOfFeature(feature: {
  id?: unknown;
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown> | null;
}): Record<string, unknown> | { wrong: string } {
  const { radius, width, version: _version, ...fields } = feature.properties ?? {};
  const shape = shapeOf(feature.geometry, radius, width);
  if ('wrong' in shape) return shape;
  const id = fields.id ?? feature.id;
  return { ...(id === undefined ? {} : { id: String(id) }), rules: {}, ...fields, shape };
}

function shapeOf(
  { type, coordinates }: { type: string; coordinates: unknown },
  radius: unknown,
  width: unknown,
): ZoneShape | { wrong: string } {
  const list = Array.isArray(coordinates) ? coordinates : [];
  switch (type) {
    case 'Point': {
      const centre = pointOf(coordinates);
      if (centre === undefined) return { wrong: 'geometry.coordinates: must be [longitude, latitude]' };
      if (typeof radius !== 'number') return { wrong: 'properties.radius: a Point needs a radius, m' };
      return { type: 'circle', ...centre, radius };
    }
    case 'LineString': {
      const line = pointsOf(list);
      if (line === undefined) return { wrong: 'geometry.coordinates: must be a list of [longitude, latitude]' };
      if (typeof width !== 'number') return { wrong: 'properties.width: a LineString needs a width, m' };
      return { type: 'corridor', line, width };
    }
    case 'Polygon': {
      if (list.length > 1) return { wrong: 'geometry.coordinates: a zone has no holes' };
      const [ring] = list;
      const corners = Array.isArray(ring) ? pointsOf(ring) : undefined;
      if (corners === undefined) return { wrong: 'geometry.coordinates: must be one ring of [longitude, latitude]' };
      const [first] = corners;
      const last = corners.at(-1);
      const closed = corners.length > 1 && first?.latitude === last?.latitude && first?.longitude === last?.longitude;
      return { type: 'polygon', corners: closed ? corners.slice(0, -1) : corners };
    }
    default:
      return { wrong: `geometry.type: must be Point, LineString or Polygon, not ${type.slice(0, 40)}` };
  }
}

function pairOf({ latitude, longitude }: LatLon): [number, number] {
  return [longitude, latitude];
}

function pointsOf(list: readonly unknown[]): LatLon[] | undefined {
  const points = list.map(pointOf);
  return points.every((point) => point !== undefined) ? points : undefined;
}

/** `[longitude, latitude]`; a height after it is left out. */
function pointOf(pair: unknown): LatLon | undefined {
  if (!Array.isArray(pair)) return undefined;
  const [longitude, latitude]: unknown[] = pair;
  return typeof longitude === 'number' && typeof latitude === 'number' ? { latitude, longitude } : undefined;
}
