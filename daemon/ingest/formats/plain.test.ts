import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const read = (payload: unknown, door: 'raw' | 'gateway' = 'raw') =>
  decode({ door, subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt: 0 });
const fix = { fixTime: 1769540147000, latitude: 12.9716, longitude: 77.5946 };

describe('plain JSON', () => {
  it.each([
    { lat: 12.9716, lng: 77.5946, timestamp: 1769540147 },
    { lat: '12.9716', lon: '77.5946', ts: '1769540147000' },
    { Latitude: 12.9716, Longitude: 77.5946, time: '2026-01-27T18:55:47Z' },
    { LAT: 12.9716, LONG: 77.5946, 'gps time': '2026-01-28 00:25:47+0530' },
    { fix_time: 1769540147, location: { lat: 12.9716, lng: 77.5946 } },
    { ts: 1769540147, gps: { latitude: 12.9716, longitude: 77.5946 } },
    { position: { latitude: 12.9716, longitude: 77.5946, timestamp: 1769540147 } },
  ])('reads the usual names: %j', (payload) => {
    expect(read(payload)).toEqual({ format: 'plain', fixes: [fix], indexes: [0], rejected: [] });
  });

  it.each([
    ['speed', 36],
    ['speedKmh', 36],
    ['speed_kph', 36],
    ['speed_mps', 10],
    ['speedKnots', 36 / 1.852],
    ['speed_mph', 36 / 1.609344],
  ])('takes the unit of a speed from its name: %s', (name, speed) => {
    const read36 = read({ lat: 12.9716, lng: 77.5946, ts: 1769540147, [name]: speed }).fixes[0]?.speed;
    expect(read36).toBeCloseTo(36, 9);
  });

  it('reads the rest, and does not guess what acc means', () => {
    const rest = { heading: '271', alt: 278, accuracy: 4, batt: 87, ignition: 'on', acc: 1 };
    expect(read({ lat: 12.9716, lng: 77.5946, ts: 1769540147, ...rest }).fixes).toEqual([
      { ...fix, course: 271, altitude: 278, accuracy: 4, battery: 87, ignition: true },
    ]);
  });

  it('names the device behind a gateway alone', () => {
    const named = { imei: 865284041968706, lat: 12.9716, lng: 77.5946, ts: 1769540147 };
    expect(read(named).fixes).toEqual([fix]);
    expect(read(named, 'gateway').fixes).toEqual([{ ...fix, deviceId: '865284041968706' }]);
    expect(read([{ ...named, imei: undefined }], 'gateway').rejected).toEqual([
      { index: 0, reason: 'unknown-device', detail: 'the item does not say which device it is from' },
    ]);
  });

  it('refuses a position without a time: a backlog must not land on one moment', () => {
    expect(read({ lat: 12.9716, lng: 77.5946 }).rejected).toEqual([
      { index: 0, reason: 'bad-field', detail: 'a time is missing (fixTime, timestamp, time or ts)' },
    ]);
  });

  it('calls a bad field by the name the sender gave it', () => {
    expect(read({ lat: 12.9, LNG: 'east', ts: 1769540147 }).rejected).toMatchObject([
      { detail: 'LNG must be a number, is "east"' },
    ]);
  });
});
