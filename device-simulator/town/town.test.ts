import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { consumersOf } from './consumers.ts';
import { townGeoJson } from './geojson.ts';
import { gap, nearestOn, type Point } from './plane.ts';
import { makeTown } from './town.ts';

const town = makeTown(1);

describe('the demo town', () => {
  it('is the same town for the same seed on every machine', () => {
    const hash = createHash('sha256')
      .update(JSON.stringify(townGeoJson(town)))
      .digest('hex');
    // a change here is a change of the town that everyone sees: wanted, or a slip
    expect(hash.slice(0, 16)).toBe('d8c9f6b3018326e9');
    expect(town.name).toBe('Sonanagari');
  });

  it('is another town for another seed', () => {
    const other = makeTown(2);
    expect(other.name === town.name && other.streets.length === town.streets.length).toBe(false);
    expect(other.doors.length).toBeGreaterThan(20_000);
    expect(isConnected(other.network)).toBe(true);
  });

  it('has one connected network of streets, with dead ends', () => {
    expect(isConnected(town.network)).toBe(true);
    const degrees = new Map<number, number>();
    for (const edge of town.network.edges) {
      for (const end of [edge.from, edge.to]) degrees.set(end, (degrees.get(end) ?? 0) + 1);
      expect(edge.line[0]).toEqual(town.network.junctions[edge.from]);
      expect(edge.line.at(-1)).toEqual(town.network.junctions[edge.to]);
    }
    expect([...degrees.values()].filter((degree) => degree === 1).length).toBeGreaterThan(50);
    expect([...degrees.values()].filter((degree) => degree >= 3).length).toBeGreaterThan(1000);
    const used = new Set(town.streets.flatMap((street) => street.edges));
    expect(used.size).toBe(town.network.edges.length);
  });

  it('has bridges, and no lane in the water', () => {
    const bridges = new Set<string>();
    for (const street of town.streets) {
      for (const point of street.line) {
        if (!town.land.isWet(point, 0)) continue;
        expect(street.class).toBe('main');
        bridges.add(street.name);
      }
      if (street.class === 'main' && crossesWater(street.line)) bridges.add(street.name);
    }
    expect(bridges.size).toBeGreaterThanOrEqual(3);
  });

  it('has over 20,000 doors, no two alike, each beside its street', () => {
    expect(town.doors.length).toBeGreaterThan(20_000);
    const addresses = new Set(
      town.doors.map(
        (door) => `${door.number}, ${town.streets[door.street]?.name}, ${town.districts[door.district]?.name}`,
      ),
    );
    expect(addresses.size).toBe(town.doors.length);
    expect(new Set(town.doors.map((door) => `${door.point.x} ${door.point.y}`)).size).toBe(town.doors.length);
    for (const door of town.doors.filter((_, i) => i % 97 === 0)) {
      const { line } = town.network.edges[door.edge] ?? { line: [] };
      const far = Math.min(...line.slice(1).map((b, i) => nearestOn(door.point, line[i] as Point, b).gap));
      expect(far).toBeGreaterThan(3);
      expect(far).toBeLessThan(18);
    }
  });

  it('has consumers with addresses, numbers that cannot ring, and homes of their own', () => {
    const consumers = consumersOf(town, 2000);
    expect(consumersOf(town, 100)).toEqual(consumers.slice(0, 100));
    expect(new Set(consumers.map(({ address }) => address)).size).toBe(2000);
    for (const consumer of consumers) {
      expect(consumer.id).toMatch(/^c\d{5}$/);
      expect(consumer.phone).toMatch(/^\+91 00\d{3} \d{5}$/);
      expect(consumer.pincode).toMatch(/^54000\d$/);
      expect(consumer.address).toMatch(/^\d+, [A-Z][A-Za-z ]+, [A-Z][A-Za-z ]+$/);
    }
    expect(() => consumersOf(town, 1e6)).toThrow(RangeError);
  });

  it('draws as one GeoJSON of less than 2 MB in which every feature names its layer', () => {
    const geo = townGeoJson(town);
    expect(JSON.stringify(geo).length).toBeLessThan(2_000_000);
    const layers = new Set(geo.features.map((feature) => feature.properties.layer));
    const expected = [
      'border',
      'building',
      'district',
      'godown',
      'park',
      'place',
      'railway',
      'river',
      'street',
      'water',
    ];
    expect([...layers].sort()).toEqual(expected);
    for (const { geometry } of geo.features) {
      if (geometry.type !== 'Polygon') continue;
      for (const ring of geometry.coordinates) expect(ring.at(-1)).toEqual(ring[0]);
    }
  });
});

function isConnected(network: { junctions: Point[]; edges: { from: number; to: number }[] }): boolean {
  const beside = new Map<number, number[]>();
  for (const { from, to } of network.edges) {
    beside.set(from, [...(beside.get(from) ?? []), to]);
    beside.set(to, [...(beside.get(to) ?? []), from]);
  }
  const seen = new Set([0]);
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of beside.get(at) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen.size === network.junctions.length;
}

function crossesWater(line: readonly Point[]): boolean {
  return line.some((b, i) => {
    const a = line[i - 1];
    if (!a || gap(a, b) > 2000) return false;
    return [0.25, 0.5, 0.75].some((part) =>
      town.land.isWet({ x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part }, 0),
    );
  });
}
