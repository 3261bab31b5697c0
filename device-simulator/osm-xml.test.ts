import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { osmXml } from './osm-xml.ts';
import type { StreetClass } from './town/main-roads.ts';
import { type Point, toLatLon } from './town/plane.ts';
import type { Street } from './town/streets.ts';
import { makeTown } from './town/town.ts';

const street = (kind: StreetClass, name: string, line: Point[]): Street => ({
  name,
  class: kind,
  width: 5,
  edges: [],
  line,
  length: 0,
});
const corner = { x: 100, y: 0 };

describe('the town as OSM XML', () => {
  it('has a node for each point and a way for each street; streets meet in one node', () => {
    const xml = osmXml({
      streets: [
        street('main', 'Ring & "Market" Road', [{ x: 0, y: 0 }, corner, corner, { x: 200, y: 0 }]),
        street('lane', 'Gali <1>', [corner, { x: 100, y: 50 }]),
      ],
    });
    expect(xml).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<osm version="0.6">',
        '<node id="1" version="1" lat="21.15" lon="78.6"/>',
        '<node id="2" version="1" lat="21.15" lon="78.600964"/>',
        '<node id="3" version="1" lat="21.15" lon="78.601929"/>',
        '<node id="4" version="1" lat="21.15045" lon="78.600964"/>',
        '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/>' +
          '<tag k="maxspeed" v="45"/><tag k="name" v="Ring &amp; &quot;Market&quot; Road"/></way>',
        '<way id="2" version="1"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/>' +
          '<tag k="maxspeed" v="18"/><tag k="name" v="Gali &lt;1>"/></way>',
        '</osm>',
        '',
      ].join('\n'),
    );
  });

  it('holds the whole town: its streets meet where they do in the town, and nowhere else', () => {
    const town = makeTown(3);
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(osmXml(town)) as {
      osm: { node: { '@_id': string; '@_lat': string; '@_lon': string }[]; way: { nd: { '@_ref': string }[] }[] };
    };
    const { node, way } = parsed.osm;
    expect(way).toHaveLength(town.streets.length);
    const places = new Map(node.map((each) => [each['@_id'], `${each['@_lat']} ${each['@_lon']}`]));
    expect(places.size).toBe(node.length);
    const uses = new Map<string | undefined, number>();
    for (const { nd } of way) {
      for (const { '@_ref': ref } of nd) uses.set(places.get(ref), (uses.get(places.get(ref)) ?? 0) + 1);
    }
    expect(uses.has(undefined)).toBe(false);
    const junctions = town.network.junctions.map((point) => {
      const { latitude, longitude } = toLatLon(point);
      return `${latitude} ${longitude}`;
    });
    expect(junctions.filter((place) => !uses.has(place))).toEqual([]);
    const known = new Set(junctions);
    const meetings = [...uses].filter(([, count]) => count > 1).map(([place]) => place ?? '');
    expect(meetings.filter((place) => !known.has(place))).toEqual([]);
    expect(meetings.length).toBeGreaterThan(1000);
  });
});
