import type { Fix } from '../../../protocol/position.ts';
import type { Format } from '../format.ts';
import {
  firstObject,
  fixOf,
  type Ignored,
  isObject,
  type JsonObject,
  knownNumber,
  numberOf,
  Refusal,
  readItems,
  requiredNumber,
  requiredTime,
  shown,
  switchOf,
} from './fields.ts';

/**
 * Teltonika Codec JSON (firmware 03.28 and newer): the shape of an AWS device shadow, one record or a list of them.
 * https://wiki.teltonika-gps.com/view/Codec_JSON
 *
 *   {"state":{"reported":{"ts":1698922776030,"pr":1,"latlng":"54.687200,25.279700","alt":112,"ang":215,"sat":9,
 *    "sp":42,"evt":239,"239":1,"240":1,"21":4,"66":12922,"113":100}}}
 *
 * Units: ts ms, sp km/h, ang degrees, alt m; any number may be text. The numeric keys are AVL ids: 239 ignition and
 * 113 battery (%) are kept; 240 movement, 66 supply (mV) and 21 GSM signal have no place in a Position.
 */
export const teltonika: Format = {
  name: 'teltonika',
  reads: (input) => {
    const first = firstObject(input.json);
    return first !== undefined && (reportOf(first) !== undefined || 'RSP' in first);
  },
  decode: (input) => readItems(input.json, read),
};

function reportOf(record: JsonObject): JsonObject | undefined {
  const { state } = record;
  const reported = isObject(state) ? state.reported : record.reported;
  return isObject(reported) ? reported : undefined;
}

function read(record: JsonObject): Fix | Ignored {
  if ('RSP' in record) return { ignored: 'answer to a command' };
  const report = reportOf(record);
  if (report === undefined) throw new Refusal('unknown-format', 'expected {"state":{"reported":{…}}}');
  if (report.latlng === undefined) return { ignored: 'Teltonika record without latlng' };
  const [latitude, longitude] = readPair(report.latlng);
  if (latitude === 0 && longitude === 0) throw new Refusal('no-fix', 'latlng is 0,0: the receiver has no fix');
  // Without satellites the tracker repeats the last place it knew under a new time: a van in a tunnel would stand still.
  if (numberOf(report.sat, 'sat') === 0)
    throw new Refusal('no-fix', 'sat is 0: latlng is the last place, not this one');
  return fixOf({
    deviceId: undefined,
    fixTime: requiredTime(report.ts, 'ts'),
    latitude,
    longitude,
    speed: knownNumber(report.sp, 'sp'),
    course: knownNumber(report.ang, 'ang'),
    altitude: numberOf(report.alt, 'alt'),
    accuracy: undefined,
    battery: knownNumber(report['113'], '113'),
    ignition: switchOf(report['239']),
  });
}

function readPair(latlng: unknown): [latitude: number, longitude: number] {
  const parts = typeof latlng === 'string' ? latlng.split(',') : [];
  if (parts.length !== 2) throw new Refusal('bad-field', `latlng must be "latitude,longitude", is ${shown(latlng)}`);
  return [requiredNumber(parts[0], 'latlng (latitude)'), requiredNumber(parts[1], 'latlng (longitude)')];
}
