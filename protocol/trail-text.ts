import type { TrailPoint } from './trail.ts';

/*
 * Trails as text that other programs read: GPX, CSV, GeoJSON. The daemon writes them page by page, the console from what
 * a desk has kept when there is no daemon; a file is the same either way.
 */

export const gpxHead = (subject: string): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gpx version="1.1" creator="Vantrail" xmlns="http://www.topografix.com/GPX/1/1"' +
      ' xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">',
    `<trk><name>${xmlText(subject)}</name><trkseg>\n`,
  ].join('\n');
export const gpxTail = '</trkseg></trk></gpx>\n';

/** A silence after which a GPX track goes on in a new segment, ms: nobody should read a straight line into it. */
const gap = 600_000;

/**
 * Points of a GPX 1.1 track, marked ones left out. Speed (m/s) and course are in Garmin's extension, which most programs
 * read. `last`: the fixTime of the point before them.
 */
export function gpxPoints(points: readonly TrailPoint[], last?: number): { text: string; last: number | undefined } {
  let text = '';
  let before = last;
  for (const point of points) {
    if (point.mark !== undefined) continue;
    if (before !== undefined && point.fixTime - before > gap) text += '</trkseg><trkseg>\n';
    before = point.fixTime;
    text += trackPoint(point);
  }
  return { text, last: before };
}

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

export const csvHead = `subject,fixTime,receivedAt,${columns.join(',')},mark\r\n`;

/** RFC 4180. Times as ISO 8601, units as everywhere. */
export function csvLines(subject: string, points: readonly TrailPoint[]): string {
  const name = csvText(subject);
  return points.map((point) => csvLine(name, point)).join('');
}

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

/** A fix as a GeoJSON feature (RFC 7946), with what was measured. */
export function pointFeature({ latitude, longitude, altitude, ...properties }: TrailPoint) {
  const coordinates = altitude === undefined ? [longitude, latitude] : [longitude, latitude, altitude];
  return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties };
}

/** The corners of the line through the points, marked ones left out. */
export function lineCoordinates(points: readonly TrailPoint[]): [number, number][] {
  return points.flatMap(({ mark, longitude, latitude }) => (mark === undefined ? [[longitude, latitude]] : []));
}
