import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';
import type { Input } from '../format.ts';

const read = (payload: unknown, door: Input['door'] = 'gateway') =>
  decode({ door, subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt: 0 });
const message = {
  'battery.level': 87,
  'channel.id': 1248918,
  'device.name': 'Van 7',
  'engine.ignition.status': true,
  'gsm.signal.level': 100,
  ident: '352625333222111',
  peer: '200.7.102.210:43521',
  'position.altitude': 12,
  'position.direction': 180,
  'position.latitude': 5.316,
  'position.longitude': -4.033,
  'position.satellites': 14,
  'position.speed': 45,
  'position.valid': true,
  'protocol.id': 42,
  'server.timestamp': 1729132792.719063,
  timestamp: 1729132792.002753,
};
const fix = {
  deviceId: '352625333222111',
  fixTime: 1729132792003,
  latitude: 5.316,
  longitude: -4.033,
  speed: 45,
  course: 180,
  altitude: 12,
  battery: 87,
  ignition: true,
};

describe('flespi', () => {
  it('reads a message: seconds with fractions, km/h, ident as the device', () => {
    expect(read(message)).toEqual({ format: 'flespi', fixes: [fix], indexes: [0], rejected: [] });
    const { deviceId: _, ...own } = fix;
    expect(read(message, 'raw').fixes).toEqual([own]);
  });

  it('reads a list, in which telemetry alone is rightly no position', () => {
    const telemetry = { ident: '1', timestamp: 1729132795, 'battery.level': 86 };
    expect(read([telemetry, message, { ...message, 'position.valid': false }])).toMatchObject({
      fixes: [fix],
      indexes: [1],
      rejected: [{ index: 2, reason: 'no-fix', detail: 'position.valid is false' }],
    });
    expect(read(telemetry)).toMatchObject({ fixes: [], rejected: [], ignored: 'flespi message without a position' });
  });

  it('dates a place that is older than its message by the place', () => {
    expect(read({ ...message, 'position.timestamp': 1729132700 }).fixes).toMatchObject([{ fixTime: 1729132700000 }]);
  });

  it('leaves other JSON with an ident to the plain format', () => {
    expect(read({ ident: 'van-7', timestamp: 1729132792, lat: 5.3, lng: -4 })).toMatchObject({
      format: 'plain',
      fixes: [{ deviceId: 'van-7', latitude: 5.3, longitude: -4 }],
    });
  });

  it('names what is wrong', () => {
    expect(read({ ...message, timestamp: undefined }).rejected).toMatchObject([{ detail: 'timestamp is missing' }]);
    expect(read({ ...message, 'position.longitude': null }).rejected).toMatchObject([
      { detail: 'position.longitude is missing' },
    ]);
  });
});
