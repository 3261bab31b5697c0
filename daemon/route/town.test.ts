import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { destination, distance, type LatLon } from '../../protocol/geo.ts';
import { TownFinder } from './town.ts';

const crossroads = { latitude: 21.15, longitude: 78.6 };
const east = (metres: number, north = 0) => destination(destination(crossroads, 90, metres), 0, north);
const street = (kind: string, ...line: LatLon[]) => ({
  type: 'Feature',
  properties: { layer: 'street', class: kind, name: `${kind} street`, width: 5 },
  geometry: {
    type: 'LineString',
    coordinates: line.map(({ latitude, longitude }) => [Number(longitude.toFixed(6)), Number(latitude.toFixed(6))]),
  },
});
/**
 * A main road goes east; a lane leaves it at 1000 m, goes 300 m north and west again, back to the beginning. Another
 * lane lies on its own beyond the river.
 *
 *   (0, 300) ──── lane ──── (1000, 300)        (0, 2000) ── (500, 2000)
 *       │                        │
 *   (0, 0) ═══ main road ═══ (1000, 0) ═══ (2000, 0)
 */
const town = {
  type: 'FeatureCollection',
  features: [
    street('main', east(0), east(500), east(1000), east(2000)),
    street('lane', east(0), east(0, 300), east(1000, 300), east(1000)),
    street('lane', east(0, 2000), east(500, 2000)),
    { type: 'Feature', properties: { layer: 'park' }, geometry: { type: 'Point', coordinates: [78.6, 21.15] } },
  ],
};

let folder: string;
let finder: TownFinder;
const file = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantrail-town-'));
  await writeFile(file('town.geojson'), JSON.stringify(town));
  finder = new TownFinder({ file: file('town.geojson') });
  await finder.start();
});
afterAll(async () => {
  await finder.stop();
  await rm(folder, { recursive: true });
});

const rounded = (legs: { metres: number; seconds: number }[] | null) =>
  legs?.map(({ metres, seconds }) => ({ metres: Math.round(metres / 10) * 10, seconds: Math.round(seconds) }));
const seconds = (main: number, lane: number) => Math.round((main / 12.5 + lane / 5) / 0.85);

describe('the town’s own streets', () => {
  it('are driven from door to door, the quickest way', async () => {
    const legs = await finder.legs([east(300, 20), east(1500, -15), east(900, 310), east(100, 290)]);
    expect(rounded(legs)).toEqual([
      { metres: 1200, seconds: seconds(1200, 0) },
      { metres: 900, seconds: seconds(500, 400) },
      { metres: 800, seconds: seconds(0, 800) },
    ]);
    const line = legs?.[1]?.line ?? [];
    expect(distance(line[0] as LatLon, east(1500))).toBeLessThan(1);
    expect(distance(line.at(-1) as LatLon, east(900, 300))).toBeLessThan(1);
    // 800 m of lane or 300 + 1000 + 300 m around by the main road: it is not always the shortest
    expect(rounded(await finder.legs([east(0, 150), east(1000, 150)]))).toEqual([
      { metres: 1300, seconds: seconds(1000, 300) },
    ]);
  });

  it('lead neither over the river nor into the fields', async () => {
    expect(await finder.legs([east(0), east(100, 2000)])).toBeNull();
    expect(await finder.legs([east(0), east(0, 60_000)])).toBeNull();
    const [row] = (await finder.matrix([east(0)], [east(500), east(100, 2000), east(0, 60_000)])) ?? [];
    expect(rounded([row?.[0] as never])).toEqual([{ metres: 500, seconds: seconds(500, 0) }]);
    expect(row?.slice(1)).toEqual([null, null]);
    expect(await finder.matrix([east(0, 60_000)], [east(0)])).toEqual([[null]]);
  });

  it('give the same in a matrix as in legs, there and back', async () => {
    const places = [east(20, 10), east(1800), east(1000, 200), east(400, 310)];
    const matrix = await finder.matrix(places, places);
    for (const [i, from] of places.entries()) {
      for (const [j, to] of places.entries()) {
        const [leg] = (await finder.legs([from, to])) ?? [];
        expect(matrix?.[i]?.[j]?.seconds).toBeCloseTo(leg?.seconds ?? Number.NaN, 6);
        expect(matrix?.[j]?.[i]?.metres).toBeCloseTo(leg?.metres ?? Number.NaN, 6);
      }
    }
  });

  it('lie under a track that was measured beside them', async () => {
    const noise = [9, -12, 4, -3, 14, -8, 11, -6];
    const drive = [
      ...Array.from({ length: 18 }, (_, i) => east(100 + i * 50)),
      ...[50, 100, 150, 200, 250].map((north) => east(1000, north)),
    ];
    const track = drive.map((place, i) => ({
      ...destination(place, 45, noise[i % noise.length] ?? 0),
      fixTime: i * 5000,
      accuracy: 10,
    }));
    track.splice(5, 0, { ...east(330, 900), fixTime: 22_000, accuracy: 10 });
    const line = (await finder.snap(track)) ?? [];
    const metres = line.reduce((sum, point, i) => sum + (i === 0 ? 0 : distance(line[i - 1] as LatLon, point)), 0);
    expect(metres).toBeGreaterThan(1120);
    expect(metres).toBeLessThan(1180);
    for (const point of line) {
      const besideMain = Math.abs(point.latitude - crossroads.latitude) * 111_195;
      const besideLane = Math.abs(point.longitude - east(1000).longitude) * 103_700;
      expect(Math.min(besideMain, besideLane)).toBeLessThan(1);
    }
    expect(await finder.snap([east(0, 900), east(50, 900)].map((at, i) => ({ ...at, fixTime: i })))).toBeNull();
  });

  it('are known once they have been read, and a file without any is refused', async () => {
    const early = new TownFinder({ file: file('town.geojson') });
    expect(await early.legs([east(0), east(10)])).toBeNull();
    expect(await early.matrix([east(0)], [east(10)])).toBeNull();
    expect(await early.snap([{ ...east(0), fixTime: 0 }])).toBeNull();
    await writeFile(file('other.json'), '{"features":[{"properties":{"layer":"street"}}]}');
    for (const name of ['other.json', 'none.json']) {
      await expect(new TownFinder({ file: file(name) }).start()).rejects.toThrow(/--town-file .* is no town/);
    }
  });

  it('gives up in its time, and lets others work meanwhile', async () => {
    const hurried = new TownFinder({ file: file('town.geojson'), limitMs: 0 });
    await hurried.start();
    const many = Array.from({ length: 3000 }, (_, i) => east(i % 1900));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await expect(hurried.legs(many)).rejects.toMatchObject({ name: 'RouteError', fault: 'slow' });
    await finder.legs(many);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});
