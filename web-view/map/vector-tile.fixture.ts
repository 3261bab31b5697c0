import { PbfWriter } from 'pbf';

/** A feature of a tile, in its coordinates: 0 to 4096, down and to the right. */
export interface DrawnFeature {
  kind: 'point' | 'line' | 'area';
  points: [x: number, y: number][];
  properties: Record<string, string>;
}

const extent = 4096;
const types = { point: 1, line: 2, area: 3 } as const;

/** Encodes a Mapbox Vector Tile (version 2.1 of its specification) with one part for each feature. */
export function vectorTile(layers: Record<string, DrawnFeature[]>): Uint8Array {
  const tile = new PbfWriter();
  for (const [name, drawn] of Object.entries(layers)) tile.writeMessage(3, writeLayer, { name, drawn });
  return tile.finish();
}

function writeLayer({ name, drawn }: { name: string; drawn: DrawnFeature[] }, pbf: PbfWriter): void {
  const keys = [...new Set(drawn.flatMap(({ properties }) => Object.keys(properties)))];
  const values = [...new Set(drawn.flatMap(({ properties }) => Object.values(properties)))];
  pbf.writeVarintField(15, 2);
  pbf.writeStringField(1, name);
  for (const feature of drawn) {
    const tags = Object.entries(feature.properties).flatMap(([key, value]) => [
      keys.indexOf(key),
      values.indexOf(value),
    ]);
    pbf.writeMessage(2, writeFeature, { ...feature, tags });
  }
  for (const key of keys) pbf.writeStringField(3, key);
  for (const value of values) pbf.writeMessage(4, (text: string, each) => each.writeStringField(1, text), value);
  pbf.writeVarintField(5, extent);
}

function writeFeature({ kind, points, tags }: DrawnFeature & { tags: number[] }, pbf: PbfWriter): void {
  pbf.writePackedVarint(2, tags);
  pbf.writeVarintField(3, types[kind]);
  const commands: number[] = [];
  let [x, y] = [0, 0];
  points.forEach((point, i) => {
    // MoveTo (1) once, LineTo (2) for the rest; each with its count in the upper bits.
    if (i === 0) commands.push(1 | (1 << 3));
    if (i === 1) commands.push(2 | ((points.length - 1) << 3));
    commands.push(zigzag(point[0] - x), zigzag(point[1] - y));
    [x, y] = point;
  });
  if (kind === 'area') commands.push(7 | (1 << 3));
  pbf.writePackedVarint(4, commands);
}

const zigzag = (value: number) => (value << 1) ^ (value >> 31);
