import type { StreetClass } from './town/main-roads.ts';
import { type Point, toLatLon } from './town/plane.ts';
import type { Town } from './town/town.ts';

/** As which kind of road OpenStreetMap knows our streets, and what a loaded van drives there, km/h. */
const roads: Record<StreetClass, { highway: string; maxspeed: number }> = {
  main: { highway: 'primary', maxspeed: 45 },
  secondary: { highway: 'tertiary', maxspeed: 32 },
  lane: { highway: 'residential', maxspeed: 18 },
};

/**
 * The streets of the town as OSM XML (https://wiki.openstreetmap.org/wiki/OSM_XML), for routers that read map data of
 * OpenStreetMap. Points of streets at the same place are one node, so streets meet where they do in the town.
 */
export function osmXml(town: Pick<Town, 'streets'>): string {
  const nodes: string[] = [];
  const ids = new Map<string, number>();
  const nodeOf = (point: Point): number => {
    const { latitude, longitude } = toLatLon(point);
    const key = `lat="${latitude}" lon="${longitude}"`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = ids.size + 1;
    ids.set(key, id);
    nodes.push(`<node id="${id}" version="1" ${key}/>`);
    return id;
  };
  const ways = town.streets.map((street, i) => {
    const { highway, maxspeed } = roads[street.class];
    const along = street.line.map(nodeOf).filter((id, at, all) => id !== all[at - 1]);
    return [
      `<way id="${i + 1}" version="1">`,
      ...along.map((id) => `<nd ref="${id}"/>`),
      `<tag k="highway" v="${highway}"/><tag k="maxspeed" v="${maxspeed}"/><tag k="name" v="${escaped(street.name)}"/>`,
      '</way>',
    ].join('');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">', ...nodes, ...ways, '</osm>', ''].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
