import { setImmediate } from 'node:timers/promises';
import { framedChunk } from '../../protocol/chunk-stream.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import { encodeChunk } from '../../protocol/trail-chunk.ts';
import {
  csvHead,
  csvLines,
  gpxHead,
  gpxPoints,
  gpxTail,
  lineCoordinates,
  pointFeature,
} from '../../protocol/trail-text.ts';

export { csvText } from '../../protocol/trail-text.ts';

/** What a trail is of and how to read it, as often as a format needs. */
interface TrailSource {
  /** id of the van or consumer */
  subject: string;
  pages: () => Iterable<readonly TrailPoint[]>;
}

/** One way to write a trail: its content type, the ending of its file name, and its bytes piece by piece. */
interface TrailFormat {
  type: string;
  extension: string;
  write: (source: TrailSource) => AsyncGenerator<string | Uint8Array>;
}

/** One page in memory at a time; between pages everyone else gets a turn. */
async function* calmly(source: TrailSource): AsyncGenerator<readonly TrailPoint[]> {
  for (const page of source.pages()) {
    if (page.length > 0) yield page;
    await setImmediate();
  }
}

const json: TrailFormat = {
  type: 'application/json; charset=utf-8',
  extension: 'json',
  async *write(source) {
    yield '{"items":[';
    let separator = '';
    for await (const page of calmly(source)) {
      yield separator + page.map((point) => JSON.stringify(point)).join(',');
      separator = ',';
    }
    yield '],"next":null}';
  },
};

/** RFC 7946: a point feature for each fix, with what was measured, and at the end the line (without marked points). */
const geojson: TrailFormat = {
  type: 'application/geo+json; charset=utf-8',
  extension: 'geojson',
  async *write(source) {
    yield '{"type":"FeatureCollection","features":[';
    let separator = '';
    let good = 0;
    for await (const page of calmly(source)) {
      yield separator + page.map((point) => JSON.stringify(pointFeature(point))).join(',');
      separator = ',';
      for (const point of page) if (point.mark === undefined) good++;
    }
    // A line needs two positions. A second reading, so that the whole is never held.
    if (good >= 2) {
      const properties = JSON.stringify({ subject: source.subject });
      yield `,{"type":"Feature","properties":${properties},"geometry":{"type":"LineString","coordinates":[`;
      separator = '';
      for await (const page of calmly(source)) {
        const coordinates = lineCoordinates(page);
        if (coordinates.length === 0) continue;
        yield separator + coordinates.map((pair) => JSON.stringify(pair)).join(',');
        separator = ',';
      }
      yield ']}}';
    }
    yield ']}';
  },
};

/** GPX 1.1. */
const gpx: TrailFormat = {
  type: 'application/gpx+xml; charset=utf-8',
  extension: 'gpx',
  async *write(source) {
    yield gpxHead(source.subject);
    let before: number | undefined;
    for await (const page of calmly(source)) {
      const { text, last } = gpxPoints(page, before);
      before = last;
      if (text !== '') yield text;
    }
    yield gpxTail;
  },
};

/** RFC 4180, with a header line. Times as ISO 8601, units as everywhere. */
const csv: TrailFormat = {
  type: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  async *write(source) {
    yield csvHead;
    for await (const page of calmly(source)) yield csvLines(source.subject, page);
  },
};

/**
 * The packed form that the console reads and caches: chunks, each after its length (protocol/chunk-stream.ts).
 *
 * Marks travel in no chunk, so marked points are left out.
 */
const chunks: TrailFormat = {
  type: 'application/vnd.vantrail.trail',
  extension: 'trail',
  async *write(source) {
    for await (const page of calmly(source)) {
      const points = page.filter((point) => point.mark === undefined);
      for (const part of rising(points)) yield framedChunk(encodeChunk(part));
    }
  },
};

/** A chunk holds no two points of one time; two devices of a van may well have measured in the same millisecond. */
function rising(points: readonly TrailPoint[]): TrailPoint[][] {
  const parts: TrailPoint[][] = [];
  let part: TrailPoint[] = [];
  for (const point of points) {
    const before = part.at(-1);
    if (before !== undefined && point.fixTime <= before.fixTime) {
      parts.push(part);
      part = [];
    }
    part.push(point);
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

export const trailFormats = { json, geojson, gpx, csv, chunks } as const;
export type TrailFormatName = keyof typeof trailFormats;
