import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface TrackPoint {
  latitude: number;
  longitude: number;
  /** m */
  altitude?: number;
  /** UTC ms */
  time?: number;
}

export interface Track {
  name: string;
  points: TrackPoint[];
  /** false: times were missing or ran backwards, and are to be made up */
  timed: boolean;
}

/** Larger files are refused: everything is held in memory while it is parsed. Bytes. */
export const largestFile = 64 * 1024 * 1024;

const lists = new Set(['trk', 'trkseg', 'trkpt', 'rte', 'rtept']);

/**
 * The tracks (with all their segments) and routes of a GPX 1.0 or 1.1 document.
 * https://www.topografix.com/GPX/1/1/  Throws an Error that says what is wrong with the file.
 */
export function readGpx(text: string): Track[] {
  // nothing in GPX needs a document type, and entities defined in one are an old way to fill a memory
  if (/<!DOCTYPE/i.test(text)) throw new Error('it has a document type, which GPX files do not');
  const fault = XMLValidator.validate(text);
  if (fault !== true) throw new Error(`it is not well-formed XML: line ${fault.err.line}: ${fault.err.msg}`);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    isArray: (name) => lists.has(name),
  });
  const gpx = branch(parser.parse(text) as unknown, 'gpx');
  if (!gpx) throw new Error('it has no <gpx> element');
  const tracks: Track[] = [];
  for (const track of items(gpx.trk)) {
    tracks.push(
      made(
        track.name,
        items(track.trkseg).flatMap((segment) => items(segment.trkpt)),
      ),
    );
  }
  for (const route of items(gpx.rte)) tracks.push(made(route.name, items(route.rtept)));
  const usable = tracks.filter((track) => track.points.length > 1);
  if (usable.length === 0) throw new Error('it has no track or route with two points or more');
  return usable;
}

type Element = Record<string, unknown>;

function made(name: unknown, elements: readonly Element[]): Track {
  const points = elements.flatMap((element) => {
    const point = readPoint(element);
    return point ? [point] : [];
  });
  let last = 0;
  const timed = points.every(({ time }) => {
    const isLater = time !== undefined && time >= last;
    last = time ?? last;
    return isLater;
  });
  return { name: typeof name === 'string' ? name : '', points, timed };
}

/** A point without a usable place is left out. */
function readPoint(element: Element): TrackPoint | undefined {
  const latitude = number(element['@lat']);
  const longitude = number(element['@lon']);
  if (latitude === undefined || longitude === undefined) return undefined;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  const altitude = number(element.ele);
  const time = typeof element.time === 'string' ? Date.parse(element.time) : Number.NaN;
  return {
    latitude,
    longitude,
    ...(altitude === undefined ? {} : { altitude }),
    ...(Number.isNaN(time) || time < 0 ? {} : { time }),
  };
}

function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}

function branch(value: unknown, name: string): Element | undefined {
  const child = typeof value === 'object' && value !== null ? (value as Element)[name] : undefined;
  return typeof child === 'object' && child !== null ? (child as Element) : undefined;
}

function items(value: unknown): Element[] {
  return Array.isArray(value) ? value.filter((item): item is Element => typeof item === 'object' && item !== null) : [];
}
