import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destination, distance, inPolygon, type LatLon } from '../../protocol/geo.ts';
import type { ZoneShape } from '../../protocol/zone.ts';
import { origin, place } from './zone.fixture.ts';
import { inBox, outlineOf, polygonArea } from './zone-geometry.ts';
import { layZone, ZoneIndex, ZoneList } from './zone-index.ts';
import { whyNoShape } from './zone-shape.ts';

const radians = Math.PI / 180;
const from = (shape: ZoneShape, { latitude, longitude }: LatLon) =>
  outlineOf(shape).distance(latitude, longitude, Math.cos(latitude * radians));

const square = (half: number): LatLon[] => [
  place(-half, -half),
  place(half, -half),
  place(half, half),
  place(-half, half),
];

describe('how far a point is from the edge of a zone', () => {
  it('is negative inside, in metres', () => {
    const circle: ZoneShape = { type: 'circle', ...origin, radius: 100 };
    expect(from(circle, origin)).toBeCloseTo(-100, 6);
    expect(from(circle, place(250))).toBeCloseTo(150, 1);
    expect(from({ ...circle, radius: 50_000 }, place(60_000))).toBeCloseTo(10_000, -1);
    const polygon: ZoneShape = { type: 'polygon', corners: square(100) };
    expect(from(polygon, origin)).toBeCloseTo(-100, 1);
    expect(from(polygon, place(130))).toBeCloseTo(30, 1);
    expect(from(polygon, place(103, 104))).toBeCloseTo(5, 1);
    const corridor: ZoneShape = { type: 'corridor', line: [place(0), place(1000), place(1000, 500)], width: 40 };
    expect(from(corridor, place(500, 5))).toBeCloseTo(-15, 1);
    expect(from(corridor, place(-50))).toBeCloseTo(30, 1);
    expect(from(corridor, place(990, 250))).toBeCloseTo(-10, 1);
  });

  it('is right across the 180th meridian, where Fiji is', () => {
    const circle: ZoneShape = { type: 'circle', latitude: -17, longitude: 179.999, radius: 1000 };
    expect(from(circle, { latitude: -17, longitude: -179.999 })).toBeCloseTo(-787, 0);
    const corners = [
      { latitude: -17, longitude: 179.9 },
      { latitude: -17, longitude: -179.9 },
      { latitude: -16.9, longitude: -179.9 },
      { latitude: -16.9, longitude: 179.9 },
    ];
    const polygon: ZoneShape = { type: 'polygon', corners };
    expect(whyNoShape(polygon)).toBeUndefined();
    for (const longitude of [179.95, 180, -180, -179.95]) {
      expect(from(polygon, { latitude: -16.95, longitude })).toBeLessThan(-5000);
    }
    expect(from(polygon, { latitude: -16.95, longitude: 179.8 })).toBeGreaterThan(10_000);
    const index = new ZoneIndex();
    const zones = [circle, polygon].map((shape, i) => layZone({ id: String(i), shape, rules: {} }, 'UTC', 0));
    index.add(zones);
    for (const longitude of [179.9995, -179.9995]) {
      const found: typeof zones = [];
      index.at(-16.9999, longitude, found);
      expect(found.map(({ id }) => id).sort()).toEqual(['0', '1']);
    }
  });

  it('knows the size of a shape, for the margin around it', () => {
    expect(outlineOf({ type: 'polygon', corners: square(100) }).size).toBeCloseTo(200 / Math.sqrt(Math.PI), 1);
    expect(polygonArea(square(100))).toBeCloseTo(40_000, -1);
    expect(polygonArea(square(100).toReversed())).toBeCloseTo(-40_000, -1);
    expect(outlineOf({ type: 'corridor', line: [place(0), place(9000)], width: 30 })).toMatchObject({
      size: 15,
      depth: 15,
    });
  });
});

describe('a shape that no zone can have', () => {
  const polygon = (...corners: LatLon[]): ZoneShape => ({ type: 'polygon', corners });

  it('says what is wrong and where', () => {
    const bow = polygon(place(0), place(100, 100), place(100), place(0, 100));
    expect(whyNoShape(bow)).toBe(
      'shape.corners: the edge after corner 1 meets the edge after corner 3; edges may not cross or touch',
    );
    expect(whyNoShape(polygon(place(0), place(100), place(0), place(0, 100)))).toMatch(
      /^shape\.corners: the edge after/,
    );
    const eight = polygon(place(0), place(100), place(50, 50), place(100, 100), place(0, 100), place(50, 50));
    expect(whyNoShape(eight)).toMatch(/may not cross or touch$/);
    expect(whyNoShape(polygon(place(0), place(0), place(100)))).toMatch(/at least three corners that differ/);
    expect(whyNoShape(polygon(place(0), place(3), place(3, 3)))).toMatch(/encloses less than 100 m²/);
    expect(whyNoShape(polygon(place(0), place(600_000), place(0, 9000)))).toMatch(/more than 500 km across/);
    expect(whyNoShape({ type: 'corridor', line: [place(0), place(0)], width: 20 })).toMatch(
      /^shape\.line: needs at least two/,
    );
    const many = Array.from({ length: 1001 }, (_, i) => destination(origin, (360 * i) / 1001, 1000));
    expect(whyNoShape(polygon(...many))).toBe('shape.corners: has 1001 points, at most 1000 are possible');
    expect(whyNoShape(polygon(...many.slice(1)))).toBeUndefined();
    // A road may cross itself.
    expect(
      whyNoShape({ type: 'corridor', line: [place(0), place(100, 100), place(100), place(0, 100)], width: 20 }),
    ).toBeUndefined();
  });
});

