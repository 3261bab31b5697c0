import { setImmediate } from 'node:timers/promises';
import type { TrailPoint } from '../../protocol/trail.ts';
import { encodeChunk } from '../../protocol/trail-chunk.ts';

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
        const coordinates = page.filter((point) => point.mark === undefined).map((point) => coordinatesOf(point));
        if (coordinates.length === 0) continue;
        yield separator + coordinates.map((pair) => JSON.stringify(pair)).join(',');
        separator = ',';
      }
      yield ']}}';
    }
    yield ']}';
  },
};

function pointFeature({ latitude, longitude, altitude, ...properties }: TrailPoint) {
  const coordinates = altitude === undefined ? [longitude, latitude] : [longitude, latitude, altitude];
  return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties };
}
function coordinatesOf({ latitude, longitude }: TrailPoint): [number, number] {
  return [longitude, latitude];
}

/** A silence after which a GPX track goes on in a new segment, ms: nobody should read a straight line into it. */
const gap = 600_000;

/** GPX 1.1, marked points left out. Speed (m/s) and course are in Garmin's extension, which most programs read. */
const gpx: TrailFormat = {
  type: 'application/gpx+xml; charset=utf-8',
  extension: 'gpx',
  async *write(source) {
    yield [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<gpx version="1.1" creator="Vantrail" xmlns="http://www.topografix.com/GPX/1/1"' +
        ' xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">',
      `<trk><name>${xmlText(source.subject)}</name><trkseg>\n`,
    ].join('\n');
    let last: number | undefined;
    for await (const page of calmly(source)) {
      let text = '';
      for (const point of page) {
        if (point.mark !== undefined) continue;
        if (last !== undefined && point.fixTime - last > gap) text += '</trkseg><trkseg>\n';
        last = point.fixTime;
        text += trackPoint(point);
      }
      if (text !== '') yield text;
    }
    yield '</trkseg></trk></gpx>\n';
  },
};

function trackPoint({ latitude, longitude, altitude, fixTime, speed, course }: TrailPoint): string {
  const elevation = altitude === undefined ? '' : `<ele>${altitude}</ele>`;
  const measured =
    (speed === undefined ? '' : `<tpx:speed>${(speed / 3.6).toFixed(2)}</tpx:speed>`) +
    (course === undefined ? '' : `<tpx:course>${course}</tpx:course>`);
  const extension =
    measured === '' ? '' : `<extensions><tpx:TrackPointExtension>${measured}</tpx:TrackPointExtension></extensions>`;
  const time = new Date(fixTime).toISOString();
  return `<trkpt lat="${latitude}" lon="${longitude}">${elevation}<time>${time}</time>${extension}</trkpt>\n`;
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const columns = ['latitude', 'longitude', 'speed', 'course', 'altitude', 'accuracy', 'battery', 'ignition'] as const;

/** RFC 4180, with a header line. Times as ISO 8601, units as everywhere. */
const csv: TrailFormat = {
  type: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  async *write(source) {
    const subject = csvText(source.subject);
    yield `subject,fixTime,receivedAt,${columns.join(',')},mark\r\n`;
    for await (const page of calmly(source)) {
      yield page.map((point) => csvLine(subject, point)).join('');
    }
  },
};

function csvLine(subject: string, point: TrailPoint): string {
  const times = [new Date(point.fixTime).toISOString(), new Date(point.receivedAt).toISOString()];
  const measured = columns.map((column) => String(point[column] ?? ''));
  return `${[subject, ...times, ...measured, point.mark ?? ''].join(',')}\r\n`;
}

/** A text cell. A spreadsheet would run one that begins like a formula; an apostrophe keeps it text. */
export function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The packed form that the console reads and caches: chunks (protocol/trail-chunk.ts), each after its length.
 *
 *   body := (bytes:u32 little-endian  chunk)*
 *
 * Marks travel in no chunk, so marked points are left out.
 */
const chunks: TrailFormat = {
  type: 'application/vnd.vantrail.trail',
  extension: 'trail',
  async *write(source) {
    for await (const page of calmly(source)) {
      const points = page.filter((point) => point.mark === undefined);
      for (const part of rising(points)) yield framed(encodeChunk(part));
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

function framed(chunk: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + chunk.length);
  new DataView(bytes.buffer).setUint32(0, chunk.length, true);
  bytes.set(chunk, 4);
  return bytes;
}

export const trailFormats = { json, geojson, gpx, csv, chunks } as const;
export type TrailFormatName = keyof typeof trailFormats;
