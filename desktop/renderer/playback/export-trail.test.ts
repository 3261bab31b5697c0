import { describe, expect, it } from 'vitest';
import { encodeChunk } from '../../../protocol/trail-chunk.ts';
import { Refused } from '../session.ts';
import { exportTrail } from './export-trail.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const period = { from: noon, to: noon + 60_000 };
const points = [0, 10, 20, 70].map((seconds) => ({
  ...{ fixTime: noon + seconds * 1000, receivedAt: noon + seconds * 1000 + 400 },
  ...{ latitude: 21.1, longitude: 79.05 + seconds / 10_000, speed: 36, course: 90 },
}));
const desk = { ask: async () => ({ chunks: [encodeChunk(points)], missing: [] }) } as never;
const refusing = (status: number) => ({
  read: async () => undefined,
  fetch: async () => Promise.reject(new Refused(status, 'no')),
});

describe('a file of a trail', () => {
  it('is the daemon’s, by the daemon’s name', async () => {
    const headers = { 'content-disposition': 'attachment; filename="v1-2026-11-20.csv"' };
    const session = { read: async () => undefined, fetch: async () => new Response('subject', { headers }) };
    const file = await exportTrail({ session }, 'v1', period, 'csv');
    expect([file.name, await file.content.text(), file.isFromHere]).toEqual(['v1-2026-11-20.csv', 'subject', false]);
  });

  it('is made of what this computer has while the daemon is away: the same fields, of that period', async () => {
    const text = async (format: 'gpx' | 'csv' | 'geojson') => {
      const file = await exportTrail({ session: refusing(503), desk }, 'v1', period, format);
      expect(file).toMatchObject({ name: `v1-2026-11-20.${format}`, isFromHere: true });
      return file.content.text();
    };
    const lines = (await text('csv')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      'subject,fixTime,receivedAt,latitude,longitude,speed,course,altitude,accuracy,battery,ignition,mark',
    );
    expect(lines[1]).toBe('v1,2026-11-20T12:00:00.000Z,2026-11-20T12:00:00.400Z,21.1,79.05,36,90,,,,,');
    expect((await text('gpx')).match(/<trkpt/g)).toHaveLength(3);
    const { features } = JSON.parse(await text('geojson'));
    expect(features).toHaveLength(4);
    expect(features[3].geometry.coordinates).toHaveLength(3);
  });

  it('is not made where the daemon has said no, or nothing is kept', async () => {
    await expect(exportTrail({ session: refusing(404), desk }, 'v1', period, 'csv')).rejects.toThrow('no');
    await expect(exportTrail({ session: refusing(503) }, 'v1', period, 'csv')).rejects.toThrow('no');
  });
});
