import { latitudeAt, longitudeAt, mercatorX, mercatorY } from '../map/mercator.ts';
import type { LonLat } from './trail-shapes.ts';

/** More pieces than this are not made of one line: then they are longer. */
const mostPieces = 1500;

/**
 * A line as dashes of `on` with gaps of `off` between them, both in parts of the world's side, along all its bends.
 * A dash goes around corners.
 */
export function dashedLine(line: readonly LonLat[], on: number, off: number): LonLat[][] {
  const points = line.map(([lon, lat]): LonLat => [mercatorX(lon), mercatorY(lat)]);
  let whole = 0;
  for (let i = 1; i < points.length; i++) whole += length(points[i - 1], points[i]);
  const stretch = Math.max(1, whole / (on + off) / mostPieces);
  const dash = on * stretch;
  const gap = off * stretch;
  const pieces: LonLat[][] = [];
  let left = dash;
  let isOn = true;
  let piece: LonLat[] = points[0] === undefined ? [] : [points[0]];
  for (let i = 1; i < points.length; i++) {
    let from = points[i - 1] ?? [0, 0];
    const to = points[i] ?? [0, 0];
    let rest = length(from, to);
    while (rest > left) {
      const part = left / rest;
      from = [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
      rest -= left;
      if (isOn) pieces.push([...piece, from]);
      isOn = !isOn;
      piece = [from];
      left = isOn ? dash : gap;
    }
    left -= rest;
    if (isOn) piece.push(to);
  }
  if (isOn && piece.length > 1) pieces.push(piece);
  return pieces.map((each) => each.map(([x, y]): LonLat => [longitudeAt(x), latitudeAt(y)]));
}

function length(a: LonLat = [0, 0], b: LonLat = [0, 0]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
