import type { TrailPoint } from '../../../protocol/trail.ts';
import { decodeChunk } from '../../../protocol/trail-chunk.ts';
import {
  csvHead,
  csvLines,
  gpxHead,
  gpxPoints,
  gpxTail,
  lineCoordinates,
  pointFeature,
} from '../../../protocol/trail-text.ts';
import type { Stretch } from '../../shared/bridge.ts';
import { Refused } from '../session.ts';
import { type LoadDeps, trailPath } from './load-van.ts';

export const exportFormats = ['gpx', 'csv', 'geojson'] as const;
export type ExportFormat = (typeof exportFormats)[number];

interface ExportedFile {
  name: string;
  content: Blob;
  /** made on this computer of what it has: the daemon did not answer */
  isFromHere: boolean;
}

const types: Record<ExportFormat, string> = {
  gpx: 'application/gpx+xml',
  csv: 'text/csv',
  geojson: 'application/geo+json',
};

/** The trail of a van as a file: the daemon's, else of what the desktop app has kept. Rejects where there is neither. */
export async function exportTrail(
  deps: LoadDeps,
  vanId: string,
  period: Stretch,
  format: ExportFormat,
): Promise<ExportedFile> {
  try {
    const answer = await deps.session.fetch(trailPath(vanId, period, format));
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
    return { name: name ?? fileName(vanId, period, format), content: await answer.blob(), isFromHere: false };
  } catch (error) {
    // 503: the desktop app says that the server does not answer. Any other refusal is an answer.
    if (deps.desk === undefined || (error instanceof Refused && error.status !== 503)) throw error;
    const { chunks } = await deps.desk.ask('cache.trail', { vanId, ...period });
    const text = trailText(format, vanId, pointsOf(chunks, period));
    const content = new Blob([text], { type: types[format] });
    return { name: fileName(vanId, period, format), content, isFromHere: true };
  }
}

const fileName = (vanId: string, { from }: Stretch, format: ExportFormat) =>
  `${vanId}-${new Date(from).toISOString().slice(0, 10)}.${format}`;

/** The points of a period: chunks may reach beyond it, and may tell a point twice. */
function pointsOf(chunks: readonly Uint8Array[], { from, to }: Stretch): TrailPoint[] {
  const byTime = new Map<number, TrailPoint>();
  for (const chunk of chunks) {
    for (const point of decodeChunk(chunk)) {
      if (point.fixTime >= from && point.fixTime < to) byTime.set(point.fixTime, point);
    }
  }
  return [...byTime.values()].sort((a, b) => a.fixTime - b.fixTime);
}

/** A trail as the daemon would write it. */
function trailText(format: ExportFormat, subject: string, points: readonly TrailPoint[]): string {
  switch (format) {
    case 'gpx':
      return gpxHead(subject) + gpxPoints(points).text + gpxTail;
    case 'csv':
      return csvHead + csvLines(subject, points);
    case 'geojson': {
      const features: object[] = points.map(pointFeature);
      const coordinates = lineCoordinates(points);
      // A line needs two positions.
      if (coordinates.length >= 2) {
        features.push({ type: 'Feature', properties: { subject }, geometry: { type: 'LineString', coordinates } });
      }
      return JSON.stringify({ type: 'FeatureCollection', features });
    }
  }
}

/** Hands a file to the browser, which asks or not, as its user has set it. */
export function saveFile({ name, content }: Pick<ExportedFile, 'name' | 'content'>): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun by then; until it has, the address must be good.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
