import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';
import type { Input } from '../format.ts';

const read = (payload: unknown, door: Input['door'] = 'gateway') =>
  decode({ door, subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt: 0 });
// as Traccar writes it, with the zone Jackson gives
const position = {
  id: 0,
  attributes: { batteryLevel: 53, ignition: true, distance: 0, totalDistance: 5922.96, motion: true },
  deviceId: 1,
  protocol: 'osmand',
  serverTime: '2020-05-07T09:48:18.770+0000',
  deviceTime: '2020-05-07T09:48:15.000+0000',
  fixTime: '2020-05-07T09:48:15.000+0000',
  outdated: false,
  valid: true,
  latitude: 21.1416013,
  longitude: 79.0881546,
  altitude: 310,
  speed: 10,
  course: 90,
  address: null,
  accuracy: 0,
  network: null,
};
const device = { id: 1, name: 'Van 7', uniqueId: '865284041968706', status: 'online' };
const fix = {
  deviceId: '865284041968706',
  fixTime: Date.UTC(2020, 4, 7, 9, 48, 15),
  latitude: 21.1416013,
  longitude: 79.0881546,
  speed: 18.52,
  course: 90,
  altitude: 310,
  battery: 53,
  ignition: true,
};

describe('Traccar forward', () => {
  it('turns knots into km/h and names the device behind a gateway; accuracy 0 is not known', () => {
    expect(read({ position, device })).toEqual({ format: 'traccar', fixes: [fix], indexes: [0], rejected: [] });
  });

  it('reads times in ms and with a colon in the zone alike', () => {
    for (const fixTime of [fix.fixTime, '2020-05-07T09:48:15.000+00:00', '2020-05-07T15:18:15+05:30']) {
      expect(read({ position: { ...position, fixTime }, device }).fixes).toEqual([fix]);
    }
  });

  it('leaves the device out where it is the sender itself', () => {
    const { deviceId: _, ...own } = fix;
    expect(read({ position, device }, 'raw').fixes).toEqual([own]);
    // older versions send the bare position: knots all the same, never read as plain JSON
    expect(read(position, 'raw')).toMatchObject({ format: 'traccar', fixes: [{ speed: 18.52 }] });
  });

  it('does not take an invalid fix, nor the last place again', () => {
    expect(read({ position: { ...position, valid: false }, device }).rejected).toMatchObject([{ reason: 'no-fix' }]);
    expect(read({ position: { ...position, outdated: true }, device })).toMatchObject({
      fixes: [],
      rejected: [],
      ignored: 'repetition of the last known place (outdated)',
    });
  });

  it('ignores events, with or without a position', () => {
    expect(read({ event: { type: 'deviceOffline' }, device }).ignored).toBe('Traccar event deviceOffline');
    expect(read({ event: { type: 'geofenceEnter' }, position, device }).ignored).toBe('Traccar event geofenceEnter');
  });

  it('cannot be used behind a gateway without its device', () => {
    expect(read({ position })).toMatchObject({ fixes: [], rejected: [{ index: 0, reason: 'unknown-device' }] });
  });
});
