import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const read = (payload: unknown) =>
  decode({ door: 'gateway', subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt: 0 });

/** As the API answers: in the air; on the ground, with no altitude and no track. */
const flying =
  '["800C8B","IGO6254 ","India",1767587399,1767587400,78.9912,21.2231,10972.8,false,231.5,274.4,0.33,null,11506.2,"2341",false,0]';
const standing =
  '["80047a","        ","India",1767587396,1767587398,79.0471,21.0922,null,true,0,null,null,null,null,null,false,0]';
const unseen =
  '["4b1815","SWR155  ","Switzerland",1767587390,1767587399,null,null,null,false,250.1,100,0,null,null,null,false,0]';
const undated =
  '["abc9f3","UAL82   ","United States",null,1767587399,78.1,21.1,null,false,250.1,100,0,null,null,null,false,0]';
const list = JSON.parse(`[${flying},${standing},${unseen},${undated}]`);
const fixes = [
  {
    deviceId: '800c8b',
    fixTime: 1_767_587_399_000,
    latitude: 21.2231,
    longitude: 78.9912,
    speed: 833.4,
    course: 274.4,
    altitude: 11_506.2,
  },
  { deviceId: '80047a', fixTime: 1_767_587_396_000, latitude: 21.0922, longitude: 79.0471, speed: 0 },
];

describe('OpenSky state vectors', () => {
  it('reads an answer of the API; whoever was heard and not seen is left out', () => {
    expect(read({ time: 1_767_587_400, states: list })).toEqual({
      format: 'opensky',
      fixes,
      indexes: [0, 1],
      rejected: [],
    });
  });

  it('reads vectors alone, one or a list', () => {
    expect(read(list).fixes).toEqual(fixes);
    expect(read(list[0]).fixes).toEqual(fixes.slice(0, 1));
    expect(read(list[2])).toMatchObject({ fixes: [], rejected: [], ignored: 'state without a position' });
  });

  it('reads states by name, as producers of streams write them', () => {
    const state = {
      icao24: '800c8b',
      callsign: 'IGO6254',
      time_position: 1_767_587_399,
      longitude: 78.9912,
      latitude: 21.2231,
      baro_altitude: 10_972.8,
      geo_altitude: null,
      velocity: 231.5,
      true_track: 274.4,
    };
    const { altitude: _, ...rest } = fixes[0] ?? {};
    expect(read(state).fixes).toEqual([{ ...rest, altitude: 10_972.8 }]);
    expect(read([state, state]).fixes).toHaveLength(2);
  });

  it('takes an empty sky for what it is', () => {
    expect(read({ time: 1_767_587_400, states: null })).toMatchObject({
      fixes: [],
      rejected: [],
      ignored: 'an empty list',
    });
    expect(read({ time: 1_767_587_400, states: [] }).ignored).toBe('an empty list');
  });

  it('names what cannot be read', () => {
    expect(read({ time: 1, states: [7, ['800c8b', '', '', 1_767_587_399, 0, 'east', 21]] }).rejected).toEqual([
      { index: 0, reason: 'bad-field', detail: 'expected an object, got 7' },
      { index: 1, reason: 'bad-field', detail: 'longitude must be a number, is "east"' },
    ]);
    expect(read({ states: Array(1001).fill(list[0]) }).rejected).toMatchObject([{ reason: 'too-big' }]);
  });
});
