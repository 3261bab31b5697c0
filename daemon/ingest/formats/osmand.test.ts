import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const receivedAt = 1_763_632_000_000;
const query = (text: string) =>
  decode({
    door: 'osmand',
    subtopic: '',
    bytes: Buffer.from(text),
    query: Object.fromEntries(new URLSearchParams(text)),
    receivedAt,
  });
const json = (payload: unknown) =>
  decode({ door: 'osmand', subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), query: {}, receivedAt });

describe('OsmAnd query', () => {
  it('turns knots into km/h', () => {
    const text =
      'id=123456789012345&timestamp=1504763810&lat=40.7232948571&lon=-74.0061408571&bearing=7.19889788244&speed=40&ignition=true&rpm=933&fuel=24';
    expect(query(text)).toEqual({
      format: 'osmand',
      indexes: [0],
      rejected: [],
      fixes: [
        {
          fixTime: 1_504_763_810_000,
          latitude: 40.7232948571,
          longitude: -74.0061408571,
          speed: 74.08,
          course: 7.19889788244,
          ignition: true,
        },
      ],
    });
  });

  it.each([
    ['id=9&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&speed=0.0', Date.UTC(2016, 0, 27, 18, 55, 47)],
    ['id=9&lat=42.06288&lon=-88.23412&timestamp=2016-01-28T00:25:47+05:30', Date.UTC(2016, 0, 27, 18, 55, 47)],
    ['id=9&lat=42.06288&lon=-88.23412&timestamp=1442068686579&hdop=6.0', 1442068686579],
    ['lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&id=3538', Date.UTC(2014, 5, 4, 9, 10, 11)],
    ['id=8&lat=41.666667&lon=-0.883333&batt=87', receivedAt],
  ])('knows the time of %s', (text, fixTime) => {
    expect(query(text).fixes).toMatchObject([{ fixTime }]);
  });

  it('reads location=lat,lon, heading, altitude, accuracy and battery', () => {
    expect(
      query('deviceid=1&timestamp=1377177267&location=60.0,30.0&heading=0.0&altitude=5&accuracy=3.5&batt=100.0').fixes,
    ).toEqual([
      { fixTime: 1377177267000, latitude: 60, longitude: 30, course: 0, altitude: 5, accuracy: 3.5, battery: 100 },
    ]);
  });

  it('reads the same names from a form body, and a dead letter again', () => {
    const bytes = Buffer.from('id=…&lat=60.0&lon=30.0&timestamp=1377177267');
    expect(decode({ door: 'osmand', subtopic: '', bytes, receivedAt }).fixes).toMatchObject([{ latitude: 60 }]);
  });

  it('ignores cells without a position, and takes valid=0 for no fix', () => {
    expect(query('id=123456&timestamp=1377177267&cell=257,02,16,2224')).toMatchObject({
      fixes: [],
      rejected: [],
      ignored: 'OsmAnd message without a position',
    });
    expect(query('id=1&lat=1&lon=2&valid=0').rejected).toMatchObject([{ reason: 'no-fix' }]);
  });

  it.each([
    ['id=1&lat=1', 'lon is missing'],
    ['id=1&lat=sixty&lon=30', 'lat must be a number, is "sixty"'],
    ['id=1&location=60', 'location must be "latitude,longitude", is "60"'],
    ['id=1&lat=1&lon=2&timestamp=yesterday:noon', 'timestamp must be a time, is "yesterday:noon"'],
  ])('refuses %s', (text, detail) => {
    expect(query(text).rejected).toEqual([{ index: 0, reason: 'bad-field', detail }]);
  });
});

describe('Traccar Client JSON', () => {
  const android = {
    location: {
      event: 'motionchange',
      is_moving: false,
      uuid: '0e9a2473-a9a7-4c00-997b-fb97d2154e75',
      timestamp: '2021-07-21T08:06:34.444Z',
      odometer: 0,
      coords: {
        latitude: -6.1148096,
        longitude: 106.6837015,
        accuracy: 3.8,
        speed: 18.67,
        heading: 63,
        altitude: 35.7,
      },
      activity: { type: 'still', confidence: 100 },
      battery: { is_charging: false, level: 0.79 },
      extras: {},
    },
    device_id: '8737767034',
  };
  const fix = {
    fixTime: Date.UTC(2021, 6, 21, 8, 6, 34, 444),
    latitude: -6.1148096,
    longitude: 106.6837015,
    accuracy: 3.8,
    course: 63,
    altitude: 35.7,
    battery: 79,
  };

  it('turns m/s into km/h and a level of 0 to 1 into %', () => {
    const { speed, ...rest } = json(android).fixes[0] ?? { speed: undefined };
    expect(rest).toEqual(fix);
    expect(speed).toBeCloseTo(67.212, 9);
  });

  it('takes what is below zero for not known', () => {
    const coords = { latitude: 37.785834, longitude: -122.406417, speed: -1, heading: -1, accuracy: 5, altitude: 0 };
    const ios = {
      location: { ...android.location, coords, battery: { level: -1, is_charging: false } },
      device_id: '6',
    };
    expect(json(ios).fixes).toEqual([
      { fixTime: fix.fixTime, latitude: 37.785834, longitude: -122.406417, accuracy: 5, altitude: 0 },
    ]);
  });

  it('reads lists, outside or inside', () => {
    const later = { ...android.location, timestamp: '2021-07-21T08:07:34.444Z' };
    const times = [fix.fixTime, fix.fixTime + 60_000];
    expect(json([android, { ...android, location: later }]).fixes.map(({ fixTime }) => fixTime)).toEqual(times);
    expect(json({ ...android, location: [android.location, later] }).fixes.map(({ fixTime }) => fixTime)).toEqual(
      times,
    );
  });

  it('refuses a location without its time or coordinates', () => {
    expect(json({ ...android, location: { ...android.location, timestamp: undefined } }).rejected).toMatchObject([
      { reason: 'bad-field', detail: 'timestamp is missing' },
    ]);
    expect(json({ device_id: '1' }).rejected).toMatchObject([{ detail: 'location.coords is missing' }]);
  });
});
