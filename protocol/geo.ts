/** Geometry on the globe. Degrees WGS84 in, metres and degrees out; a sphere is exact enough (0.5 %) for streets. */
export interface LatLon {
  latitude: number;
  longitude: number;
}

/** Mean earth radius, m (IUGG). */
const earthRadius = 6_371_008.8;
const radians = Math.PI / 180;

/** Great-circle distance, m (haversine). */
export function distance(a: LatLon, b: LatLon): number {
  const dLatitude = (b.latitude - a.latitude) * radians;
  const dLongitude = (b.longitude - a.longitude) * radians;
  const h =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLongitude / 2) ** 2;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Initial course from a to b, degrees clockwise from true north, 0 ≤ course < 360. */
export function course(a: LatLon, b: LatLon): number {
  const dLongitude = (b.longitude - a.longitude) * radians;
  const latitudeA = a.latitude * radians;
  const latitudeB = b.latitude * radians;
  const y = Math.sin(dLongitude) * Math.cos(latitudeB);
  const x =
    Math.cos(latitudeA) * Math.sin(latitudeB) - Math.sin(latitudeA) * Math.cos(latitudeB) * Math.cos(dLongitude);
  return (Math.atan2(y, x) / radians + 360) % 360;
}

/** The point `metres` away from `from` in the direction `towards` (degrees clockwise from true north). */
export function destination(from: LatLon, towards: number, metres: number): LatLon {
  const angle = metres / earthRadius;
  const latitude = from.latitude * radians;
  const bearing = towards * radians;
  const sine = Math.sin(latitude) * Math.cos(angle) + Math.cos(latitude) * Math.sin(angle) * Math.cos(bearing);
  const dLongitude = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(latitude),
    Math.cos(angle) - Math.sin(latitude) * sine,
  );
  const longitude = from.longitude + dLongitude / radians;
  return { latitude: Math.asin(sine) / radians, longitude: ((longitude + 540) % 360) - 180 };
}

/**
 * Whether a point lies in a polygon (even-odd rule, ring open or closed, points on the upper or right edge outside).
 * Rings that cross the 180th meridian are to be split by the caller.
 */
export function inPolygon(point: LatLon, ring: readonly LatLon[]): boolean {
  let inside = false;
  let previous = ring[ring.length - 1];
  for (const corner of ring) {
    if (previous && corner.latitude > point.latitude !== previous.latitude > point.latitude) {
      const crossing =
        corner.longitude +
        ((point.latitude - corner.latitude) * (previous.longitude - corner.longitude)) /
          (previous.latitude - corner.latitude);
      if (point.longitude < crossing) inside = !inside;
    }
    previous = corner;
  }
  return inside;
}
