import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clippedLine, clippedRing } from './tile-clip.ts';
import { TownTiles } from './town-tiles.ts';

let folder: string;
let tiles: TownTiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantrail-town-'));
  const street = (name: string, kind: string, coordinates: number[][]) => ({
    type: 'Feature',
    properties: { layer: 'street', class: kind, name },
    geometry: { type: 'LineString', coordinates },
  });
  const features = [
    street('Tank & Temple Road', 'main', [
      [78.99, 21.0005],
      [79.01, 21.0005],
    ]),
    street('Far Lane', 'lane', [
      [80, 22],
      [80.1, 22],
    ]),
  ];
  const file = join(folder, 'town.geojson');
  await writeFile(file, JSON.stringify({ type: 'FeatureCollection', features }));
  tiles = new TownTiles(file);
});
afterAll(() => rm(folder, { recursive: true }));

const at = (z: number) => {
  const sine = Math.sin((21 * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return [Math.floor((79 / 360 + 0.5) * 2 ** z), Math.floor(y * 2 ** z)] as const;
};

describe('tiles of the demo town', () => {
  it('show the streets that pass through them, in the colours asked for, and nothing of far away', async () => {
    const [x, y] = at(14);
    const svg = String(gunzipSync((await tiles.tile('light', 14, x, y)) ?? ''));
    expect(svg).toMatch(/^<svg xmlns/);
    expect(svg).toContain('stroke="#fdeec4"');
    expect(svg.match(/<path/g)).toHaveLength(2);
    expect(String(gunzipSync((await tiles.tile('dark', 14, x, y)) ?? ''))).toContain('stroke="#545248"');
    expect(String(gunzipSync((await tiles.tile('light', 14, x + 5, y)) ?? ''))).not.toContain('<path');
  });

  it('name streets where there is room, as XML', async () => {
    const [x, y] = at(17);
    const drawn = await Promise.all([0, -1].map(async (d) => tiles.tile('light', 17, x + d, y)));
    const svg = drawn.map((one) => String(gunzipSync(one ?? ''))).join();
    expect(svg).toContain('Tank &#38; Temple Road</text>');
  });

  it('are none outside the zooms and the world', async () => {
    expect(await tiles.tile('light', 9, 0, 0)).toBeUndefined();
    expect(await tiles.tile('light', 12, 4096, 0)).toBeUndefined();
    expect(await tiles.tile('light', 12, -1, 0)).toBeUndefined();
  });
});

describe('cutting to a tile', () => {
  it('keeps the pieces of a line that come near, and the part of a ring inside', () => {
    expect(clippedLine([-500, 50, 50, 50, 500, 50, 900, 50, 900, 900], 100, 10)).toEqual([[-500, 50, 50, 50, 500, 50]]);
    expect(clippedLine([300, 0, 300, 100], 100, 10)).toEqual([]);
    const square = clippedRing([-1000, -1000, 1000, -1000, 1000, 1000, -1000, 1000], 100, 10);
    expect(new Set(square)).toEqual(new Set([-10, 110]));
    expect(clippedRing([200, 200, 300, 200, 300, 300], 100, 10)).toEqual([]);
  });
});
