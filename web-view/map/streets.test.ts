import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { describe, expect, it } from 'vitest';
import { schemes } from '../../protocol/street-style.ts';
import { drawStreets, type TileView } from './street-drawing.ts';
import { placeNames } from './street-names.ts';
import { vectorSource } from './vector-source.ts';
import { type DrawnFeature, vectorTile } from './vector-tile.fixture.ts';

const read = (layers: Record<string, DrawnFeature[]>) => new VectorTile(new PbfReader(vectorTile(layers)));
const view: TileView = { scheme: 'light', zoom: 15, size: 512, x: 0, y: 0 };
const line = (properties: Record<string, string>, ...points: [number, number][]): DrawnFeature => ({
  kind: 'line',
  points,
  properties,
});

/** Writes down what is drawn: colour, width of lines, points. */
function paper() {
  const strokes: { colour: unknown; width: number; points: number[][] }[] = [];
  const fills: { colour: unknown; points: number[][] }[] = [];
  let points: number[][] = [];
  const context = {
    fillStyle: '' as unknown,
    strokeStyle: '' as unknown,
    lineWidth: 0,
    lineJoin: '',
    lineCap: '',
    beginPath() {
      points = [];
    },
    moveTo: (x: number, y: number) => void points.push([x, y]),
    lineTo: (x: number, y: number) => void points.push([x, y]),
    closePath: () => {},
    fill: () => void fills.push({ colour: context.fillStyle, points }),
    stroke: () => void strokes.push({ colour: context.strokeStyle, width: context.lineWidth, points }),
    fillRect: () => {},
  };
  return { context, strokes, fills };
}

describe('a vector tile', () => {
  const water: DrawnFeature = {
    kind: 'area',
    points: [
      [0, 0],
      [4096, 0],
      [4096, 2048],
    ],
    properties: {},
  };

  it('is drawn in its own order: water, then the rims of all streets, then streets, the greatest last', () => {
    const { context, strokes, fills } = paper();
    const tile = read({
      transportation: [
        line({ class: 'primary' }, [0, 2048], [4096, 2048]),
        line({ class: 'minor' }, [2048, 0], [2048, 4096]),
      ],
      water: [water],
    });
    drawStreets(context, tile, view, 512);
    const colours = schemes.light;
    expect(fills).toEqual([
      {
        colour: colours.water,
        points: [
          [0, 0],
          [512, 0],
          [512, 256],
          [0, 0],
        ],
      },
    ]);
    expect(strokes.map(({ colour }) => colour)).toEqual([colours.casing, colours.casing, colours.lane, colours.main]);
    expect(strokes.at(-1)?.points).toEqual([
      [0, 256],
      [512, 256],
    ]);
  });

  it('draws no border, no path on foot, and lanes only when near', () => {
    const tile = read({
      boundary: [line({ admin_level: '2' }, [0, 0], [4096, 4096])],
      transportation: [line({ class: 'path' }, [0, 0], [4096, 0]), line({ class: 'minor' }, [0, 9], [4096, 9])],
    });
    const [near, far] = [paper(), paper()];
    drawStreets(near.context, tile, view, 512);
    drawStreets(far.context, tile, { ...view, zoom: 12 }, 512);
    expect([near.strokes.length, far.strokes.length]).toEqual([2, 0]);
  });

  it('deeper than its source goes, shows a part of a tile, larger', () => {
    const { context, strokes } = paper();
    const tile = read({ transportation: [line({ class: 'primary' }, [2048, 2048], [4096, 4096])] });
    drawStreets(context, tile, { ...view, zoom: 16, size: 1024, x: 512, y: 512 }, 512);
    expect(strokes.at(-1)?.points).toEqual([
      [0, 0],
      [512, 512],
    ]);
  });
});

describe('names', () => {
  const widthOf = (text: string) => text.length * 6;
  const placed = (features: DrawnFeature[], more: Partial<TileView> = {}, language = 'en') =>
    placeNames(read({ transportation_name: features }), { ...view, ...more }, 512, { language, widthOf });
  const road = (name: string, y: number, more = {}) => line({ name, ...more }, [1000, y], [3000, y]);

  it('stand along the street, in the middle of its longest piece, never upside down', () => {
    const [name] = placed([line({ name: 'Gandhi Road' }, [3000, 3000], [1000, 1000], [900, 1000])]);
    expect(name).toMatchObject({ text: 'Gandhi Road', x: 250, y: 250 });
    expect(name?.angle).toBeCloseTo(Math.PI / 4);
  });

  it('are in the language of the page where the map has it', () => {
    const both = [road('गांधी मार्ग', 2000, { 'name:latin': 'Gandhi Marg', 'name:hi': 'गांधी मार्ग (हि)' })];
    expect(placed(both).map(({ text }) => text)).toEqual(['Gandhi Marg']);
    expect(placed(both, {}, 'hi').map(({ text }) => text)).toEqual(['गांधी मार्ग (हि)']);
  });

  it('leave out what has no room: over the edge, on another, longer than its street, said already', () => {
    const texts = placed([
      road('First Street', 2000),
      road('Second Street', 2040),
      line({ name: 'At the edge' }, [0, 10], [2000, 10]),
      line({ name: 'A very long name for a short street' }, [1000, 3000], [1200, 3000]),
      road('First Street', 3000),
    ]).map(({ text }) => text);
    expect(texts).toEqual(['First Street']);
  });

  it('of streets wait until one is near', () => {
    expect(placed([road('First Street', 2000)], { zoom: 14 })).toEqual([]);
  });
});

describe('the source of the tiles', () => {
  const style = 'https://tiles.example.org/styles/bright';
  it('is the first vector source, with what its TileJSON says', async () => {
    const asked: string[] = [];
    const source = await vectorSource(
      { sources: { shade: { type: 'raster' }, streets: { type: 'vector', url: '/planet' } } },
      style,
      async (address) => {
        asked.push(address);
        return { tiles: ['https://tiles.example.org/planet/{z}/{x}/{y}.pbf'], maxzoom: 13 };
      },
    );
    expect(asked).toEqual(['https://tiles.example.org/planet']);
    expect(source).toMatchObject({ tiles: 'https://tiles.example.org/planet/{z}/{x}/{y}.pbf', maxZoom: 13 });
  });

  it('may stand in the style itself, and may be none', async () => {
    const never = () => Promise.reject(new Error('nothing is to be read'));
    const own = { sources: { streets: { type: 'vector', tiles: ['/t/{z}/{x}/{y}'] } } };
    expect(await vectorSource(own, style, never)).toMatchObject({
      tiles: 'https://tiles.example.org/t/{z}/{x}/{y}',
      maxZoom: 14,
    });
    expect(await vectorSource({ sources: { shade: { type: 'raster' } } }, style, never)).toBeUndefined();
  });
});