const near = fc.record({
  latitude: fc.double({ min: -0.02, max: 0.02, noNaN: true }),
  longitude: fc.double({ min: -0.02, max: 0.02, noNaN: true }),
});
const somewhere = fc.tuple(near, fc.constantFrom(0, 18.5, -33.9, 60)).map(([{ latitude, longitude }, base]) => ({
  latitude: base + latitude,
  longitude: 73.85 + longitude,
}));

describe('geometry beside a plain way to find the same', () => {
  const corners = fc.tuple(fc.constantFrom(0, 18.5, -33.9, 60), fc.array(near, { minLength: 3, maxLength: 12 }), near);

  it('a polygon', () => {
    fc.assert(
      fc.property(corners, ([base, offsets, offset]) => {
        const ring = offsets.map(({ latitude, longitude }) => ({
          latitude: base + latitude,
          longitude: 73.85 + longitude,
        }));
        const point = { latitude: base + offset.latitude, longitude: 73.85 + offset.longitude };
        const found = from({ type: 'polygon', corners: ring }, point);
        // Every edge in small steps.
        const step = 400;
        let nearest = Infinity;
        let coarse = 0;
        for (const [i, a] of ring.entries()) {
          const b = ring[(i + 1) % ring.length] ?? a;
          coarse = Math.max(coarse, distance(a, b) / step);
          for (let k = 0; k <= step; k++) {
            const at = {
              latitude: a.latitude + ((b.latitude - a.latitude) * k) / step,
              longitude: a.longitude + ((b.longitude - a.longitude) * k) / step,
            };
            nearest = Math.min(nearest, distance(point, at));
          }
        }
        // A plane beside a globe: a thousandth, and up to half a step is between two of them.
        expect(Math.abs(Math.abs(found) - nearest)).toBeLessThan(coarse + nearest * 0.002 + 0.01);
        if (Math.abs(found) > 0.01) expect(found < 0).toBe(inPolygon(point, ring));
      }),
      { numRuns: 300 },
    );
  });

  it('a circle', () => {
    fc.assert(
      fc.property(somewhere, somewhere, fc.integer({ min: 10, max: 4000 }), (centre, point, radius) => {
        const found = from({ type: 'circle', ...centre, radius }, point);
        const plain = distance(centre, point) - radius;
        // Near the edge, where it matters, within half a metre.
        if (Math.abs(plain) < 500) expect(Math.abs(found - plain)).toBeLessThan(0.5);
        if (Math.abs(plain) > 0.5) expect(found < 0).toBe(plain < 0);
      }),
      { numRuns: 500 },
    );
  });

  it('the box of a shape holds all that is inside', () => {
    const shape = fc.oneof(
      fc.record({
        type: fc.constant('circle' as const),
        latitude: fc.constantFrom(0, 18.5, 80),
        longitude: fc.constantFrom(73.85, 179.99, -179.99),
        radius: fc.integer({ min: 10, max: 2000 }),
      }),
      fc.record({
        type: fc.constant('corridor' as const),
        line: fc.array(somewhere, { minLength: 2, maxLength: 6 }),
        width: fc.integer({ min: 10, max: 500 }),
      }),
    );
    fc.assert(
      fc.property(
        shape,
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, towards, share) => {
          const start = one.type === 'circle' ? one : (one.line[0] ?? origin);
          const reach = one.type === 'circle' ? one.radius : one.width / 2;
          const point = destination(start, towards, reach * share * 0.999);
          expect(inBox(outlineOf(one), point.latitude, point.longitude)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('the index and the list find what looking at every zone finds', () => {
    const zone = fc.record({ centre: somewhere, radius: fc.integer({ min: 10, max: 1500 }) });
    const steps = fc.array(fc.oneof(zone, fc.constant('remove' as const)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.array(somewhere, { minLength: 1, maxLength: 20 }), (all, points) => {
        const index = new ZoneIndex();
        const kept: ReturnType<typeof layZone>[] = [];
        for (const [i, one] of all.entries()) {
          if (one === 'remove') {
            const [gone] = kept.splice(0, 1);
            if (gone !== undefined) index.remove(gone);
          } else {
            const shape: ZoneShape = { type: 'circle', ...one.centre, radius: one.radius };
            const laid = layZone({ id: String(i), shape, rules: {} }, 'UTC', 0);
            kept.push(laid);
            index.add([laid]);
          }
          const [point] = points;
          if (point !== undefined) index.at(point.latitude, point.longitude, []);
        }
        const list = new ZoneList(kept);
        for (const point of points) {
          const holding = kept
            .filter(({ outline }) => inBox(outline, point.latitude, point.longitude))
            .map(({ id }) => id);
          for (const source of [index, list]) {
            const found: typeof kept = [];
            source.at(point.latitude, point.longitude, found);
            // Boxes are packed a little wider.
            const ids = found
              .filter(({ outline }) => inBox(outline, point.latitude, point.longitude))
              .map(({ id }) => id);
            expect(ids.sort()).toEqual(holding.toSorted());
            expect(found.length).toBeLessThanOrEqual(holding.length + 3);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
