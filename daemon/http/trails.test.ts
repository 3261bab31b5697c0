import http from 'node:http';
import { XMLParser } from 'fast-xml-parser';
import { afterEach, describe, expect, it } from 'vitest';
import type { TrailPoint } from '../../protocol/trail.ts';
import { decodeChunk } from '../../protocol/trail-chunk.ts';
import { readPeriod } from './period.ts';
import { start, type TestServer, testServer } from './server.fixture.ts';
import { csvText } from './trail-formats.ts';

const point = (fixTime: number, more: Partial<TrailPoint> = {}): TrailPoint => ({
  fixTime,
  receivedAt: fixTime + 500,
  latitude: 21.1,
  longitude: 79.05,
  ...more,
});
const points: TrailPoint[][] = [
  [
    point(start - 60_000, { speed: 36, course: 90, altitude: 310 }),
    point(start - 50_000, { mark: 'jump', latitude: 50 }),
  ],
  [],
  [point(start - 40_000, { ignition: true, battery: 80 }), point(start - 40_000, { latitude: -21.2, accuracy: 12 })],
];

let bed: TestServer;
const opened: TestServer[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    await one.server.stop();
    await one.remove();
  }
});
async function open(): Promise<TestServer> {
  const server = await testServer();
  opened.push(server);
  server.world.van('demo', 'van-1');
  return server;
}

async function get(query = '', trail: TrailPoint[][] = points) {
  bed = await open();
  const asked: unknown[] = [];
  bed.world.trail = (...args) => {
    asked.push(args);
    return trail;
  };
  const { app } = await bed.server.build();
  const authorization = `Bearer ${await bed.token('DISPATCHER')}`;
  const answer = await app.inject({ url: `/api/vans/van-1/trail${query}`, headers: { authorization } });
  return { answer, asked };
}

