import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePositions, encodePositions, type FramePosition } from './feed-frame.ts';

const now = 1_700_000_000_000;

/** Positions at the resolution everything is kept at (position.ts), with any part of what a fix may leave out. */
const position: fc.Arbitrary<FramePosition> = fc
  .record(
    {
      index: fc.nat(0xffffff),
      fixTime: fc.integer({ min: now - 3_600_000, max: now + 3_600_000 }),
      latitude: fc.integer({ min: -90_000_000, max: 90_000_000 }).map((micro) => micro / 1e6),
      longitude: fc.integer({ min: -180_000_000, max: 180_000_000 }).map((micro) => micro / 1e6),
      speed: fc.nat(20_000).map((tenths) => tenths / 10),
      course: fc.nat(3599).map((tenths) => tenths / 10),
      battery: fc.nat(100),
      ignition: fc.boolean(),
    },
    { requiredKeys: ['index', 'fixTime', 'latitude', 'longitude'] },
  )
  .map((one) => ({ ...one }));
const cursor = fc.string({ unit: 'grapheme', maxLength: 60 });
const frames = (text: string, positions: FramePosition[]) => encodePositions(text, positions).map(decodePositions);

describe('the binary frame of positions', () => {
  it('gives back what went in, whatever was left out', () => {
    fc.assert(
      fc.property(cursor, fc.array(position, { minLength: 1, maxLength: 40 }), (text, positions) => {
        expect(frames(text, positions)).toEqual([{ cursor: text, positions }]);
      }),
    );
  });

  it('gives back every position when their times lie weeks, years or ages apart', () => {
    const any = fc
      .tuple(position, fc.integer({ min: 0, max: 8_640_000_000_000_000 }))
      .map(([one, fixTime]) => ({ ...one, fixTime }));
    fc.assert(
      fc.property(cursor, fc.array(any, { minLength: 1, maxLength: 12 }), (text, positions) => {
        const decoded = frames(text, positions);
        expect(decoded.every((frame) => frame.cursor === text && frame.positions.length > 0)).toBe(true);
        const back = decoded.flatMap((frame) => frame.positions);
        const byPlace = (a: FramePosition, b: FramePosition) =>
          a.fixTime - b.fixTime || a.index - b.index || a.latitude - b.latitude || a.longitude - b.longitude;
        expect(back.sort(byPlace)).toEqual(positions.toSorted(byPlace));
      }),
    );
  });

  it('is one frame for a day and more for a month', () => {
    const fix = (days: number): FramePosition => ({
      index: 1,
      fixTime: now + days * 86_400_000,
      latitude: 1,
      longitude: 2,
    });
    expect(encodePositions('c', [fix(0), fix(1)])).toHaveLength(1);
    expect(encodePositions('c', [fix(0), fix(24)])).toHaveLength(1);
    expect(encodePositions('c', [fix(0), fix(30), fix(31)])).toHaveLength(2);
  });

  it('takes 20 bytes a position', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ index, fixTime: now, latitude: 1, longitude: 2 }));
    const [one, hundred] = [many.slice(0, 1), many].map((positions) => encodePositions('cursor', positions)[0]?.length);
    expect((hundred ?? 0) - (one ?? 0)).toBe(99 * 20);
  });

  it('is nothing for nothing', () => {
    expect(encodePositions('c', [])).toEqual([]);
  });

  it('rounds to its resolution and takes 360 degrees for 0', () => {
    const fix = {
      index: 1,
      fixTime: now,
      latitude: 12.34567891,
      longitude: -0.0000004,
      speed: 33.333,
      course: 359.96,
      battery: 79.6,
    };
    expect(frames('c', [fix])[0]?.positions[0]).toEqual({
      index: 1,
      fixTime: now,
      latitude: 12.345679,
      longitude: 0,
      speed: 33.3,
      course: 0,
      battery: 80,
    });
    expect(frames('c', [{ ...fix, course: 360 }])[0]?.positions[0]?.course).toBe(0);
  });

  it('is read wherever it lies in a larger buffer', () => {
    const fix = { index: 7, fixTime: now, latitude: 1, longitude: 2 };
    const [bytes] = encodePositions('c', [fix]);
    for (const offset of [0, 1, 3]) {
      const larger = new Uint8Array(200);
      larger.set(bytes ?? [], offset);
      expect(decodePositions(larger.subarray(offset, offset + (bytes?.length ?? 0))).positions).toEqual([fix]);
    }
  });

  it('cut or lengthened anywhere is refused', () => {
    fc.assert(
      fc.property(cursor, fc.array(position, { minLength: 1, maxLength: 5 }), fc.nat(), (text, positions, cut) => {
        const bytes = encodePositions(text, positions)[0] ?? new Uint8Array();
        expect(() => decodePositions(bytes.subarray(0, cut % bytes.length))).toThrow(RangeError);
        expect(() => decodePositions(new Uint8Array([...bytes, 0]))).toThrow(RangeError);
      }),
    );
  });

  it('of another kind or version is refused', () => {
    const [bytes] = encodePositions('c', [{ index: 1, fixTime: now, latitude: 1, longitude: 2 }]);
    for (const at of [0, 1]) {
      const other = Uint8Array.from(bytes ?? []);
      other[at] = 2;
      expect(() => decodePositions(other)).toThrow('not a position frame of version 1');
    }
  });

  it('of garbage is refused or read, with no other end and no more positions than bytes for them', () => {
    const begun = fc.uint8Array({ maxLength: 200 }).map((rest) => Uint8Array.from([1, 1, ...rest]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), begun), (bytes) => {
        try {
          expect(decodePositions(bytes).positions.length * 20).toBeLessThan(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
