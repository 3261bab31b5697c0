import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atResolution } from './position.ts';
import type { TrailPoint } from './trail.ts';
import { chunkHead, decodeChunk, encodeChunk, packable } from './trail-chunk.ts';

const noon = Date.UTC(2026, 3, 1, 12);

/** A van that drives, turns and stops, as a receiver reports it: every value a little off the one before. */
function drive(interval: number, count: number): TrailPoint[] {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const noise = (size: number) => (random() + random() + random() - 1.5) * 2 * size;
  let [latitude, longitude, speed, course] = [18.52, 73.856, 30, 80];
  return Array.from({ length: count }, (_, i) => {
    speed = Math.max(0, Math.min(60, speed + noise(1.5 * Math.sqrt(interval))));
    course = (course + noise(3 * Math.sqrt(interval)) + 360) % 360;
    latitude += (Math.cos(course * 0.01745) * speed * interval) / 3.6 / 111_200;
    longitude += (Math.sin(course * 0.01745) * speed * interval) / 3.6 / 105_400;
    return atResolution({
      fixTime: noon + i * interval * 1000,
      receivedAt: noon + i * interval * 1000 + 400 + Math.round(150 * random()),
      latitude: latitude + noise(5e-6),
      longitude: longitude + noise(5e-6),
      speed,
      course,
      altitude: 560 + noise(1),
      accuracy: 4 + Math.round(random()),
      battery: 90 - Math.floor(i / 50),
      ignition: true,
    });
  });
}

const optionally = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const point = fc
  .record({
    fixTime: fc.oneof(fc.integer({ min: noon, max: noon + 86_400_000 }), fc.integer({ min: 0, max: noon })),
    delay: fc.oneof(fc.integer({ min: -300_000, max: 3000 }), fc.integer({ min: 0, max: 2 ** 40 })),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    speed: optionally(fc.double({ min: 0, max: 2000, noNaN: true })),
    course: optionally(fc.double({ min: 0, max: 360, noNaN: true })),
    altitude: optionally(fc.double({ min: -1000, max: 50_000, noNaN: true })),
    accuracy: optionally(fc.double({ min: 0, max: 100_000_000, noNaN: true })),
    battery: optionally(fc.double({ min: 0, max: 100, noNaN: true })),
    ignition: optionally(fc.boolean()),
  })
  .map(({ delay, ...fields }) => {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    return { ...given, receivedAt: fields.fixTime + delay } as TrailPoint;
  });
const points = fc
  .uniqueArray(point, { minLength: 1, maxLength: 70, selector: (each) => each.fixTime })
  .map((list) => list.toSorted((a, b) => a.fixTime - b.fixTime));

/** What a point is after it was kept: at resolution, and no negative zero. */
const kept = (point: TrailPoint) =>
  Object.fromEntries(Object.entries(atResolution(point)).map(([name, value]) => [name, value === 0 ? 0 : value]));

describe('trail chunk', () => {
  it('gives back what was put in, at resolution', () => {
    fc.assert(
      fc.property(points, (list) => {
        const bytes = encodeChunk(list);
        expect(decodeChunk(bytes)).toEqual(list.map(kept));
        expect(chunkHead(bytes)).toEqual({ count: list.length, first: list[0]?.fixTime, last: list.at(-1)?.fixTime });
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('keeps what only some points know', () => {
    const list: TrailPoint[] = [
      { fixTime: noon, receivedAt: noon + 900, latitude: 18.5, longitude: 73.8, ignition: false },
      { fixTime: noon + 1000, receivedAt: noon + 900, latitude: -18.5, longitude: -73.8, speed: 12.3 },
      { fixTime: noon + 2000, receivedAt: noon + 900, latitude: 0, longitude: 180, speed: 0, course: 359.9 },
    ];
    expect(decodeChunk(encodeChunk(list))).toEqual(list);
  });

  it.each([1, 10])('takes less than 8 bytes a point on a drive with a fix every %i s', (interval) => {
    const list = drive(interval, 6000);
    let bytes = 0;
    for (let i = 0; i < list.length; i += 60) {
      const chunk = encodeChunk(list.slice(i, i + 60));
      expect(chunk.length).toBeLessThan(1000);
      bytes += chunk.length;
    }
    expect(bytes / list.length).toBeLessThan(8);
  });

  it('costs next to nothing for a parked van that says nothing else', () => {
    const list = Array.from({ length: 60 }, (_, i) => ({
      fixTime: noon + i * 10_000,
      receivedAt: noon + i * 10_000,
      latitude: 18.5,
      longitude: 73.8,
    }));
    expect(encodeChunk(list).length).toBeLessThan(45);
  });

  it('refuses points that are not a chunk', () => {
    const at = (fixTime: number): TrailPoint => ({ fixTime, receivedAt: noon, latitude: 1, longitude: 1 });
    expect(() => encodeChunk([])).toThrow(RangeError);
    expect(() => encodeChunk([at(noon), at(noon)])).toThrow(RangeError);
    expect(() => encodeChunk([at(noon), at(noon - 1), at(noon + 1)])).toThrow(RangeError);
    expect(() => encodeChunk([{ ...at(noon), latitude: Number.NaN }])).toThrow(RangeError);
    expect(packable({ ...at(noon), speed: Number.POSITIVE_INFINITY })).toBe(false);
    expect(packable({ ...at(noon), receivedAt: Number.NaN })).toBe(false);
  });

  it('answers garbage with RangeError and nothing else', () => {
    const good = encodeChunk(drive(1, 60));
    const read = (bytes: Uint8Array) => {
      try {
        decodeChunk(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    };
    for (let length = 0; length < good.length; length++) {
      expect(() => decodeChunk(good.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => decodeChunk(new Uint8Array([...good, 0]))).toThrow(RangeError);
    expect(() => decodeChunk(new Uint8Array([2, ...good.subarray(1)]))).toThrow(RangeError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        read(bytes);
        read(new Uint8Array([1, ...bytes]));
      }),
      { numRuns: 500, seed: 1 },
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const changed = good.slice();
        changed[at] = byte;
        read(changed);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});
