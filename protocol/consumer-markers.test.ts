import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMarkers, encodeMarkers, markerBytes, markerStates } from './consumer-markers.ts';

const marker = fc.record({
  number: fc.integer({ min: 0, max: 0xffffff }),
  state: fc.constantFrom(...markerStates),
  latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }).map((n) => n / 1e7),
  longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }).map((n) => n / 1e7),
});

describe('markers of consumers', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(marker), (markers) => {
        expect(decodeMarkers(encodeMarkers(markers))).toEqual(markers);
      }),
    );
  });

  it('are these bytes', () => {
    const bytes = encodeMarkers([{ number: 0x010203, state: 'out-for-delivery', latitude: 21.5, longitude: -1e-7 }]);
    expect(Buffer.from(bytes).toString('hex')).toBe('010203030cd0a3c0ffffffff');
  });

  it('of 60,000 consumers are less than a megabyte', () => expect(60_000 * markerBytes).toBeLessThan(1_000_000));

  it('cut in the middle are refused, and so are numbers of more than 24 bits', () => {
    expect(() => decodeMarkers(new Uint8Array(13))).toThrow(RangeError);
    expect(() => encodeMarkers([{ number: 2 ** 24, state: 'none', latitude: 0, longitude: 0 }])).toThrow(RangeError);
  });
});
