import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type Scheme, schemes, zoomWidth } from '../../protocol/street-style.ts';
import { clippedLine, clippedRing, type Flat } from './tile-clip.ts';

/** A feature of the town in the web's square world: both axes from 0 to 1, south downwards. */
interface Shape {
  layer: string;
  kind: string;
  name?: string;
  filled: boolean;
  parts: Flat[];
  box: [west: number, north: number, east: number, south: number];
}

interface Feature {
  properties: { layer: string; class?: string; name?: string };
  geometry: { type: string; coordinates: unknown };
}

/** Tiles of a town, drawn and packed, that are kept. A phone asks for a dozen, and most phones for the same. */
const mostKept = 600;
/** Pixels of a tile, and beyond its edge that are drawn with it so that wide lines are not cut. */
const size = 256;
const margin = 24;
const zooms = { least: 10, most: 18 } as const;

/**
 * The demo town as map tiles: SVG pictures of 256 pixels, some kilobytes each, so that a phone need not load the whole
 * town to show one street of it.
 */
export class TownTiles {
  readonly #file: string;
  #shapes: Promise<Shape[]> | undefined;
  readonly #kept = new Map<string, Buffer>();

  /** `file`: GeoJSON of the town */
  constructor(file: string) {
    this.#file = file;
  }

