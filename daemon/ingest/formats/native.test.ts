import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const read = (payload: unknown) =>
  decode({ door: 'position', subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt: 0 });
const point = { fixTime: 1_763_632_000_000, latitude: 11.664325, longitude: 78.146014 };

describe('native', () => {
  it('takes every field in our units', () => {
    const full = { ...point, speed: 32.4, course: 271, altitude: 278, accuracy: 4, battery: 87, ignition: true };
    expect(read(full)).toEqual({ format: 'native', fixes: [full], rejected: [] });
  });

  it('takes zero as zero and null as not known', () => {
    expect(read({ ...point, speed: 0, course: null, ignition: null }).fixes).toEqual([{ ...point, speed: 0 }]);
  });

  it('ignores fields it does not know', () => {
    expect(read({ ...point, hdop: 0.9, firmware: { version: 3 } }).fixes).toEqual([point]);
  });

  it('takes a list and names the items that are bad by their index', () => {
    const { fixes, indexes, rejected } = read([
      point,
      { ...point, latitude: '12' },
      7,
      { ...point, deviceId: 'van-7' },
    ]);
    expect(fixes).toEqual([point, { ...point, deviceId: 'van-7' }]);
    expect(indexes).toEqual([0, 3]);
    expect(rejected).toEqual([
      { index: 1, reason: 'bad-field', detail: 'latitude must be a number, is "12"' },
      { index: 2, reason: 'bad-field', detail: 'expected an object, got 7' },
    ]);
  });

  it.each([
    [{ ...point, fixTime: '2026-01-01T00:00:00Z' }, 'fixTime must be a number, is "2026-01-01T00:00:00Z"'],
    [{ ...point, longitude: undefined }, 'longitude is missing'],
    [{ ...point, speed: 'fast' }, 'speed must be a number, is "fast"'],
    [{ ...point, battery: [87] }, 'battery must be a number, is a list'],
    [{ ...point, ignition: 1 }, 'ignition must be true or false, is 1'],
    [{ ...point, deviceId: 12 }, 'deviceId must be text, is 12'],
  ])('refuses %j', (payload, detail) => {
    expect(read(payload)).toMatchObject({
      format: 'native',
      fixes: [],
      rejected: [{ index: 0, reason: 'bad-field', detail }],
    });
  });

  it('refuses more than 1000 as a whole', () => {
    expect(read(Array(1000).fill(point)).fixes).toHaveLength(1000);
    expect(read(Array(1001).fill(point))).toMatchObject({
      fixes: [],
      rejected: [{ index: 0, reason: 'too-big', detail: 'at most 1000 positions in one message, this has 1001' }],
    });
  });

  it('says what an empty list is', () => {
    expect(decode({ door: 'http', subtopic: '', bytes: Buffer.from('[]'), receivedAt: 0 })).toEqual({
      format: 'native',
      fixes: [],
      rejected: [],
      ignored: 'an empty list',
    });
  });

  it('leaves plain JSON at its door to the plain format', () => {
    expect(read({ lat: 11.66, lon: 78.14, ts: 1_763_632_000 })).toMatchObject({
      format: 'plain',
      fixes: [{ fixTime: 1_763_632_000_000, latitude: 11.66, longitude: 78.14 }],
    });
  });
});