describe('a trail', () => {
  it('as JSON, of the last day unless told otherwise', async () => {
    const { answer, asked } = await get();
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({ items: points.flat(), next: null });
    expect(asked).toEqual([['demo', 'van-1', start - 86_400_000, start]]);
  });

  it('takes times as milliseconds and as ISO 8601', async () => {
    const { asked } = await get(`?from=${start - 5000}&to=2026-01-05T15:30:00%2B05:30`);
    expect(asked).toEqual([['demo', 'van-1', start - 5000, start]]);
  });

  it('as GeoJSON: a point for every fix, and the line without what is marked', async () => {
    const { answer } = await get('?format=geojson');
    expect(answer.headers['content-type']).toBe('application/geo+json; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="van-1-2026-01-04.geojson"');
    const { type, features } = answer.json();
    expect(type).toBe('FeatureCollection');
    expect(features).toHaveLength(5);
    expect(features[0]).toEqual({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [79.05, 21.1, 310] },
      properties: { fixTime: start - 60_000, receivedAt: start - 59_500, speed: 36, course: 90 },
    });
    expect(features[1].properties.mark).toBe('jump');
    expect(features[4].geometry).toEqual({
      type: 'LineString',
      coordinates: [
        [79.05, 21.1],
        [79.05, 21.1],
        [79.05, -21.2],
      ],
    });
  });

  it('as GeoJSON of one fix or none is still valid', async () => {
    const one = await get('?format=geojson', [[point(start - 1)]]);
    expect(one.answer.json().features).toHaveLength(1);
    const none = await get('?format=geojson', []);
    expect(none.answer.json()).toEqual({ type: 'FeatureCollection', features: [] });
  });

  it('as GPX, in segments, speed in m/s', async () => {
    const { answer } = await get('?format=gpx', [
      ...points,
      [point(start - 1000, { speed: 18 })],
      [point(start + 900_000)],
    ]);
    expect(answer.headers['content-type']).toBe('application/gpx+xml; charset=utf-8');
    const { gpx } = new XMLParser({
      ignoreAttributes: false,
      isArray: (name) => ['trkseg', 'trkpt'].includes(name),
    }).parse(answer.body);
    expect(gpx['@_version']).toBe('1.1');
    const [first, second] = gpx.trk.trkseg;
    expect(first.trkpt).toHaveLength(4);
    expect(second.trkpt).toHaveLength(1);
    expect(first.trkpt[0]).toMatchObject({
      '@_lat': '21.1',
      '@_lon': '79.05',
      ele: 310,
      time: '2026-01-05T09:59:00.000Z',
      extensions: { 'tpx:TrackPointExtension': { 'tpx:speed': 10, 'tpx:course': 90 } },
    });
  });

  it('as CSV', async () => {
    const { answer } = await get('?format=csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.body.split('\r\n')).toEqual([
      'subject,fixTime,receivedAt,latitude,longitude,speed,course,altitude,accuracy,battery,ignition,mark',
      'van-1,2026-01-05T09:59:00.000Z,2026-01-05T09:59:00.500Z,21.1,79.05,36,90,310,,,,',
      'van-1,2026-01-05T09:59:10.000Z,2026-01-05T09:59:10.500Z,50,79.05,,,,,,,jump',
      'van-1,2026-01-05T09:59:20.000Z,2026-01-05T09:59:20.500Z,21.1,79.05,,,,,80,true,',
      'van-1,2026-01-05T09:59:20.000Z,2026-01-05T09:59:20.500Z,-21.2,79.05,,,,12,,,',
      '',
    ]);
  });

  it('as chunks, two fixes of one time included', async () => {
    const { answer } = await get('?format=chunks');
    const bytes = answer.rawPayload;
    const found: TrailPoint[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at);
      found.push(...decodeChunk(bytes.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    expect(found).toEqual(points.flat().filter(({ mark }) => mark === undefined));
  });

  it.each([
    ['?from=yesterday', 'query/from', 'format'],
    ['?to=2026-13-45', 'query/to', 'format'],
    ['?to=2026-01-05T10:00:00', 'query/to', 'format'],
    ['?from=99999999999999999', 'query/from', 'format'],
    [`?from=${start}&to=${start}`, 'query/from', 'minimum'],
    [`?from=${start - 32 * 86_400_000}`, 'query/to', 'maximum'],
    ['?format=kml', 'query/format', 'enum'],
    ['?form=json', 'query/form', 'additionalProperties'],
  ])('is refused for %s', async (query, path, rule) => {
    const { answer } = await get(query);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toMatchObject([{ path, rule }]);
  });

  it('is read from the disk no faster than the reader takes it', async () => {
    bed = await open();
    const page = Array.from({ length: 300 }, (_, i) => point(start - 80_000_000 + i, { speed: 20, course: 90 }));
    const most = 20_000;
    let taken = 0;
    let ended = false;
    bed.world.trail = function* () {
      try {
        for (; taken < most; taken++) yield page;
      } finally {
        ended = true;
      }
    };
    await bed.server.start();
    const authorization = `Bearer ${await bed.token('DISPATCHER')}`;
    const request = http.get({
      port: bed.server.port,
      host: '127.0.0.1',
      path: '/api/vans/van-1/trail',
      headers: { authorization },
    });
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject);
    });
    // Nothing is read on this side. The stream stands still once both sockets' buffers are full.
    response.pause();
    let before = -1;
    await expect
      .poll(
        () => {
          const still = taken === before && taken > 0;
          before = taken;
          return still;
        },
        { interval: 300, timeout: 90_000 },
      )
      .toBe(true);
    // 40 KB a page: a few MB in the sockets of Linux, against 800 MB in all.
    expect(taken).toBeLessThan(most / 10);
    request.destroy();
    await expect.poll(() => ended, { timeout: 90_000 }).toBe(true);
    expect(taken).toBeLessThan(most / 10);
  });
});

describe('its parts', () => {
  it('as CSV has no cell that a spreadsheet would run', () => {
    expect(['=1+1', '+1', '-1', '@x', '\tx', 'a,b', 'a"b', 'van-1'].map(csvText)).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@x",
      "'\tx",
      '"a,b"',
      '"a""b"',
      'van-1',
    ]);
  });

  it('of 31 days to the millisecond is accepted', () => {
    expect(readPeriod({ from: '2026-01-01', to: '2026-02-01' }, start).from).toBe(Date.UTC(2026, 0, 1));
  });
});
