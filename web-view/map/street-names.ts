import type { VectorTile, VectorTileFeature } from '@mapbox/vector-tile';
import { schemes } from '../../protocol/street-style.ts';
import { features, type TileView } from './street-drawing.ts';

/** A name and where it stands: its middle, turned so that nobody reads upside down. */
export interface PlacedName {
  text: string;
  x: number;
  y: number;
  /** radians, clockwise */
  angle: number;
  kind: 'street' | 'place';
}

/** From this zoom on streets are named. */
const streetsFrom = 15;
const sizes = { street: 11, place: 13 } as const;
/** Empty space around a name, pixels. */
const room = 4;

/**
 * The names that have room: places first, then streets along their longest straight piece. None reaches over the edge
 * of the tile, since its other half would be missing there, and none lies on another.
 */
export function placeNames(
  tile: VectorTile,
  view: TileView,
  canvasSize: number,
  { language, widthOf }: { language: string; widthOf: (text: string, size: number) => number },
): PlacedName[] {
  const placed: PlacedName[] = [];
  const boxes: [left: number, top: number, right: number, bottom: number][] = [];
  const named = new Set<string>();
  const place = (name: PlacedName, width: number) => {
    const tall = sizes[name.kind];
    const [cos, sin] = [Math.abs(Math.cos(name.angle)), Math.abs(Math.sin(name.angle))];
    const half = { x: (width * cos + tall * sin) / 2 + room, y: (width * sin + tall * cos) / 2 + room };
    const box: (typeof boxes)[number] = [name.x - half.x, name.y - half.y, name.x + half.x, name.y + half.y];
    const [left, top, right, bottom] = box;
    if (left < 0 || top < 0 || right > canvasSize || bottom > canvasSize) return;
    if (boxes.some((other) => left < other[2] && right > other[0] && top < other[3] && bottom > other[1])) return;
    boxes.push(box);
    named.add(name.text);
    placed.push(name);
  };
  for (const feature of features(tile, 'place')) {
    const text = nameOf(feature, language);
    const [[point] = []] = feature.loadGeometry();
    if (text === undefined || point === undefined || feature.type !== 1 || isTooLarge(feature, view.zoom)) continue;
    const scale = view.size / feature.extent;
    const at = { x: point.x * scale - view.x, y: point.y * scale - view.y };
    place({ text, ...at, angle: 0, kind: 'place' }, widthOf(text, sizes.place));
  }
  if (view.zoom < streetsFrom) return placed;
  for (const feature of features(tile, 'transportation_name')) {
    const text = nameOf(feature, language);
    if (text === undefined || feature.type !== 2 || named.has(text)) continue;
    const piece = longestPiece(feature, view);
    const width = widthOf(text, sizes.street);
    if (piece.length < width + 2 * room) continue;
    place({ text, x: piece.x, y: piece.y, angle: piece.angle, kind: 'street' }, width);
  }
  return placed;
}

/** A country's or state's name says nothing on a street map. */
function isTooLarge({ properties }: VectorTileFeature, zoom: number): boolean {
  return ['continent', 'country', 'state', 'province'].includes(String(properties.class)) && zoom > 6;
}

function nameOf({ properties }: VectorTileFeature, language: string): string | undefined {
  const name = properties[`name:${language}`] ?? (language === 'en' ? properties['name:latin'] : undefined);
  const text = name ?? properties.name;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function longestPiece(feature: VectorTileFeature, { size, x, y }: TileView) {
  const scale = size / feature.extent;
  const longest = { length: 0, x: 0, y: 0, angle: 0 };
  for (const line of feature.loadGeometry()) {
    for (let i = 1; i < line.length; i++) {
      const [from, to] = [line[i - 1], line[i]];
      if (from === undefined || to === undefined) continue;
      const [across, down] = [(to.x - from.x) * scale, (to.y - from.y) * scale];
      const length = Math.hypot(across, down);
      if (length <= longest.length) continue;
      const angle = Math.atan(down / across);
      longest.length = length;
      longest.x = ((from.x + to.x) / 2) * scale - x;
      longest.y = ((from.y + to.y) / 2) * scale - y;
      longest.angle = across === 0 ? -Math.PI / 2 : angle;
    }
  }
  return longest;
}

const fonts = 'system-ui, "Noto Sans", "Noto Sans Devanagari", sans-serif';

export function drawNames(
  context: CanvasRenderingContext2D,
  tile: VectorTile,
  view: TileView,
  canvasSize: number,
  language: string,
): void {
  const colours = schemes[view.scheme];
  const widthOf = (text: string, size: number) => {
    context.font = `${size}px ${fonts}`;
    return context.measureText(text).width;
  };
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.strokeStyle = colours.halo;
  context.fillStyle = colours.text;
  context.lineWidth = 3;
  for (const { text, x, y, angle, kind } of placeNames(tile, view, canvasSize, { language, widthOf })) {
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.font = `${sizes[kind]}px ${fonts}`;
    context.strokeText(text, 0, 0);
    context.fillText(text, 0, 0);
    context.restore();
  }
}
