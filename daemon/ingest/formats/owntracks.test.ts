import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const read = (payload: unknown) =>
  decode({ door: 'owntracks', subtopic: 'phone', bytes: Buffer.from(JSON.stringify(payload)), receivedAt: 0 });

describe('OwnTracks', () => {
  it('reads an Android location: seconds, km/h, and a zero that is sent is a zero', () => {
    const android =
      '{"_type":"location","acc":15,"alt":440,"batt":46,"conn":"w","lat":46.0681247,"lon":11.1512805,"t":"u","tid":"5t","tst":1551874878,"vac":2,"vel":0}';
    expect(read(JSON.parse(android)).fixes).toEqual([
      {
        fixTime: 1_551_874_878_000,
        latitude: 46.0681247,
        longitude: 11.1512805,
        speed: 0,
        altitude: 440,
        accuracy: 15,
        battery: 46,
      },
    ]);
  });

  it('reads an iOS location in motion', () => {
    const ios = { _type: 'location', cog: 271, lon: 2.29513, acc: 5, vel: 61, vac: 21, lat: 48.85833, tst: 1497349316 };
    expect(
      read({ ...ios, alt: 167, tid: 'JJ', t: 'u', batt: 67, inregions: ['Home'], topic: 'owntracks/j/p' }),
    ).toEqual({
      format: 'owntracks',
      indexes: [0],
      rejected: [],
      fixes: [
        {
          fixTime: 1_497_349_316_000,
          latitude: 48.85833,
          longitude: 2.29513,
          speed: 61,
          course: 271,
          altitude: 167,
          accuracy: 5,
          battery: 67,
        },
      ],
    });
  });

  it('takes left-out fields and older apps’ -1 as not known, never as zero', () => {
    const bare = { _type: 'location', lat: 48.85, lon: 2.295, tst: 1497476456, tid: 'JJ' };
    const fix = { fixTime: 1_497_476_456_000, latitude: 48.85, longitude: 2.295 };
    expect(read(bare).fixes).toEqual([fix]);
    expect(read({ ...bare, vel: -1, cog: -1, batt: -1, acc: -1 }).fixes).toEqual([fix]);
  });

  it('reads a Queclink tracker through qtripp, with its ignition', () => {
    const qtripp =
      '{"topic":"owntracks/qtripp/865284041968706","lat":47.420051,"lon":13.654704,"vel":0,"cog":113,"tst":1736519167,"mcc":232,"mnc":1,"lac":"4F4D","cid":"673A","_type":"location","acc":10,"alt":1113,"t":"I","don":105,"tid":"CS","ign":false,"uext":12.4}';
    expect(read(JSON.parse(qtripp)).fixes).toMatchObject([{ course: 113, speed: 0, ignition: false, accuracy: 10 }]);
  });

  it('takes a transition for a fix, and without coordinates for none', () => {
    const enter = {
      _type: 'transition',
      wtst: 1425042603,
      lat: 12.34,
      lon: 44.5,
      tst: 1427634603,
      acc: 130,
      event: 'enter',
    };
    expect(read(enter).fixes).toEqual([
      { fixTime: 1_427_634_603_000, latitude: 12.34, longitude: 44.5, accuracy: 130 },
    ]);
    expect(read({ _type: 'transition', tst: 1427634603, wtst: 1, event: 'leave', t: 'b' })).toMatchObject({
      fixes: [],
      rejected: [],
      ignored: 'OwnTracks transition without a position',
    });
  });

  it.each([
    { _type: 'lwt', tst: 1380738247 },
    { _type: 'waypoint', desc: 'Godown', lat: 48.8, lon: 2.2, rad: 50, tst: 1497349316 },
    { _type: 'waypoints', waypoints: [{ _type: 'waypoint', lat: 1, lon: 2, tst: 3 }] },
    { _type: 'status', android: { wifi: 1 } },
    { _type: 'cmd', action: 'reportLocation' },
    { _type: 'card', name: 'Jane', face: 'iVBORw0KGgo=' },
    { _type: 'steps', tst: 1, steps: 5 },
    { _type: 'beacon', uuid: 'x', tst: 1 },
    { _type: 'configuration', host: 'x' },
  ])('ignores $_type with a word', (message) => {
    expect(read(message)).toEqual({
      format: 'owntracks',
      fixes: [],
      indexes: [],
      rejected: [],
      ignored: `OwnTracks ${message._type}`,
    });
  });

  it('says that encryption must be off', () => {
    const { rejected } = read({ _type: 'encrypted', data: '8Qj3uYbs' });
    expect(rejected).toMatchObject([{ reason: 'unknown-format', detail: expect.stringContaining('is encrypted') }]);
  });

  it('refuses a location without its time or with a broken one', () => {
    const bare = { _type: 'location', lat: 48.85, lon: 2.295 };
    expect(read(bare).rejected).toMatchObject([{ reason: 'bad-field', detail: 'tst is missing' }]);
    expect(read({ ...bare, tst: 'now' }).rejected).toMatchObject([{ detail: 'tst must be a number, is "now"' }]);
  });

  it('is no door for other formats', () => {
    expect(read({ fixTime: 1, latitude: 1, longitude: 2 })).toMatchObject({
      format: 'none',
      rejected: [{ index: 0, reason: 'unknown-format', detail: 'expected owntracks' }],
    });
  });
});
