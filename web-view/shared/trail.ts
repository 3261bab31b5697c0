import { decodeChunk } from '../../protocol/trail-chunk.ts';

export interface Point {
  fixTime: number;
  latitude: number;
  longitude: number;
}

/** Reads a trail of the daemon in its packed form (`format=chunks`), oldest point first. */
export async function readTrail(path: string, token: string): Promise<Point[]> {
  const response = await fetch(path, { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' });
  if (!response.ok) return [];
  const bytes = new Uint8Array(await response.arrayBuffer());
  const view = new DataView(bytes.buffer);
  const points: Point[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const chunk = bytes.subarray(at + 4, at + 4 + length);
    for (const { fixTime, latitude, longitude } of decodeChunk(chunk)) points.push({ fixTime, latitude, longitude });
    at += 4 + length;
  }
  return points.sort((a, b) => a.fixTime - b.fixTime);
}

/** The trail with one more point, when it is newer than the last. */
export function longer(trail: readonly Point[], point: Point): readonly Point[] {
  const last = trail[trail.length - 1];
  return last !== undefined && last.fixTime >= point.fixTime ? trail : [...trail, point];
}
