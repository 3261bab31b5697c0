import { describe, expect, it } from 'vitest';
import type { Fix } from '../../protocol/position.ts';
import { encode } from './payload.ts';

const fix: Fix = {
  fixTime: Date.UTC(2026, 0, 5, 4, 30, 7, 250),
  latitude: 21.151234,
  longitude: 78.605678,
  speed: 27.8,
  course: 271,
  altitude: 312,
  accuracy: 6,
  battery: 98,
  ignition: true,
};
const standing: Fix = { ...fix, fixTime: fix.fixTime + 2000, speed: 0, course: 0 };
const json = (payload: string | undefined): unknown => JSON.parse(payload ?? '');

describe('encode', () => {
  it('native: one fix as an object, several as a list', () => {
    expect(encode('native', 'v1', [fix]).map(({ topic, payload }) => [topic, json(payload)])).toEqual([
      ['vantrail/v1/position', fix],
    ]);
    expect(json(encode('native', 'v1', [fix, standing])[0]?.payload)).toEqual([fix, standing]);
  });

  it('OwnTracks: whole seconds, km/h, zeros left out', () => {
    const [first, second] = encode('owntracks', 'v1', [fix, standing]);
    expect(first?.topic).toBe('owntracks/v1/tracker');
    const moving = { lat: 21.151234, lon: 78.605678, acc: 6, alt: 312, batt: 98, vel: 28, cog: 271 };
    const kept = { _type: 'location', tst: Math.floor(fix.fixTime / 1000), tid: 'v1', t: 'p', conn: 'm' };
    expect(json(first?.payload)).toEqual({ ...moving, ...kept });
    expect(json(second?.payload)).not.toHaveProperty('vel');
    expect(json(second?.payload)).not.toHaveProperty('cog');
  });

  it('Teltonika: ms, km/h, ignition as AVL id 239', () => {
    const [message] = encode('teltonika', '000000000000004', [fix]);
    expect(message?.topic).toBe('teltonika/000000000000004/data');
    expect(json(message?.payload)).toMatchObject({
      state: { reported: { ts: fix.fixTime, latlng: '21.151234,78.605678', sp: 28, ang: 271, '239': 1, '113': 98 } },
    });
  });

  it('Traccar forward: knots and ISO times', () => {
    const [message] = encode('traccar', 'v1', [fix]);
    const { position } = json(message?.payload) as { position: { speed: number; fixTime: string } };
    expect(message?.topic).toBe('vantrail/v1/raw');
    expect(position.speed * 1.852).toBeCloseTo(27.8, 9);
    expect(position.fixTime).toBe('2026-01-05T04:30:07.250Z');
  });

  it('flespi: dotted names, seconds with a fraction', () => {
    const [message] = encode('flespi', 'v1', [fix, standing]);
    const [first] = json(message?.payload) as Record<string, unknown>[];
    expect(first).toMatchObject({ ident: 'v1', timestamp: fix.fixTime / 1000, 'position.speed': 27.8 });
  });

  it('NMEA: knots, minutes, and checksums that add up', () => {
    const [message] = encode('nmea', 'v1', [fix]);
    const [rmc = '', gga = ''] = (message?.payload ?? '').split('\r\n');
    expect(rmc).toMatch(/^\$GPRMC,043007\.25,A,2109\.07404,N,07836\.34068,E,15\.01,271\.0,050126,,,A\*[0-9A-F]{2}$/);
    expect(gga).toMatch(/^\$GPGGA,043007\.25,2109\.07404,N,07836\.34068,E,1,10,0\.9,312\.0,M,-60\.0,M,,\*[0-9A-F]{2}$/);
    for (const sentence of [rmc, gga]) {
      const [body = '', sum = ''] = sentence.slice(1).split('*');
      expect([...body].reduce((xor, character) => xor ^ character.charCodeAt(0), 0)).toBe(Number.parseInt(sum, 16));
    }
    const edge = encode('nmea', 'v1', [{ ...fix, latitude: -0.999999999, longitude: 9.99999999 }])[0]?.payload ?? '';
    expect(edge).toContain(',0100.00000,S,01000.00000,E,');
  });

  it('ThingsBoard: ts beside values', () => {
    const [message] = encode('thingsboard', 'v1', [fix]);
    expect(message?.topic).toBe('v1/devices/me/telemetry');
    const { fixTime, ...values } = fix;
    expect(json(message?.payload)).toEqual([{ ts: fixTime, values }]);
  });
});