  /** A tile as gzip; undefined: there is no such tile. */
  async tile(scheme: Scheme, z: number, x: number, y: number): Promise<Buffer | undefined> {
    if (z < zooms.least || z > zooms.most || x < 0 || y < 0 || x >= 2 ** z || y >= 2 ** z) return undefined;
    const key = `${scheme}/${z}/${x}/${y}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    this.#shapes ??= readShapes(this.#file);
    const drawn = gzipSync(draw(await this.#shapes, scheme, z, x, y));
    if (this.#kept.size >= mostKept) this.#kept.delete(this.#kept.keys().next().value ?? '');
    this.#kept.set(key, drawn);
    return drawn;
  }
}

async function readShapes(file: string): Promise<Shape[]> {
  const { features } = JSON.parse(await readFile(file, 'utf8')) as { features: Feature[] };
  return features.flatMap(({ properties: { layer, class: kind = '', name }, geometry }) => {
    const parts = partsOf(geometry);
    if (parts.length === 0) return [];
    const filled = geometry.type.endsWith('Polygon');
    const shape: Shape = { layer, kind, ...(name === undefined ? {} : { name }), filled, parts, box: boxOf(parts) };
    // Buildings of a district are one feature; apart, a tile looks at few of them.
    if (layer !== 'building') return [shape];
    return parts.map((part) => ({ ...shape, parts: [part], box: boxOf([part]) }));
  });
}

type Coordinates = [longitude: number, latitude: number];

function partsOf({ type, coordinates }: Feature['geometry']): Flat[] {
  switch (type) {
    case 'Point':
      return [flat([coordinates as Coordinates])];
    case 'LineString':
      return [flat(coordinates as Coordinates[])];
    case 'Polygon':
      return (coordinates as Coordinates[][]).map(flat);
    case 'MultiPolygon':
      return (coordinates as Coordinates[][][]).flatMap((rings) => rings.map(flat));
    default:
      return [];
  }
}

/** Web Mercator. */
function flat(points: readonly Coordinates[]): Flat {
  return points.flatMap(([longitude, latitude]) => {
    const sine = Math.sin((latitude * Math.PI) / 180);
    return [longitude / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  });
}

function boxOf(parts: readonly Flat[]): Shape['box'] {
  const box: Shape['box'] = [1, 1, 0, 0];
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) {
      const [x = 0, y = 0] = [part[i], part[i + 1]];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  }
  return box;
}

function draw(shapes: readonly Shape[], scheme: Scheme, z: number, x: number, y: number): string {
  const scale = size * 2 ** z;
  const [west, north] = [(x * size) / scale, (y * size) / scale];
  const edge = margin / scale;
  const span = size / scale;
  const near = shapes.filter(
    ({ box }) =>
      box[2] >= west - edge && box[0] <= west + span + edge && box[3] >= north - edge && box[1] <= north + span + edge,
  );
  const inPixels = (part: Flat): Flat => part.map((value, i) => (value - (i % 2 === 0 ? west : north)) * scale);
  const colours = schemes[scheme];
  const drawn: string[] = [`<rect width="${size}" height="${size}" fill="${colours.outside}"/>`];
  const paths = (wanted: (shape: Shape) => boolean, attributes: string) => {
    let d = '';
    for (const shape of near) {
      if (!wanted(shape)) continue;
      for (const part of shape.parts) {
        const pixels = inPixels(part);
        d += shape.filled ? pathOf(clippedRing(pixels, size, margin), true) : linesOf(pixels);
      }
    }
    if (d !== '') drawn.push(`<path d="${d}" ${attributes}/>`);
  };
  const filled = (layer: string, colour: string) =>
    paths((shape) => shape.layer === layer && shape.filled, `fill="${colour}"`);
  filled('border', colours.land);
  filled('park', colours.park);
  filled('river', colours.water);
  filled('water', colours.water);
  if (z >= 16) filled('building', colours.building);
  const line = (colour: string, width: number) =>
    `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`;
  paths(({ layer }) => layer === 'railway', line(colours.rail, Math.max(1, z - 12)));
  for (const casing of [true, false]) {
    for (const kind of ['lane', 'secondary', 'main'] as const) {
      const width = zoomWidth(kind, z);
      if (width === 0) continue;
      const colour = casing ? colours.casing : colours[kind];
      paths((shape) => shape.layer === 'street' && shape.kind === kind, line(colour, casing ? width + 1.5 : width));
    }
  }
  if (z >= 15) drawn.push(...names(near, inPixels, z, colours));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}">${drawn.join('')}</svg>`;
}

/** Names of streets, where one fits into the tile along a straight piece. */
function names(
  near: readonly Shape[],
  inPixels: (part: Flat) => Flat,
  z: number,
  colours: { text: string; halo: string },
): string[] {
  const letters = z >= 17 ? 11 : 10;
  const written = new Set<string>();
  const texts: string[] = [];
  for (const { layer, kind, name, parts } of near) {
    if (layer !== 'street' || name === undefined || written.has(name) || (kind === 'lane' && z < 17)) continue;
    const place = straightPiece(parts.map(inPixels), name.length * letters * 0.58);
    if (place === undefined) continue;
    written.add(name);
    texts.push(
      `<text transform="translate(${place.x} ${place.y}) rotate(${place.angle})" dy=".35em">${escapeXml(name)}</text>`,
    );
  }
  if (texts.length === 0) return [];
  const style = `font-family="sans-serif" font-size="${letters}" text-anchor="middle" fill="${colours.text}"`;
  return [`<g ${style} stroke="${colours.halo}" stroke-width="3" paint-order="stroke">${texts.join('')}</g>`];
}

/** The middle of the first straight piece inside the tile that is long enough, and its angle as one reads it. */
function straightPiece(parts: readonly Flat[], width: number) {
  for (const part of parts) {
    for (let i = 0; i + 3 < part.length; i += 2) {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = part.slice(i, i + 4);
      const [from, to] = insideOf(x1, y1, x2 - x1, y2 - y1, 10);
      if ((to - from) * Math.hypot(x2 - x1, y2 - y1) < width) continue;
      const middle = (from + to) / 2;
      const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
      const upright = angle > 90 ? angle - 180 : angle < -90 ? angle + 180 : angle;
      return {
        x: Math.round(x1 + middle * (x2 - x1)),
        y: Math.round(y1 + middle * (y2 - y1)),
        angle: Math.round(upright),
      };
    }
  }
  return undefined;
}

/** Between which parts of it (0 to 1) a segment lies in the tile, `edge` pixels from its border (Liang and Barsky). */
function insideOf(x: number, y: number, dx: number, dy: number, edge: number): [number, number] {
  let [from, to] = [0, 1];
  for (const [start, delta] of [
    [x, dx],
    [y, dy],
  ] as const) {
    const parts = [(edge - start) / delta, (size - edge - start) / delta].sort((a, b) => a - b);
    if (delta === 0) {
      if (start < edge || start > size - edge) return [0, 0];
      continue;
    }
    from = Math.max(from, parts[0] ?? 0);
    to = Math.min(to, parts[1] ?? 1);
  }
  return to > from ? [from, to] : [0, 0];
}

function linesOf(pixels: Flat): string {
  return clippedLine(pixels, size, margin)
    .map((line) => pathOf(line, false))
    .join('');
}

/** Whole pixels, one after the other relative to the last: short, and packs well. */
function pathOf(pixels: Flat, closed: boolean): string {
  let d = '';
  let [lastX, lastY] = [Number.NaN, Number.NaN];
  for (let i = 0; i + 1 < pixels.length; i += 2) {
    const [x, y] = [Math.round(pixels[i] ?? 0), Math.round(pixels[i + 1] ?? 0)];
    if (x === lastX && y === lastY) continue;
    d += i === 0 ? `M${x} ${y}` : `l${x - lastX} ${y - lastY}`;
    [lastX, lastY] = [x, y];
  }
  return d.includes('l') ? `${d}${closed ? 'z' : ''}` : '';
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
