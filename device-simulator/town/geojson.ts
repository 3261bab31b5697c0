import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';
import { type Point, simplified, toLatLon } from './plane.ts';
import type { Town } from './town.ts';

type Properties = {
  layer: 'water' | 'river' | 'park' | 'street' | 'district' | 'railway' | 'building' | 'place' | 'godown' | 'border';
  class?: string;
  name?: string;
  /** m */
  width?: number;
};

/** The town as one GeoJSON: what the console draws as the demo's map. Every feature names its layer. */
export function townGeoJson(town: Town): FeatureCollection<Geometry, Properties> {
  const features: Feature<Geometry, Properties>[] = [
    feature({ layer: 'border', name: town.name }, polygon(town.land.limits)),
    feature({ layer: 'river', name: town.land.river.name }, polygon(simplified(town.land.river.ring, 0.4))),
    feature(
      { layer: 'water', class: 'lake', name: town.land.lake.name },
      polygon(simplified(town.land.lake.ring, 0.7)),
    ),
  ];
  for (const park of town.parks)
    features.push(
      feature(
        { layer: 'park', class: park.kind, ...(park.name ? { name: park.name } : {}) },
        polygon(simplified(park.ring, 0.5)),
      ),
    );
  town.districts.forEach((_, index) => {
    const rings = town.buildings
      .filter((building) => building.district === index)
      .map((building) => [positions(building.ring)]);
    if (rings.length > 0) features.push(feature({ layer: 'building' }, { type: 'MultiPolygon', coordinates: rings }));
  });
  features.push(feature({ layer: 'railway' }, line(simplified(town.land.railway, 1))));
  // small streets first: who draws in this order draws the large ones above
  for (const wanted of ['lane', 'secondary', 'main'] as const) {
    for (const street of town.streets) {
      if (street.class !== wanted) continue;
      features.push(
        feature({ layer: 'street', class: street.class, name: street.name, width: street.width }, line(street.line)),
      );
    }
  }
  for (const place of town.places)
    features.push(feature({ layer: 'place', class: place.kind, name: place.name }, point(place.point)));
  for (const district of town.districts)
    features.push(feature({ layer: 'district', name: district.name }, point(district.middle)));
  features.push(feature({ layer: 'godown', name: 'Godown' }, point(town.godown.point)));
  return { type: 'FeatureCollection', features };
}

function feature(properties: Properties, geometry: Geometry): Feature<Geometry, Properties> {
  return { type: 'Feature', properties, geometry };
}

function position(from: Point): Position {
  const { latitude, longitude } = toLatLon(from);
  return [longitude, latitude];
}

function positions(from: readonly Point[]): Position[] {
  return from.map(position);
}

function point(from: Point): Geometry {
  return { type: 'Point', coordinates: position(from) };
}

function line(from: readonly Point[]): Geometry {
  return { type: 'LineString', coordinates: positions(from) };
}

function polygon(ring: readonly Point[]): Geometry {
  return { type: 'Polygon', coordinates: [positions(ring)] };
}
