import type { Fix } from '../../../protocol/position.ts';
import type { Decoded, Format, Rejection } from '../format.ts';
import { fixOf, maxItems, numberOf, Refusal, rejectionOf, requiredNumber, shown, tooMany } from './fields.ts';
import { knots } from './units.ts';

/**
 * NMEA 0183 sentences, one a line, of any talker (GP GPS, GL GLONASS, GA Galileo, GB BeiDou, GN several).
 *
 *   $GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A
 *    time hhmmss[.ss], A valid | V void, ddmm.mmmm, N|S, dddmm.mmmm, E|W, KNOTS, course, date ddmmyy, …, [mode]
 *   $GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47
 *    time, latitude, longitude, quality (0 none), satellites, HDOP, altitude in m, …
 *
 * The checksum (XOR of what stands between $ and *) is required: on a serial line it is all that tells a digit from a
 * damaged one. RMC and GGA of one second are one fix; GGA has no date of its own, so it takes that of its RMC.
 * Other sentences are ignored.
 */
export const nmea: Format = {
  name: 'nmea',
  reads: (input) => input.json === undefined && beginsSentence(input.bytes),
  decode(input): Decoded {
    const lines = Buffer.from(input.bytes)
      .toString('latin1')
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '');
    return lines.length > maxItems ? tooMany(lines.length) : readLines(lines);
  },
};

function beginsSentence(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte === 0x24) return true; // $
    if (byte > 0x20) return false;
  }
  return false;
}

interface Sentence {
  index: number;
  kind: string;
  fields: readonly string[];
}

function readLines(lines: readonly string[]): Decoded {
  const rejected: Rejection[] = [];
  const recommended: Sentence[] = [];
  const details = new Map<string, Sentence>(); // GGA by its second
  for (const [index, line] of lines.entries()) {
    try {
      const sentence = { index, ...readSentence(line) };
      if (sentence.kind === 'RMC') recommended.push(sentence);
      if (sentence.kind === 'GGA') details.set(secondOf(sentence), sentence);
    } catch (error) {
      rejected.push(rejectionOf(index, error));
    }
  }
  const fixes: Fix[] = [];
  const indexes: number[] = [];
  for (const sentence of recommended) {
    const detail = details.get(secondOf(sentence));
    if (detail !== undefined) details.delete(secondOf(sentence));
    try {
      fixes.push(readFix(sentence, detail));
      indexes.push(sentence.index);
    } catch (error) {
      rejected.push(rejectionOf(sentence.index, error));
    }
  }
  for (const alone of details.values()) {
    const detail = 'GGA has no date, and no RMC of the same second came with it';
    if (alone.fields[5] === '0') rejected.push({ index: alone.index, reason: 'no-fix', detail: 'GGA quality is 0' });
    else rejected.push({ index: alone.index, reason: 'bad-field', detail });
  }
  const nothing = fixes.length === 0 && rejected.length === 0;
  return { fixes, indexes, rejected, ...(nothing ? { ignored: 'NMEA without RMC or GGA' } : {}) };
}

const secondOf = (sentence: Sentence): string => (sentence.fields[0] ?? '').slice(0, 6);

const grammar = /^\s*\$([A-Z]{2})([A-Z]{3}),([^*$]*)\*([0-9A-F]{2})\s*$/i;

function readSentence(line: string): { kind: string; fields: readonly string[] } {
  const match = grammar.exec(line);
  if (match === null) {
    if (/^\s*[$!]P?[A-Z]{1,5}[,*]?/i.test(line) && /\*[0-9A-F]{2}\s*$/i.test(line))
      return { kind: 'other', fields: [] };
    throw new Refusal('checksum', `not an NMEA sentence with a checksum: ${shown(line)}`);
  }
  const [, talker = '', kind = '', body = '', stated = ''] = match;
  let sum = 0;
  for (const character of `${talker}${kind},${body}`) sum ^= character.charCodeAt(0);
  if (sum !== Number.parseInt(stated, 16)) {
    const right = sum.toString(16).toUpperCase().padStart(2, '0');
    throw new Refusal('checksum', `the checksum is ${stated}, the sentence adds up to ${right}`);
  }
  return { kind: kind.toUpperCase(), fields: body.split(',').map((field) => field.trim()) };
}

function readFix(rmc: Sentence, gga: Sentence | undefined): Fix {
  const [time, status, latitude, northSouth, longitude, eastWest, speed, course, date, , , mode] = rmc.fields;
  if (status !== 'A') throw new Refusal('no-fix', `RMC status is ${shown(status ?? '')}: the receiver has no fix`);
  if (mode === 'N') throw new Refusal('no-fix', 'RMC mode is N: the data are not valid');
  const inKnots = numberOf(speed, 'RMC speed');
  return fixOf({
    deviceId: undefined,
    fixTime: readTime(date ?? '', time ?? ''),
    latitude: readAngle(latitude, northSouth, 'NS', 'latitude'),
    longitude: readAngle(longitude, eastWest, 'EW', 'longitude'),
    speed: inKnots === undefined ? undefined : knots(inKnots),
    course: numberOf(course, 'RMC course'),
    altitude: gga === undefined || gga.fields[5] === '0' ? undefined : numberOf(gga.fields[8], 'GGA altitude'),
    accuracy: undefined,
    battery: undefined,
    ignition: undefined,
  });
}

/** ddmm.mmmm and its hemisphere, to degrees. */
function readAngle(value: string | undefined, hemisphere: string | undefined, letters: string, name: string): number {
  const packed = requiredNumber(value, `RMC ${name}`);
  const degrees = Math.floor(packed / 100);
  const minutes = packed - degrees * 100;
  const sign = hemisphere === letters[0] ? 1 : hemisphere === letters[1] ? -1 : 0;
  if (packed < 0 || minutes >= 60 || sign === 0) {
    throw new Refusal(
      'bad-field',
      `RMC ${name} must be ddmm.mmmm with a hemisphere, is ${shown(`${value},${hemisphere}`)}`,
    );
  }
  return sign * (degrees + minutes / 60);
}

/** UTC ms of ddmmyy and hhmmss[.ss]. Two digits of a year: 80 to 99 are the last century, where GPS began. */
function readTime(date: string, time: string): number {
  const day = /^(\d\d)(\d\d)(\d\d)$/.exec(date);
  const clock = /^(\d\d)(\d\d)(\d\d)(\.\d+)?$/.exec(time);
  if (day === null || clock === null) {
    throw new Refusal('bad-field', `RMC date and time must be ddmmyy and hhmmss, are ${shown(`${date} ${time}`)}`);
  }
  const year = Number(day[3]) + (Number(day[3]) < 80 ? 2000 : 1900);
  const midnight = new Date(Date.UTC(year, Number(day[2]) - 1, Number(day[1])));
  const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3])];
  if (midnight.getUTCDate() !== Number(day[1]) || hour > 23 || minute > 59 || second > 60) {
    throw new Refusal('bad-field', `RMC date and time do not exist: ${shown(`${date} ${time}`)}`);
  }
  const fraction = Math.round(Number(`0${clock[4] ?? ''}`) * 1000);
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
}
